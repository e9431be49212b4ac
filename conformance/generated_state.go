package conformance

import (
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/vectors"
)

func stateOfKeys(q *requests) {
	s := drawTypos(q.r)
	input := s.input()
	q.ask("key.repair", input, "repairs a key")
	other := unhex(input["key_check"])
	other[q.r.Intn(32)] ^= 1
	q.ask("key.repair", with(input, "key_check", toHex(other)), "repairs the same key, for another key check")
	q.ask("key.repair", with(input, "key", drawHex(q.r, 32)), "repairs another key, for the same key check")
	for range 6 {
		q.ask("key.parse", vectors.Object{"text": drawKeyText(q.r).text()}, "parses a key")
	}
	for _, label := range []string{"header", "payload", "key check", "header ", "Header", "x"} {
		q.ask("key.derive", vectors.Object{"key": input["key"], "label": label}, "derives for %q", label)
	}
}

func stateOfPasswords(q *requests) {
	for range 8 {
		text := drawPassword(q.r).text()
		q.ask("password.prepare", vectors.Object{"password": toHex([]byte(text))}, "prepares %q", text)
		q.ask("password.prepare", vectors.Object{"password": toHex([]byte(text + "\n"))}, "prepares %q with a line feed", text)
	}
}

func stateOfMessages(q *requests) {
	input := vectors.Object{"key": drawHex(q.r, 32), "salt": drawHex(q.r, 24), "context": drawName(q.r)}
	for i, change := range []struct {
		name  string
		value any
	}{{"context", input["context"]}, {"context", drawName(q.r)}, {"key", drawHex(q.r, 32)}, {"salt", drawHex(q.r, 24)}} {
		for _, n := range []int{0, 40, 20000}[:2+i%2] {
			sealing := with(with(input, change.name, change.value), "plaintext", drawHex(q.r, n))
			message := reference.Answer("cobblestone.seal", sealing).Output["message"]
			opening := vectors.Object{"key": sealing["key"], "context": sealing["context"], "message": message}
			q.ask("cobblestone.open", opening, "opens %d bytes", n)
			q.ask("cobblestone.open", with(opening, "key", input["key"]), "opens %d bytes with the first key", n)
			q.ask("cobblestone.open", with(opening, "context", input["context"]), "opens %d bytes in the first context", n)
			damaged := toHex(flipAt(-1)(unhex(message)))
			q.ask("cobblestone.open", with(opening, "message", damaged), "opens %d bytes with another tag", n)
			q.ask("cobblestone.read", with(with(opening, "offset", q.r.Intn(n+9)), "length", q.r.Intn(100)), "reads of %d bytes", n)
			q.ask("cobblestone.read", with(with(with(opening, "message", damaged), "offset", 0), "length", 0), "reads nothing of %d bytes with another tag", n)
		}
	}
}

// stateOfArchives has archives of one key and one id that hold different entries.
func stateOfArchives(q *requests) {
	seed := q.r.Int63()
	for range 4 {
		s := drawArchive(q.r)
		s.seed = seed
		container := s.container()
		for _, op := range archiveOps {
			q.ask(op, s.opening(op, container), "has %d entries", len(s.entries))
		}
		q.ask("archive.restore", s.opening("archive.restore", flipAt(-1)(container)), "has another tag at its end")
	}
}

func stateOfKeyrings(q *requests) {
	seed := q.r.Int63()
	for range 5 {
		s := drawRing(q.r)
		s.seed = seed
		container := s.container()
		q.ask("keyring.open", s.opening(container), "has the epochs %d", s.epochs)
		damaged := flipAt(-1 - q.r.Intn(30))(container)
		q.ask("keyring.open", s.opening(damaged), "has the epochs %d, and another chunk", s.epochs)
	}
}

func stateOfPaths(q *requests) {
	for range 4 {
		s := drawNames(q.r)
		for _, platform := range []string{"posix", "apple", "windows"} {
			s.platform = platform
			q.ask("path.portable", s.input(), "names %v", s)
		}
	}
}

func stateOfSalvage(q *requests) {
	seed := q.r.Int63()
	for range 3 {
		s := drawArchive(q.r)
		s.seed = seed
		container := s.container()
		for range 3 {
			q.ask("archive.salvage", s.opening("archive.salvage", container), "has %d entries, and is damaged or not", len(s.entries))
			container = flipAt(-1 - q.r.Intn(100))(container)
		}
	}
}

// generatedStates ask one process related things in a row.
func generatedStates(seed int64) []check {
	of := func(subject, profiles string, collect func(q *requests)) check {
		return requestsCheck(seed, subject, "state", "ERR-1", profiles, stateComment, related(collect))
	}
	return []check{
		of("key", "reader", stateOfKeys),
		of("cobblestone", "reader", stateOfMessages),
		of("password", "password", stateOfPasswords),
		of("archive", "reader", stateOfArchives),
		of("path", "reader", stateOfPaths),
		of("keyring", "reader", stateOfKeyrings),
		of("salvage", "salvage", stateOfSalvage),
	}
}
