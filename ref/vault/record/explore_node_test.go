package record

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// node is a situation: what the vault has stored, what whoever forwards messages has seen, and
// what has happened so far.
type node struct {
	account *Account
	stored  []byte // its encoding
	now     uint64
	sent    []*message // by name
	seconds []second   // that people have got
	past    map[vault.Credential]past
	trace   *trace
}

// past is what happened to a record, by the messages alone.
type past struct {
	tries      byte     // first messages
	attempts   []uint64 // second messages since the commit or the last success, by their time
	superseded uint64   // when, or 0
	succeeded  [opaque.KE2Size]byte
	end        uint64 // of the session that succeeded
}

// trace is how a situation came about.
type trace struct {
	before *trace
	step   string
}

func (t *trace) String() string {
	if t == nil {
		return ""
	}
	return t.before.String() + "\n\t" + t.step
}

func (n *node) hash() [16]byte {
	h := sha256.New()
	h.Write(n.stored)
	h.Write(binary.BigEndian.AppendUint64(nil, n.now))
	for _, m := range n.sent {
		fmt.Fprintln(h, m.name)
	}
	for _, c := range slices.SortedFunc(maps.Keys(n.past), func(a, b vault.Credential) int { return int(a[0]) - int(b[0]) }) {
		p := n.past[c]
		fmt.Fprintln(h, c[0], p.tries, p.attempts, p.superseded, p.succeeded[:4], p.end)
	}
	return [16]byte(h.Sum(nil)[:16])
}

// jumps are the steps that time makes: to the next moment at which something changes, and the
// last one before it.
func (n *node) jumps() (all []uint64) {
	for _, r := range n.account.Records {
		until := []uint64{r.until()}
		for _, s := range r.Sessions {
			until = append(until, s.End)
		}
		switch r.State {
		case vault.Pending:
			until = append(until, r.Since+vault.PendingTime)
		case vault.Superseded:
			until = append(until, r.Since+vault.SupersededTime)
		}
		for _, t := range until {
			if t > n.now {
				all = append(all, t)
			}
			if t > n.now+1 {
				all = append(all, t-1)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// later is the situation at another time.
func (n *node) later(now uint64) *node {
	next := *n
	next.now = now
	next.trace = &trace{n.trace, fmt.Sprintf("%d ms pass", now-n.now)}
	return &next
}

// deliver is the situation after a message has reached the vault, and its answer whoever sent
// it. That the answer is lost is that it is not used, and that a crash loses the change before
// it is stored is that the message does not arrive. The error is what must not be.
func (n *node) deliver(m *message) (*node, vault.Answer, error) {
	next := &node{now: n.now, seconds: n.seconds, past: maps.Clone(n.past), trace: &trace{n.trace, m.name}, sent: n.sent}
	if at, known := slices.BinarySearchFunc(n.sent, m.name, func(m *message, name string) int { return cmp.Compare(m.name, name) }); !known {
		next.sent = slices.Insert(slices.Clone(n.sent), at, m)
	}
	answer, err := next.handle(n.stored, m)
	if err != nil {
		return nil, nil, err
	}
	return next, answer, next.check(n, m, answer)
}

// handle is what a vault does with a message: on what it has stored, and it keeps what it has
// written. What it draws follows from what is stored, so that situations can be the same.
func (n *node) handle(stored []byte, m *message) (vault.Answer, error) {
	a, err := Parse(stored)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(fmt.Appendf(nil, "%d %s %x", n.now, m.name, sha256.Sum256(stored)))
	random := Random(slices.Concat(digest[:], digest[:], digest[:]))
	machine := Machine{testVault, guessing{}}
	answer, changed, err := machine.Handle(a, m.request, n.now, &random)
	if err != nil {
		return nil, err
	}
	n.account, n.stored = a, a.Bytes()
	if changed == bytes.Equal(n.stored, stored) {
		return nil, fmt.Errorf("%s: it says that the account has changed: %v", m.name, changed)
	}
	return answer, nil
}
