package audits

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/vectors"
)

// refused asks for what no writer may write. It is refused under whichever name.
func refused(a *cases.Asker, op string, input vectors.Object) report.Outcome {
	answer, bad := a.Ask(op, input)
	switch {
	case bad != nil:
		return *bad
	case answer.Error != "":
		return cases.Passed()
	case answer.Unsupported != "":
		return cases.Absent(op, answer)
	}
	o := cases.Failed("sealed what no writer may write")
	o.Want, o.Got = "an error, whichever name", cases.Brief(answer.Output)
	return o
}

// refuses is the audit that none of these is sealed.
func refuses(draw func(r *rand.Rand) []inputs.Archive) auditRun {
	return func(a *cases.Asker, r *rand.Rand) report.Outcome {
		for _, j := range draw(r) {
			if o := refused(a, "container.seal", j.Input()); o.Verdict != report.Pass {
				o.Sample = fmt.Sprintf("the producer %.40q, the entries %s", j.Producer, briefEntries(j.Entries))
				return o
			}
		}
		return cases.Passed()
	}
}

func briefEntries(all []inputs.Entry) string {
	var shown []string
	for _, e := range all {
		shown = append(shown, fmt.Sprintf("%.40q kind %d time %d", e.Path, e.Kind, e.Modified))
	}
	return strings.Join(shown, "; ")
}

// refusesEntry is the audit that an entry is not sealed, wherever it stands among
// others. change makes a good entry such a one.
func refusesEntry[T any](change func(e *inputs.Entry, value T), values ...T) auditRun {
	return refuses(func(r *rand.Rand) (all []inputs.Archive) {
		for _, v := range values {
			for _, at := range []int{0, 2, 4} {
				j := drawn.Archive(r)
				j.Entries = entriesOf(r, []string{"a", "b/c", "d", "e/f/g", "h"})
				change(&j.Entries[at], v)
				all = append(all, j)
			}
		}
		return all
	})
}

func refusesPaths(paths ...string) auditRun {
	return refusesEntry(func(e *inputs.Entry, path string) { e.Path = path }, paths...)
}

// refusesTogether is the audit that entries whose paths exclude each other are not
// sealed, in whatever order, and whatever stands between.
func refusesTogether(pairs ...[2]string) auditRun {
	return refuses(func(r *rand.Rand) (all []inputs.Archive) {
		for _, pair := range pairs {
			for _, turned := range []bool{false, true} {
				for _, between := range [][]string{nil, {"m", "n"}} {
					first, last := pair[0], pair[1]
					if turned {
						first, last = last, first
					}
					j := drawn.Archive(r)
					j.Entries = entriesOf(r, slices.Concat([]string{first}, between, []string{last}))
					all = append(all, j)
				}
			}
		}
		return all
	})
}

// refusesSlots is the audit that none of these lists of slots is sealed, or put in
// the place of others: every other one is asked of the one op.
func refusesSlots(draw func(r *rand.Rand) [][]vectors.Object) auditRun {
	return func(a *cases.Asker, r *rand.Rand) report.Outcome {
		plain := drawn.Archive(r)
		container := drawn.Sealed(r, plain)
		for i, slots := range draw(r) {
			o := cases.Passed()
			if i%2 == 0 {
				o = refused(a, "container.seal", drawn.Slotted(r, slots...).Input())
			} else {
				o = refused(a, "container.set_slots", inputs.Replacing(container, plain.Key, slots...))
			}
			if o.Verdict != report.Pass {
				o.Sample = "the slots " + cases.Brief(inputs.List(slots))
				return o
			}
		}
		return cases.Passed()
	}
}

// eachPlace returns three slots with the bad one first, between and last.
func eachPlace(r *rand.Rand, bad ...vectors.Object) (all [][]vectors.Object) {
	for _, one := range bad {
		for at := range 3 {
			all = append(all, slices.Insert(drawn.Passkeys(r, 2), at, one))
		}
	}
	return all
}

// refusesRings is the audit that none of these keyrings is sealed. Each is made from
// a good one of five old keys.
func refusesRings(changes ...func(g *inputs.Keyring)) auditRun {
	return func(a *cases.Asker, r *rand.Rand) report.Outcome {
		for i, change := range changes {
			g := drawn.Keyring(r, 5)
			change(&g)
			if o := refused(a, "keyring.seal", g.Input()); o.Verdict != report.Pass {
				o.Sample = fmt.Sprintf("the epochs %d of the old keys, %d of the key; number %d", g.Epochs, g.Epoch, i+1)
				return o
			}
		}
		return cases.Passed()
	}
}

// beyondTime are times that the format cannot hold. The second would be a time that
// is not known.
var beyondTime = []int64{inputs.Latest + 1, -inputs.Latest - 1, inputs.Latest + 2, -inputs.Latest - 2, 1 << 52, -1 << 52, 1<<53 - 1, 1 - 1<<53}

func refusalAudits() []audit {
	long := strings.Repeat("a", 1025)
	producing := func(producers ...string) auditRun {
		return refuses(func(r *rand.Rand) (all []inputs.Archive) {
			for _, p := range producers {
				j := drawn.Archive(r)
				j.Producer = p
				all = append(all, j)
			}
			return all
		})
	}
	return []audit{
		{"refuses-unsafe-path", "CON-10", "", "A path that leads out of the folder, or has an empty part, is not written.",
			refusesPaths("", "/", "/x", "x/", "x//y", ".", "..", "./x", "../x", "x/.", "x/..", "x/./y", "x/../y", "../../x")},
		{"refuses-character", "CON-10", "", "A path with a control character or a backslash is not written.",
			refusesPaths("x\x00", "\x01x", "x\ny", "x/\x1f", "x\x7fy", "x\u0080", "x\u0085y", "x\u009f/y", `x\y`, `\x`)},
		{"refuses-long-path", "CON-10", "", "A path of more than 1024 bytes is not written.",
			refusesPaths(long, strings.Repeat("é", 512)+"a", strings.Repeat("b/", 512)+"b")},
		{"refuses-long-path-when-normalized", "ARC-6 CON-10", "", "Nor is one that has more than 1024 in normalization form C.", refusesPaths(strings.Repeat("\u0958", 171))},
		{"short-path-when-normalized", "ARC-6", "", "One that has 1024 bytes in it, and more as it was given, is.",
			sealsOne(entering(func(r *rand.Rand) []inputs.Entry { return entriesOf(r, []string{strings.Repeat("e\u0301", 512)}) }))},
		{"refuses-path-twice", "ARC-6 CON-10", "", "A path is not written twice, and two that are one in normalization form C are not.",
			refusesTogether([2]string{"a", "a"}, [2]string{"\u00e9", "e\u0301"}, [2]string{"x/\u1112\u1161\u11ab", "x/\ud55c"}, [2]string{"\u212b", "\u00c5"})},
		{"refuses-entry-as-folder", "CON-10", "", "A path is not an entry and a folder, near or far.",
			refusesTogether([2]string{"a", "a/b"}, [2]string{"a", "a/b/c"}, [2]string{"a/b", "a/b/c/d"}, [2]string{"e\u0301", "\u00e9/x"})},
		{"refuses-folder-behind-others", "CON-10", "", "Nor is it if paths in the order of the bytes lie between.", refuses(func(r *rand.Rand) []inputs.Archive {
			j := drawn.Archive(r)
			j.Entries = entriesOf(r, drawn.Shuffled(r, []string{"a", "a b", "a-b", "a.b", "a/b"}))
			return []inputs.Archive{j}
		})},
		{"refuses-unknown-kind", "ARC-4", "", "A kind that is not in the list is not written.",
			refusesEntry(func(e *inputs.Entry, kind archive.Kind) { e.Kind = kind }, 9, 10, 16, 127, 128, 200, 255)},
		{"refuses-late-time", "CON-4 ARC-82", "", "A time of 2^51 milliseconds after 1970, or before, is not written.",
			refusesEntry(func(e *inputs.Entry, t int64) { e.Modified = t }, beyondTime...)},
		{"refuses-late-creation", "CON-4 ARC-82", "", "Nor is such a time of creation.", refuses(func(r *rand.Rand) (all []inputs.Archive) {
			for _, t := range beyondTime {
				j := drawn.Archive(r)
				j.Created = t
				all = append(all, j)
			}
			return all
		})},
		{"refuses-character-in-producer", "CON-10", "", "A producer with a control character is not written.",
			producing("a\nb", "\x00", "a\x1f", "\x7fa", "a\u0080", "\u009f", "a\u0085b", "a\tb")},
		{"refuses-long-producer", "CON-10", "", "A producer of more than 255 bytes is not written.", producing(strings.Repeat("a", 256), strings.Repeat("é", 128), strings.Repeat("a", 300))},
		{"refuses-password-beside-vault", "CON-10", "password vault", "No password slot is put beside a vault slot.", refusesSlots(func(r *rand.Rand) [][]vectors.Object {
			return [][]vectors.Object{{drawn.PasswordSlot(r), drawn.Vault(r)}, {drawn.Vault(r), drawn.PasswordSlot(r)}}
		})},
		{"refuses-two-vaults", "CON-10", "vault passkey", "Two vault slots are not written.", refusesSlots(func(r *rand.Rand) [][]vectors.Object {
			return [][]vectors.Object{{drawn.Vault(r), drawn.Vault(r)}, {drawn.Vault(r), drawn.Vault(r)}, {drawn.Vault(r), drawn.Passkey(r), drawn.Vault(r)}}
		})},
		{"refuses-two-passwords", "CON-10", "password", "Two password slots are not written.", refusesSlots(func(r *rand.Rand) [][]vectors.Object {
			return [][]vectors.Object{{drawn.PasswordSlot(r), drawn.PasswordSlot(r)}}
		})},
		{"refuses-passkey-twice", "CON-10", "passkey", "Two slots for one passkey are not written.", refusesSlots(func(r *rand.Rand) [][]vectors.Object {
			one := drawn.Passkey(r)
			again := inputs.With(inputs.With(one, "prf", drawn.Hex(r, 32)), "salt", drawn.Hex(r, 32))
			return [][]vectors.Object{{one, again}, {one, drawn.Passkey(r), again}, append(append(drawn.Passkeys(r, 14), one), again)}
		})},
		{"refuses-rp-id", "CON-10", "passkey", "An RP ID that is empty, too long, or has another character than may be is not written.", refusesSlots(func(r *rand.Rand) (all [][]vectors.Object) {
			for _, id := range []string{"", strings.Repeat("a", 256), "Chat.example", "a_b", "a b", "a/b", "é.example", "a\x00", "a:1", "{", "`", "@"} {
				all = append(all, eachPlace(r, inputs.With(drawn.Passkey(r), "rp_id", id))...)
			}
			return all
		})},
		{"refuses-credential", "CON-10", "passkey", "A credential that is empty, or of more than 1023 bytes, is not written.", refusesSlots(func(r *rand.Rand) [][]vectors.Object {
			return eachPlace(r, inputs.With(drawn.Passkey(r), "credential", ""), inputs.With(drawn.Passkey(r), "credential", drawn.Hex(r, 1024)))
		})},
		{"refuses-seventeen-slots", "CON-10", "passkey", "Seventeen slots are not written.", refusesSlots(func(r *rand.Rand) [][]vectors.Object {
			return [][]vectors.Object{drawn.Passkeys(r, 17), drawn.Passkeys(r, 17), drawn.Passkeys(r, 20)}
		})},
		{"refuses-costs", "CON-10", "password", "A password slot of more memory, passes or lanes than readers accept, or of none, is not written.", refusesCosts(
			[3]uint32{262145, 3, 1}, [3]uint32{65536, 11, 1}, [3]uint32{65536, 3, 5}, [3]uint32{65536, 3, 255}, [3]uint32{65536, 1 << 31, 1}, [3]uint32{1<<32 - 1, 3, 1})},
		{"refuses-no-cost", "SLT-11", "password", "A password slot of no memory, no passes or no lanes is not written: zero asks for no default.", refusesSlots(func(r *rand.Rand) (all [][]vectors.Object) {
			for _, names := range [][]string{{"memory_kib"}, {"passes"}, {"lanes"}, {"memory_kib", "passes"}, {"memory_kib", "passes", "lanes"}} {
				slot := drawn.PasswordSlotOf(r, 65536, 3, 1)
				for _, name := range names {
					slot[name] = 0
				}
				all = append(all, []vectors.Object{slot})
			}
			return all
		})},
		{"refuses-weak-memory", "SLT-11", "password", "A password slot of less memory than writers use is not written.", refusesCosts(
			[3]uint32{65535, 3, 1}, [3]uint32{65535, 0, 0}, [3]uint32{65535, 10, 4}, [3]uint32{32768, 6, 1}, [3]uint32{8, 3, 1})},
		{"refuses-few-passes", "SLT-11", "password", "A password slot of less passes than writers use is not written.", refusesCosts(
			[3]uint32{65536, 2, 1}, [3]uint32{0, 2, 0}, [3]uint32{262144, 2, 4}, [3]uint32{65536, 1, 1})},
		{"refuses-password", "PWD-9", "password", "A password that is none is not written.", refusesSlots(func(r *rand.Rand) (all [][]vectors.Object) {
			for _, p := range []string{"", "\x00", "a\nb", "a\x7f", "\u0085", "\xff", strings.Repeat("a", 1025)} {
				all = append(all, []vectors.Object{inputs.With(drawn.PasswordSlot(r), "password", inputs.Hex([]byte(p)))})
			}
			return all
		})},
		{"refuses-keyring-without-set", "CON-10", "", "A keyring without a set, or of epoch 0, is not written.",
			refusesRings(func(g *inputs.Keyring) { g.SetID = make([]byte, 16) }, func(g *inputs.Keyring) { g.Epoch, g.Epochs, g.Old = 0, nil, nil }, func(g *inputs.Keyring) { g.Epoch = 0 })},
		{"refuses-keyring-without-writer", "CON-10", "", "A keyring without a writer, or that names a commit only in part, is not written.",
			refusesRings(func(g *inputs.Keyring) { g.Writer = make([]byte, 16) }, func(g *inputs.Keyring) { g.Generation = 0 }, func(g *inputs.Keyring) { g.Head = make([]byte, 32) })},
		{"refuses-keyring-late-epoch", "CON-4", "", "A keyring of epoch 2^52, with an old key of it, of generation 2^52 or of a time beyond the format is not written.",
			refusesRings(func(g *inputs.Keyring) { g.Epoch = 1 << 52 }, func(g *inputs.Keyring) { g.Epoch, g.Epochs[4] = 1<<52+1, 1<<52 }, func(g *inputs.Keyring) { g.Generation = 1 << 52 }, func(g *inputs.Keyring) { g.Created = inputs.Latest + 1 })},
		{"refuses-keyring-epochs", "CON-10", "", "Old keys that are not in the order of their epochs, or not before the key, are not written.", refusesRings(
			func(g *inputs.Keyring) { g.Epochs[0] = 0 },
			func(g *inputs.Keyring) { g.Epochs[1] = g.Epochs[0] }, func(g *inputs.Keyring) { g.Epochs[2] = g.Epochs[1] }, func(g *inputs.Keyring) { g.Epochs[4] = g.Epochs[3] },
			func(g *inputs.Keyring) { slices.Reverse(g.Epochs) }, func(g *inputs.Keyring) { g.Epochs[3], g.Epochs[4] = g.Epochs[4], g.Epochs[3] },
			func(g *inputs.Keyring) { g.Epochs[0], g.Epochs[1] = g.Epochs[1], g.Epochs[0] },
			func(g *inputs.Keyring) { g.Epoch = g.Epochs[4] }, func(g *inputs.Keyring) { g.Epochs[4] = g.Epoch + 1 }, func(g *inputs.Keyring) { g.Epoch = g.Epochs[3] })},
		{"refuses-keyring-key-twice", "CON-10", "", "A key is not written twice, nor the key itself as an old one.", refusesRings(
			func(g *inputs.Keyring) { g.Old[1] = g.Old[0] }, func(g *inputs.Keyring) { g.Old[4] = g.Old[0] }, func(g *inputs.Keyring) { g.Old[4] = g.Old[3] }, func(g *inputs.Keyring) { g.Old[3] = g.Old[1] },
			func(g *inputs.Keyring) { g.Old[0] = g.Key }, func(g *inputs.Keyring) { g.Old[2] = g.Key }, func(g *inputs.Keyring) { g.Old[4] = g.Key })},
		{"refuses-keyring-1025-keys", "CON-10", "", "A keyring of 1025 old keys is not written.", refusesRings(func(g *inputs.Keyring) { grow(g, 1025) }, func(g *inputs.Keyring) { grow(g, 2000) })},
		{"refuses-keyring-slot-twice", "CON-10", "passkey", "A keyring with two slots for one passkey, or seventeen, is not written.", func(a *cases.Asker, r *rand.Rand) report.Outcome {
			one := drawn.Passkey(r)
			if o := refused(a, "keyring.seal", drawn.Keyring(r, 1, one, one).Input()); o.Verdict != report.Pass {
				return o
			}
			return refused(a, "keyring.seal", drawn.Keyring(r, 1, drawn.Passkeys(r, 17)...).Input())
		}},
	}
}

// refusesCosts is the audit that none of these memories, passes and lanes is
// written. What is 0 is not stated.
func refusesCosts(all ...[3]uint32) auditRun {
	return refusesSlots(func(r *rand.Rand) (slots [][]vectors.Object) {
		for _, c := range all {
			slots = append(slots, []vectors.Object{drawn.PasswordSlotOf(r, c[0], c[1], c[2])})
		}
		return slots
	})
}
