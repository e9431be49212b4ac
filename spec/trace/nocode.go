package trace

import (
	"maps"
	"strings"
)

// NoCode returns the reason, in one sentence, of every requirement that no code
// can cite, by its id.
func NoCode() map[string]string { return maps.Clone(noCode) }

// noCode panics if the table has an id twice.
var noCode = func() map[string]string {
	all := map[string]string{}
	for _, group := range withoutCode {
		for _, id := range strings.Fields(group.ids) {
			if all[id] != "" {
				panic("trace: internal error: two reasons for " + id)
			}
			all[id] = group.reason
		}
	}
	return all
}()

var withoutCode = []struct{ ids, reason string }{
	{"CON-11", "It forbids refusing, and where nothing is refused there is no code."},
	{"HDR-3", "It binds the program that uploads; neither the reference nor the command uploads anything."},
	{"KRG-7", "It binds the program that keeps a backup set; the reference and the command are given the epoch."},
	{"SLT-14", "It forbids going to an address, and there is no code that goes to one."},
}
