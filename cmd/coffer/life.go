package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/vault/client"
)

// lifeCommand is a command that turns a backup on or off, or begins an epoch of it.
type lifeCommand struct {
	secret secretFlags // the present one
	vault  vaultFlags  // of the present secret or the new one
	last   bool        // the last attempt at the vault may be taken
	leave  bool        // a record at a vault that cannot be destroyed
	stale  bool
	json   bool

	name  string // of the store, for a person
	store *namedStore
	made  bool // its folder
	found *life.Found
}

func (l *lifeCommand) register(cmd *cobra.Command) {
	l.secret.register(cmd)
	l.vault.register(cmd)
	cmd.Flags().BoolVar(&l.last, "last-attempt", false, "try the password though the vault lets it be tried only once more")
	cmd.Flags().BoolVar(&l.leave, "leave-record", false, "go on though the vault cannot be asked to destroy what the password was opened with")
	cmd.Flags().BoolVar(&l.stale, "stale", false, "go on from what the store has, though this device has seen a later state, or another backup there")
	cmd.Flags().BoolVar(&l.json, "json", false, "print what was done as JSON")
}

// look finds out what lies in a store; create makes a folder that is not there.
func (l *lifeCommand) look(ctx context.Context, text string, create bool) error {
	l.name = display.Name(text)
	open := openStore
	if create {
		open = createStore
		_, err := os.Lstat(text)
		l.made = !hasScheme(text) && errors.Is(err, fs.ErrNotExist)
	}
	var err error
	if l.store, err = open(ctx, text); err != nil {
		return err
	}
	dir, err := device.Folder()
	if err != nil {
		return err
	}
	l.found = &life.Found{Place: placeOf(l.store, dir)}
	return l.lookAgain(ctx)
}

// lookAgain finds out what lies in the store now.
func (l *lifeCommand) lookAgain(ctx context.Context) (err error) {
	if l.found, err = life.Look(ctx, l.found.Place); err != nil {
		return err
	}
	l.found.LeaveRecord = l.leave
	l.found.Named, err = l.vault.named(savedVault(&l.found.Meta, nil))
	return err
}

// placeOf returns a store and the folder of what this device keeps.
func placeOf(s *namedStore, dir string) life.Place {
	return life.Place{
		Store: s, Text: s.text, Dir: dir, Rand: rand.Reader, Now: time.Now, Settle: settleTime, Payloads: parallel.Containers, Vaults: openVaults,
	}
}

// close lets go of the store, and removes its folder if it was made in vain.
func (l *lifeCommand) close() {
	if l.store == nil {
		return
	}
	l.store.close()
	if l.made {
		os.Remove(l.store.text) // fails if there is something in it
	}
}

// noBackup says that there is none, or only what is left of one.
func (l *lifeCommand) noBackup() error {
	switch {
	case l.found.IsEnding():
		return fmt.Errorf("turning off the backup in %s was begun and did not end: \"coffer off %[1]s\" ends it", l.name)
	case l.found.Standing == life.Rest:
		return advisedError{
			fault.New(fault.MissingContainer, "%s has files of a backup and no sound keyring, without which no secret opens it", l.name),
			restAdvice(l.found.CanRecall(), l.name),
		}
	}
	return fmt.Errorf("there is no backup in %s: \"coffer on\" turns one on", l.name)
}

// restAdvice is what can be done about a backup whose keyrings the store has lost or damaged, on a device
// that keeps its key, or another one.
func restAdvice(isKept bool, name string) string {
	ask := `ask the provider for the files that begin with "k-", of which it may have earlier versions, or which may lie among those that were deleted; if they are gone, `
	if isKept {
		return ask + fmt.Sprintf(`this device still has the key: "coffer change --forgotten %s" sets a new secret, and loses nothing`, name)
	}
	return ask + `the device that makes this backup still has its key, and "coffer change --forgotten" there sets a new secret; who has the 64-digit key of the backup can restore files with "coffer salvage". Delete nothing before`
}

// prove gets the secret of the backup from the holder and opens it with that. A keyring alone
// is opened where withHead is not set.
func (l *lifeCommand) prove(ctx context.Context, withHead bool) (sec secret, s *life.Set, err error) {
	d, err := l.door()
	if err != nil {
		return secret{}, nil, err
	}
	open := func() (err error) {
		if s, err = l.found.Prove(ctx, sec, l.stale); err != nil {
			return sec.explainSet(err, &l.found.Header.KeyCheck)
		}
		if withHead {
			s, err = l.found.Open(ctx, container.WithKey(&s.Ring.Key), l.stale)
		}
		return err
	}
	switch {
	case l.secret.given():
		if sec, err = l.given(ctx, d); err == nil {
			err = open()
		}
	default:
		if err = l.passOver(ctx, d, nil); err != nil {
			break
		}
		if !l.isThrough(d) {
			if err = mayAsk(l.name, l.found.Header, d); err != nil {
				break
			}
		}
		err = askAgain(func() (err error) {
			if l.isThrough(d) {
				sec, err = d.tryPassword(ctx, life.VaultSlot(l.found.Header), func() ([]byte, error) { return ask(ctx, fmt.Sprintf("Password for %s: ", l.name)) })
			} else {
				sec, err = askSecret(ctx, l.name, l.found.Header)
			}
			if err != nil {
				return err
			}
			return open()
		})
	}
	if err != nil {
		return sec, nil, adviseLife(err)
	}
	for _, p := range s.PassedOver { // [SET-10] [SET-15]
		display.Note("passed over: %s: %v", display.Name(p.Name), p.Err)
	}
	return sec, s, nil
}

// mayAsk says that a passkey is of no use here, and refuses to ask for the key of a backup whose
// password is at a vault that is not known.
func mayAsk(name string, h *header.Header, d *door) error {
	switch {
	case isAtUnknown(h):
		return whichVault(name, h, d)
	case len(h.Slots) > 0 && !slices.ContainsFunc(h.Slots, isPassword):
		tell("%s opens with a %v, which this program cannot use: its 64-digit key is needed.", name, h.Slots[0].Type())
	}
	return nil
}

// adviseLife adds to an error what can be done about it for a backup.
func adviseLife(err error) error {
	switch name := fault.NameOf(err); {
	case name == fault.StaleBackup:
		return advisedError{err, "the provider shows an earlier state, or has lost the newest one: ask it for that, or put the newest copy back; if it is gone for good, --stale goes on from what is there"}
	case name == fault.WrongSet:
		return advisedError{err, "check that this is the place you mean; --stale goes on with the backup that lies there now"}
	case name == fault.MissingContainer:
		return advisedError{err, "look whether the provider still has what was deleted"}
	}
	return err
}

// goesOn adds to an error that the same command goes on with what was begun.
func (l *lifeCommand) goesOn(ctx context.Context, err error) error {
	if err == nil || l.found.Meta.Begun == nil || errors.Is(err, set.ErrTaken) || errors.Is(err, life.ErrMoved) {
		return err
	}
	keep := "run the same again, which goes on; until that has ended keep the old secret and the new one, since either may open the backup"
	if l.found.Meta.Epoch == 0 { // there was none before
		keep = "run the same again, which goes on; keep the secret, since it may open the backup already"
	}
	switch {
	case ctx.Err() != nil:
		return program.EndedError{Err: err, Left: keep}
	case errors.Is(err, client.ErrNoAnswer):
		keep += fmt.Sprintf(`; if the vault is gone for good, "coffer change --leave-record %s" sets another secret`, l.name)
	}
	return advisedError{err, keep}
}

// opensWith names what opens a header, for a person and a program.
func opensWith(h *header.Header) []string {
	var all []string
	for _, s := range h.Slots {
		all = append(all, s.Type().String())
	}
	return append(all, "key")
}

// inWords says what opens a header.
func inWords(h *header.Header) string {
	var all []string
	for _, s := range h.Slots {
		if s.Type() == slot.TypeVault {
			all = append(all, "a password through a vault")
			continue
		}
		all = append(all, "a "+s.Type().String())
	}
	byKey := "the 64-digit key " + h.KeyCheck.Fingerprint() // [KEY-13]
	if slices.ContainsFunc(h.Slots, isGuessed) {
		byKey += ", if you have it"
	}
	return strings.Join(append(all, byKey), " or ")
}

// lifeEvent is what --json prints of what was done.
type lifeEvent struct {
	Event      string   `json:"event"`
	Store      string   `json:"store"`
	SetID      string   `json:"set_id"`
	Epoch      uint64   `json:"epoch"`
	Generation uint64   `json:"generation"` // the newest one, 0 if there is none
	Key        string   `json:"key"`        // its fingerprint
	OpensWith  []string `json:"opens_with"`
}

// tellJSON prints what was done, if a program wants to know.
func (l *lifeCommand) tellJSON(ctx context.Context, event string) error {
	if !l.json {
		return nil
	}
	now, err := life.Look(ctx, l.found.Place)
	if err != nil {
		return err
	}
	return display.JSON(program.Stdout, lifeEvent{
		event, l.store.text, fmt.Sprintf("%x", now.Meta.SetID), now.Epoch, now.Meta.Generation,
		now.Header.KeyCheck.Fingerprint(), opensWith(now.Header),
	})
}

// lost names the slots that a new epoch does not have, since they cannot be made here.
func lost(h *header.Header) []string {
	var names []string
	for _, s := range h.Slots {
		if s.Type() != slot.TypePassword && s.Type() != slot.TypeVault {
			names = append(names, s.Type().String())
		}
	}
	return names
}
