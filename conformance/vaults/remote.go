package vaults

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/ref/vault/channel"
	"github.com/coffer-format/coffer/vectors"
)

// Remote is a server that speaks HTTP (spec section 18.11), behind the protocol. It is a
// session, and is asked by one case at a time.
type Remote struct {
	Address string             // "https://" and what follows, without "/" at its end
	Root    ed25519.PublicKey  // of the vault
	Service ed25519.PrivateKey // of the account service
	// Clock is a file of which the server takes the time: milliseconds since
	// 1970-01-01T00:00:00Z as a decimal number. If it is empty, the server has a clock of its
	// own, and is asked nothing that takes more than a minute.
	Clock string

	time   uint64 // that the clock shows, or 0
	client *http.Client
}

// clock returns the time at which a case begins: the clock never goes back between two.
func (r *Remote) clock() uint64 { return max(uint64(time.Now().UnixMilli()), r.time) }

// Exchange implements session.Session.
func (r *Remote) Exchange(ctx context.Context, q protocol.Request, timeout time.Duration) ([]byte, error) {
	answer := protocol.Answer{ID: q.ID}
	switch q.Op {
	case protocol.HelloOp:
		answer.Output = vectors.Object{"protocol": protocol.Version, "name": "vault at " + r.Address, "version": "", "profiles": []string{Profile}}
	case "vault.answer":
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		message, err := r.at(ctx, q.Input)
		if err != nil {
			return nil, err
		}
		answer.Output = vectors.Object{"message": fmt.Sprintf("%x", message)}
	default:
		answer.Unsupported = "a server is asked as a vault alone"
	}
	return json.Marshal(answer)
}

// Restart ends the connections.
func (r *Remote) Restart() { r.http().CloseIdleConnections() }

// Stderr returns nothing: it is not the suite that has started the server.
func (r *Remote) Stderr() string { return "" }

// http returns the client, which believes the root key alone.
func (r *Remote) http() *http.Client {
	if r.client == nil {
		r.client = &http.Client{
			Transport:     &http.Transport{TLSClientConfig: channel.Client(r.Root, time.Now), MaxIdleConnsPerHost: guesses},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	return r.client
}

// at sets the clock, and asks.
func (r *Remote) at(ctx context.Context, input vectors.Object) ([]byte, error) {
	now, err := strconv.ParseUint(fmt.Sprint(input["time_ms"]), 10, 64)
	cases.Must(err)
	if r.Clock != "" && now != r.time {
		if err := setClock(r.Clock, now); err != nil {
			return nil, &session.Misbehaviour{Verdict: report.Skipped, Message: err.Error()}
		}
		r.time = now
	}
	code, message, err := r.post(ctx, input["name"].(string), bytes.NewReader(inputs.Unhex(input["message"])))
	switch {
	case ctx.Err() == context.DeadlineExceeded:
		return nil, &session.Misbehaviour{Verdict: report.Hang, Message: "no answer in time"}
	case err != nil:
		return nil, &session.Misbehaviour{Verdict: report.Crash, Message: "no answer: " + err.Error()}
	case code == http.StatusTooManyRequests:
		return nil, &session.Misbehaviour{Verdict: report.Fail, Message: "the status code is 429: let the server take more requests of one account while it is checked"}
	case code != http.StatusOK:
		return nil, &session.Misbehaviour{Verdict: report.ProtocolError, Message: fmt.Sprintf("the status code is %d, not 200", code)}
	}
	return message, nil
}

// longest is more than any answer has.
const longest = 4096

// post sends a request once.
func (r *Remote) post(ctx context.Context, name string, body io.Reader) (code int, message []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Address+"/v1/"+name, body)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", contentType)
	response, err := r.http().Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	message, err = io.ReadAll(io.LimitReader(response.Body, longest))
	if err == nil && response.StatusCode == http.StatusOK && response.Header.Get("Content-Type") != contentType {
		err = fmt.Errorf("the content type is %q, not %s", response.Header.Get("Content-Type"), contentType)
	}
	return response.StatusCode, message, err
}

const contentType = "application/octet-stream"

// setClock replaces the file of a clock, so that nobody reads a part of it.
func setClock(path string, now uint64) error {
	next := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".next")
	if err := os.WriteFile(next, strconv.AppendUint(nil, now, 10), 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}
