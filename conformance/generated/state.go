package generated

import (
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/vectors"
)

func stateOfKeys(q *cases.Requests) {
	s := drawTypos(q.R)
	input := s.input()
	q.Ask("key.repair", input, "repairs a key")
	other := inputs.Unhex(input["key_check"])
	other[q.R.Intn(32)] ^= 1
	q.Ask("key.repair", inputs.With(input, "key_check", inputs.Hex(other)), "repairs the same key, for another key check")
	q.Ask("key.repair", inputs.With(input, "key", drawn.Hex(q.R, 32)), "repairs another key, for the same key check")
	for range 6 {
		q.Ask("key.parse", vectors.Object{"text": drawKeyText(q.R).text()}, "parses a key")
	}
	for _, label := range []string{"header", "payload", "key check", "header ", "Header", "x"} {
		q.Ask("key.derive", vectors.Object{"key": input["key"], "label": label}, "derives for %q", label)
	}
}

func stateOfPasswords(q *cases.Requests) {
	for range 8 {
		text := drawPassword(q.R).text()
		q.Ask("password.prepare", vectors.Object{"password": inputs.Hex([]byte(text))}, "prepares %q", text)
		q.Ask("password.prepare", vectors.Object{"password": inputs.Hex([]byte(text + "\n"))}, "prepares %q with a line feed", text)
	}
}

func stateOfMessages(q *cases.Requests) {
	input := vectors.Object{"key": drawn.Hex(q.R, 32), "salt": drawn.Hex(q.R, 24), "context": drawn.Name(q.R)}
	for i, change := range []struct {
		name  string
		value any
	}{{"context", input["context"]}, {"context", drawn.Name(q.R)}, {"key", drawn.Hex(q.R, 32)}, {"salt", drawn.Hex(q.R, 24)}} {
		for _, n := range []int{0, 40, 20000}[:2+i%2] {
			sealing := inputs.With(inputs.With(input, change.name, change.value), "plaintext", drawn.Hex(q.R, n))
			message := reference.Answer("cobblestone.seal", sealing).Output["message"]
			opening := vectors.Object{"key": sealing["key"], "context": sealing["context"], "message": message}
			q.Ask("cobblestone.open", opening, "opens %d bytes", n)
			q.Ask("cobblestone.open", inputs.With(opening, "key", input["key"]), "opens %d bytes with the first key", n)
			q.Ask("cobblestone.open", inputs.With(opening, "context", input["context"]), "opens %d bytes in the first context", n)
			damaged := inputs.Hex(forge.FlipAt(-1)(inputs.Unhex(message)))
			q.Ask("cobblestone.open", inputs.With(opening, "message", damaged), "opens %d bytes with another tag", n)
			q.Ask("cobblestone.read", inputs.With(inputs.With(opening, "offset", q.R.Intn(n+9)), "length", q.R.Intn(100)), "reads of %d bytes", n)
			q.Ask("cobblestone.read", inputs.With(inputs.With(inputs.With(opening, "message", damaged), "offset", 0), "length", 0), "reads nothing of %d bytes with another tag", n)
		}
	}
}

// stateOfArchives has archives of one key and one id that hold different entries.
func stateOfArchives(q *cases.Requests) {
	seed := q.R.Int63()
	for range 4 {
		s := samples.DrawArchive(q.R)
		s.Seed = seed
		container := s.Container()
		for _, op := range inputs.ArchiveOps {
			q.Ask(op, s.Opening(op, container), "has %d entries", len(s.Entries))
		}
		q.Ask("archive.restore", s.Opening("archive.restore", forge.FlipAt(-1)(container)), "has another tag at its end")
	}
}

func stateOfKeyrings(q *cases.Requests) {
	seed := q.R.Int63()
	for range 5 {
		s := samples.DrawKeyring(q.R)
		s.Seed = seed
		container := s.Container()
		q.Ask("keyring.open", s.Opening(container), "has the epochs %d", s.Epochs)
		damaged := forge.FlipAt(-1 - q.R.Intn(30))(container)
		q.Ask("keyring.open", s.Opening(damaged), "has the epochs %d, and another chunk", s.Epochs)
	}
}

func stateOfPaths(q *cases.Requests) {
	for range 4 {
		s := drawNames(q.R)
		for _, platform := range []string{"posix", "apple", "windows"} {
			s.platform = platform
			q.Ask("path.portable", s.input(), "names %v", s)
		}
	}
}

func stateOfSalvage(q *cases.Requests) {
	seed := q.R.Int63()
	for range 3 {
		s := samples.DrawArchive(q.R)
		s.Seed = seed
		container := s.Container()
		for range 3 {
			q.Ask("archive.salvage", s.Opening("archive.salvage", container), "has %d entries, and is damaged or not", len(s.Entries))
			container = forge.FlipAt(-1 - q.R.Intn(100))(container)
		}
	}
}

// States ask one process related things in a row.
func States(seed int64) []cases.Case {
	of := func(subject, profiles string, collect func(q *cases.Requests)) cases.Case {
		return cases.OfRequests(seed, subject, "state", "ERR-1", profiles, cases.StateComment, cases.Related(collect))
	}
	return []cases.Case{
		of("key", "reader", stateOfKeys),
		of("cobblestone", "reader", stateOfMessages),
		of("password", "password", stateOfPasswords),
		of("archive", "reader", stateOfArchives),
		of("path", "reader", stateOfPaths),
		of("keyring", "reader", stateOfKeyrings),
		of("salvage", "salvage", stateOfSalvage),
	}
}
