package vectors

import (
	"fmt"
	"maps"
	"strings"
)

// Excuse says, in one sentence for each, why a requirement of the specification
// does without evidence of a kind: "" is no excuse.
type Excuse struct {
	Accept string // why no case can show that what obeys it is accepted
	Reject string // why no case can show that what breaks it is refused
	Code   string // why no code can cite it
}

// Unseen returns why no case can show anything of a requirement, or "".
func (e Excuse) Unseen() string {
	if e.Accept == "" || e.Reject == "" {
		return ""
	}
	return e.Accept
}

// Excuses returns the excuse of every requirement that has one, by its id. Every
// other requirement has a case that accepts and one that refuses, or an audit, and
// code that cites it.
func Excuses() map[string]Excuse { return maps.Clone(excuses) }

var excuses = excusesIn(excused)

// excusesIn panics if a requirement is excused twice from the same.
func excusesIn(rows []excuseRow) map[string]Excuse {
	all := map[string]Excuse{}
	for _, row := range rows {
		for _, id := range strings.Fields(row.ids) {
			e := all[id]
			for _, kind := range strings.Fields(row.from) {
				reason := map[string]*string{"accept": &e.Accept, "reject": &e.Reject, "code": &e.Code}[kind]
				if reason == nil || *reason != "" {
					panic(fmt.Sprintf("vectors: internal error: %s is excused from %s twice, or from what there is not", id, kind))
				}
				*reason = row.reason
			}
			all[id] = e
		}
	}
	return all
}

// excuseRow excuses requirements from kinds of evidence: "accept" and "reject" are
// cases, "code" is a citation.
type excuseRow struct{ ids, from, reason string }

// excused are the excuses, those with one reason together.
var excused = []excuseRow{
	// Nothing that crosses the protocol depends on them.
	{"KEY-1 KEY-2", "accept reject", "Every op that seals is given its key; none draws one."},
	{"KEY-10 KEY-11", "accept reject",
		"What is said to the holder beside the name of an error is free text, in any language, which cases do not " +
			"compare."},
	{"KEY-12 PWD-12", "accept reject",
		"That a secret is in no log and no message cannot be seen in the answer to a request."},
	{"KEY-14 HDR-16", "accept reject",
		"What is shown to a person beside the fields of a header is not a part of the op that reads them."},
	{"COB-1", "accept reject",
		"The protocol gives only input keys of 32 bytes: another length is a mistake in a program and has no " +
			"error name."},
	{"COB-3", "accept reject",
		"The op that seals a message is given the salt; the salts that a writer draws for containers are audited " +
			"under [HDR-1] and [SLT-5]."},
	{"COB-4", "accept reject",
		"Whoever asks for two messages under one salt breaks the rule, not the implementation that is asked."},
	{"COB-6 COB-18", "accept reject", "All of the 4 PiB would have to be sealed or opened."},
	{"PWD-13 PWD-14 PWD-15", "accept reject",
		"The ops are not told whether a password is a new one, and these are recommendations for that moment " +
			"alone."},
	{"SLT-13 SLT-23", "accept reject", "How often Argon2id runs is in no answer; the subject resources measures it."},
	{"ERR-7", "accept reject", "No request makes the operating system fail."},
	{"SLT-4", "accept reject",
		"The protocol asks for slots by the names of the listed types and has no word for another."},
	{"SLT-18", "accept reject",
		"A request states the salt of a passkey slot: the passkey has been asked about it before."},
	{"SLT-14", "accept reject", "It forbids going to an address; a request has the result of the recovery."},
	{"HDR-3", "accept reject", "It binds the program that uploads, and no op does."},
	{"ARC-16 ARC-17", "accept reject",
		"A request to seal has the whole content of every entry, which cannot shrink while it is read."},
	{"ARC-32 ARC-33 ARC-34 ARC-84 ERR-5", "accept reject", "No op writes files."},
	{"ARC-42", "accept reject",
		"What is said to the holder beside the name of an error is free text, which cases do not compare."},
	{"ARC-81", "accept reject", "The op that names files is given no folder, and so no names that were there before."},
	{"ARC-70", "accept reject", "The op that verifies a container restores it, too."},
	{"SLV-12", "accept reject", "No op writes files."},
	{"SLV-13", "accept reject", "No op writes files, and the rule is a permission."},

	// Backup sets: what is only advised, and what no store of the suite does.
	{"ARC-90 SET-6 SET-30 SET-32", "accept reject",
		"A case would turn the recommendation into a rule: the tests of ref/set look at what a run makes."},
	{"LIF-25 LIF-26", "accept reject",
		"What the holder is told of a set, and which entries come first, is in no answer: the tests of cmd/coffer " +
			"compare what is printed."},
	{"LIF-27", "accept reject",
		"What a reader asks of a store is in no answer: the tests of cmd/internal/fetch and of cmd/coffer see it."},
	{"SET-36 SET-38", "reject",
		"Nothing is refused on account of it: the order of checks and what another entry costs show in an output."},
	{"SET-39", "accept reject",
		"The outcome of the whole is not in an answer, which has each entry's: the tests of cmd/coffer compare the exit status."},
	{"SET-34", "accept reject",
		"A request has objects that can be read: the tests of ref/set have a store that does not answer."},
	{"SET-24", "reject", "Whoever fetches a container in parts is refused nothing."},
	{"LIF-2 LIF-3 LIF-4", "accept reject",
		"What a device keeps is in no answer: the tests of cmd/internal/device read it, and stop it at any moment."},
	{"LIF-14 LIF-17 LIF-18 LIF-31", "accept reject",
		"No request has files that change, a holder to ask, or a head of an hour ago: the tests of cmd/internal/backup do."},
	{"LIF-35 LIF-37", "accept reject",
		"No request has a holder, or a run of a device that was interrupted when it began an epoch: the tests of cmd/coffer do."},

	// The vault: what no request shows.
	{"VLT-21", "accept reject", "Nobody stops a vault between a change and its answer: the tests of cmd/internal/vaultd and cmd/coffer-vault do, and kill it."},
	{"VLT-2 VLT-3 VLT-4", "accept reject", "No case has a client connect: the tests of ref/vault/channel do, in each wrong way."},
	{"VLT-9 VLT-14 VLT-41 VLT-44 VLT-47 VLT-54 VLT-55", "accept reject",
		"No case gives a client several accounts, a keyring to make or HTTP, or measures it: the tests of ref/vault/client do."},
	{"VLT-56 VLT-57 VLT-59 VLT-60", "accept reject",
		"No case runs a vault, or floods one: the tests of cmd/internal/vaultd and cmd/coffer-vault do, and kill it."},
	{"VLT-61 VLT-62 VLT-63 VLT-64 VLT-65", "accept reject",
		"No case runs the members of a vault: the tests of cmd/fleet do, part them, kill them and set them back."},
	{"VLT-58", "accept reject code", "It binds who operates a vault; what the program can do about it is [VLT-57]."},
	{"VLT-1 VLT-30 VLT-31 VLT-32 VLT-39 VLT-42 VLT-43 VLT-48 VLT-52 VLT-66", "accept reject",
		"No case asks a vault: the tests of cmd/internal/life do, interrupted everywhere, and those of cmd/coffer see what " +
			"the holder is told."},

	// Writers, and what is computed: the output is compared, nothing is refused.
	{"KEY-4 KEY-13", "reject",
		"Any key can be shown: nothing is refused, and the output is compared with the only right one."},
	{"SLT-22", "reject", "It binds writers: there is nothing to refuse, and what they seal is compared byte by byte."},
	{"KEY-16 KEY-17", "reject",
		"A repair that finds no key says so in its output, which is compared, and not with an error."},
	{"ARC-35 ARC-36 ARC-37 ARC-50 ARC-51 ARC-52 ARC-53 ARC-54 ARC-55 ARC-56 ARC-57 ARC-58 ARC-59 ARC-60", "reject",
		"Every path gets a name: nothing is refused, and the names are compared with the only right ones."},

	{"ARC-39 ARC-46 ARC-83 ARC-86 ARC-93 KRG-10 SET-10 SET-15", "reject",
		"Nothing is refused on account of it: what it says is in an output, which is compared with the only right one."},

	// Rules that only forbid a refusal.
	{"CON-11", "code", "It forbids refusing, and where nothing is refused there is no code."},
	{"CON-11 COB-20 COB-21 PWD-11 ARC-3 ARC-28 ARC-43 ARC-47 ARC-78 SLV-18", "reject",
		"It forbids refusing, so that whoever breaks it refuses what a case says to accept."},

	// Rules about refusing alone.
	{"CON-8", "accept",
		"The time of a comparison is not measured; that all bytes are compared shows only where something is " +
			"refused."},
	{"CON-9 ERR-1 ERR-2 ERR-3", "accept", "It speaks of refusals alone."},
	{"KEY-18 KEY-19", "accept",
		"The holder's agreement to a repair is no part of the protocol, so that no container is opened with a " +
			"repaired key."},

	// Outputs that hold errors.
	{"COB-14", "reject",
		"What the requests to one opening give in turn, errors among them, is an output, which is compared, and " +
			"not an error."},
	{"SLV-2 SLV-3 SLV-5 SLV-6 SLV-7 SLV-8 SLV-9 SLV-10 SLV-11 SLV-14 SLV-20 SLV-21 SLV-22 SLV-23 " +
		"SLV-24 SLV-25 SLV-26 SLV-27 SLV-28 SLV-29 SLV-30 SLV-31 SLV-32 SLV-33 SLV-34 SLV-35 SLV-40", "reject",
		"What salvage finds, and the first fault that it tolerated, is an output, which is compared, and not an " +
			"error."},
}
