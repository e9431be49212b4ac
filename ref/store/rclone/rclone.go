// Package rclone is a store anywhere that the program rclone reaches: Google Drive, iCloud,
// OneDrive, WebDAV and many others. It starts the program, and ends it on Close.
//
// An object is uploaded under a temporary name, which begins with a dot, and then moved. Few of
// these places can make a file only if its name is free, and some let two files have one
// name: so the store looks before it moves, and is not Atomic. How durable an object is that
// the place has confirmed, is up to the place; rclone flushes no local disk.
package rclone

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/coffer-format/coffer/ref/store"
)

// Store is a store that rclone reaches. Close it when it is no longer needed.
type Store struct {
	program *program
	remote  string
	sweep   sync.Once
}

var _ store.Store = (*Store)(nil)

// Open returns the store at what rclone calls a remote path, such as "drive:Backups/phone",
// which the first PutNew makes if it is not there. It starts rclone, which takes its
// configuration and its passwords as ever.
func Open(ctx context.Context, remote string) (*Store, error) {
	if remote == "" || strings.Contains(remote, "]") {
		return nil, fmt.Errorf("%q is not a place for rclone: write NAME:PATH, without \"]\"", remote)
	}
	p, err := start(ctx)
	if err != nil {
		return nil, err
	}
	return &Store{program: p, remote: remote}, nil
}

// Close ends rclone. If this process ends without it, rclone does, too.
func (s *Store) Close() error {
	s.program.end()
	return nil
}

// Traits: see the package.
func (s *Store) Traits() store.Traits { return store.Traits{} }

func (s *Store) ReadAt(ctx context.Context, name string, p []byte, off int64) (int, error) {
	if err := check(ctx, name); err != nil {
		return 0, err
	}
	if off < 0 {
		return 0, fmt.Errorf("reading %s at the negative offset %d", name, off)
	}
	if len(p) == 0 { // no range says that
		_, err := s.stat(ctx, name, false)
		return 0, err
	}
	at := s.program.url + (&url.URL{Path: "/[" + s.remote + "]/" + name}).EscapedPath()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", off, off+int64(len(p))-1))
	answer, err := s.program.do(request)
	if isNotFound(err) {
		return 0, fmt.Errorf("%w: %s", store.ErrMissing, name)
	}
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	var from, to, size int64 // to is before from where nothing is read
	if _, err := fmt.Sscanf(answer.Header.Get("Content-Range"), "bytes %d-%d/%d", &from, &to, &size); err != nil || from != off {
		return 0, fmt.Errorf("rclone does not read %s from where it was asked to (Content-Range %q)", name, answer.Header.Get("Content-Range"))
	}
	want := p[:min(max(size-off, 0), int64(len(p)))]
	n, err := io.ReadFull(answer.Body, want)
	if err == nil && n < len(p) {
		err = io.EOF
	} else if err == io.EOF { // the connection, not the object
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// file is what rclone says of a file.
type file struct {
	Name    string
	Size    int64
	ModTime string // RFC 3339, or empty
	IsDir   bool
	Hashes  map[string]string
}

// Stat returns a checksum where the place keeps one, or is a local disk, which is then read.
func (s *Store) Stat(ctx context.Context, name string) (store.Object, error) {
	return s.stat(ctx, name, true)
}

func (s *Store) stat(ctx context.Context, name string, hash bool) (store.Object, error) {
	if err := check(ctx, name); err != nil {
		return store.Object{}, err
	}
	return s.item(ctx, name, hash)
}

func (s *Store) item(ctx context.Context, name string, hash bool) (store.Object, error) {
	var answer struct{ Item *file }
	err := s.program.call(ctx, "operations/stat", map[string]any{
		"fs": s.remote, "remote": name,
		"opt": map[string]any{"showHash": hash, "hashTypes": []string{"sha256"}, "noMimeType": true, "noModTime": true},
	}, &answer)
	switch {
	case err != nil:
		return store.Object{}, err
	case answer.Item == nil:
		return store.Object{}, fmt.Errorf("%w: %s", store.ErrMissing, name)
	case answer.Item.IsDir:
		return store.Object{}, fmt.Errorf("%s is a folder", name)
	}
	object := store.Object{Name: name, Size: answer.Item.Size}
	if sum, err := hex.DecodeString(answer.Item.Hashes["sha256"]); err == nil && len(sum) == sha256.Size {
		object.SHA256 = (*[sha256.Size]byte)(sum)
	}
	return object, nil
}

// List takes a folder that is not there for an empty one: many of these places have no folders.
func (s *Store) List(ctx context.Context, prefix string) ([]store.Object, error) {
	files, err := s.files(ctx, false)
	if err != nil {
		return nil, err
	}
	var all []store.Object
	for _, f := range files {
		if strings.HasPrefix(f.Name, prefix) && store.CheckName(f.Name) == nil {
			all = append(all, store.Object{Name: f.Name, Size: f.Size})
		}
	}
	slices.SortStableFunc(all, func(a, b store.Object) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

func (s *Store) files(ctx context.Context, times bool) ([]file, error) {
	var answer struct{ List []file }
	err := s.program.call(ctx, "operations/list", map[string]any{
		"fs": s.remote, "remote": "",
		"opt": map[string]any{"filesOnly": true, "noMimeType": true, "noModTime": !times},
	}, &answer)
	if isNotFound(err) {
		return nil, nil
	}
	return answer.List, err
}

func (s *Store) Delete(ctx context.Context, name string) error {
	if err := check(ctx, name); err != nil {
		return err
	}
	_, err := s.remove(ctx, name)
	return err
}

// remove removes a file, and reports whether it was there.
func (s *Store) remove(ctx context.Context, name string) (was bool, err error) {
	err = s.program.call(ctx, "operations/deletefile", map[string]any{"fs": s.remote, "remote": name}, nil)
	if isNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

func check(ctx context.Context, name string) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	return ctx.Err()
}
