package reference

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/slot"
	provider "github.com/coffer-format/coffer/ref/store"
)

// beginning is the input of set.begin: the secrets of the next epoch.
type beginning struct {
	Memory    *memory
	Secret    *secret
	Slots     []newSlot
	KeepKey   bool   `json:"keep_key"`
	CreatedMS *int64 `json:"created_ms"`
	NotAtomic bool   `json:"not_atomic"`
}

func (in beginning) device() *device { return &device{memory: in.Memory, notAtomic: in.NotAtomic} }

// errMoved says that another device has begun an epoch since the store was looked at.
var errMoved = errors.New("another epoch has begun meanwhile")

// begin begins an epoch, the first one where there is no set, or goes on with one that was
// begun. It starts again where another device has begun an epoch meanwhile. Errors: those of
// opening a set, superseded where it has no secret of one that is there, or where another
// device begins an epoch at the same time.
func (d *device) begin(in beginning) error {
	for {
		err := d.beginOnce(context.Background(), in)
		if !errors.Is(err, set.ErrTaken) && !errors.Is(err, errMoved) {
			return err
		}
		d.forget()
	}
}

// forget takes back that an epoch is about to begin.
func (d *device) forget() {
	if d.memory.Epoch == 0 {
		d.memory = nil
		return
	}
	d.save(func(m *memory) { m.Begun = nil })
}

func (d *device) beginOnce(ctx context.Context, in beginning) error {
	objects, err := set.List(ctx, d)
	if err != nil {
		return err
	}
	if ring, err := d.wasBegun(ctx, objects); err != nil || ring != nil {
		return d.finish(ctx, ring, err)
	}
	created, err := timeOf(in.CreatedMS)
	if err != nil {
		return err
	}
	if len(objects.Keyrings)+len(objects.Commits)+len(objects.Data) == 0 && in.Secret == nil { // [LIF-5]
		return d.turnOn(ctx, in, created)
	}
	return d.follow(ctx, in, objects, created)
}

// wasBegun returns the keyring that this device was about to begin an epoch with, nil if it is
// not there, or another epoch was begun since. Errors: those of the store.
func (d *device) wasBegun(ctx context.Context, objects *set.Objects) (*set.Ring, error) {
	if d.memory == nil || d.memory.Begun == nil {
		return nil, nil
	}
	begun := d.memory.Begun
	_, counts, err := objects.Public(ctx)
	switch {
	case err != nil && fault.NameOf(err) == "":
		return nil, err
	case counts != begun.From && counts != begun.Epoch:
		return nil, nil
	}
	newer, _, err := objects.Newer(ctx, begun.Epoch)
	if err != nil || newer > 0 {
		return nil, err
	}
	w := d.memory.writer()
	w.Epoch, w.Key = begun.Epoch, key.Key(begun.Key)
	return w.Own(ctx, objects)
}

// turnOn makes a set.
func (d *device) turnOn(ctx context.Context, in beginning, created archive.Time) error {
	if d.memory == nil || d.memory.Epoch > 0 || d.memory.Begun == nil {
		var ids [32]byte
		rand.Read(ids[:])
		d.memory = &memory{SetID: octets(ids[:16]), Writer: octets(ids[16:]), Begun: &begun{1, 0, octets32(drawKey())}} // [LIF-1] [LIF-6]
	}
	k := key.Key(d.memory.Begun.Key)
	slots, err := sealSlots(rand.Reader, k, in.Slots)
	if err != nil {
		return err
	}
	ring := &keyring.Keyring{SetID: [16]byte(d.memory.SetID.bytes()), Epoch: 1, Writer: [16]byte(d.memory.Writer.bytes()), CreatedMS: created}
	return d.put(ctx, k, slots, ring)
}

func drawKey() (k key.Key) {
	rand.Read(k[:])
	return k
}

// follow begins the epoch after the one that is there.
func (d *device) follow(ctx context.Context, in beginning, objects *set.Objects, created archive.Time) error {
	if in.Secret == nil && (d.memory == nil || d.memory.Epoch == 0) {
		return fault.New(fault.Superseded, "there is a backup already, of another device")
	}
	opens := container.WithKey(new(key.Key))
	if in.Secret == nil {
		opens = container.WithKey(new(key.Key(d.memory.Key)))
	} else if s, err := in.Secret.forContainer(); err == nil {
		opens = s
	}
	ring, err := objects.OpenKeyring(ctx, opens, d.memory.seen())
	if err != nil {
		return err
	}
	head, _, err := objects.OpenHead(ctx, ring, d.memory.seen(), container.Plain)
	if err != nil {
		return err
	}
	generation, digest := uint64(0), [32]byte{}
	if head != nil {
		generation = head.Number
		if digest, err = head.Digest(ctx); err != nil {
			return err
		}
	}
	if d.memory == nil {
		var writer [16]byte
		rand.Read(writer[:])
		d.memory = &memory{SetID: octets(ring.SetID[:]), Writer: octets(writer[:]), Generation: generation, Head: digest} // [LIF-1]
	}
	k, slots, err := d.lock(in, ring)
	if err != nil {
		return err
	}
	next := ring.Following([16]byte(d.memory.Writer.bytes()), &k, generation, digest) // [LIF-20]
	if next.Epoch, err = objects.NextEpoch(ctx, max(ring.Epoch, d.memory.Epoch)); err != nil {
		return err
	}
	next.CreatedMS = created
	d.save(func(m *memory) { m.Begun = &begun{next.Epoch, ring.Epoch, octets32(k)} }) // [LIF-21]
	return d.put(ctx, k, slots, next)
}

// lock returns the key and the slots of the next epoch. [LIF-19]
func (d *device) lock(in beginning, ring *set.Ring) (key.Key, []slot.Slot, error) {
	k, kept := drawKey(), []slot.Slot(nil)
	if in.KeepKey {
		if string(ring.Writer[:]) != string(d.memory.Writer) && len(ring.Header.Slots) > 0 {
			return k, nil, fault.New(fault.Superseded, "who takes a backup over takes another key")
		}
		k, kept = ring.Key, ring.Header.Slots
	}
	slots, err := sealSlots(rand.Reader, k, in.Slots)
	return k, append(kept[:len(kept):len(kept)], slots...), err
}

// put stores the keyring of an epoch, and ends those before.
func (d *device) put(ctx context.Context, k key.Key, slots []slot.Slot, ring *keyring.Keyring) error {
	sealed, err := set.SealKeyring(rand.Reader, &k, slots, ring)
	if err != nil {
		return err
	}
	return d.store(ctx, sealed, &set.Ring{Keyring: ring, Key: k}, slots)
}

// finish goes on with an epoch that was begun, unless there is an error.
func (d *device) finish(ctx context.Context, ring *set.Ring, err error) error {
	if err != nil {
		return err
	}
	return d.store(ctx, ring.Bytes, ring, ring.Header.Slots)
}

// store stores a keyring, begins another epoch if a commit was overlooked, and otherwise
// stores the copy, reads both back and deletes the keyrings before. [LIF-21]
func (d *device) store(ctx context.Context, sealed []byte, ring *set.Ring, slots []slot.Slot) error {
	first, second := set.Name{Kind: set.Keyring, Number: ring.Epoch}, set.Name{Kind: set.KeyringCopy, Number: ring.Epoch}
	if err := set.MakeKeyring(ctx, d, first, sealed); err != nil {
		return err
	}
	if err := d.wait(); err != nil {
		return err
	}
	if is, err := d.isBack(ctx, first.String(), sealed); err != nil || !is { // [LIF-30]
		return cmp.Or(err, set.ErrTaken)
	}
	now, err := set.List(ctx, d)
	if err != nil {
		return err
	}
	if _, isThere := now.Has(second); !isThere { // otherwise it was looked for
		missed, err := d.missed(ctx, now, ring)
		if errors.Is(err, errMoved) { // [LIF-38]
			err = errors.Join(err, d.Delete(ctx, first.String()))
		}
		if err != nil {
			return err
		}
		if missed != nil {
			digest, err := missed.Digest(ctx)
			if err != nil {
				return err
			}
			next := ring.Following(ring.Writer, &ring.Key, missed.Number, digest)
			next.CreatedMS = ring.CreatedMS
			d.save(func(m *memory) { m.Begun = &begun{next.Epoch, m.Begun.From, m.Begun.Key} })
			return d.put(ctx, ring.Key, slots, next)
		}
		if err := set.MakeKeyring(ctx, d, second, sealed); err != nil {
			return err
		}
	}
	if err := d.wait(); err != nil { // [LIF-34]
		return err
	}
	if err := set.CheckKeyring(ctx, d, ring.Epoch, sealed, container.WithKey(&ring.Key)); err != nil { // [LIF-7]
		return err
	}
	if now, err = set.List(ctx, d); err != nil {
		return err
	}
	switch counts, err := now.Counts(ctx, ring.Epoch); {
	case err != nil:
		return err
	case !counts: // [LIF-34]
		return fault.New(fault.Superseded, "another device has begun an epoch meanwhile")
	}
	if err := now.DeleteKeyrings(ctx, ring.Epoch); err != nil {
		return err
	}
	d.save(func(m *memory) {
		m.Epoch, m.Key, m.Generation, m.Head, m.Pending, m.Begun = ring.Epoch, octets32(ring.Key), ring.Generation, ring.Head, nil, nil
	})
	return nil
}

// missed returns a commit that was made in the epoch from which this one goes on since that
// was looked at, nil if there is none. Errors: errMoved, those of the store. [LIF-30]
func (d *device) missed(ctx context.Context, now *set.Objects, ring *set.Ring) (*set.Generation, error) {
	from := d.memory.Begun.From
	switch counts, err := now.Counts(ctx, ring.Epoch, from); {
	case err != nil:
		return nil, err
	case !counts:
		return nil, errMoved
	}
	if is, err := d.hasNamed(ctx, now, ring); err != nil || !is {
		return nil, cmp.Or(err, errMoved)
	}
	return now.Overlooked(ctx, ring, from, container.Plain)
}

// hasNamed reports whether a store has the commit that a keyring names: one that is not atomic
// may have shown another one for a while. [LIF-30]
func (d *device) hasNamed(ctx context.Context, now *set.Objects, ring *set.Ring) (bool, error) {
	if !d.notAtomic || ring.Generation == 0 {
		return true, nil
	}
	name := set.Name{Kind: set.Commit, Number: ring.Generation}
	object, ok := now.Has(name)
	if !ok {
		return false, nil
	}
	is, err := provider.Holds(ctx, d, name.String(), object.Size, ring.Head)
	if errors.Is(err, provider.ErrMissing) {
		err = nil
	}
	return is, err
}
