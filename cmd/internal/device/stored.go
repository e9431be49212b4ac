package device

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
)

// The types of this file are the JSON of a database, with bytes in hexadecimal digits.
// They are passed by pointer, since a traceback shows the first bytes of arrays.

type hex16 [16]byte
type hex24 [24]byte
type hex32 [32]byte

func (h *hex16) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }
func (h *hex24) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }
func (h *hex32) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

func (h *hex16) UnmarshalText(text []byte) error { return unhex(h[:], text) }
func (h *hex24) UnmarshalText(text []byte) error { return unhex(h[:], text) }
func (h *hex32) UnmarshalText(text []byte) error { return unhex(h[:], text) }

func unhex(to, text []byte) error {
	if len(text) != hex.EncodedLen(len(to)) {
		return fmt.Errorf("%d hexadecimal digits, not %d", len(text), hex.EncodedLen(len(to)))
	}
	_, err := hex.Decode(to, text)
	return err
}

type storedMeta struct {
	SetID      hex16        `json:"set_id"`
	Store      string       `json:"store"`
	Epoch      uint64       `json:"epoch"`
	Key        hex32        `json:"key"`
	Writer     hex16        `json:"writer"`
	Generation uint64       `json:"generation"`
	Head       hex32        `json:"head"`
	HeadID     hex24        `json:"head_id"`
	HeadLength int64        `json:"head_length"`
	Created    archive.Time `json:"created"`
	Seed       hex32        `json:"seed"`

	Pending *storedCommit `json:"pending,omitempty"`
	Begun   *storedBegun  `json:"begun,omitempty"`
	Ended   bool          `json:"ended,omitempty"`

	Commits uint64 `json:"commits"`

	Paths []string `json:"paths,omitempty"`
	Dirty []hex24  `json:"dirty,omitempty"`

	Damaged []hex24       `json:"damaged,omitempty"`
	OldKeys []storedEpoch `json:"old_keys,omitempty"`

	Record  *storedRecord  `json:"record,omitempty"`
	Leaving []storedRecord `json:"leaving,omitempty"`
}

type storedCommit struct {
	Generation uint64 `json:"generation"`
	Digest     hex32  `json:"digest"`
}

type storedBegun struct {
	Epoch  uint64        `json:"epoch"`
	From   uint64        `json:"from"`
	Key    hex32         `json:"key"`
	Record *storedRecord `json:"record,omitempty"`
	Former *storedRecord `json:"former,omitempty"`
}

type storedEpoch struct {
	Epoch uint64 `json:"epoch"`
	Key   hex32  `json:"key"`
}

func storeMeta(m *Meta) *storedMeta {
	s := &storedMeta{
		SetID: hex16(m.SetID), Store: m.Store, Epoch: m.Epoch, Key: hex32(m.Key), Writer: hex16(m.Writer),
		Generation: m.Generation, Head: hex32(m.Head), HeadID: hex24(m.HeadID), HeadLength: m.HeadLength,
		Created: m.Created, Seed: hex32(m.Seed), Ended: m.Ended, Commits: m.Commits, Paths: m.Paths,
	}
	s.Dirty, s.Damaged = storeIDs(m.Dirty), storeIDs(m.Damaged)
	for i := range m.OldKeys {
		s.OldKeys = append(s.OldKeys, storedEpoch{m.OldKeys[i].Epoch, hex32(m.OldKeys[i].Key)})
	}
	if m.Pending != nil {
		s.Pending = &storedCommit{m.Pending.Generation, hex32(m.Pending.Digest)}
	}
	if m.Begun != nil {
		s.Begun = &storedBegun{m.Begun.Epoch, m.Begun.From, hex32(m.Begun.Key), storeRecord(m.Begun.Record), storeRecord(m.Begun.Former)}
	}
	s.Record = storeRecord(m.Record)
	for i := range m.Leaving {
		s.Leaving = append(s.Leaving, *storeRecord(&m.Leaving[i]))
	}
	return s
}

func (s *storedMeta) meta() Meta {
	m := Meta{
		SetID: s.SetID, Store: s.Store, Epoch: s.Epoch, Key: key.Key(s.Key), Writer: s.Writer,
		Generation: s.Generation, Head: s.Head, HeadID: s.HeadID, HeadLength: s.HeadLength,
		Created: s.Created, Seed: s.Seed, Ended: s.Ended, Commits: s.Commits, Paths: s.Paths,
	}
	m.Dirty, m.Damaged = idsOf(s.Dirty), idsOf(s.Damaged)
	for i := range s.OldKeys {
		m.OldKeys = append(m.OldKeys, keyring.OldKey{Epoch: s.OldKeys[i].Epoch, Key: key.Key(s.OldKeys[i].Key)})
	}
	if s.Pending != nil {
		m.Pending = &Commit{s.Pending.Generation, s.Pending.Digest}
	}
	if s.Begun != nil {
		m.Begun = &Begun{s.Begun.Epoch, s.Begun.From, key.Key(s.Begun.Key), s.Begun.Record.record(), s.Begun.Former.record()}
	}
	m.Record = s.Record.record()
	for i := range s.Leaving {
		m.Leaving = append(m.Leaving, *s.Leaving[i].record())
	}
	return m
}

func storeIDs(ids []archive.ID) (all []hex24) {
	for _, id := range ids {
		all = append(all, hex24(id))
	}
	return all
}

func idsOf(all []hex24) (ids []archive.ID) {
	for _, id := range all {
		ids = append(ids, archive.ID(id))
	}
	return ids
}

// storedSealed is kept under its id.
type storedSealed struct {
	Order  uint64 `json:"order"` // of sealing
	Name   string `json:"name"`
	Epoch  uint64 `json:"epoch"`
	Length int64  `json:"length"`
	Digest hex32  `json:"digest"`
	Stored bool   `json:"stored"`
}

func (s *storedSealed) sealed(id string) Sealed {
	return Sealed{s.Name, archive.ID([]byte(id)), s.Epoch, s.Length, s.Digest, s.Stored}
}

// storedKept is kept under the number of its generation.
type storedKept struct {
	ID         hex24        `json:"id"`
	Generation uint64       `json:"generation"`
	Epoch      uint64       `json:"epoch"`
	Length     int64        `json:"length"`
	Digest     hex32        `json:"digest"`
	Created    archive.Time `json:"created"`
	Until      time.Time    `json:"until,omitzero"`
	Needs      []storedNeed `json:"needs,omitempty"`
}

type storedNeed struct {
	ID    hex24 `json:"id"`
	Bytes int64 `json:"bytes"`
}

func storeKept(k Kept) *storedKept {
	s := &storedKept{
		ID: hex24(k.Stored.ID), Generation: k.Stored.Generation, Epoch: k.Stored.Epoch,
		Length: k.Stored.Length, Digest: hex32(k.Stored.Digest), Created: k.Created, Until: k.Until,
	}
	for id, bytes := range k.Needs {
		s.Needs = append(s.Needs, storedNeed{hex24(id), bytes})
	}
	return s
}

func (s *storedKept) kept() Kept {
	k := Kept{
		Stored:  archive.Stored{ID: s.ID, Generation: s.Generation, Epoch: s.Epoch, Length: s.Length, Digest: s.Digest},
		Created: s.Created,
		Until:   s.Until,
		Needs:   map[archive.ID]int64{},
	}
	for _, need := range s.Needs {
		k.Needs[archive.ID(need.ID)] = need.Bytes
	}
	return k
}

// storedDoomed is kept under its name.
type storedDoomed struct {
	ID           hex24     `json:"id"`
	SinceCommits uint64    `json:"since_commits"`
	Since        time.Time `json:"since"`
}
