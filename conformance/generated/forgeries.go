package generated

import (
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/ref/key"
)

func propertiesOfForgeries(seed int64) []cases.Case {
	try := func(a *cases.Asker, s samples.Forged) report.Outcome {
		return a.AskBoth(s.Op, s.Opening(s.Op, s.Forge(s.Container(), key.Key(s.KeyBytes()))))
	}
	forged := func(subject, name, requirements, profile, comment string, runs int, ops []string, parts ...string) cases.Case {
		return samples.Property[samples.Forged]{Subject: subject, Name: name, Comment: comment, Requirements: requirements, Profiles: profile, Runs: runs, Draw: samples.DrawForged(ops, parts...), Try: try}.Case(seed)
	}
	headers := []string{"header.read", "container.unlock"}
	contents := []string{"archive.list", "archive.extract", "archive.restore"}
	return []cases.Case{
		forged("container", "altered", "ERR-1 ERR-2 CON-9", "reader",
			"A container that somebody without the key altered in one place is refused under the right name, if the op looks at that place.",
			80, append(headers, contents...), forge.RawPart),
		forged("header", "resigned", "ERR-1 CON-9", "reader",
			"A header that was altered in one place and signed again is read as chapters 6 and 7 say.",
			80, headers, forge.HeadPart, forge.SlotsPart, forge.SlotsPart),
		forged("archive", "resealed", "ERR-1 CON-9 ARC-25", "reader",
			"An archive that was altered in one place and sealed again is read as chapter 8 says.",
			120, contents, forge.PlaintextPart, forge.FramePart, forge.OneRecordPart, forge.RemovedPart, forge.IndexPart, forge.FramesPart, forge.RecordsPart),
		forged("salvage", "damaged", "SLV-5 SLV-9 SLV-11 SLV-14", "salvage",
			"Of a container that was damaged in one place, the same is salvaged as by the reference.",
			60, []string{"archive.salvage"}, forge.RawPart, forge.RawPart, forge.PlaintextPart, forge.FramePart, forge.OneRecordPart, forge.IndexPart),
	}
}
