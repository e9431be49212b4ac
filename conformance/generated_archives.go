package conformance

import (
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
)

func generatedKeyrings(seed int64) []cases.Case {
	opens := func(a *cases.Asker, s ringSample) report.Outcome {
		return a.AskBoth("keyring.open", s.opening(s.container()))
	}
	return []cases.Case{
		property[ringSample]{
			"keyring", "open", "A keyring says what was sealed in it.",
			"KRG-3", "reader", 20, drawRing, opens,
		}.check(seed),
	}
}

func generatedArchives(seed int64) []cases.Case {
	reads := func(op, requirements, comment string) cases.Case {
		return property[archiveSample]{
			"archive", strings.TrimPrefix(op, "archive."), comment, requirements, "reader", 30, drawArchive,
			func(a *cases.Asker, s archiveSample) report.Outcome {
				return a.AskBoth(op, s.opening(op, s.container()))
			},
		}.check(seed)
	}
	return []cases.Case{
		reads("archive.list", "ARC-7", "Every entry of an archive is listed, with the path, the kind, the time and the size that it has."),
		reads("archive.extract", "ARC-7", "An entry of an archive comes out as it went in."),
		reads("archive.restore", "ARC-7 ARC-29", "All entries of an archive come out as they went in."),
	}
}
