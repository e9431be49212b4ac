package rclone

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/coffer-format/coffer/ref/store"
)

func (s *Store) PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	if err := s.isFree(ctx, name); err != nil { // spares the upload
		return err
	}
	if err := store.Copy(ctx, io.Discard, body, size, sum); err != nil {
		return err
	}
	s.sweep.Do(func() { s.removeStale(ctx) })
	temp := tempPrefix + rand.Text() + tempSuffix
	err := s.upload(ctx, temp, body, size, sum)
	if err == nil {
		err = s.isWhole(ctx, temp, size, sum)
	}
	if err == nil {
		// Without the setting, rclone removes what has the name before it moves.
		err = s.program.call(ctx, "operations/movefile", map[string]any{
			"srcFs": s.remote, "srcRemote": temp, "dstFs": s.remote, "dstRemote": name,
			"_config": map[string]any{"IgnoreExisting": true},
		}, nil)
	}
	late, end := store.Late(ctx)
	defer end()
	stays, removeErr := s.remove(late, temp)
	switch {
	case err != nil:
		return err
	case removeErr != nil:
		return removeErr
	case stays: // so it has not been moved
		return fmt.Errorf("%w: %s", store.ErrExists, name)
	}
	return nil
}

// isWhole returns an error if a file that rclone has uploaded is not what it was given: an
// upload that is cut looks to rclone like a small file.
func (s *Store) isWhole(ctx context.Context, temp string, size int64, sum [sha256.Size]byte) error {
	object, err := s.item(ctx, temp, true)
	if err == nil && (object.Size != size || object.SHA256 != nil && *object.SHA256 != sum) {
		err = errors.New("rclone: the file was not uploaded whole: try again")
	}
	return err
}

// isFree returns ErrExists if an object has the name.
func (s *Store) isFree(ctx context.Context, name string) error {
	switch _, err := s.stat(ctx, name, false); {
	case err == nil:
		return fmt.Errorf("%w: %s", store.ErrExists, name)
	case errors.Is(err, store.ErrMissing):
		return nil
	default:
		return err
	}
}

// upload writes a file.
func (s *Store) upload(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	form, w := io.Pipe()
	parts := multipart.NewWriter(w)
	var bodyErr error
	done := make(chan struct{})
	go func() {
		defer close(done)
		part, err := parts.CreateFormFile("file", name)
		if err == nil {
			err = store.Copy(ctx, part, body, size, sum)
		}
		if bodyErr = err; err == nil {
			err = parts.Close()
		}
		w.CloseWithError(err)
	}()
	err := s.post(ctx, form, parts.FormDataContentType())
	form.Close() // stops the reading of the body if the request has ended before
	<-done
	if bodyErr != nil && !errors.Is(bodyErr, io.ErrClosedPipe) {
		return bodyErr
	}
	return err
}

func (s *Store) post(ctx context.Context, form io.Reader, contentType string) error {
	query := url.Values{"fs": {s.remote}, "remote": {""}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.program.url+"/operations/uploadfile?"+query.Encode(), form)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", contentType)
	answer, err := s.program.do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

const (
	tempPrefix = ".new-"
	tempSuffix = ".tmp"
	staleAfter = 24 * time.Hour
)

var ownTemp = regexp.MustCompile(`^\.new-[A-Z2-7]{26}\.tmp$`)

// removeStale removes the temporary files that killed runs have left a day ago. A file of a
// run that is still at it, by a clock that is wrong, costs that run another try.
func (s *Store) removeStale(ctx context.Context) {
	files, _ := s.files(ctx, true)
	for _, f := range files {
		at, err := time.Parse(time.RFC3339, f.ModTime)
		if err == nil && ownTemp.MatchString(f.Name) && time.Since(at) > staleAfter {
			s.remove(ctx, f.Name)
		}
	}
}
