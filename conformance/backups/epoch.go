package backups

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// names are those of the keyring of an epoch.
func names(epoch uint64) (first, second string) {
	return set.Name{Kind: set.Keyring, Number: epoch}.String(), set.Name{Kind: set.KeyringCopy, Number: epoch}.String()
}

// checkKeyring looks at a keyring that is about to be made.
func (r *run) checkKeyring(name set.Name, b []byte) error {
	first, second := names(name.Number)
	if r.op == "set.commit" { // [LIF-16]
		if !bytes.Equal(b, r.w.store[first]) && !bytes.Equal(b, r.w.store[second]) {
			return fmt.Errorf("set.commit begins no epoch")
		}
		return nil
	}
	if name.Kind == set.KeyringCopy && !bytes.Equal(b, r.w.store[first]) { // [SET-4]
		return fmt.Errorf("it does not have the bytes of %s", first)
	}
	if name.Kind == set.KeyringCopy { // [LIF-30]
		if since := r.settled(first); r.readBack(first, since) < 0 || !r.listsSince(since) {
			return fmt.Errorf("%s is not read back and the store listed after it is there%s", first, r.andWaitedFor())
		}
	}
	begun, _ := r.w.memory["begun"].(vectors.Object)
	if begun == nil || uint64(number(begun["epoch"])) != name.Number { // [LIF-6] [LIF-21]
		return fmt.Errorf("the device has not saved that it is about to begin epoch %d", name.Number)
	}
	if _, err := openKeyring(b, key.Key(inputs.Unhex(begun["key"]))); err != nil {
		return fmt.Errorf("under the key that the device has saved: %w", err)
	}
	return nil
}

// checkDelete allows the deletion of the keyrings of lower epochs, of those before an epoch that
// begins after that.
func (r *run) checkDelete(name set.Name) error {
	if name.Kind != set.Keyring && name.Kind != set.KeyringCopy { // [LIF-23]
		return fmt.Errorf("%s has been needed too shortly ago", name)
	}
	epoch := uint64(0) // the greatest that is there
	for text := range r.w.store {
		if n, ok := set.ParseName(text); ok && n.Kind == set.Keyring {
			epoch = max(epoch, n.Number)
		}
	}
	first, second := names(name.Number)
	if b := r.w.store[first]; r.op == "set.begin" && name.Kind == set.Keyring && r.w.store[second] == nil && b != nil && r.hasMade(first, b) { // [LIF-38]
		return nil
	}
	if name.Number >= epoch {
		return fmt.Errorf("it is the keyring that counts")
	}
	if r.op == "set.commit" { // [LIF-22]
		return nil
	}
	return r.checkLast(epoch)
}

// openKeyring opens one with its key.
func openKeyring(b []byte, k key.Key) (*set.Ring, error) {
	c, err := container.Open(bytes.NewReader(b), int64(len(b)), container.WithKey(&k))
	if err != nil {
		return nil, err
	}
	ring, err := c.Keyring()
	if err != nil {
		return nil, err
	}
	return &set.Ring{Keyring: ring, Key: c.Key, Header: c.Header, Bytes: b}, nil
}

// epoch is what is asked of set.begin.
type epoch struct {
	secret  vectors.Object // null if nil
	slots   []vectors.Object
	keepKey bool
	created int64
}

func (e epoch) input(memory vectors.Object) vectors.Object {
	input := vectors.Object{"memory": nil, "secret": nil, "slots": inputs.List(e.slots), "keep_key": e.keepKey, "created_ms": inputs.Moment(e.created)}
	if memory != nil {
		input["memory"] = memory
	}
	if e.secret != nil {
		input["secret"] = e.secret
	}
	return input
}

// begin lets the device begin an epoch, and judges it.
func (w *world) begin(e epoch) error {
	var before *state
	if len(w.store) > 0 {
		var err error
		before, err = read(w.store, w.setKey(e))
		cases.Must(err)
	}
	writer := w.writer()
	r, err := w.run("set.begin", e.input(w.memory), nil)
	if err != nil {
		return err
	}
	return r.judgeEpoch(e, before, writer)
}

// writer is the id of the device, nil if it has none.
func (w *world) writer() any {
	if w.memory == nil {
		return nil
	}
	return w.memory["writer"]
}

// setKey is the key that opens what is there now.
func (w *world) setKey(e epoch) key.Key {
	if e.secret == nil {
		return w.key()
	}
	objects := cases.Must1(set.List(context.Background(), reading{bytes: w.store}))
	if len(objects.Keyrings) == 0 {
		return key.Key{}
	}
	answer := reference.Answer("container.unlock", vectors.Object{"container": inputs.Hex(w.store[objects.Keyrings[0].String()]), "secret": e.secret})
	return key.Key(inputs.Unhex(answer.Output["key"]))
}

// judgeEpoch looks at the keyring that an epoch has begun with; before is what was there, and
// writer the id of the device, nil if it had none.
func (r *run) judgeEpoch(e epoch, before *state, writer any) error {
	if r.err != "" {
		return fmt.Errorf("set.begin ends with %s", r.err)
	}
	w := r.w
	if w.memory == nil {
		return fmt.Errorf("it has saved nothing")
	}
	k := w.key()
	first, second := names(w.number("epoch"))
	b := w.store[first]
	ring, err := openKeyring(b, k)
	if err != nil {
		return fmt.Errorf("%s, under the key that was saved: %w", first, err)
	}
	if !bytes.Equal(b, w.store[second]) { // [SET-4]
		return fmt.Errorf("%s and %s are not the same", first, second)
	}
	if err := r.checkLast(ring.Epoch); err != nil {
		return err
	}
	for _, text := range slices.Sorted(maps.Keys(w.store)) { // [LIF-21] [LIF-22]
		if n, ok := set.ParseName(text); ok && (n.Kind == set.Keyring || n.Kind == set.KeyringCopy) && n.Number < ring.Epoch {
			return fmt.Errorf("%s is still there", text)
		}
	}
	if err := w.checkRing(ring, e, before, writer); err != nil {
		return err
	}
	if err := checkSlots(b, ring, e, before); err != nil {
		return err
	}
	m := w.memory
	if m["set_id"] != inputs.Hex(ring.SetID[:]) || m["writer"] != inputs.Hex(ring.Writer[:]) || m["begun"] != nil || m["pending"] != nil ||
		w.number("generation") != ring.Generation || m["head"] != inputs.Hex(ring.Head[:]) {
		return fmt.Errorf("it has not saved that epoch %d has begun, and with which generation", ring.Epoch)
	}
	now, err := read(w.store, k)
	if err != nil {
		return err
	}
	if before != nil {
		return now.entries.is(before.entries)
	}
	return nil
}

// checkRing looks at what a keyring says.
func (w *world) checkRing(ring *set.Ring, e epoch, before *state, writer any) error {
	old := &state{ring: &set.Ring{Keyring: &keyring.Keyring{}}}
	if before != nil {
		old = before
	}
	var head [sha256.Size]byte
	if old.number > 0 {
		head = sha256.Sum256(w.store[set.Name{Kind: set.Commit, Number: old.number}.String()])
	}
	keys := slices.Clone(old.ring.OldKeys)
	if before != nil && ring.Key != before.ring.Key {
		keys = append(keys, keyring.OldKey{Epoch: before.ring.Epoch, Key: before.ring.Key})
	}
	switch {
	case before != nil && ring.SetID != before.ring.SetID:
		return fmt.Errorf("the keyring is of the set %x, not %x", ring.SetID, before.ring.SetID)
	case ring.Epoch != old.greatest+1: // [KRG-7] [LIF-33]
		return fmt.Errorf("it begins epoch %d, not %d", ring.Epoch, old.greatest+1)
	case ring.Generation != old.number || ring.Head != head: // [LIF-20]
		return fmt.Errorf("the keyring names generation %d with SHA-256 %x, the head is generation %d with %x", ring.Generation, ring.Head, old.number, head)
	case !slices.Equal(ring.OldKeys, keys): // [LIF-20]
		return fmt.Errorf("the keyring has %d old keys, and not those of the keyring before and the key that was replaced", len(ring.OldKeys))
	case writer != nil && inputs.Hex(ring.Writer[:]) != writer:
		return fmt.Errorf("the keyring has the writer %x, not %s", ring.Writer, writer)
	case ring.CreatedMS != inputs.TimeOf(e.created):
		return fmt.Errorf("the keyring was created at %d, not %d", ring.CreatedMS, inputs.TimeOf(e.created))
	}
	where := fmt.Sprintf("epoch %d", ring.Epoch)
	if writer == nil { // [LIF-1]
		if before != nil && ring.Writer == before.ring.Writer {
			return fmt.Errorf("a device that takes over has the writer id of the one before")
		}
		if err := w.drawn.add("the writer id", ring.Writer[:], where); err != nil {
			return err
		}
	}
	if before == nil {
		if err := w.drawn.add("the set id", ring.SetID[:], where); err != nil {
			return err
		}
	}
	if before == nil || !e.keepKey { // [LIF-19]
		if before != nil && ring.Key == before.ring.Key {
			return fmt.Errorf("epoch %d has the key of the one before", ring.Epoch)
		}
		return w.drawn.add("the key", ring.Key[:], where)
	}
	if ring.Key != before.ring.Key {
		return fmt.Errorf("epoch %d has another key, and slots of the one before", ring.Epoch)
	}
	return nil
}

// checkSlots makes sure that each new secret opens the keyring, and that those stay which were
// to stay.
func checkSlots(b []byte, ring *set.Ring, e epoch, before *state) error {
	kept := []slot.Slot{}
	if e.keepKey {
		kept = before.ring.Header.Slots
	}
	if len(ring.Header.Slots) != len(kept)+len(e.slots) {
		return fmt.Errorf("the keyring has %d slots, not %d", len(ring.Header.Slots), len(kept)+len(e.slots))
	}
	for i, s := range kept {
		is, err := slot.Marshal(ring.Header.Slots[i : i+1])
		cases.Must(err)
		was, err := slot.Marshal([]slot.Slot{s})
		cases.Must(err)
		if !bytes.Equal(is, was) {
			return fmt.Errorf("slot %d is not that of the keyring before", i)
		}
	}
	for i, s := range e.slots {
		answer := reference.Answer("container.unlock", vectors.Object{"container": inputs.Hex(b), "secret": inputs.SecretOf(s)})
		if answer.Output == nil || answer.Output["key"] != inputs.Hex(ring.Key[:]) {
			return fmt.Errorf("the secret of the new slot %d does not open the keyring: %s", i, answer.Error)
		}
	}
	return nil
}
