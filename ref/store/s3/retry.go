package s3

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/coffer-format/coffer/ref/store"
)

const (
	maxTries = 5
	// firstPause doubles after each try: between the first and the last are 1 to 2 seconds.
	firstPause = 125 * time.Millisecond
)

// again calls do until it succeeds, fails for good or has failed maxTries times.
func again(ctx context.Context, do func() error) error {
	for try, pause := 1, firstPause; ; try, pause = try+1, 2*pause {
		err := do()
		if ended := ctx.Err(); ended != nil && err != nil {
			return fmt.Errorf("%w: %w", ended, err)
		}
		if err == nil || try == maxTries || !isPassing(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(pause/2 + mathrand.N(pause/2)): // so that several writers do not meet again
		}
	}
}

// errFinal is what does not get better by asking again.
var errFinal = errors.New("the S3 server cannot be used")

// isPassing reports whether a failure may pass: one of the network or of a server that has too
// much to do, not what a server refuses.
func isPassing(err error) bool {
	if err == io.EOF || errors.Is(err, store.ErrMissing) || errors.Is(err, errFinal) {
		return false
	}
	var response minio.ErrorResponse
	if !errors.As(err, &response) {
		return true
	}
	switch response.StatusCode {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented:
		return false
	}
	return response.StatusCode >= 500
}

func isStatus(err error, code int) bool {
	var response minio.ErrorResponse
	return errors.As(err, &response) && response.StatusCode == code
}

// missing returns ErrMissing if a server says that the object is not there.
func missing(name string, err error) error {
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return fmt.Errorf("%w: %s", store.ErrMissing, name)
	}
	return err
}

// missingHere is missing for an answer that says the same of an object and of a bucket.
func (s *Store) missingHere(ctx context.Context, name string, err error) error {
	if !isStatus(err, http.StatusNotFound) {
		return err
	}
	switch there, bucketErr := s.client.BucketExists(ctx, s.bucket); {
	case bucketErr != nil:
		return bucketErr
	case !there:
		return minio.ErrorResponse{Code: minio.NoSuchBucket, BucketName: s.bucket, StatusCode: http.StatusNotFound}
	}
	return fmt.Errorf("%w: %s", store.ErrMissing, name)
}

// tryCondition puts an object twice, the first time only, and returns an error if the server
// lets it: such a server would replace what is stored.
func (s *Store) tryCondition(ctx context.Context) error {
	if s.tried.Load() {
		return nil
	}
	key := ".new-" + rand.Text() // no object may have such a name
	late, end := store.Late(ctx)
	defer end()
	defer s.delete(late, key)
	for range 2 {
		err := again(ctx, func() error { return s.put(ctx, key, bytes.NewReader(nil), 0, sha256.Sum256(nil)) })
		if isStatus(err, http.StatusPreconditionFailed) {
			s.tried.Store(true)
			return nil
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: it does not heed If-None-Match, and would replace what is stored in %s: use another server", errFinal, s.bucket)
}
