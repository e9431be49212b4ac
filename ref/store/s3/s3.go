// Package s3 is a store in a bucket of an S3 server.
//
// Each object is put in one request, with the condition that it is new and with its SHA-256,
// which the server checks, keeps and reports. It is never put in parts, since the condition
// would be lost.
package s3

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/coffer-format/coffer/ref/store"
)

// Store is a store in a bucket.
type Store struct {
	client minio.Core
	bucket string
	prefix string      // empty, or ending in "/"
	tried  atomic.Bool // the server heeds the condition
}

var _ store.Store = (*Store)(nil)

// roleTime is how long whatever knows the role of this machine may take to answer: mostly
// nothing does.
const roleTime = 5 * time.Second

// Open returns the store at s3://bucket or s3://bucket/prefix; the bucket must exist. It sends
// nothing.
//
// The credentials come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
// AWS_SESSION_TOKEN), else from the profile AWS_PROFILE of the files that other programs
// for S3 share (~/.aws/credentials and ~/.aws/config), else from the machine's role. The server is
// AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, else Amazon's, and the region AWS_REGION or
// AWS_DEFAULT_REGION, else what the server says.
func Open(address string) (*Store, error) {
	bucket, prefix, err := parse(address)
	if err != nil {
		return nil, err
	}
	endpoint := cmp.Or(os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), "https://s3.amazonaws.com")
	server, err := url.Parse(endpoint)
	if err != nil || server.Scheme != "https" && server.Scheme != "http" || server.Host == "" || strings.Trim(server.Path, "/") != "" {
		return nil, fmt.Errorf("%q is not the URL of an S3 server, such as https://s3.example.org", endpoint)
	}
	client, err := minio.NewCore(server.Host, &minio.Options{
		Creds: credentials.New(&signing{credentials.Chain{Providers: []credentials.Provider{
			&credentials.EnvAWS{}, &credentials.FileAWSCredentials{},
			&credentials.IAM{Client: &http.Client{Timeout: roleTime}},
		}}}),
		Secure:     server.Scheme == "https",
		Region:     cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")),
		MaxRetries: 1, // a retry that the caller does not know of makes a lost answer look like another's object
	})
	if err != nil {
		return nil, err
	}
	return &Store{client: *client, bucket: bucket, prefix: prefix}, nil
}

// Clean returns the one address that stands for all with the bucket and the prefix of this one.
func Clean(address string) (string, error) {
	bucket, prefix, err := parse(address)
	return strings.TrimSuffix((&url.URL{Scheme: "s3", Host: bucket, Path: "/" + prefix}).String(), "/"), err
}

// parse cuts an address into a bucket and a prefix, which is empty or ends in "/".
func parse(address string) (bucket, prefix string, err error) {
	at, err := url.Parse(address)
	if err != nil || at.Scheme != "s3" || at.Host == "" || at.User != nil || at.RawQuery != "" || at.Fragment != "" {
		return "", "", fmt.Errorf("%q is not s3://bucket/prefix", address)
	}
	prefix = strings.Trim(path.Clean("/"+at.Path), "/")
	if prefix != "" {
		prefix += "/"
	}
	return at.Host, prefix, nil
}

// ErrNoCredentials says that none are set: a request without them would be refused, in words
// that do not say why.
var ErrNoCredentials = fmt.Errorf("%w: there are no credentials for it", errFinal)

// signing is credentials of which there must be some.
type signing struct{ credentials.Chain }

func (s *signing) RetrieveWithCredContext(cc *credentials.CredContext) (credentials.Value, error) {
	value, err := s.Chain.RetrieveWithCredContext(cc)
	if err == nil && value.AccessKeyID == "" {
		err = ErrNoCredentials
	}
	return value, err
}

// Server returns the URL of the server.
func (s *Store) Server() string { return s.client.EndpointURL().String() }

// Bucket returns the name of the bucket.
func (s *Store) Bucket() string { return s.bucket }

// Traits: a server that does not heed the condition is refused by PutNew.
func (s *Store) Traits() store.Traits { return store.Traits{Atomic: true} }

func (s *Store) PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	if err := check(ctx, name); err != nil {
		return err
	}
	if err := store.Copy(ctx, io.Discard, body, size, sum); err != nil {
		return err
	}
	if err := s.tryCondition(ctx); err != nil {
		return err
	}
	tries := 0
	err := again(ctx, func() error {
		tries++
		err := s.put(ctx, name, body, size, sum)
		if isStatus(err, http.StatusPreconditionFailed) {
			// some servers know the name before they have the object, and may not get it
			if _, there := s.Stat(ctx, name); errors.Is(there, store.ErrMissing) {
				return fmt.Errorf("the S3 server says that %s is there, and does not have it", name)
			}
		}
		return err
	})
	if !isStatus(err, http.StatusPreconditionFailed) {
		return err
	}
	if tries > 1 { // an earlier try may have made it, with its answer lost
		if ours, err := store.Holds(ctx, s, name, size, sum); ours || err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: %s", store.ErrExists, name)
}

// put puts an object in one request.
func (s *Store) put(ctx context.Context, key string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	options := minio.PutObjectOptions{
		ContentType:          "application/octet-stream",
		UserMetadata:         map[string]string{"x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(sum[:])},
		DisableContentSha256: true, // no other way of signing the content than with the sum
	}
	options.SetMatchETagExcept("*")
	content := &borrowed{r: io.NewSectionReader(body, 0, size)}
	defer content.giveBack()
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+key, content, size, "", hex.EncodeToString(sum[:]), options)
	return err
}

// borrowed is a body that is not read any more once it is given back: what sends a request
// may go on reading after the request has failed.
type borrowed struct {
	mu sync.Mutex
	r  io.Reader
}

func (b *borrowed) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.r == nil {
		return 0, errors.New("the request has ended")
	}
	return b.r.Read(p)
}

func (b *borrowed) giveBack() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.r = nil
}

func (s *Store) ReadAt(ctx context.Context, name string, p []byte, off int64) (n int, err error) {
	if err := check(ctx, name); err != nil {
		return 0, err
	}
	if off < 0 {
		return 0, fmt.Errorf("reading %s at the negative offset %d", name, off)
	}
	if len(p) == 0 { // no range says that
		_, err := s.Stat(ctx, name)
		return 0, err
	}
	err = again(ctx, func() error {
		n, err = s.read(ctx, name, p, off)
		return err
	})
	return n, err
}

// read is one try to read what p has room for, which is more than nothing.
func (s *Store) read(ctx context.Context, name string, p []byte, off int64) (int, error) {
	var options minio.GetObjectOptions
	if err := options.SetRange(off, off+int64(len(p))-1); err != nil {
		return 0, err
	}
	body, info, header, err := s.client.GetObject(ctx, s.bucket, s.prefix+name, options)
	switch {
	case isStatus(err, 416): // the object ends before
		return 0, io.EOF
	case err != nil:
		return 0, missing(name, err)
	}
	defer body.Close()
	if at := header.Get("Content-Range"); !strings.HasPrefix(at, fmt.Sprintf("bytes %d-", off)) && (at != "" || off > 0 || info.Size > 0) {
		return 0, fmt.Errorf("%w: it does not read %s from where it was asked to (Content-Range %q)", errFinal, name, at)
	}
	n, err := io.ReadFull(body, p[:min(info.Size, int64(len(p)))])
	if err == nil && n < len(p) {
		err = io.EOF
	} else if err == io.EOF { // the connection, not the object
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (s *Store) Stat(ctx context.Context, name string) (object store.Object, err error) {
	if err := check(ctx, name); err != nil {
		return object, err
	}
	err = again(ctx, func() error {
		info, err := s.client.StatObject(ctx, s.bucket, s.prefix+name, minio.StatObjectOptions{Checksum: true})
		if err != nil {
			return s.missingHere(ctx, name, err)
		}
		object = store.Object{Name: name, Size: info.Size}
		if sum, err := base64.StdEncoding.DecodeString(info.ChecksumSHA256); err == nil && len(sum) == sha256.Size {
			object.SHA256 = (*[sha256.Size]byte)(sum)
		}
		return nil
	})
	return object, err
}

// List makes a request for each 1,000 objects, whose answers have no checksums.
func (s *Store) List(ctx context.Context, prefix string) (all []store.Object, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = again(ctx, func() error {
		ctx, end := context.WithCancel(ctx)
		defer end()
		all = nil
		for info := range s.client.Client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true}) {
			if info.Err != nil {
				return info.Err
			}
			if name := strings.TrimPrefix(info.Key, s.prefix); store.CheckName(name) == nil {
				all = append(all, store.Object{Name: name, Size: info.Size})
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Delete leaves earlier versions where the bucket keeps versions.
func (s *Store) Delete(ctx context.Context, name string) error {
	if err := check(ctx, name); err != nil {
		return err
	}
	return s.delete(ctx, name)
}

func (s *Store) delete(ctx context.Context, key string) error {
	return again(ctx, func() error {
		return s.client.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{})
	})
}

func check(ctx context.Context, name string) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	return ctx.Err()
}
