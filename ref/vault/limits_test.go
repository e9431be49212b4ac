package vault

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/spec"
)

// chapter returns chapter 18 on one line.
func chapter(t *testing.T) string {
	t.Helper()
	text, err := fs.ReadFile(spec.FS(), "18-vault.md")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

// table returns the rows of the table of a section whose first column has this head.
func table(t *testing.T, section, head string) []spec.Row {
	t.Helper()
	for _, table := range spec.Tables() {
		if table.Section == section && table.Head[0] == head {
			return table.Rows
		}
	}
	t.Fatalf("section %s has no table that begins with the column %q", section, head)
	return nil
}

// The waits are those of the table in spec section 18.6, which has each number of attempts
// once. [VLT-25]
func TestWaitsAreThoseOfTheChapter(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range table(t, "18.6", "gone") {
		for i := 0; i < len(row.Cells); i += 2 {
			gone, err := strconv.Atoi(row.Cells[i])
			if err != nil || gone < 1 || gone > MaxAttempts || seen[row.Cells[i]] {
				t.Fatalf("line %d: %q attempts gone, or a second time", row.Line, row.Cells[i])
			}
			seen[row.Cells[i]] = true
			if got := strconv.FormatUint(Wait(gone), 10); got != row.Cells[i+1] {
				t.Errorf("line %d: the wait after %d is %s in the reference", row.Line, gone, got)
			}
		}
	}
	if len(seen) != MaxAttempts {
		t.Errorf("the table has %d numbers of attempts", len(seen))
	}
	if Wait(0) != 0 {
		t.Error("there is a wait before the first attempt")
	}
}

// The chapter says the limits of the reference, and in the introduction how long ten attempts
// take.
func TestLimitsAreThoseOfTheChapter(t *testing.T) {
	text := chapter(t)
	hours := func(ms uint64) uint64 { return ms / 3600000 }
	all := uint64(0)
	for gone := range MaxAttempts {
		all += Wait(gone)
	}
	words := map[int]string{10: "ten"}
	for _, want := range []string{
		fmt.Sprintf("is valid for more than %d milliseconds", MaxTokenTime),
		fmt.Sprintf("A record that becomes live from `pending` has %s attempts.", words[MaxAttempts]),
		fmt.Sprintf("the end, %d milliseconds after the time.", SessionTime),
		fmt.Sprintf("| | time | %d hours have passed since it was registered first |", hours(PendingTime)),
		fmt.Sprintf("| | | %d days have passed since it was superseded |", hours(SupersededTime)/24),
		fmt.Sprintf("a record is `live`, and %d are `superseded` |", MaxSuperseded),
		fmt.Sprintf("for at least the %d records of an account that were destroyed last", Tombstones),
		fmt.Sprintf("try ten passwords over %d hours, and register", hours(all)),
		fmt.Sprintf("Argon2id with m = %d, t = %d, p = %d, T = 64 and a salt of 16 zero bytes", memoryKiB, passes, lanes),
		fmt.Sprintf("| context | %q |", opaqueContext),
		fmt.Sprintf("%q || every field of the token before signature", tokenLabel),
		fmt.Sprintf("%q || operation || vault || account || sequence || of || credential || registration", labelPrefix),
		fmt.Sprintf("the operation is %q or %q", Commit, Destroy),
		fmt.Sprintf("%q || vault || account || credential || version", labelPrefix+labelAnchor),
		fmt.Sprintf("%q || report", labelPrefix+labelReport),
		fmt.Sprintf("opaque anchor[%d];", AnchorSize),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("chapter 18 does not say: %s", want)
		}
	}
}

// The numbers of the enums have the names of the chapter, and no others.
func TestEnumsAreThoseOfTheChapter(t *testing.T) {
	blocks := regexp.MustCompile(`enum \{([^}]*), \(255\) \} (\w+);`)
	names := map[string][]string{"ProofType": proofNames[:], "Status": statusNames[:], "RecordState": stateNames[:]}
	for _, m := range blocks.FindAllStringSubmatch(chapter(t), -1) {
		var want []string
		for i, name := range names[m[2]] {
			want = append(want, fmt.Sprintf("%s(%d)", name, i))
		}
		if got := strings.TrimSpace(m[1]); got != strings.Join(want, ", ") {
			t.Errorf("%s: %s in the chapter, %s in the reference", m[2], got, want)
		}
		delete(names, m[2])
	}
	if len(names) > 0 {
		t.Errorf("the chapter does not have %v", names)
	}
	if OK.String() != "ok" || Superseded.String() != "superseded" || SessionProof.String() != "session" || Status(77).String() != "77" {
		t.Error("a value has another name")
	}
}
