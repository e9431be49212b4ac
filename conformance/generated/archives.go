package generated

import (
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
)

func propertiesOfKeyrings(seed int64) []cases.Case {
	opens := func(a *cases.Asker, s samples.Keyring) report.Outcome {
		return a.AskBoth("keyring.open", s.Opening(s.Container()))
	}
	return []cases.Case{
		samples.Property[samples.Keyring]{
			Subject: "keyring", Name: "open", Comment: "A keyring says what was sealed in it.",
			Requirements: "KRG-3", Profiles: "reader", Runs: 20, Draw: samples.DrawKeyring, Try: opens,
		}.Case(seed),
	}
}

func propertiesOfArchives(seed int64) []cases.Case {
	reads := func(op, requirements, comment string) cases.Case {
		return samples.Property[samples.Archive]{
			Subject: "archive", Name: strings.TrimPrefix(op, "archive."), Comment: comment, Requirements: requirements, Profiles: "reader", Runs: 30, Draw: samples.DrawArchive,
			Try: func(a *cases.Asker, s samples.Archive) report.Outcome {
				return a.AskBoth(op, s.Opening(op, s.Container()))
			},
		}.Case(seed)
	}
	return []cases.Case{
		reads("archive.list", "ARC-7", "Every entry of an archive is listed, with the path, the kind, the time and the size that it has."),
		reads("archive.extract", "ARC-7", "An entry of an archive comes out as it went in."),
		reads("archive.restore", "ARC-7 ARC-29", "All entries of an archive come out as they went in."),
	}
}
