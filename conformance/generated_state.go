package conformance

import (
	"slices"

	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/vectors"
)

// related collects requests of which one could spoil the answer to another: the
// same id, salt or key with something else. Whatever is remembered of one must not
// show in the answer to the next.
func related(collect func(v *headers)) func(v *headers) {
	return func(v *headers) {
		collect(v)
		once := v.all
		for range 2 {
			v.all = append(v.all, shuffled(v.r, once)...)
		}
		for i, one := range once { // and straight after each other
			v.all = append(v.all, one, once[(i+1)%len(once)], one)
		}
	}
}

func (v *headers) stateOfKeys() {
	s := drawTypos(v.r)
	input := s.input()
	v.ask("key.repair", input, "repairs a key")
	other := unhex(input["key_check"])
	other[v.r.Intn(32)] ^= 1
	v.ask("key.repair", with(input, "key_check", toHex(other)), "repairs the same key, for another key check")
	v.ask("key.repair", with(input, "key", drawHex(v.r, 32)), "repairs another key, for the same key check")
	for range 6 {
		v.ask("key.parse", vectors.Object{"text": drawKeyText(v.r).text()}, "parses a key")
	}
	for _, label := range []string{"header", "payload", "key check", "header ", "Header", "x"} {
		v.ask("key.derive", vectors.Object{"key": input["key"], "label": label}, "derives for %q", label)
	}
}

func (v *headers) stateOfPasswords() {
	for range 8 {
		text := drawPassword(v.r).text()
		v.ask("password.prepare", vectors.Object{"password": toHex([]byte(text))}, "prepares %q", text)
		v.ask("password.prepare", vectors.Object{"password": toHex([]byte(text + "\n"))}, "prepares %q with a line feed", text)
	}
}

func (v *headers) stateOfMessages() {
	input := vectors.Object{"key": drawHex(v.r, 32), "salt": drawHex(v.r, 24), "context": drawName(v.r)}
	for i, change := range []struct {
		name  string
		value any
	}{{"context", input["context"]}, {"context", drawName(v.r)}, {"key", drawHex(v.r, 32)}, {"salt", drawHex(v.r, 24)}} {
		for _, n := range []int{0, 40, 20000}[:2+i%2] {
			sealing := with(with(input, change.name, change.value), "plaintext", drawHex(v.r, n))
			message := reference.Answer("cobblestone.seal", sealing).Output["message"]
			opening := vectors.Object{"key": sealing["key"], "context": sealing["context"], "message": message}
			v.ask("cobblestone.open", opening, "opens %d bytes", n)
			v.ask("cobblestone.open", with(opening, "key", input["key"]), "opens %d bytes with the first key", n)
			v.ask("cobblestone.open", with(opening, "context", input["context"]), "opens %d bytes in the first context", n)
			b := unhex(message)
			b[len(b)-1] ^= 1
			v.ask("cobblestone.open", with(opening, "message", toHex(b)), "opens %d bytes with another tag", n)
			v.ask("cobblestone.read", with(with(opening, "offset", v.r.Intn(n+9)), "length", v.r.Intn(100)), "reads of %d bytes", n)
			v.ask("cobblestone.read", with(with(with(opening, "message", toHex(b)), "offset", 0), "length", 0), "reads nothing of %d bytes with another tag", n)
		}
	}
}

func (v *headers) stateOfContainers() {
	for _, h := range v.slotted() {
		for _, s := range append(h.slots, headedSlot{secret: h.plain}) {
			if s.secret == nil {
				continue
			}
			for _, op := range []string{"container.unlock", "archive.list"} {
				v.add(op, h, s.secret, "opens with the right %s", s.secret["kind"])
			}
			for _, name := range []string{"key", "password", "prf", "export_key", "credential"} {
				if value, ok := s.secret[name]; ok {
					b := unhex(value)
					b[v.r.Intn(len(b))] ^= 1
					v.add("container.unlock", h, with(s.secret, name, toHex(b)), "opens with another %s", name)
				}
			}
			for range 6 {
				f := headerFaults[v.r.Intn(len(headerFaults))]
				c := h.clone()
				f.apply(v.r, c)
				v.add("container.unlock", c, s.secret, "%s, and is opened with a %s", f.what, s.secret["kind"])
				v.add("header.read", c, nil, "%s", f.what)
			}
		}
	}
}

// stateOfArchives has archives of one key and one id that hold different entries.
func (v *headers) stateOfArchives() {
	seed := v.r.Int63()
	for range 4 {
		s := drawArchive(v.r)
		s.seed = seed
		container := s.container()
		for _, op := range archiveOps {
			v.ask(op, s.opening(op, container), "has %d entries", len(s.entries))
		}
		b := slices.Clone(container)
		b[len(b)-1] ^= 1
		v.ask("archive.restore", s.opening("archive.restore", b), "has another tag at its end")
	}
}

func (v *headers) stateOfKeyrings() {
	seed := v.r.Int63()
	for range 5 {
		s := drawRing(v.r)
		s.seed = seed
		container := s.container()
		v.ask("keyring.open", s.opening(container), "has the epochs %d", s.epochs)
		b := slices.Clone(container)
		b[len(b)-1-v.r.Intn(30)] ^= 1
		v.ask("keyring.open", s.opening(b), "has the epochs %d, and another chunk", s.epochs)
	}
}

func (v *headers) stateOfPaths() {
	for range 4 {
		s := drawNames(v.r)
		for _, platform := range []string{"posix", "apple", "windows"} {
			s.platform = platform
			v.ask("path.portable", s.input(), "names %v", s)
		}
	}
}

func (v *headers) stateOfSalvage() {
	seed := v.r.Int63()
	for range 3 {
		s := drawArchive(v.r)
		s.seed = seed
		container := s.container()
		for range 3 {
			v.ask("archive.salvage", s.opening("archive.salvage", container), "has %d entries, and is damaged or not", len(s.entries))
			container = slices.Clone(container)
			container[len(container)-1-v.r.Intn(100)] ^= 1
		}
	}
}

// generatedStates ask one process related things in a row.
func generatedStates(seed int64) []check {
	of := func(subject, profiles string, collect func(v *headers)) check {
		return drawnCheck(seed, subject, "state", "ERR-1", profiles,
			"What was asked before, about the same key, id or salt, does not show in an answer.", related(collect))
	}
	return []check{
		of("key", "reader", (*headers).stateOfKeys),
		of("cobblestone", "reader", (*headers).stateOfMessages),
		of("password", "password", (*headers).stateOfPasswords),
		of("container", "reader password vault passkey", (*headers).stateOfContainers),
		of("archive", "reader", (*headers).stateOfArchives),
		of("path", "reader", (*headers).stateOfPaths),
		of("keyring", "reader", (*headers).stateOfKeyrings),
		of("salvage", "salvage", (*headers).stateOfSalvage),
	}
}
