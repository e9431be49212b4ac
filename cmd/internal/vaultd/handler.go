package vaultd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/record"
)

const (
	pathPrefix  = "/v1/"
	contentType = "application/octet-stream"
)

// What becomes of a request that has no answer of spec section 18.5.
const (
	tooLarge    = "too_large"
	tooMany     = "too_many"
	unreadable  = "unreadable"
	unavailable = "unavailable"
)

var names = vault.Names()

// ServeHTTP answers a request (spec section 18.11).
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, pathPrefix)
	if !ok || !slices.Contains(names, name) {
		http.Error(w, "there is no such request", http.StatusNotFound)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "a request is sent with POST", http.StatusMethodNotAllowed)
		return
	}
	defer s.recovered(name)
	body, err := read(w, r)
	begun := time.Now()
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0)) // or the rest would be read after all
			w.Header().Set("Connection", "close")
			http.Error(w, fmt.Sprintf("a request has at most %d bytes", maxBody), http.StatusRequestEntityTooLarge)
			s.metrics.asked(name, tooLarge, time.Since(begun))
			return
		}
		s.metrics.asked(name, unreadable, time.Since(begun))
		panic(http.ErrAbortHandler) // it did not come in time, or the connection is gone
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.limits.Answer)
	defer cancel()
	answer, who, code := s.answer(ctx, name, body)
	took := time.Since(begun)
	if code != http.StatusOK {
		what := unavailable
		if code == http.StatusTooManyRequests {
			what = tooMany
		}
		s.metrics.asked(name, what, took)
		s.log.Warn("not answered", "name", name, "account", who, "why", what)
		http.Error(w, http.StatusText(code), code)
		return
	}
	status := answer.Says().Status.String()
	s.metrics.asked(name, status, took)
	s.log.Info("answered", "name", name, "account", who, "status", status, "ms", float64(took.Microseconds())/1000)
	w.Header().Set("Content-Type", contentType)
	w.Write(vault.Encode(answer))
}

// read reads a body of at most maxBody bytes. [VLT-53]
func read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, &http.MaxBytesError{Limit: maxBody}
	}
	return io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
}

// answer returns the answer, and the pseudonym of the account that asks, if it is known to; or
// the status code if there is no answer.
func (s *Service) answer(ctx context.Context, name string, body []byte) (answer vault.Answer, who string, code int) {
	request, err := vault.ParseRequest(name, body)
	if err != nil {
		return vault.Refusal(name, vault.Malformed), "", http.StatusOK // [VLT-19]
	}
	token, now, keys := &request.Asks().Token, s.now(), s.keys()
	if !keys.signed.holds(token, &s.vault, keys, uint64(now.UnixMilli())) {
		return vault.Refusal(name, vault.BadToken), "", http.StatusOK
	}
	who = s.pseudonyms.of(&token.Account)
	if !s.allowance.take(&token.Account, request, now) {
		return nil, who, http.StatusTooManyRequests // [VLT-56]
	}
	var random record.Random
	rand.Read(random[:])
	var happened []*Event
	err = s.store.Update(ctx, &token.Account, func(a *record.Account) (changed bool, err error) {
		before := standings(a)
		answer, changed, err = s.machine.Handle(a, request, uint64(now.UnixMilli()), &random)
		if changed {
			happened = before.events(a, request, answer)
		}
		return changed, err
	})
	if err != nil {
		s.log.Error("the store does not answer", "account", who, "error", err.Error())
		if s.store.Err() != nil {
			s.fail()
		}
		return nil, who, http.StatusServiceUnavailable // [VLT-21]
	}
	s.metrics.happened(happened)
	s.notifier.add(happened)
	return answer, who, http.StatusOK
}

// recovered logs where the program has failed, and nothing of what it worked on. The connection
// ends without an answer. [VLT-59]
func (s *Service) recovered(name string) {
	p := recover()
	switch {
	case p == nil:
		return
	case p == http.ErrAbortHandler:
		panic(p)
	}
	s.metrics.panics.Inc()
	var at []string
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for frame, more := frames.Next(); more; frame, more = frames.Next() {
		at = append(at, fmt.Sprintf("%s:%d", frame.Function, frame.Line))
	}
	s.log.Error("internal error", "name", name, "type", fmt.Sprintf("%T", p), "at", at)
	panic(http.ErrAbortHandler)
}
