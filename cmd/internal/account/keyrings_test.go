package account

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/store/memory"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
)

// states is a vault whose records stand as said; the one that is live is the account's.
type states map[vault.Credential]vault.RecordState

func (s states) State(_ context.Context, credential vault.Credential) (*vault.StateAnswer, error) {
	answer := &vault.StateAnswer{State: s[credential]}
	for c, state := range s {
		if state == vault.Live {
			answer.Live = c
		}
	}
	return answer, nil
}

var thisVault, otherVault = vault.ID{1}, vault.ID{2}

func through(id vault.ID, credential byte) slot.Slot {
	return &slot.Vault{Vault: id, Credential: vault.Credential{credential}}
}

// Of the keyrings that an interrupted device leaves, the one is opened whose record is live; one
// whose record never was does not keep the secret before from opening. [VLT-31] [VLT-66]
func TestPassOver(t *testing.T) {
	password := &slot.Password{Params: slot.DefaultParams}
	old, other := key.Key{1}, key.Key{9}
	for _, c := range []struct {
		name    string
		slots   [][]slot.Slot // of epoch 1 and what follows; K of epoch n begins with n
		states  states
		key     *key.Key
		counted []uint64
	}{
		{"one keyring, whatever the vault says", [][]slot.Slot{{through(thisVault, 1)}}, states{}, nil, []uint64{1}},
		{"the new record is pending", [][]slot.Slot{{through(thisVault, 1)}, {through(thisVault, 2)}},
			states{{1}: vault.Live, {2}: vault.Pending}, nil, []uint64{1}},
		{"the new record is live", [][]slot.Slot{{through(thisVault, 1)}, {through(thisVault, 2)}},
			states{{1}: vault.Destroyed, {2}: vault.Live}, nil, []uint64{2}},
		{"none is live", [][]slot.Slot{{through(thisVault, 1)}, {through(thisVault, 2)}},
			states{{1}: vault.Destroyed, {2}: vault.Destroyed}, nil, []uint64{2, 1}},
		{"a thief's is live", [][]slot.Slot{{through(thisVault, 1)}, {through(thisVault, 2)}},
			states{{1}: vault.Destroyed, {2}: vault.Superseded, {3}: vault.Live}, nil, []uint64{2, 1}},
		{"from this vault to another", [][]slot.Slot{{through(thisVault, 1)}, {through(otherVault, 2)}},
			states{{1}: vault.Live}, nil, []uint64{1}},
		{"off the vault", [][]slot.Slot{{through(thisVault, 1)}, {password}}, states{{1}: vault.Live}, nil, []uint64{2, 1}},
		{"to the vault, pending", [][]slot.Slot{{password}, {through(thisVault, 2)}}, states{{2}: vault.Pending}, nil, []uint64{1}},
		{"to the vault, forgotten there", [][]slot.Slot{{password}, {through(thisVault, 2)}}, states{}, nil, []uint64{1}},
		{"to the vault, live", [][]slot.Slot{{password}, {through(thisVault, 2)}}, states{{2}: vault.Live}, nil, []uint64{2, 1}},
		{"to the vault, destroyed since", [][]slot.Slot{{password}, {through(thisVault, 2)}}, states{{2}: vault.Destroyed}, nil, []uint64{2, 1}},
		{"no password before", [][]slot.Slot{{}, {through(thisVault, 2)}}, states{}, nil, []uint64{2, 1}},
		{"the key before", [][]slot.Slot{{}, {through(thisVault, 2)}}, states{{2}: vault.Pending}, &old, []uint64{1}},
		{"the key before, and the record live", [][]slot.Slot{{}, {through(thisVault, 2)}}, states{{2}: vault.Live}, &old, []uint64{2, 1}},
		{"another key", [][]slot.Slot{{}, {through(thisVault, 2)}}, states{{2}: vault.Pending}, &other, []uint64{2, 1}},
		{"the key, where the record before is live", [][]slot.Slot{{through(thisVault, 1)}, {through(thisVault, 2)}},
			states{{1}: vault.Live, {2}: vault.Pending}, &other, []uint64{2, 1}},
	} {
		s := memory.New()
		for i, slots := range c.slots {
			epoch := uint64(i + 1)
			k := key.Key{byte(epoch)}
			sealed := must[[]byte](t)(set.SealKeyring(rand.Reader, &k, slots, &keyring.Keyring{SetID: [16]byte{1}, Epoch: epoch, Writer: [16]byte{2}}))
			check(t, set.StoreKeyring(t.Context(), s, epoch, sealed))
		}
		objects := must[*set.Objects](t)(set.List(t.Context(), s))
		counted, over, err := PassOver(t.Context(), objects, thisVault, c.states, c.key)
		check(t, err)
		var got []uint64
		for _, name := range counted.Keyrings {
			if name.Kind == set.Keyring {
				got = append(got, name.Number)
			}
		}
		if !slices.Equal(got, c.counted) || len(over) != 2*(len(c.slots)-len(c.counted)) {
			t.Errorf("%s: %v count, want %v; passed over: %v", c.name, got, c.counted, over)
		}
		if len(objects.Keyrings) != 2*len(c.slots) {
			t.Errorf("%s: what was listed has changed", c.name)
		}
	}
}

// mute is a vault that does not answer.
type mute struct{}

func (mute) State(context.Context, vault.Credential) (*vault.StateAnswer, error) {
	return nil, client.ErrNoAnswer
}

// A vault that does not answer decides nothing.
func TestPassOverUnanswered(t *testing.T) {
	s := memory.New()
	for epoch := uint64(1); epoch <= 2; epoch++ {
		k := key.Key{byte(epoch)}
		sealed := must[[]byte](t)(set.SealKeyring(rand.Reader, &k, nil, &keyring.Keyring{SetID: [16]byte{1}, Epoch: epoch, Writer: [16]byte{2}}))
		check(t, set.StoreKeyring(t.Context(), s, epoch, sealed))
	}
	if _, _, err := PassOver(t.Context(), must[*set.Objects](t)(set.List(t.Context(), s)), thisVault, mute{}, nil); !errors.Is(err, client.ErrNoAnswer) {
		t.Error(err)
	}
}

// anchored is a vault with an anchor.
type anchored struct{ answer vault.StateAnswer }

func (a *anchored) State(context.Context, vault.Credential) (*vault.StateAnswer, error) {
	return &a.answer, nil
}

// An anchor is what a device without memory remembers; one that does not open, and a record that
// was replaced, are stale_backup. [VLT-50] [VLT-51]
func TestNewest(t *testing.T) {
	k, other := key.Key{1}, key.Key{2}
	in := &slot.Vault{Credential: vault.Credential{7}}
	want := client.Anchor{SetID: [16]byte{3}, Epoch: 4, Generation: 5, Head: [32]byte{6}}
	at := &anchored{vault.StateAnswer{State: vault.Live, Live: in.Credential}}
	if got := must[*client.Anchor](t)(Newest(t.Context(), at, in, &k)); got != nil {
		t.Errorf("where there is none: %+v", got)
	}
	at.answer.Version, at.answer.Anchor = 5, must[[vault.AnchorSize]byte](t)(want.Seal(rand.Reader, &k, in.Credential))
	got := must[*client.Anchor](t)(Newest(t.Context(), at, in, &k))
	if *got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if _, err := Newest(t.Context(), at, in, &other); fault.NameOf(err) != fault.StaleBackup {
		t.Errorf("under another key: %v", err)
	}
	if _, err := Newest(t.Context(), &anchored{vault.StateAnswer{State: vault.Destroyed, Live: vault.Credential{8}}}, in, &k); fault.NameOf(err) != fault.StaleBackup {
		t.Errorf("of a record that was replaced: %v", err)
	}
	check(t, CheckRecord(&vault.StateAnswer{State: vault.Destroyed}, in.Credential))
	memory := set.Memory{Epoch: 9, Generation: 2, Stale: true}
	Remember(&memory, got)
	if memory != (set.Memory{SetID: want.SetID, Epoch: 9, Generation: 5, Stale: true}) {
		t.Errorf("remembered: %+v", memory)
	}
}

// The generation of the anchor has to be the one that the vault knows. [VLT-50]
func TestCheckHead(t *testing.T) {
	s := memory.New()
	k, id := key.Key{1}, [16]byte{3}
	ring := &keyring.Keyring{SetID: id, Epoch: 1, Writer: [16]byte{2}}
	check(t, set.StoreKeyring(t.Context(), s, 1, must[[]byte](t)(set.SealKeyring(rand.Reader, &k, nil, ring))))
	var commit bytes.Buffer
	w := must[*container.ArchiveWriter](t)(container.NewArchiveWriter(&commit, rand.Reader, &k, nil, archive.Index{SetID: id, Generation: 5, Epoch: 1, Complete: true}))
	check(t, w.Close())
	sum := sha256.Sum256(commit.Bytes())
	check(t, s.PutNew(t.Context(), set.Name{Kind: set.Commit, Number: 5}.String(), bytes.NewReader(commit.Bytes()), int64(commit.Len()), sum))
	objects := must[*set.Objects](t)(set.List(t.Context(), s))
	opened := must[*set.Ring](t)(objects.OpenKeyring(t.Context(), container.WithKey(&k), set.Memory{}))
	head, _, err := objects.OpenHead(t.Context(), opened, set.Memory{}, container.Plain)
	check(t, err)
	check(t, CheckHead(t.Context(), &client.Anchor{Generation: 5, Head: sum}, head))
	check(t, CheckHead(t.Context(), &client.Anchor{Generation: 4}, head))
	check(t, CheckHead(t.Context(), &client.Anchor{Generation: 5}, nil))
	if err := CheckHead(t.Context(), &client.Anchor{Generation: 5, Head: [32]byte{1}}, head); fault.NameOf(err) != fault.StaleBackup {
		t.Error(err)
	}
}
