package audits

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/nfc"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// checkArchive makes all the checks of spec chapters 7 and 8 on a container that was
// sealed from the job, and compares it with the job.
func checkArchive(s *sealed, j inputs.Archive) error {
	if err := checkSlots(s.Header.Slots, j.Slots); err != nil {
		return err
	}
	r, err := s.Archive()
	if err != nil {
		return err
	}
	if err := r.Verify(); err != nil {
		return err
	}
	index := r.Index()
	if !index.StandAlone() || index.CreatedMS != inputs.TimeOf(j.Created) || index.Producer != j.Producer {
		return fmt.Errorf("the index does not say what was asked for: created %d by %q, set %x", index.CreatedMS, index.Producer, index.SetID)
	}
	if err := checkEntries(r, j); err != nil {
		return err
	}
	return checkLayout(s, r, j)
}

func checkEntries(r *archive.Reader, j inputs.Archive) error {
	wanted := slices.Clone(j.Entries)
	for i := range wanted {
		wanted[i].Path = nfc.String(wanted[i].Path)
	}
	slices.SortFunc(wanted, func(a, b inputs.Entry) int { return strings.Compare(a.Path, b.Path) })
	if len(r.Entries()) != len(wanted) {
		return fmt.Errorf("it has %d entries, not %d", len(r.Entries()), len(wanted))
	}
	for i, record := range r.Entries() {
		e, w := record.Entry, wanted[i]
		if e.Path != w.Path || e.Kind != w.Kind || e.ModifiedMS != inputs.TimeOf(w.Modified) { // [ARC-6]
			return fmt.Errorf("entry %d is %q, kind %v, time %d instead of %q, kind %v, time %d", i, e.Path, e.Kind, e.ModifiedMS, w.Path, w.Kind, inputs.TimeOf(w.Modified))
		}
		var content bytes.Buffer
		if err := r.WriteContent(&content, record); err != nil {
			return err
		}
		if !bytes.Equal(content.Bytes(), w.Content) {
			return fmt.Errorf("the content of %q is another", e.Path)
		}
	}
	return nil
}

// checkLayout checks the order of the frames and the length of the padding.
func checkLayout(s *sealed, r *archive.Reader, j inputs.Archive) error {
	placed := r.Placed()
	for i := 1; i < len(placed); i++ { // [ARC-2]
		if placed[i].Entry.Kind == archive.Messages && placed[i-1].Entry.Kind != archive.Messages {
			return fmt.Errorf("the messages %q come after %q", placed[i].Entry.Path, placed[i-1].Entry.Path)
		}
	}
	size, err := cobblestone.PlaintextSize(int64(len(s.bytes)) - s.Header.Size())
	if err != nil {
		return err
	}
	if want := archive.Padded(unpadded(j)); size != want { // [ARC-8]
		return fmt.Errorf("the plaintext has %d bytes, with the right padding it has %d", size, want)
	}
	return nil
}

// unpadded is the length of the plaintext without a zero of padding (spec section
// 8.1).
func unpadded(j inputs.Archive) int64 {
	const (
		frame, record = 1 + 2 + 1 + 8 + 8, 2 + 24 + 8 + 2 + 1 + 8 + 8
		padding       = 1 + 8
		segment       = 1 + 4 + 4 + 3
		index         = 1 + 16 + 8 + 8 + 8 + 1 + 24 + 1 + 2 + 40
		trailer       = 8
	)
	n := int64(padding + segment + index + trailer + len(j.Producer))
	for _, e := range j.Entries {
		n += int64(frame + record + 2*len(nfc.String(e.Path)) + len(e.Content))
	}
	return n
}

// checkKeyring compares a keyring with what was asked for.
func checkKeyring(s *sealed, g inputs.Keyring) error {
	if err := checkSlots(s.Header.Slots, g.Slots); err != nil {
		return err
	}
	is, err := s.Keyring()
	if err != nil {
		return err
	}
	if !bytes.Equal(is.SetID[:], g.SetID) || is.Epoch != g.Epoch || len(is.OldKeys) != len(g.Old) {
		return fmt.Errorf("the keyring does not say what was asked for: set %x, epoch %d, %d old keys", is.SetID, is.Epoch, len(is.OldKeys))
	}
	if !bytes.Equal(is.Writer[:], g.Writer) || is.CreatedMS != inputs.TimeOf(g.Created) || is.Generation != g.Generation || !bytes.Equal(is.Head[:], g.Head) {
		return fmt.Errorf("the keyring does not say what was asked for: writer %x, created %d, generation %d, head %x", is.Writer, is.CreatedMS, is.Generation, is.Head)
	}
	for i, old := range is.OldKeys {
		if old.Epoch != g.Epochs[i] || old.Key != g.Old[i] {
			return fmt.Errorf("old key %d of epoch %d is another: epoch %d was asked for", i, old.Epoch, g.Epochs[i])
		}
	}
	return nil
}

// checkSlots compares slots with those that were asked for, as far as their fields
// tell: that they hold the key is seen by what the reference makes of their salts.
func checkSlots(slots []slot.Slot, asked []vectors.Object) error {
	if len(slots) != len(asked) {
		return fmt.Errorf("it has %d slots, %d were asked for", len(slots), len(asked))
	}
	for i, s := range slots {
		if s.Type().String() != asked[i]["type"] {
			return fmt.Errorf("slot %d is a %v slot, a %v slot was asked for", i, s.Type(), asked[i]["type"])
		}
		switch s := s.(type) {
		case *slot.Password:
			if err := checkParams(s.Params, asked[i]); err != nil {
				return fmt.Errorf("slot %d: %w", i, err)
			}
		case *slot.Passkey:
			if inputs.Hex(s.Salt[:]) != asked[i]["salt"] {
				return fmt.Errorf("slot %d has the salt %x, not the one that was given", i, s.Salt)
			}
		}
	}
	return nil
}

// checkParams compares the parameters of a password slot with those that were asked
// for. Where none were, the writer's defaults may be more than chapter 6 has.
func checkParams(p slot.Params, asked vectors.Object) error {
	least := slot.DefaultParams
	for _, one := range []struct {
		name       string
		got, least uint32
	}{
		{"memory_kib", p.MemoryKiB, least.MemoryKiB}, {"passes", p.Passes, least.Passes}, {"lanes", uint32(p.Lanes), uint32(least.Lanes)},
	} {
		if want, ok := asked[one.name]; ok && one.got != want {
			return fmt.Errorf("the %s of Argon2id are %d, not %d as was asked for", one.name, one.got, want)
		}
		if one.got < one.least { // [SLT-11]
			return fmt.Errorf("the %s of Argon2id are %d, writers use at least %d", one.name, one.got, one.least)
		}
	}
	return nil
}

// sameAsReference seals again with the reference, with the randomness that the
// container shows, and compares.
func sameAsReference(s *sealed, op string, input vectors.Object) error {
	var random []byte
	asked := slices.Clone(input["slots"].([]any))
	for i, one := range knownSlots(s.Header.Slots) {
		switch one := one.(type) {
		case *slot.Password:
			if i < len(asked) {
				p := one.Params
				asked[i] = inputs.With(inputs.With(inputs.With(asked[i].(vectors.Object), "memory_kib", p.MemoryKiB), "passes", p.Passes), "lanes", p.Lanes)
			}
			random = slices.Concat(random, one.Salt[:], one.SealedKey[:cobblestone.SaltSize])
		case *slot.Vault:
			random = append(random, one.SealedKey[:cobblestone.SaltSize]...)
		case *slot.Passkey:
			random = append(random, one.SealedKey[:cobblestone.SaltSize]...)
		}
	}
	if op != "container.set_slots" {
		id := s.Header.ContainerID()
		random = append(random, id[:]...)
	}
	answer := reference.Answer(op, inputs.With(inputs.With(input, "random", inputs.Hex(random)), "slots", asked))
	if answer.Output == nil {
		return fmt.Errorf("given the randomness that it shows, the reference refuses: %s %s%s", answer.Error, answer.Detail, answer.Unsupported)
	}
	return compareSealed(s, inputs.Unhex(answer.Output["container"]))
}

// compareSealed says where a container differs from the right one.
func compareSealed(s *sealed, right []byte) error {
	if bytes.Equal(s.bytes, right) {
		return nil
	}
	headerSize := int(s.Header.Size())
	if at := firstOther(s.bytes, right); at < headerSize {
		return fmt.Errorf("the header differs at byte %d: %s instead of %s", at, around(s.bytes, at), around(right, at))
	}
	payloadKey := s.Key.Derive(key.LabelPayload)
	want, err := cobblestone.Open(payloadKey[:], s.Header.Purpose.Context(), right[headerSize:])
	if err != nil { // it was damaged before its slots were replaced
		return fmt.Errorf("the payload differs at byte %d", firstOther(s.bytes, right)-headerSize)
	}
	got, err := cobblestone.Open(payloadKey[:], s.Header.Purpose.Context(), s.bytes[headerSize:])
	if err != nil {
		return err
	}
	at := firstOther(got, want)
	return fmt.Errorf("the plaintext has %d bytes, the right one %d; they differ at byte %d: %s instead of %s",
		len(got), len(want), at, around(got, at), around(want, at))
}

// knownSlots returns the slots of types that version 1 defines.
func knownSlots(all []slot.Slot) []slot.Slot {
	return slices.DeleteFunc(slices.Clone(all), func(s slot.Slot) bool {
		_, unknown := s.(*slot.Unknown)
		return unknown
	})
}

func firstOther(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func around(b []byte, at int) string {
	return hex.EncodeToString(b[min(at, len(b)):min(at+16, len(b))])
}
