package set

import (
	"bytes"
	"testing"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// What a writer finds in the state keyring, and what is left in the store. [LIF-8]
func TestWriterKeyring(t *testing.T) {
	next := sealRing(newKey, keyring.Keyring{Epoch: 3})
	for _, c := range []struct {
		name   string
		change func(f *fixture)
		writer func(w *Writer)
		answer Answer
		want   fault.Name
		left   []string
	}{
		{name: "its own", answer: AnswerOurs, left: []string{k2, k2Copy}},
		{name: "keyrings of epochs before", change: func(f *fixture) { f.put(k1, f.ring1); f.put(k1Copy, f.ring1) }, answer: AnswerOurs, left: []string{k2, k2Copy}},
		{name: "one name is lost", change: func(f *fixture) { f.remove(k2) }, answer: AnswerOurs, left: []string{k2, k2Copy}},
		{name: "the other is lost", change: func(f *fixture) { f.remove(k2Copy) }, answer: AnswerOurs, left: []string{k2, k2Copy}},
		{name: "one name is lost, of another device's", change: func(f *fixture) { f.remove(k2) }, writer: func(w *Writer) { w.ID[0] ^= 1 }, answer: AnswerOther, left: []string{k2Copy}},
		{name: "another device's", writer: func(w *Writer) { w.ID[0] ^= 1 }, answer: AnswerOther, left: []string{k2, k2Copy}},
		{name: "another key's", writer: func(w *Writer) { w.Key[0] ^= 1 }, answer: AnswerOther, left: []string{k2, k2Copy}},
		{name: "a later epoch's is there, and does not count", change: func(f *fixture) { f.put(k3, next) }, answer: AnswerOther, left: []string{k2, k2Copy, k3}},
		{name: "a later epoch's counts", change: func(f *fixture) { f.put(k3, next); f.put(k3Copy, next) }, answer: AnswerOther, left: []string{k2, k2Copy, k3, k3Copy}},
		{name: "none", change: func(f *fixture) { f.remove(k2); f.remove(k2Copy) }, answer: AnswerGone},
		{name: "an earlier one", writer: func(w *Writer) { w.Epoch = 3 }, answer: AnswerGone, left: []string{k2, k2Copy}},
		{name: "another set's", writer: func(w *Writer) { w.SetID = another }, want: fault.WrongSet, left: []string{k2, k2Copy}},
	} {
		f := newFixture(t)
		if c.change != nil {
			c.change(f)
		}
		w := &Writer{Memory: Memory{SetID: setID, Epoch: 2, Generation: 5}, ID: [16]byte{'w'}, Key: newKey}
		if c.writer != nil {
			c.writer(w)
		}
		_, ring, answer, err := w.Keyring(t.Context(), f.s)
		if answer != c.answer || fault.NameOf(err) != c.want || err != nil && c.want == "" {
			t.Errorf("%s: %q, %v; want %q, %q", c.name, answer, err, c.answer, c.want)
		}
		if answer == AnswerOurs && (ring == nil || !bytes.Equal(ring.Bytes, f.ring)) {
			t.Errorf("%s: the keyring is another one", c.name)
		}
		var left []string
		for _, name := range f.list().Keyrings {
			left = append(left, name.String())
		}
		if len(left) != len(c.left) {
			t.Errorf("%s: %v is left, want %v", c.name, left, c.left)
		}
	}
}

// A store that fails is no answer.
func TestWriterWithoutStore(t *testing.T) {
	for _, method := range []string{"List", "ReadAt", "PutNew", "Delete"} {
		f := newFixture(t)
		f.put(k1, f.ring1)
		f.remove(k2)
		f.s.Script = func(call memory.Call) memory.Fault {
			if call.Method == method {
				return memory.LoseRequest
			}
			return 0
		}
		w := &Writer{Memory: Memory{SetID: setID, Epoch: 2, Generation: 5}, ID: [16]byte{'w'}, Key: newKey}
		if _, _, answer, err := w.Keyring(t.Context(), f.s); err == nil || fault.NameOf(err) != "" {
			t.Errorf("%s fails: %q, %v", method, answer, err)
		}
	}
}

// Which epochs count, and what of later ones is there or was when the store was listed. [LIF-34]
func TestCounts(t *testing.T) {
	k := key.Key{'3'}
	f := newFixture(t)
	for _, c := range []struct {
		name   string
		change func()
		epoch  uint64
		others []uint64
		want   bool
	}{
		{"it", func() {}, 2, nil, true},
		{"another", func() {}, 3, nil, false},
		{"the other", func() {}, 3, []uint64{2}, true},
		{"a later one is there", func() { f.put(k3, sealRing(k, keyring.Keyring{Epoch: 3})) }, 2, nil, false},
		{"it is that one", func() {}, 3, []uint64{2}, true},
		{"it counts", func() { f.put(k3Copy, sealRing(k, keyring.Keyring{Epoch: 3})) }, 2, nil, false},
		{"none", func() { f.remove(k2); f.remove(k2Copy); f.remove(k3); f.remove(k3Copy) }, 1, nil, false},
		{"none, and none is asked for", func() {}, 1, []uint64{0}, true},
	} {
		c.change()
		if is, err := f.list().Counts(t.Context(), c.epoch, c.others...); err != nil || is != c.want {
			t.Errorf("%s: %t, %v", c.name, is, err)
		}
	}
	f = newFixture(t)
	f.put(k3, sealRing(k, keyring.Keyring{Epoch: 3}))
	listed := f.list()
	f.remove(k3)
	if is, err := listed.Counts(t.Context(), 2); err != nil || is {
		t.Errorf("a later one was listed: %t, %v", is, err)
	}
	f.s.Script = func(memory.Call) memory.Fault { return memory.LoseRequest }
	if _, err := listed.Counts(t.Context(), 2); err == nil || fault.NameOf(err) != "" {
		t.Errorf("the store fails: %v", err)
	}
}
