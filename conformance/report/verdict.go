package report

// Verdict is what the suite says of an implementation about one case.
type Verdict string

// The verdicts. Only Pass is a pass; Unsupported, which is about a profile that
// the implementation does not claim, is neither for nor against it.
const (
	Pass          Verdict = "pass"
	Fail          Verdict = "fail"           // accepted, refused or answered what it must not
	WrongError    Verdict = "wrong_error"    // refused under another name
	Crash         Verdict = "crash"          // ended without an answer, or not with status 0
	Hang          Verdict = "hang"           // gave no answer in time
	ProtocolError Verdict = "protocol_error" // said something that is no answer
	Unsupported   Verdict = "unsupported"    // a profile of the case is not claimed
	Skipped       Verdict = "skipped"        // the run was interrupted before it
)

// Verdicts lists the verdicts in the order of reports.
var Verdicts = []Verdict{Pass, Fail, WrongError, Crash, Hang, ProtocolError, Unsupported, Skipped}

// The exit statuses of a run.
const (
	ExitConformant = 0 // every case that was run passed, and at least one was
	ExitNot        = 1
	ExitUsage      = 2 // nothing was selected, or the command cannot be run
	ExitSuite      = 3 // the suite is at fault, and says nothing about anyone
)

// Against reports whether a verdict counts against the implementation.
func (v Verdict) Against() bool { return v != Pass && v != Unsupported }

// Outcome is a verdict and the reason for it. Want and Got are empty for a pass.
type Outcome struct {
	Verdict Verdict `json:"verdict"`
	Message string  `json:"message,omitempty"`
	Want    string  `json:"want,omitempty"`
	Got     string  `json:"got,omitempty"`
	// Cause is what failures of one cause have in common. CauseOf has it for every
	// failure.
	Cause string `json:"cause,omitempty"`
	// Absent is the op that the implementation does not support, although every
	// profile of the case is claimed.
	Absent string `json:"absent,omitempty"`
	// Sample is the generated input that failed, and Request the line that asks it,
	// if it is short enough.
	Sample  string `json:"sample,omitempty"`
	Request string `json:"request,omitempty"`
	// Intermediate is the first intermediate value, by name, that is not the
	// vector's.
	Intermediate *Difference `json:"intermediate,omitempty"`
	// Stderr is the end of what the implementation wrote there. It never has a
	// part in the verdict.
	Stderr string `json:"stderr,omitempty"`
}

// Difference is a named value that is not what it should be.
type Difference struct {
	Name string `json:"name"`
	Want string `json:"want"`
	Got  string `json:"got"`
}

// Event is the outcome of one case.
type Event struct {
	ID           string   `json:"id"`
	Subject      string   `json:"subject"`
	Comment      string   `json:"comment"`
	Requirements []string `json:"requirements"`
	Profiles     []string `json:"profiles"`
	Vector       bool     `json:"vector,omitempty"` // a case of the files, not a generated one or an audit
	Outcome
	// Expected is set if the case failed as the list of known failures says. It
	// does not fail the run then.
	Expected *Expected `json:"expected,omitempty"`
	// Milliseconds is how long the answers took.
	Milliseconds int64 `json:"milliseconds,omitempty"`
	// PeakKiB is the most memory that the program had while it answered, 0 if that
	// was not measured.
	PeakKiB int64 `json:"peak_kib,omitempty"`
}

// Expected is what a list of known failures says of a case.
type Expected struct {
	Verdict Verdict `json:"verdict,omitempty"` // any failure if empty
	Reason  string  `json:"reason,omitempty"`
}

// Against reports whether the event fails the run.
func (e Event) Against() bool { return e.Verdict.Against() && e.Expected == nil }
