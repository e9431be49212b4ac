package conformance

import (
	"strings"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/vectors"
)

// writerAudits returns the audits of subject "writer".
func writerAudits() []check {
	one := []entry{{"a", archive.Other, 0, []byte("content")}}
	paths := func(names ...string) job {
		var j job
		for _, name := range names {
			j.entries = append(j.entries, entry{name, archive.Other, 0, nil})
		}
		return j
	}
	many := job{entries: one}
	for i := range 17 {
		many.slots = append(many.slots, passkeySlot(byte(10*i)))
	}
	audit := func(id, comment string, requirements, profiles string, run func(*asker) report.Outcome) check {
		return check{
			id: "writer/" + id, subject: "writer", comment: comment,
			requirements: strings.Fields(requirements), profiles: strings.Fields("writer " + profiles), run: run,
		}
	}
	return []check{
		audit("key-only", "A container without slots is opened by the reference and obeys every rule for writers.",
			"ARC-1 ARC-2 ARC-6 ARC-8 ARC-11 HDR-5 KEY-3", "", sealAndCheck(job{entries: auditEntries()})),
		audit("no-entries", "A container without entries is one, too.",
			"ARC-1 ARC-8", "", sealAndCheck(job{})),
		audit("full-chunks", "A plaintext that fills its chunks ends in an empty one.",
			"ARC-8", "", sealAndCheck(job{entries: []entry{{"a", archive.Other, 0, patternBytes(1, 32768-400)}}})),
		audit("password-defaults", "A password slot of which no parameters are asked for has at least the least ones, and the password opens it.",
			"SLT-11", "password", sealAndCheck(job{slots: []vectors.Object{passwordSlot()}, entries: one})),
		audit("vault-slot", "A vault slot is opened with the export key.",
			"HDR-5", "vault", sealAndCheck(job{slots: []vectors.Object{vaultSlot()}, entries: one})),
		audit("passkey-slots", "Two passkey slots stay in their order, and each passkey opens its own.",
			"HDR-5", "passkey", sealAndCheck(job{slots: []vectors.Object{passkeySlot(1), passkeySlot(100)}, entries: one})),
		audit("fresh-salts", "Four containers with the same content under the same key share no salt, even across processes.",
			"CON-7 HDR-1 HDR-2", "", freshSalts(job{entries: one}.seal)),
		audit("fresh-salts-passkey", "The salts of sealed keys do not repeat either.",
			"CON-7 HDR-1 SLT-5", "passkey", freshSalts(job{slots: []vectors.Object{passkeySlot(1), passkeySlot(100)}, entries: one}.seal)),
		audit("fresh-salts-password", "The salts of password slots do not repeat either.",
			"CON-7 HDR-1 SLT-5 SLT-12", "password", freshSalts(job{slots: []vectors.Object{passwordSlot()}, entries: one}.seal)),
		audit("fresh-salts-keyring", "Keyrings with the same content share no salt.",
			"CON-7 HDR-1 SLT-5", "vault", freshSalts(func(a *asker) (*sealed, *report.Outcome) { return produce(a, "keyring.seal", keyringInput()) })),
		audit("round-trip", "The implementation restores what it has sealed.",
			"ARC-29", "reader", roundTrip),
		audit("set-slots", "Replacing the slots leaves the payload as it is.",
			"HDR-4 SLT-5", "passkey", otherSlots),
		audit("keyring", "A keyring says what it was asked to say, and its slot opens.",
			"HDR-5", "vault", sealKeyring),
		audit("refuses-parent-path", "A path that leads out of the folder is not written.",
			"CON-10", "", refuses(paths("../a"))),
		audit("refuses-control-character", "A path with a line feed is not written.",
			"CON-10", "", refuses(paths("a\nb"))),
		audit("refuses-long-path", "A path of 1025 bytes is not written.",
			"CON-10", "", refuses(paths(strings.Repeat("a", 1025)))),
		audit("refuses-path-twice", "A path is not written twice.",
			"CON-10", "", refuses(paths("a", "b", "a"))),
		audit("refuses-path-twice-when-normalized", "Two paths that are one in normalization form C are not both written.",
			"ARC-6 CON-10", "", refuses(paths("\u00e9", "e\u0301"))),
		audit("refuses-entry-as-folder", "A path is not an entry and a folder.",
			"CON-10", "", refuses(paths("a", "a/b"))),
		audit("refuses-entry-as-outer-folder", "Nor is it if other folders lie between.",
			"CON-10", "", refuses(paths("a", "a/b/c"))),
		audit("refuses-folder-as-entry", "Nor is it if the folder comes first.",
			"CON-10", "", refuses(paths("a/b", "a"))),
		audit("refuses-outer-folder-as-entry", "Nor is it if the folder comes first, and others lie between.",
			"CON-10", "", refuses(paths("a/b/c", "a"))),
		audit("refuses-unknown-kind", "A kind that is not in the list is not written.",
			"ARC-4", "", refuses(job{entries: []entry{{"a", 200, 0, nil}}})),
		audit("refuses-late-time", "A time of 2^52 milliseconds is not written.",
			"CON-4", "", refuses(job{entries: []entry{{"a", archive.Other, 1 << 52, nil}}})),
		audit("refuses-late-creation", "A time of creation of 2^52 milliseconds is not written.",
			"CON-4", "", refuses(job{created: 1 << 52})),
		audit("refuses-control-character-in-producer", "A producer with a line feed is not written.",
			"CON-10", "", refuses(job{producer: "a\nb"})),
		audit("refuses-long-producer", "A producer of 256 bytes is not written.",
			"CON-10", "", refuses(job{producer: strings.Repeat("a", 256)})),
		audit("refuses-password-beside-vault", "A password slot is not put beside a vault slot.",
			"CON-10", "password vault", refuses(job{slots: []vectors.Object{passwordSlot(), vaultSlot()}, entries: one})),
		audit("refuses-passkey-twice", "Two slots for one passkey are not written.",
			"CON-10", "passkey", refuses(job{slots: []vectors.Object{passkeySlot(1), passkeySlot(1)}, entries: one})),
		audit("refuses-long-rp-id", "A passkey slot for an RP ID of 256 bytes is not written.",
			"CON-10", "passkey", refuses(job{slots: []vectors.Object{with(passkeySlot(1), "rp_id", strings.Repeat("a", 256))}, entries: one})),
		audit("refuses-capital-in-rp-id", "A passkey slot for an RP ID with a capital letter is not written.",
			"CON-10", "passkey", refuses(job{slots: []vectors.Object{with(passkeySlot(1), "rp_id", "Chat.example")}, entries: one})),
		audit("refuses-no-credential", "A passkey slot without a credential is not written.",
			"CON-10", "passkey", refuses(job{slots: []vectors.Object{with(passkeySlot(1), "credential", "")}, entries: one})),
		audit("refuses-eleven-passes", "A password slot of more passes than readers accept is not written.",
			"CON-10", "password", refuses(job{slots: []vectors.Object{costing(8, 11, 1)}, entries: one})),
		audit("refuses-five-lanes", "A password slot of more lanes than readers accept is not written.",
			"CON-10", "password", refuses(job{slots: []vectors.Object{costing(40, 3, 5)}, entries: one})),
		audit("refuses-little-memory", "A password slot of less memory than its lanes need is not written.",
			"CON-10", "password", refuses(job{slots: []vectors.Object{costing(15, 3, 2)}, entries: one})),
		audit("refuses-seventeen-slots", "Seventeen slots are not written.",
			"CON-10", "passkey", refuses(many)),
	}
}
