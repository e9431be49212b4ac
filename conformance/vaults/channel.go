package vaults

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/channel"
)

// ServerCases returns the cases of a vault that is a server: those of Cases, and those about
// TLS, HTTP and requests at the same time.
func ServerCases(seed int64) []cases.Case {
	return append(casesOf(seed, ofChannels()), Cases(seed)...)
}

// handshakeTime is how long a connection may take.
const handshakeTime = 10 * time.Second

// guesses is how many requests are sent at the same time.
const guesses = 100

func ofChannels() []audit {
	return []audit{
		{"channel-certificate", "VLT-6", "The server proves a channel key, which the root key has certified for at most 30 days.", func(w *world) {
			state, err := w.remote.handshake(channel.Client(w.remote.Root, time.Now))
			check(err)
			if state.Version != tls.VersionTLS13 {
				refute("the connection is not one of TLS 1.3")
			}
		}},
		{"channel-versions", "VLT-6", "The server takes no earlier version of TLS.", func(w *world) {
			for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12} {
				c := believing()
				c.MinVersion, c.MaxVersion = version, version
				if _, err := w.remote.handshake(c); err == nil {
					refute("it takes %s", tls.VersionName(version))
				}
			}
		}},
		{"channel-resumption", "VLT-5", "The server does not resume a session.", func(w *world) {
			c := believing()
			c.MinVersion, c.ClientSessionCache = tls.VersionTLS13, tls.NewLRUClientSessionCache(4)
			for range 2 {
				state, err := w.remote.handshake(c)
				check(err)
				if state.DidResume {
					refute("it resumes a session")
				}
			}
		}},
		{"long-body", "VLT-53", "A body of more than 1024 bytes has the status code 413, whether its length is said or not.", func(w *world) {
			for _, body := range []io.Reader{strings.NewReader(strings.Repeat("x", 1025)), struct{ io.Reader }{strings.NewReader(strings.Repeat("x", 64<<10))}} {
				code, _, err := w.remote.post(w.a.Ctx, "state", body)
				check(err)
				if code != http.StatusRequestEntityTooLarge {
					refute("the status code is %d", code)
				}
			}
			w.holder().state()
		}},
		{"concurrent-guesses", "VLT-20 VLT-22 VLT-25", "A hundred first messages at the same time get three second messages, and all others are told to wait.", func(w *world) {
			h := w.holder().enrol()
			var messages [][]byte
			for range guesses {
				messages = append(messages, vault.Encode(h.fill(h.first(false).again())))
			}
			answers := w.atOnce(h, "recover", messages)
			count := map[vault.Status]int{}
			seen := map[[64]byte]bool{}
			for _, a := range answers {
				answer := a.(*vault.RecoverAnswer)
				count[answer.Status]++
				if answer.Status == vault.OK {
					seen[[64]byte(answer.KE2[32:])] = true
				}
			}
			if count[vault.OK] != 3 || count[vault.Waiting] != guesses-3 || len(seen) != 3 {
				refute("%d are answered with ok, %d with wait, and there are %d second messages", count[vault.OK], count[vault.Waiting], len(seen))
			}
		}},
		{"concurrent-repetitions", "VLT-20 VLT-22 VLT-25", "One first message, sent many times at the same time, gets one second message and takes one attempt.", func(w *world) {
			h := w.holder().enrol()
			message := vault.Encode(h.fill(h.first(true).again()))
			var messages [][]byte
			for range guesses / 4 {
				messages = append(messages, message)
			}
			answers := w.atOnce(h, "recover", messages)
			for _, a := range answers {
				if a, b := a.(*vault.RecoverAnswer), answers[0].(*vault.RecoverAnswer); a.Status != vault.OK || a.KE2 != b.KE2 || a.Attempts != vault.MaxAttempts-1 {
					refute("one is answered with %s, and one with %s, %d attempts left", b.Status, a.Status, a.Attempts)
				}
			}
		}},
	}
}

// atOnce sends requests at the same time, which the model does not see.
func (w *world) atOnce(h *holder, name string, messages [][]byte) []vault.Answer {
	h.state() // and sets the clock
	answers, failed := make([]vault.Answer, len(messages)), make([]error, len(messages))
	var all sync.WaitGroup
	for i, message := range messages {
		all.Go(func() {
			code, answer, err := w.remote.post(w.a.Ctx, name, bytes.NewReader(message))
			if err == nil && code != http.StatusOK {
				err = fmt.Errorf("the status code is %d: let the server take more requests of one account while it is checked", code)
			}
			if err == nil {
				answers[i], err = vault.ParseAnswer(name, answer)
			}
			failed[i] = err
		})
	}
	all.Wait()
	check(errors.Join(failed...))
	return answers
}

// believing is how to connect to a server that proves anything.
func believing() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }

// handshake connects to the server, and says what came of it after a request.
func (r *Remote) handshake(c *tls.Config) (tls.ConnectionState, error) {
	at, err := url.Parse(r.Address)
	cases.Must(err)
	port := at.Port()
	if port == "" {
		port = "443"
	}
	c = c.Clone()
	c.ServerName = at.Hostname()
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(at.Hostname(), port))
	if err != nil {
		return tls.ConnectionState{}, err
	}
	connection := tls.Client(raw, c)
	defer connection.Close()
	if err := connection.HandshakeContext(ctx); err != nil {
		return tls.ConnectionState{}, err
	}
	// What is needed to resume a session comes after the handshake.
	connection.SetDeadline(time.Now().Add(handshakeTime))
	fmt.Fprintf(connection, "POST /v1/state HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", at.Host)
	if _, err := io.Copy(io.Discard, connection); err != nil {
		return tls.ConnectionState{}, err
	}
	return connection.ConnectionState(), nil
}
