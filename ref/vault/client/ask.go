package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"time"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/channel"
)

const (
	answerTime = 20 * time.Second // for which a client waits for one answer
	maxTries   = 5
	firstPause = time.Second

	contentType = "application/octet-stream"
)

// ask sends a request until it is answered, always the same one [VLT-33] [VLT-35]. Errors:
// ErrNoAnswer, vault_refused for what is no answer of this vault.
func (v *Vault) ask(ctx context.Context, name string, request vault.Request) (vault.Answer, error) {
	token, err := v.token(ctx)
	if err != nil {
		return nil, err
	}
	request.Asks().Token = *token
	body := vault.Encode(request)
	for try, pause := 1, v.pause; ; try, pause = try+1, 2*pause {
		answer, err := v.once(ctx, name, body)
		switch {
		case err == nil:
			return answer, nil
		case ctx.Err() != nil:
			return nil, fmt.Errorf("%w: %w (%w)", ErrNoAnswer, err, ctx.Err())
		case errors.Is(err, channel.ErrUntrusted), errors.Is(err, vault.ErrMalformed):
			return nil, fault.New(fault.VaultRefused, "%v", err) // [VLT-3] [VLT-17]
		case try == maxTries:
			return nil, fmt.Errorf("%w: %w", ErrNoAnswer, err)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w (%w)", ErrNoAnswer, err, ctx.Err())
		case <-time.After(pause/2 + mathrand.N(pause/2)):
		}
	}
}

// once sends a request once.
func (v *Vault) once(ctx context.Context, name string, body []byte) (answer vault.Answer, err error) {
	if v.Watch != nil {
		answered := v.Watch()
		defer func() { answered(err) }()
	}
	said, err := v.post(ctx, name, body)
	if err != nil {
		return nil, err
	}
	return vault.ParseAnswer(name, said)
}

// token returns a token of the account.
func (v *Vault) token(ctx context.Context) (*vault.Token, error) {
	token, err := v.tokens(ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("getting a token for the vault: %w", err)
	case token.Vault != v.ID:
		return nil, errors.New("the token is for another vault: one with another root key")
	case v.Account != vault.AccountID{} && token.Account != v.Account: // [VLT-9]
		return nil, errors.New("the token is of another account than that with which the password was registered")
	}
	return token, nil
}

// overHTTP is a Post (spec section 18.11).
func (v *Vault) overHTTP(ctx context.Context, name string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.address+"/v1/"+name, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", contentType)
	response, err := v.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK { // [VLT-54] [VLT-55]
		return nil, fmt.Errorf("it says %s", response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, maxAnswer+1)) // [CON-3]
}

// maxAnswer is longer than every answer.
const maxAnswer = 1024

// State returns how a record stands, or the live one for no credential.
func (v *Vault) State(ctx context.Context, credential vault.Credential) (*vault.StateAnswer, error) {
	answer, err := v.ask(ctx, "state", &vault.StateRequest{Head: vault.Head{Credential: credential}})
	if err != nil {
		return nil, err
	}
	state := answer.(*vault.StateAnswer)
	return state, judge(state.Status)
}
