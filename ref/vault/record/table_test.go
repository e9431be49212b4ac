package record

import (
	"strings"
	"testing"

	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/spec"
)

// row is a row of the table of spec section 18.6.
type row struct{ state, request, when, status, next, sequence string }

// tableOf returns the rows of the table of a section whose first column has this head.
func tableOf(t *testing.T, section, head string) []spec.Row {
	t.Helper()
	for _, table := range spec.Tables() {
		if table.Section == section && table.Head[0] == head {
			return table.Rows
		}
	}
	t.Fatalf("section %s has no table that begins with the column %q", section, head)
	return nil
}

// rows returns the table. A state and a request stand in the first of their rows only.
func rows(t *testing.T) (all []row) {
	t.Helper()
	var state, request string
	for _, r := range tableOf(t, "18.6", "state") {
		cell := func(i int) string { return strings.ReplaceAll(r.Cells[i], "`", "") }
		if cell(0) != "" {
			state = cell(0)
		}
		if cell(1) != "" {
			request = cell(1)
		}
		all = append(all, row{state, request, cell(2), cell(3), cell(4), cell(5)})
	}
	return all
}

// Each row of the table of spec section 18.6 happens as it says: from its state, the request
// gets its status, and leads to its next state and sequence. There is a scenario for each, and
// a row for each scenario. [VLT-20]
func TestTransitionsAreThoseOfTheChapter(t *testing.T) {
	left := map[place]scenario{}
	for at, s := range scenarios {
		left[at] = s
	}
	for _, r := range rows(t) {
		at := place{r.state, r.request, r.when}
		s, ok := left[at]
		if !ok {
			t.Errorf("no scenario is about %+v, or one is about two rows", r)
			continue
		}
		delete(left, at)
		t.Run(strings.Join([]string{r.state, r.request, r.when}, ", "), func(t *testing.T) {
			w := newWorld(t)
			c, act := s(w)
			if state := w.account.stateOf(c.Credential); state.String() != r.state {
				t.Fatalf("the record is %v before", state)
			}
			before := w.account.Sequence
			answer := act()
			if got := answer.Says().Status.String(); r.request != "time" && got != r.status {
				t.Errorf("the status is %s instead of %s", got, r.status)
			}
			if got := w.account.stateOf(c.Credential).String(); got != r.next {
				t.Errorf("the record is %s after, instead of %s", got, r.next)
			}
			if grown := w.account.Sequence - before; r.request != "time" && (grown == 1) != (r.sequence == "+") {
				t.Errorf("the sequence has grown by %d", grown)
			}
		})
	}
	for at := range left {
		t.Errorf("no row is %+v", at)
	}
}

// A request for which a state has no row is answered with `unknown`, `destroyed` or `refused`,
// and changes nothing. [VLT-20]
func TestRequestsWithoutARow(t *testing.T) {
	has := map[[2]string]bool{}
	for _, r := range rows(t) {
		has[[2]string{r.state, r.request}] = true
	}
	requests := map[string]func(c *client) vault.Request{
		"register": func(c *client) vault.Request { return c.register() },
		"store":    func(c *client) vault.Request { return c.store() },
		"commit":   func(c *client) vault.Request { return c.commit(vault.Proof{}) },
		"recover":  func(c *client) vault.Request { return c.try(password).recover() },
		"finish":   func(c *client) vault.Request { return &vault.FinishRequest{Head: c.Head} },
		"destroy":  func(c *client) vault.Request { return c.destroy() },
		"anchor":   func(c *client) vault.Request { return c.anchor(1, 1) },
	}
	states := map[string]func(w *world) *client{
		"none":    func(w *world) *client { return w.client(1) },
		"pending": func(w *world) *client { return w.stored(1) },
		"live":    func(w *world) *client { return w.live(1) },
		"superseded": func(w *world) *client {
			return w.superseded(1)
		},
		"destroyed": func(w *world) *client {
			c := w.live(1)
			w.expect(c.do(c.destroy()), vault.OK)
			return c
		},
	}
	without := map[string]vault.Status{"none": vault.Unknown, "destroyed": vault.Gone,
		"pending": vault.Refused, "live": vault.Refused, "superseded": vault.Refused}
	for state, make := range states {
		for name, request := range requests {
			if has[[2]string{state, name}] {
				continue
			}
			w := newWorld(t)
			c := make(w)
			before := string(w.account.Bytes())
			w.expect(w.do(request(c)), without[state])
			if string(w.account.Bytes()) != before {
				t.Errorf("%s of a record that is %s changed something", name, state)
			}
		}
	}
}
