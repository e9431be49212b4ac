package main

import (
	"bufio"
	"errors"
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/inspect"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/fault"
)

// state is how the store and what this device keeps of it fit together.
type state string

const (
	stateCurrent    state = "current"    // the store has the last generation that this device made, and no later one
	stateAhead      state = "ahead"      // it has a later one
	stateBehind     state = "behind"     // it has only earlier ones
	stateSuperseded state = "superseded" // another device has become the writer
	stateOther      state = "other_set"  // another backup lies there
	stateBegun      state = "begun"      // this device was interrupted when it became the writer, or changed the secret
	stateEnding     state = "ending"     // this device was interrupted when it turned the backup off
	stateChallenged state = "challenged" // another device was interrupted, or is at it
)

// What comes after an interruption.
const (
	goesOnAsBefore   = `"coffer on" goes on with that; until then everything opens as before`
	goesOnWithOne    = `"coffer on" goes on with that; keep the secret, since it may open the backup already`
	goesOnWithEither = `"coffer on" goes on with that; until then keep the old secret and the new one, since either may open the backup`
	setsAnew         = `the vault has not made the new password live, and "coffer change" sets it anew`
)

// compare adds what this device keeps of the backup. begun is the latest epoch that has begun
// and is not complete, 0 if there is none.
func (s *status) compare(b *backupSet, begun uint64) {
	if b.device == nil {
		return
	}
	d := b.device
	newest := uint64(0)
	if s.Head != nil {
		newest = *s.Head
	}
	s.Device = &deviceStatus{State: stateCurrent, Generation: d.Generation, CreatedMS: timeJSON(d.Created), Epoch: d.Epoch, taken: d.Commits == 0}
	isOwn := d.Begun != nil && d.Begun.Epoch == b.epoch && d.Begun.Key.Fits(b.header.KeyCheck) // complete, and not yet remembered as such
	isPending := d.Pending != nil && d.Pending.Generation == newest
	switch {
	case b.isOther():
		s.Device.State = stateOther
	case begun > 0 && d.Begun != nil && d.Begun.Epoch == begun:
		s.Device.State, s.Device.next = stateBegun, goesOnAsBefore
	case begun > 0:
		s.Device.State = stateChallenged
	case isOwn: // or the vault has not made it live yet [VLT-42]
		s.Device.State, s.Device.next = stateBegun, goesOnWithEither
		if d.Epoch == 0 { // there was none before, or it is the same
			s.Device.next = goesOnWithOne
		}
	case d.Record != nil && d.Record.Pending:
		s.Device.State, s.Device.next = stateBegun, setsAnew
	case d.Epoch == 0 && d.Begun != nil: // of which nothing was stored
		s.Device.State, s.Device.next = stateBegun, goesOnAsBefore
	case b.epoch < d.Epoch:
		s.Device.State = stateBehind
	case b.ring == nil, b.epoch > d.Epoch && !isOwn, b.ring.Writer != d.Writer: // without its ring, the key is not this device's
		s.Device.State = stateSuperseded
	case d.Ended:
		s.Device.State = stateEnding
	case newest < d.Generation:
		s.Device.State = stateBehind
	case newest > d.Generation && !isPending:
		s.Device.State = stateAhead
	}
}

// trouble is what is wrong with a state, nil if nothing is.
func (d *deviceStatus) trouble() error {
	switch d.State {
	case stateOther:
		return fault.New(fault.WrongSet, "this device keeps another backup than the store has")
	case stateBehind:
		return fault.New(fault.StaleBackup, "the store does not have what this device stored there")
	case stateSuperseded:
		return fault.New(fault.Superseded, "another device has become the one that writes")
	case stateChallenged:
		return fault.New(fault.Superseded, "another device has begun to take the backup over and has not ended that; until then everything opens as before")
	case stateBegun:
		return errors.New("this device was interrupted when it turned the backup on, took it over or changed its secret: " + d.next)
	case stateEnding:
		return errors.New(`this device was interrupted when it turned the backup off: "coffer off" ends that, and "coffer on" keeps the backup`)
	case stateAhead:
		return fault.New(fault.Superseded, "the store has a later generation than this device made: a copy of this device has made it, or this device was set back")
	}
	return nil
}

func (s *status) print(name string) error {
	out := bufio.NewWriter(program.Stdout)
	row := func(label, format string, args ...any) {
		fmt.Fprintf(out, "  %-12s  %s\n", label, fmt.Sprintf(format, args...))
	}
	authentic := ", not authenticated without a secret" // [HDR-16]
	if s.Head != nil {
		authentic = ""
	}
	fmt.Fprintf(out, "%s: %s (%s)%s\n\n", name, display.Count(s.Objects, "object"), display.Size(s.Size), authentic)
	row("key", "%s", s.Key)
	for i, text := range s.opensWith() {
		switch i {
		case 0:
			row("opens with", "%s", text)
		default:
			row("", "or %s", text)
		}
	}
	if s.Vault != nil {
		row("vault", "%s", s.Vault.text())
	}
	row("newest", "%s", s.newest())
	row("this device", "%s", s.Device.text())
	if s.Head == nil {
		row("generations", "shown with the secret: --password-file or --key-file, or on a terminal%s", s.alsoGive())
	}
	for _, p := range s.PassedOver {
		row("passed over", "%s: %s", display.Name(p.Name), faultText(p.Fault))
	}
	if len(s.History) > 0 {
		fmt.Fprintf(out, "\n  %10s  %-16s  %8s  %10s  %7s  made by\n", "generation", "time", "files", "size", "missing")
	}
	for _, h := range s.History {
		switch {
		case h.Fault != nil:
			fmt.Fprintf(out, "  %10d  %-16s  %s\n", h.Generation, h.created, faultText(*h.Fault))
		default:
			fmt.Fprintf(out, "  %10d  %-16s  %8d  %10s  %7d  %s\n", h.Generation, h.created, h.Files, display.Size(h.Size), h.MissingFiles, display.Name(h.Producer))
		}
	}
	return out.Flush()
}

// opensWith says what opens the backup, what its holder rather has first: who has chosen a password
// was given no key.
func (s *status) opensWith() []string {
	var all []string
	byKey := "the 64-digit key"
	for _, slot := range s.Slots {
		all = append(all, slotInWords(slot))
		if slot.Type == "password" || slot.Type == "vault" {
			byKey = "the 64-digit key, if you have it"
		}
	}
	return append(all, byKey)
}

// alsoGive says what a password is of no use without.
func (s *status) alsoGive() string {
	if slices.ContainsFunc(s.Slots, func(slot inspect.Slot) bool { return slot.Type == "vault" }) {
		return "; a password at a vault with --vault, --vault-root and --vault-token"
	}
	return ""
}

// slotInWords says what a slot takes, as its holder knows it.
func slotInWords(s inspect.Slot) string {
	switch s.Type {
	case "password":
		return "a password"
	case "vault":
		return "a password, through a vault"
	case "passkey":
		return "a passkey of " + display.Name(s.RPID)
	}
	return "something that this program does not know"
}

// faultText says an error of the spec, or of the store, which has no name.
func faultText(f inspect.Fault) string {
	if f.Name == "" {
		return display.Line(f.Detail)
	}
	return display.Line(string(f.Name) + ": " + f.Detail)
}

// newest says which generation is the newest.
func (s *status) newest() string {
	switch {
	case s.Head != nil && *s.Head == 0, s.Generation == 0:
		return "no generation yet"
	case s.Head != nil:
		return fmt.Sprintf("generation %d", *s.Head)
	}
	return fmt.Sprintf("generation %d, by its name", s.Generation)
}

// text is what a person is told of the device.
func (d *deviceStatus) text() string {
	if d == nil {
		return "keeps nothing of this backup"
	}
	last := "has made no generation yet"
	if d.Generation > 0 {
		when := "an unknown time"
		if d.CreatedMS != nil {
			when = timeText(milliseconds(*d.CreatedMS))
		}
		did := "made"
		if d.taken {
			did = "took over at"
		}
		last = fmt.Sprintf("%s generation %d of %s", did, d.Generation, when)
	}
	switch d.State {
	case stateOther:
		return "keeps another backup than this one"
	case stateBehind:
		return last + "; the store has an earlier state"
	case stateSuperseded:
		return last + "; another device has taken over"
	case stateChallenged:
		return last + "; another device has begun to take over"
	case stateBegun:
		return last + "; it was interrupted when it turned the backup on, took it over or changed the secret"
	case stateEnding:
		return last + "; it was interrupted when it turned the backup off"
	case stateAhead:
		return last + "; the store has a later one"
	}
	if d.Generation == 0 {
		return "writes to it; " + last
	}
	return "writes to it; " + last + ", the newest"
}
