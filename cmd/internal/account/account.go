// Package account is how a holder's device comes to a vault, and what it finds out there about a
// backup: it gets tokens of the holder's account, decides which keyring a password is to open, and
// whether the state of a store is the newest that the vault knows of (spec sections 18.3, 18.7
// and 18.10). It asks nobody anything but the vault.
package account

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
)

// Open returns a vault, which is asked with tokens of the account alone with which something
// was registered there [VLT-9]. It sends nothing, and gets no token yet.
func Open(v *device.Vault) (*client.Vault, error) {
	s := &source{file: v.TokenFile, command: v.TokenCommand}
	opened, err := client.Open(v.Address, ed25519.PublicKey(v.Root[:]), s.token)
	if err == nil {
		opened.Account, opened.Watch = v.Account, watch(HostOf(v))
	}
	return opened, err
}

// IDOf returns the identifier of a vault, which its slots have.
func IDOf(v *device.Vault) vault.ID { return vault.IDOf(ed25519.PublicKey(v.Root[:])) }

// Identify sets the account of a vault to that of the token that its source has now.
func Identify(ctx context.Context, v *device.Vault) error {
	token, err := (&source{file: v.TokenFile, command: v.TokenCommand}).token(ctx)
	if err == nil {
		v.Account = token.Account
	}
	return err
}

// source is where tokens come from. The last one is used for as long as it is valid.
type source struct {
	file, command string

	mu   sync.Mutex
	last *vault.Token
}

// early is how long before its end a token is not used any more.
const early = time.Minute

func (s *source) token(ctx context.Context) (*vault.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last != nil && uint64(time.Now().Add(early).UnixMilli()) < s.last.NotAfter {
		return s.last, nil
	}
	text, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, hex.DecodedLen(len(text)))
	if _, err = hex.Decode(raw, text); err == nil {
		s.last, err = vault.ParseToken(raw)
	}
	if err != nil { // the reason may show the token
		s.last = nil
		return nil, fmt.Errorf("%s has no token, which has %d hexadecimal digits", s.name(), 2*vault.TokenSize)
	}
	return s.last, nil
}

func (s *source) name() string {
	if s.command != "" {
		return "what the command for tokens prints"
	}
	return display.Name(s.file)
}

// maxToken bounds what is read of a token, in bytes.
const maxToken = 4096

// read returns the text of a token without what is around it.
func (s *source) read(ctx context.Context) ([]byte, error) {
	var text []byte
	var err error
	switch {
	case s.command != "":
		cmd := exec.CommandContext(ctx, shell[0], append(shell[1:], s.command)...)
		cmd.Stderr, cmd.WaitDelay = os.Stderr, time.Second
		if text, err = cmd.Output(); err != nil {
			err = fmt.Errorf("the command for tokens failed: %w", err)
		}
	case s.file != "":
		var f *os.File
		if f, err = os.Open(s.file); err == nil {
			text, err = io.ReadAll(io.LimitReader(f, maxToken))
			f.Close()
		}
	default:
		err = errors.New("nothing says where a token comes from")
	}
	return bytes.TrimSpace(text), err
}
