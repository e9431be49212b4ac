package reference

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/nfc"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// newSlot is a slot to seal. A password slot's parameters that are omitted are
// the defaults.
type newSlot struct {
	secret
	Type      string   `json:"type"`
	MemoryKiB *uint32  `json:"memory_kib"`
	Passes    *uint32  `json:"passes"`
	Lanes     *uint8   `json:"lanes"`
	Salt      octets32 `json:"salt"`
}

func (s newSlot) seal(random io.Reader, k key.Key) (slot.Slot, error) {
	switch s.Type {
	case "vault":
		return slot.NewVault(random, &k, s.Vault, [32]byte(s.Credential.bytes()), s.ExportKey.bytes())
	case "passkey":
		return slot.NewPasskey(random, &k, s.Salt, s.RPID, s.Credential.bytes(), s.PRF[:])
	}
	params := slot.DefaultParams
	if s.MemoryKiB != nil {
		params.MemoryKiB = *s.MemoryKiB
	}
	if s.Passes != nil {
		params.Passes = *s.Passes
	}
	if s.Lanes != nil {
		params.Lanes = *s.Lanes
	}
	prepared, err := password.Prepare(s.Password.bytes())
	if err != nil {
		return nil, err
	}
	return slot.NewPassword(random, &k, prepared, params)
}

// unsealed returns the slot without its key.
func (s newSlot) unsealed() slot.Slot {
	switch s.Type {
	case "vault":
		return &slot.Vault{Vault: s.Vault, Credential: [32]byte(s.Credential.bytes())}
	case "passkey":
		return &slot.Passkey{Salt: s.Salt, RPID: s.RPID, Credential: s.Credential.bytes()}
	}
	return &slot.Password{Params: slot.DefaultParams}
}

func sealSlots(random io.Reader, k key.Key, wanted []newSlot) ([]slot.Slot, error) {
	var together []slot.Slot
	for _, w := range wanted {
		together = append(together, w.unsealed())
	}
	if _, err := slot.Marshal(together); err != nil { // before Argon2id runs
		return nil, err
	}
	var sealed []slot.Slot
	for _, w := range wanted {
		s, err := w.seal(random, k)
		if err != nil {
			return nil, err
		}
		sealed = append(sealed, s)
	}
	return sealed, nil
}

// given is the randomness of a request: what it states, or the system's.
type given struct{ Random *octets }

// source returns a reader of the randomness, and a function that reports an
// error if some of what the request states is left.
func (g given) source() (io.Reader, func() error) {
	if g.Random == nil {
		return rand.Reader, func() error { return nil }
	}
	r := bytes.NewReader(g.Random.bytes())
	return r, func() error {
		if r.Len() > 0 {
			return fmt.Errorf("the op draws %d bytes less than random has", r.Len())
		}
		return nil
	}
}

// TimeOf returns a time as the format has it, of one of the protocol.
func timeOf(ms *int64) (archive.Time, error) {
	if ms == nil {
		return 0, nil
	}
	return archive.TimeOf(*ms)
}

type newEntry struct {
	Path       string
	Kind       archive.Kind
	ModifiedMS *int64 `json:"modified_ms"`
	Content    data
}

func containerSeal(in struct {
	given
	Excerpts  excerpts
	Key       octets32
	Slots     []newSlot
	Entries   []newEntry
	CreatedMS *int64 `json:"created_ms"`
	Producer  string
},
) (result, error) {
	random, drained := in.source()
	k := key.Key(in.Key)
	slots, err := sealSlots(random, k, in.Slots)
	if err != nil {
		return result{}, err
	}
	sealed := in.Excerpts.sink()
	created, err := timeOf(in.CreatedMS)
	if err != nil {
		return result{}, err
	}
	index := archive.StandAlone(created, in.Producer)
	w, err := container.NewArchiveWriter(sealed, random, &k, slots, index)
	if err != nil {
		return result{}, err
	}
	slices.SortStableFunc(in.Entries, func(a, b newEntry) int { // [ARC-2]
		return boolInt(a.Kind != archive.Messages) - boolInt(b.Kind != archive.Messages)
	})
	for _, e := range in.Entries {
		modified, err := timeOf(e.ModifiedMS)
		if err != nil {
			w.Abort()
			return result{}, err
		}
		entry := archive.Entry{
			Path:       nfc.String(e.Path), // [ARC-6]
			Kind:       e.Kind,
			ModifiedMS: modified,
			Size:       e.Content.length,
		}
		if err := w.Add(entry, e.Content.stream()); err != nil {
			w.Abort()
			return result{}, err
		}
	}
	if err := w.Close(); err != nil {
		return result{}, err
	}
	return result{output: vectors.Object{"container": sealed.value()}}, drained()
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func containerSetSlots(in struct {
	opening
	given
	Slots []newSlot
},
) (result, error) {
	c, err := in.open()
	if err != nil {
		return result{}, err
	}
	random, drained := in.source()
	slots, err := sealSlots(random, c.Key, in.Slots)
	if err != nil {
		return result{}, err
	}
	var sealed bytes.Buffer
	if err := c.WithSlots(&sealed, withUnknown(c.Header.Slots, slots)); err != nil {
		return result{}, err
	}
	return result{output: vectors.Object{"container": toHex(sealed.Bytes())}}, drained()
}

// withUnknown returns the new slots and the unknown ones of the old. These keep
// their place, counted from the beginning, as far as there are slots before
// them. [SLT-3] [SLT-22]
func withUnknown(old, wanted []slot.Slot) []slot.Slot {
	slots := slices.Clone(wanted)
	for i, s := range old {
		if _, ok := s.(*slot.Unknown); ok {
			slots = slices.Insert(slots, min(i, len(slots)), s)
		}
	}
	return slots
}

func keyringSeal(in struct {
	given
	Key        octets32
	Slots      []newSlot
	SetID      octets `json:"set_id"`
	Epoch      uint64
	Writer     octets
	CreatedMS  *int64 `json:"created_ms"`
	Generation uint64
	Head       octets32
	OldKeys    []struct {
		Epoch uint64
		Key   octets32
	} `json:"old_keys"`
},
) (result, error) {
	if len(in.SetID) != 16 || len(in.Writer) != 16 {
		return result{}, errors.New("set_id or writer does not have 16 bytes")
	}
	created, err := timeOf(in.CreatedMS)
	if err != nil {
		return result{}, err
	}
	random, drained := in.source()
	k := key.Key(in.Key)
	slots, err := sealSlots(random, k, in.Slots)
	if err != nil {
		return result{}, err
	}
	ring := &keyring.Keyring{
		SetID: [16]byte(in.SetID.bytes()), Epoch: in.Epoch, Writer: [16]byte(in.Writer.bytes()), CreatedMS: created, Generation: in.Generation, Head: in.Head,
	}
	for _, old := range in.OldKeys {
		ring.OldKeys = append(ring.OldKeys, keyring.OldKey{Epoch: old.Epoch, Key: key.Key(old.Key)})
	}
	var sealed bytes.Buffer
	if err := container.SealKeyring(&sealed, random, &k, slots, ring); err != nil {
		return result{}, err
	}
	return result{output: vectors.Object{"container": toHex(sealed.Bytes())}}, drained()
}
