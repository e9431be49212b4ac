package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/minio/minio-go/v7"

	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/s3/s3test"
	"github.com/coffer-format/coffer/ref/store/storetest"
)

var prefixes atomic.Int64

// open opens an empty store on the server of the test.
func open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(fmt.Sprintf("s3://%s/set/%d", s3test.Bucket, prefixes.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	s3test.Start(t)
	storetest.Run(t, func(t *testing.T) store.Store { return open(t) })
}

func put(ctx context.Context, s *Store, name, body string) error {
	return s.PutNew(ctx, name, strings.NewReader(body), int64(len(body)), sha256.Sum256([]byte(body)))
}

// The server keeps the checksum, and refuses a body with another.
func TestChecksums(t *testing.T) {
	s3test.Start(t)
	s := open(t)
	if err := put(t.Context(), s, "a", "body"); err != nil {
		t.Fatal(err)
	}
	o, err := s.Stat(t.Context(), "a")
	if err != nil || o.SHA256 == nil || *o.SHA256 != sha256.Sum256([]byte("body")) {
		t.Errorf("Stat: %+v, %v", o, err)
	}
	if err := s.put(t.Context(), "b", strings.NewReader("other"), 5, sha256.Sum256([]byte("body"))); err == nil {
		t.Error("the server takes a body with another checksum")
	}
	if _, err := s.Stat(t.Context(), "b"); !errors.Is(err, store.ErrMissing) {
		t.Errorf("Stat of what was refused: %v", err)
	}
}

// A bucket that is not there is no empty store.
func TestNoBucket(t *testing.T) {
	s3test.Start(t)
	s, err := Open("s3://another-bucket")
	if err != nil {
		t.Fatal(err)
	}
	_, readErr := s.ReadAt(t.Context(), "a", make([]byte, 1), 0)
	_, statErr := s.Stat(t.Context(), "a")
	_, listErr := s.List(t.Context(), "")
	for method, err := range map[string]error{
		"ReadAt": readErr, "Stat": statErr, "List": listErr, "PutNew": put(t.Context(), s, "a", ""), "Delete": s.Delete(t.Context(), "a"),
	} {
		if minio.ToErrorResponse(err).Code != minio.NoSuchBucket || errors.Is(err, store.ErrMissing) {
			t.Errorf("%s: %v", method, err)
		}
	}
}

// Without credentials nothing is sent.
func TestNoCredentials(t *testing.T) {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests++ }))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_S3": server.URL, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "HOME": t.TempDir(), "USERPROFILE": t.TempDir(),
		"AWS_CONTAINER_CREDENTIALS_FULL_URI": server.URL + "/role", // asked instead of the machine's own
	} {
		t.Setenv(name, value)
	}
	s, err := Open("s3://bucket")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.List(t.Context(), ""); !errors.Is(err, ErrNoCredentials) || requests > 1 {
		t.Errorf("List: %v after %d requests", err, requests)
	}
}

// between opens a store whose requests pass through what a test puts between.
func between(t *testing.T, handler func(next http.Handler) http.Handler) *Store {
	t.Helper()
	proxy := httputil.NewSingleHostReverseProxy(s3test.URL(t)) // keeps Host, which is signed
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	srv := httptest.NewUnstartedServer(handler(proxy))
	srv.Config.ErrorLog = proxy.ErrorLog
	srv.Start()
	t.Cleanup(srv.Close)
	t.Setenv("AWS_ENDPOINT_URL_S3", srv.URL)
	return open(t)
}

// An object that cannot be read yet does not exist yet: one that is never finished would
// take the name for good.
func TestRefusedTooEarly(t *testing.T) {
	s3test.Start(t)
	puts := 0
	s := between(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut {
				if puts++; puts <= 2 {
					w.WriteHeader(http.StatusPreconditionFailed)
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	})
	s.tried.Store(true)
	if err := put(t.Context(), s, "a", "body"); err != nil || puts != 3 {
		t.Errorf("PutNew: %v after %d requests", err, puts)
	}
}

// Answers and requests that are lost, twice each, are made up for; a write is done once.
func TestLostAnswers(t *testing.T) {
	s3test.Start(t)
	for what, done := range map[string]bool{"answers": true, "requests": false} {
		t.Run(what, func(t *testing.T) {
			failed := map[string]int{}
			s := between(t, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if key := r.Method + r.URL.String(); failed[key] < 2 {
						failed[key]++
						if done {
							next.ServeHTTP(httptest.NewRecorder(), r)
						}
						panic(http.ErrAbortHandler)
					}
					next.ServeHTTP(w, r)
				})
			})
			s.tried.Store(true)
			ctx := t.Context()
			if err := put(ctx, s, "a", "body"); err != nil {
				t.Fatalf("PutNew: %v", err)
			}
			if err := put(ctx, s, "a", "other"); !errors.Is(err, store.ErrExists) {
				t.Errorf("PutNew again: %v", err)
			}
			p := make([]byte, 9)
			if n, err := s.ReadAt(ctx, "a", p, 0); err != io.EOF || string(p[:n]) != "body" {
				t.Errorf("ReadAt: %q, %v", p[:n], err)
			}
			if all, err := s.List(ctx, ""); err != nil || len(all) != 1 {
				t.Errorf("List: %v, %v", all, err)
			}
			if err := s.Delete(ctx, "a"); err != nil {
				t.Errorf("Delete: %v", err)
			}
			if err := put(ctx, s, "a", "body"); err != nil {
				t.Errorf("PutNew after Delete: %v", err)
			}
		})
	}
}

// What another has put while one's own request was lost is another's.
func TestLostRaceIsNoSuccess(t *testing.T) {
	s3test.Start(t)
	other := open(t)
	other.tried.Store(true)
	puts := 0
	s := between(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut {
				if puts++; puts == 1 {
					if err := put(r.Context(), other, "a", "theirs"); err != nil {
						t.Error(err)
					}
					panic(http.ErrAbortHandler)
				}
			}
			next.ServeHTTP(w, r)
		})
	})
	s.prefix = other.prefix
	s.tried.Store(true)
	if err := put(t.Context(), s, "a", "mine"); !errors.Is(err, store.ErrExists) || puts != 2 {
		t.Errorf("PutNew: %v after %d requests", err, puts)
	}
}

// A read that is cut is no end of the object.
func TestCutRead(t *testing.T) {
	s3test.Start(t)
	gets := 0
	s := between(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet {
				next.ServeHTTP(w, r)
				return
			}
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			for key, values := range answer.Header() {
				w.Header()[key] = values
			}
			w.WriteHeader(answer.Code)
			if gets++; gets > 1 {
				w.Write(answer.Body.Bytes())
				return
			}
			w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		})
	})
	body := strings.Repeat("x", 100_000)
	if err := put(t.Context(), s, "a", body); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, len(body)+1)
	if n, err := s.ReadAt(t.Context(), "a", p, 0); err != io.EOF || n != len(body) || gets != 2 {
		t.Errorf("ReadAt: %d bytes, %v after %d requests", n, err, gets)
	}
}

// A server that ignores the condition, or the range, is refused.
func TestServersThatIgnore(t *testing.T) {
	s3test.Start(t)
	t.Run("If-None-Match", func(t *testing.T) {
		s := between(t, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPut {
					io.Copy(io.Discard, r.Body)
					return
				}
				next.ServeHTTP(w, r)
			})
		})
		if err := put(t.Context(), s, "a", "body"); err == nil || !strings.Contains(err.Error(), "If-None-Match") {
			t.Errorf("PutNew: %v", err)
		}
	})
	t.Run("Range", func(t *testing.T) {
		s := between(t, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					w.Header().Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
					w.Write([]byte("the whole body"))
					return
				}
				next.ServeHTTP(w, r)
			})
		})
		if n, err := s.ReadAt(t.Context(), "a", make([]byte, 4), 4); err == nil {
			t.Errorf("ReadAt: %d bytes, no error", n)
		}
	})
}

// What the server refuses is not asked for again.
func TestRefusalIsFinal(t *testing.T) {
	s3test.Start(t)
	t.Setenv("AWS_SECRET_ACCESS_KEY", "another")
	requests := 0
	s := between(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { requests++; next.ServeHTTP(w, r) })
	})
	if _, err := s.List(t.Context(), ""); minio.ToErrorResponse(err).StatusCode != http.StatusForbidden || requests != 1 {
		t.Errorf("List: %v after %d requests", err, requests)
	}
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"s3://bucket": "", "s3://bucket/": "", "s3://bucket/a": "a/", "s3://bucket/a/b/": "a/b/", "s3://bucket//a/../b": "b/",
	} {
		if s, err := Open(address); err != nil || s.prefix != want || s.bucket != "bucket" {
			t.Errorf("Open(%q): %+v, %v", address, s, err)
		}
	}
	for _, address := range []string{"", "bucket", "s3:", "s3://", "http://bucket/a", "s3://key@bucket/a", "s3://bucket/a?b"} {
		if _, err := Open(address); err == nil {
			t.Errorf("Open(%q): no error", address)
		}
	}
	t.Setenv("AWS_ENDPOINT_URL_S3", "example.org:80")
	if _, err := Open("s3://bucket"); err == nil {
		t.Error("an address of a server without a scheme: no error")
	}
}

// Nothing reads a body after it is given back.
func TestBorrowed(t *testing.T) {
	b := &borrowed{r: bytes.NewReader([]byte("body"))}
	if n, err := b.Read(make([]byte, 2)); n != 2 || err != nil {
		t.Errorf("Read: %d, %v", n, err)
	}
	b.giveBack()
	if n, err := b.Read(make([]byte, 2)); n != 0 || err == nil {
		t.Errorf("Read after giving back: %d, %v", n, err)
	}
}
