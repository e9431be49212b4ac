package conformance

import (
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/vectors"
)

// related collects requests of which one could spoil the answer to another: the
// same id, salt or key with something else. Whatever is remembered of one must not
// show in the answer to the next.
func related(collect func(q *requests)) func(q *requests) {
	return func(q *requests) {
		collect(q)
		once := q.all
		for range 2 {
			q.all = append(q.all, shuffled(q.r, once)...)
		}
		for i, one := range once { // and straight after each other
			q.all = append(q.all, one, once[(i+1)%len(once)], one)
		}
	}
}

func (q *requests) stateOfKeys() {
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

func (q *requests) stateOfPasswords() {
	for range 8 {
		text := drawPassword(q.r).text()
		q.ask("password.prepare", vectors.Object{"password": toHex([]byte(text))}, "prepares %q", text)
		q.ask("password.prepare", vectors.Object{"password": toHex([]byte(text + "\n"))}, "prepares %q with a line feed", text)
	}
}

func (q *requests) stateOfMessages() {
	input := vectors.Object{"key": drawHex(q.r, 32), "salt": drawHex(q.r, 24), "context": drawName(q.r)}
	for i, change := range []struct {
		name  string
		value any
	}{{"context", input["context"]}, {"context", drawName(q.r)}, {"key", drawHex(q.r, 32)}, {"salt", drawHex(q.r, 24)}} {
		for _, n := range []int{0, 40, 20000}[:2+i%2] {
			sealing := with(with(input, change.name, change.value), "plaintext", drawHex(q.r, n))
			message := reference.Handle("cobblestone.seal", sealing).Output["message"]
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

func (q *requests) stateOfContainers() {
	for _, h := range q.slotted() {
		for _, s := range append(h.slots, craftedSlot{secret: h.plain}) {
			if s.secret == nil {
				continue
			}
			for _, op := range []string{"container.unlock", "archive.list"} {
				q.add(op, h, s.secret, "opens with the right %s", s.secret["kind"])
			}
			for _, name := range []string{"key", "password", "prf", "export_key", "credential"} {
				if value, ok := s.secret[name]; ok {
					b := unhex(value)
					q.add("container.unlock", h, with(s.secret, name, toHex(flipAt(q.r.Intn(len(b)))(b))), "opens with another %s", name)
				}
			}
			for range 6 {
				f := headerFaults[q.r.Intn(len(headerFaults))]
				c := h.clone()
				f.apply(q.r, c)
				q.add("container.unlock", c, s.secret, "%s, and is opened with a %s", f.what, s.secret["kind"])
				q.add("header.read", c, nil, "%s", f.what)
			}
		}
	}
}

// stateOfArchives has archives of one key and one id that hold different entries.
func (q *requests) stateOfArchives() {
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

func (q *requests) stateOfKeyrings() {
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

func (q *requests) stateOfPaths() {
	for range 4 {
		s := drawNames(q.r)
		for _, platform := range []string{"posix", "apple", "windows"} {
			s.platform = platform
			q.ask("path.portable", s.input(), "names %v", s)
		}
	}
}

func (q *requests) stateOfSalvage() {
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
		return drawnCheck(seed, subject, "state", "ERR-1", profiles,
			"What was asked before, about the same key, id or salt, does not show in an answer.", related(collect))
	}
	return []check{
		of("key", "reader", (*requests).stateOfKeys),
		of("cobblestone", "reader", (*requests).stateOfMessages),
		of("password", "password", (*requests).stateOfPasswords),
		of("container", "reader password vault passkey", (*requests).stateOfContainers),
		of("archive", "reader", (*requests).stateOfArchives),
		of("path", "reader", (*requests).stateOfPaths),
		of("keyring", "reader", (*requests).stateOfKeyrings),
		of("salvage", "salvage", (*requests).stateOfSalvage),
	}
}
