package record

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/vault"
)

// starts are where explorations begin, by the names of the messages that lead there. "wait" is
// until the next attempt is possible, "end" until all sessions have ended.
var starts = map[string]string{
	"nothing":          "",
	"a live record":    live("holder", "1"),
	"a replacement":    live("holder", "1") + "holder registers 2; holder stores 2; thief tries 1",
	"two attempts":     live("holder", "1") + tries(8) + "wait",
	"the last attempt": live("holder", "1") + live("thief", "3") + tries(9) + "wait",
	"superseded":       live("holder", "1") + "holder tries 1; " + live("thief", "3"),
	"a success before": live("holder", "1") + "holder tries 1; holder finishes 1; " + live("thief", "3"),
}

func live(who, n string) string {
	return who + " registers " + n + "; " + who + " stores " + n + "; " + who + " commits " + n + "; "
}

func tries(n int) string { return strings.Repeat("wait; thief tries 1; ", n) }

// begin is the situation of one of starts.
func begin(t *testing.T, script string) *node {
	t.Helper()
	n := &node{account: New(testAccount), stored: New(testAccount).Bytes(), now: 1 << 40, past: map[vault.Credential]past{}}
	for step := range strings.SplitSeq(strings.TrimSuffix(script, "; "), "; ") {
		switch step {
		case "":
			continue
		case "wait":
			n = n.later(max(n.now, n.account.find(vault.Credential{1}).until()))
			continue
		}
		all := n.messages()
		at := slices.IndexFunc(all, func(m *message) bool { return strings.HasPrefix(m.name, step) })
		if at < 0 {
			t.Fatalf("nobody can send %q", step)
		}
		next, _, err := n.deliver(all[at])
		if err != nil {
			t.Fatalf("%v%v: %v", n.trace, all[at].name, err)
		}
		n = next
	}
	n.sent = keep(n.sent)
	return n
}

// keep leaves of the messages that were sent those that can still matter.
func keep(sent []*message) (all []*message) {
	for _, m := range sent {
		if _, finishes := m.request.(*vault.FinishRequest); finishes {
			all = append(all, m)
		}
	}
	return all
}

// next are the messages that can arrive: those that were sent, and, up to a number, others.
func (n *node) next(most int) []*message {
	all := slices.Clone(n.sent)
	if len(n.sent) >= most {
		return all
	}
	for _, m := range n.messages() {
		if !slices.ContainsFunc(n.sent, func(s *message) bool { return s.name == m.name }) {
			all = append(all, m)
		}
	}
	return all
}

// Whatever two devices of the holder and a thief with a token send, in whatever order it
// arrives, however often, and whenever, with any loss of messages, answers and changes that
// were not stored: a record gives no eleventh answer after its commit and each success, opens
// with no wrong password, dies when, and only when, the chapter says so, and reports the
// attempts of others. All situations up to a depth are looked at.
func TestEverySituation(t *testing.T) {
	thorough.NotShort(t)
	explore(t, 2)
}

func TestEverySituationDeeper(t *testing.T) {
	thorough.Only(t)
	explore(t, 3)
}

func explore(t *testing.T, depth int) {
	for name, script := range starts {
		t.Run(name, func(t *testing.T) {
			first := begin(t, script)
			seen := map[[16]byte]bool{first.hash(): true}
			steps := 0
			layer := []*node{first}
			for d := range depth {
				var deeper []*node
				visit := func(n *node) {
					if h := n.hash(); !seen[h] {
						seen[h] = true
						if d+1 < depth {
							deeper = append(deeper, n)
						}
					}
				}
				for _, n := range layer {
					for _, m := range n.next(len(first.sent) + depth) {
						next, answer, err := n.deliver(m)
						if err != nil {
							t.Fatalf("%v%s: %v: %v", n.trace, m.name, answer, err)
						}
						steps++
						visit(next)
					}
					for _, now := range n.jumps() {
						visit(n.later(now))
					}
				}
				layer = deeper
			}
			t.Logf("%d situations, %d messages", len(seen), steps)
		})
	}
}

// walk goes at random, with a bias to what was not sent before, and returns what must not be.
func walk(n *node, random *rand.Rand, length int, step func(n *node, m *message) (*node, error)) error {
	for range length {
		jumps := n.jumps()
		if len(jumps) > 0 && random.IntN(4) == 0 {
			n = n.later(jumps[random.IntN(len(jumps))])
			continue
		}
		all := n.next(1 << 20)
		if len(n.sent) > 0 && random.IntN(3) > 0 {
			all = all[len(n.sent):]
		}
		if len(all) == 0 {
			continue
		}
		m := all[random.IntN(len(all))]
		next, err := step(n, m)
		if err != nil {
			return fmt.Errorf("%v\n\t%s: %w", n.trace, m.name, err)
		}
		n = next
	}
	return nil
}

// The same holds in long histories, at random.
func TestLongHistories(t *testing.T) {
	thorough.NotShort(t)
	walks(t, 40)
}

func TestMoreLongHistories(t *testing.T) {
	thorough.Only(t)
	walks(t, 300)
}

func walks(t *testing.T, many uint64) {
	count := map[vault.RecordState]int{}
	for seed := range many {
		random := rand.New(rand.NewPCG(seed, 18))
		for name, script := range starts {
			err := walk(begin(t, script), random, 80, func(n *node, m *message) (*node, error) {
				next, _, err := n.deliver(m)
				if err == nil {
					count[next.account.stateOf(m.request.Asks().Credential)]++
				}
				return next, err
			})
			if err != nil {
				t.Fatalf("%s, seed %d: %v", name, seed, err)
			}
		}
	}
	t.Logf("messages about records that were then: %v", count)
	for _, state := range []vault.RecordState{vault.None, vault.Pending, vault.Live, vault.Superseded, vault.Destroyed} {
		if count[state] == 0 {
			t.Errorf("no record was ever %v", state)
		}
	}
}

// A vault that answers before it has stored what it changes, and loses it in a crash, is found
// out. [VLT-21]
func TestAnswerBeforeStoring(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 18))
		err := walk(begin(t, starts["a live record"]), random, 80, func(n *node, m *message) (*node, error) {
			next, _, err := n.deliver(m)
			if err == nil && random.IntN(10) == 0 {
				next.account, next.stored = n.account, n.stored
			}
			return next, err
		})
		if err != nil {
			return
		}
	}
	t.Error("nothing was noticed")
}
