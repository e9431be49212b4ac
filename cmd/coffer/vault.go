package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/account"
	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/storage"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
)

// door is a vault through which a password opens a backup.
type door struct {
	*client.Vault
	at   *device.Vault
	last bool   // the holder agrees to the last attempt
	name string // of the backup, for a person
	key  string // the fingerprint of its 64-digit key
}

func (d *door) open() (err error) {
	d.Vault, err = account.Open(d.at)
	return err
}

// tryPassword gets the password of the holder and opens a slot with it. Everything that can fail
// without an attempt comes first, the password's form too. [VLT-30]
func (d *door) tryPassword(ctx context.Context, s *slot.Vault, get func() ([]byte, error)) (secret, error) {
	if err := d.mayTry(ctx, s); err != nil {
		return secret{}, err
	}
	raw, err := get()
	if err != nil {
		return secret{}, err
	}
	prepared, err := password.Prepare(raw)
	if err != nil {
		return secret{}, err
	}
	recovered, err := d.Recover(ctx, rand.Reader, s.Credential, prepared)
	if errors.Is(err, client.ErrNoAnswer) { // [VLT-33]
		display.Note("the password was on its way: an attempt may be gone, and trying again may take another")
	}
	if err != nil {
		return secret{}, d.explain(err)
	}
	tellReport(recovered.Report)
	return secret{Secret: container.WithSlot(&recovered.Secret), password: raw, at: d.at}, nil
}

// mayTry asks how the record stands, and warns before the last attempt. [VLT-32]
func (d *door) mayTry(ctx context.Context, s *slot.Vault) error {
	state, err := d.State(ctx, s.Credential)
	if err != nil {
		return d.explain(err)
	}
	switch state.State {
	case vault.Destroyed:
		if err := account.CheckRecord(state, s.Credential); err != nil {
			return err
		}
		return d.explain(&client.Refusal{Status: vault.Gone})
	case vault.None, vault.Pending:
		return advisedError{
			fault.New(fault.VaultRefused, "the vault has no password of this backup that is live"),
			"it may be one of another account, or the device that was setting it was interrupted: run the same there again; " + d.others(),
		}
	}
	left := client.Left{Attempts: int(state.Attempts), WaitMS: state.Wait}
	if left.WaitMS > 0 {
		return d.explain(&client.TooEarly{Left: left})
	}
	if left.Attempts > 1 || d.last {
		return nil
	}
	const warning = "this is the last attempt: if the password is wrong, the vault destroys what it opens, for ever"
	if !isAsked() {
		return fmt.Errorf("%s; --last-attempt tries it", warning)
	}
	tell("%s: %s.", d.name, warning)
	return agree(ctx, "Try it?")
}

// finalError is one after which it is of no use to ask again.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

// explain adds to an error of the vault what the holder can do. [VLT-33] [VLT-34]
func (d *door) explain(err error) error {
	var wrong *client.WrongPassword
	var early *client.TooEarly
	switch {
	case errors.As(err, &wrong) && wrong.Left.Attempts == 0:
		return finalError{advisedError{fault.New(fault.WrongSecret, "the password is not the one at the vault, and no attempt is left"), d.others()}}
	case errors.As(err, &wrong):
		text := fmt.Sprintf("the password is not the one at the vault; %s, %s", left(wrong.Left.Attempts), nextAttempt(wrong.Left.Wait()))
		err = advisedError{fault.New(fault.WrongSecret, "%s", text), `if it is forgotten, "coffer change --forgotten" on the device that makes the backup sets another secret`}
		if wrong.Left.WaitMS > 0 {
			return finalError{err}
		}
		return err
	case errors.As(err, &early):
		return advisedError{fault.New(fault.VaultRefused, "the vault takes no attempt now; %s, %s", left(early.Left.Attempts), nextAttempt(early.Left.Wait())), d.others()}
	case errors.Is(err, fault.VaultDestroyed):
		return advisedError{err, d.others()}
	case errors.Is(err, client.ErrNoAnswer):
		return explainAnswer(d.at, err)
	}
	return err
}

// others says what else opens the backup.
func (d *door) others() string {
	return fmt.Sprintf(`its 64-digit key %s still opens the backup, if you have it, with --key-file; "coffer change --forgotten" on the device that makes the backup sets another secret without either`, d.key)
}

// explainAnswer says why a vault does not answer.
func explainAnswer(at *device.Vault, err error) error {
	host := account.HostOf(at)
	if network := storage.ExplainNetwork(host, err); network != nil {
		return advisedError{fmt.Errorf("%w: %s", client.ErrNoAnswer, network.Text), network.Advice}
	}
	return advisedError{err, "try again later"}
}

// explainRequest is explainAnswer where the error alone says which vault was asked.
func explainRequest(err error) error {
	var request *url.Error
	if errors.Is(err, client.ErrNoAnswer) && errors.As(err, &request) {
		if asked, parseErr := url.Parse(request.URL); parseErr == nil {
			return explainAnswer(&device.Vault{Address: "https://" + asked.Host}, err)
		}
	}
	return err
}

func left(n int) string {
	if n == 1 {
		return "1 attempt is left"
	}
	return fmt.Sprintf("%d attempts are left", n)
}

func nextAttempt(wait time.Duration) string {
	if wait == 0 {
		return "the next one at once"
	}
	return fmt.Sprintf("the next one in %s, at %s", waitText(wait), time.Now().Add(wait).Format("2006-01-02 15:04"))
}

// waitText says a time that is waited for, rounded up.
func waitText(wait time.Duration) string {
	switch {
	case wait > 2*time.Hour:
		return fmt.Sprintf("%d hours", int((wait+time.Hour-1)/time.Hour))
	case wait > time.Minute:
		return fmt.Sprintf("%d minutes", int((wait+time.Minute-1)/time.Minute))
	}
	return fmt.Sprintf("%d seconds", int((wait+time.Second-1)/time.Second))
}

// tellReport shows what others have tried, once the password was right. [VLT-37] [VLT-38]
func tellReport(r *vault.Report) {
	if r == nil {
		display.Note("the vault gave no report: nobody knows what others have tried")
		return
	}
	if r.Failures > 0 {
		var times []string
		for _, ms := range r.Failed[:min(int(r.Failures), len(r.Failed))] {
			times = append(times, time.UnixMilli(int64(ms)).Format("2006-01-02 15:04"))
		}
		display.Note(`the vault was asked with a wrong password %s since the right one was given: %s; if that was not you, "coffer change" sets another one`, timesOver(int(r.Failures)), strings.Join(times, ", "))
	}
	if r.Superseded > 0 {
		display.Note(`somebody has put another password in the place of this one at the vault, at %s; it counts again now; if that was not you, "coffer change" sets another one`, time.UnixMilli(int64(r.Superseded)).Format("2006-01-02 15:04"))
	}
}

func timesOver(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// newest returns the anchor that the vault has of a backup, and says if nobody knows whether the
// state is the newest. [VLT-52]
func (d *door) newest(ctx context.Context, s *slot.Vault, k *key.Key) (*client.Anchor, error) {
	anchor, err := account.Newest(ctx, d, s, k)
	switch {
	case fault.NameOf(err) == fault.StaleBackup:
		return nil, err
	case err != nil:
		display.Note("nobody knows whether this is the newest state: %v", d.explain(err))
	case anchor == nil:
		display.Note("nobody knows whether this is the newest state: the vault has not been told of one since the password was set")
	}
	return anchor, nil
}

// isAtUnknown reports whether the password of a backup is at a vault alone: for who knows that, it
// is another one than this device knows, or it knows none.
func isAtUnknown(h *header.Header) bool {
	return life.VaultSlot(h) != nil && !slices.ContainsFunc(h.Slots, isPassword)
}

// whichVault says how to name the vault of a backup, which is not the one that is known.
func whichVault(name string, h *header.Header, known *door) error {
	say := "say where with --vault, --vault-root, and --vault-token or --vault-token-command"
	if known != nil {
		say = "it is not the one of the root key that --vault-root names: name the one that it is at"
	}
	return program.Usagef("the password of %s is at a vault: %s; or give its 64-digit key %s, if you have it, with --key-file", name, say, h.KeyCheck.Fingerprint())
}
