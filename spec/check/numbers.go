package check

import (
	"go/constant"
	"go/token"
	"io/fs"
	"strings"
)

// numbersFile says which numbers in the chapters the reference has: a line for a
// paragraph, list item, table row, structure or formula, with the id of the
// requirement, or the section and the beginning of the text, and for each number in
// order an expression over constants of the reference, or notInCode.
const (
	numbersFile = "spec/check/numbers.txt"
	notInCode   = "_"
)

// binding is a line of numbersFile.
type binding struct {
	line        int
	id          string // "KEY-5", or ""
	section     string
	begins      string
	expressions []string
	used        bool
}

func readBindings(text string) (all []*binding, problems []Problem) {
	line := 0
	for text := range strings.Lines(text) {
		line++
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		place, values, ok := strings.Cut(text, " := ")
		if !ok {
			problems = append(problems, Problem{numbersFile, line, "this is not a place, \" := \" and the values"})
			continue
		}
		b := &binding{line: line, expressions: strings.Split(values, "; ")}
		if strings.HasPrefix(place, "[") {
			b.id = strings.Trim(place, "[]")
		} else {
			b.section, b.begins, _ = strings.Cut(place, " ")
		}
		all = append(all, b)
	}
	return all, problems
}

func (b *binding) matches(at block) bool {
	if b.id != "" {
		return strings.HasPrefix(at.text, "["+b.id+"] ")
	}
	return at.section == b.section && strings.HasPrefix(at.text, b.begins)
}

// computed are the sections whose numbers checkExamples, or the generator of
// chapter 15, computes.
func computed(b block) bool {
	return b.section == "3.6" || b.file.Chapter == 15 || b.section == "4.4" && isLengthRow(b.text)
}

// isListed reports whether a block whose numbers numbersFile has to list: requirements,
// structures, and the limits of section 12.15.
func isListed(b block) bool {
	return idAtStart.MatchString(b.text) || b.structure || b.section == "12.15" && strings.HasPrefix(b.text, "|")
}

// checkNumbers: the numbers in the chapters have the values that numbersFile finds in
// the reference.
func (r *repository) checkNumbers() {
	text, err := fs.ReadFile(r.files, numbersFile)
	if err != nil {
		r.report(numbersFile, 0, "%v", err)
		return
	}
	bindings, problems := readBindings(string(text))
	r.found = append(r.found, problems...)
	for _, at := range blocks(r.spec) {
		if computed(at) {
			continue
		}
		stated := numbers(at.text)
		if len(stated) == 0 {
			continue
		}
		var bound []*binding
		for _, b := range bindings {
			if b.matches(at) {
				b.used = true
				bound = append(bound, b)
			}
		}
		if len(bound) == 0 && !isListed(at) {
			continue
		}
		if len(bound) != 1 {
			r.report(at.name(), at.line, "%d lines of %s are about the numbers here (%s); there must be one", len(bound), numbersFile, list(stated))
			continue
		}
		r.compare(at, stated, bound[0])
	}
	for _, b := range bindings {
		if !b.used {
			r.report(numbersFile, b.line, "there is no such text with numbers")
		}
	}
}

func list(numbers []number) string {
	var all []string
	for _, n := range numbers {
		all = append(all, n.text)
	}
	return strings.Join(all, ", ")
}

func (r *repository) compare(at block, stated []number, b *binding) {
	if len(stated) != len(b.expressions) {
		r.report(at.name(), at.line, "the text has %d numbers (%s), %s:%d has %d",
			len(stated), list(stated), numbersFile, b.line, len(b.expressions))
		return
	}
	for i, n := range stated {
		if b.expressions[i] == notInCode {
			continue
		}
		r.counts.Numbers++
		for expression := range strings.SplitSeq(b.expressions[i], " == ") {
			value, err := r.code.value(expression)
			switch stated := n.value(); {
			case err != nil:
				r.report(at.name(), at.line, "%s is compared with %s (%s:%d): %v", n.text, expression, numbersFile, b.line, err)
			case stated == nil || stated.Kind() == constant.String || value.Kind() == constant.String ||
				!constant.Compare(value, token.EQL, stated):
				r.report(at.name(), at.line, "%s stands here, and %s is %s (%s:%d)", n.text, expression, value, numbersFile, b.line)
			}
		}
	}
}

// unstated are the constants, and the literals of declarations, that the
// specification does not state, and why.
var unstated = []struct{ names, reason string }{
	{"extract.Posix; extract.Apple; extract.Windows", "names of platforms without a value of their own"},
	{"literal(wire.ReadUint64, 8); literal(salvage.Salvage.segmentAt, 3); literal(salvage.Salvage.segmentAt, 4); literal(cobblestone.Cipher.nonce, 8)", "lengths of integers, which section 2.4 gives by their types"},
	{"archive.none; archive.notLast", "the place and the size of what has none"},
	{"key.hexDigits", "the digits of section 3.3 in their order, used to count through them"},
	{"salvage.Whole; salvage.Damaged; salvage.Missing", "words of section 10.3, which vectors compare"},
	{"set.Keyring; set.KeyringCopy; set.Commit; set.Data", "kinds of objects, of which a test compares the names with section 16.1"},
	{"set.StateKeyring; set.StateCommits; set.StateContents; set.StateCommit; set.StateConfirm; set.StateDone; set.StateSuperseded; set.StateStale; " +
		"set.AnswerOurs; set.AnswerOther; set.AnswerGone; set.AnswerSame; set.AnswerPending; set.AnswerMade; set.AnswerTaken; set.AnswerEnded; set.AnswerNone", "words of section 17.3, which a test compares"},
	{"set.pieceSize; set.fetchSize", "how much is read of a store at a time"},
	{"vault.TokenSize; vault.ProofSize; vault.ReportSize; vault.headSize; vault.StateRequestSize; vault.RegisterRequestSize; vault.StoreRequestSize; " +
		"vault.CommitRequestSize; vault.RecoverRequestSize; vault.FinishRequestSize; vault.DestroyRequestSize; vault.AnchorRequestSize; " +
		"vault.StateAnswerSize; vault.RegisterAnswerSize; vault.StoreAnswerSize; vault.CommitAnswerSize; vault.RecoverAnswerSize; " +
		"vault.FinishAnswerSize; vault.DestroyAnswerSize; vault.AnchorAnswerSize", "lengths of structures of chapter 18, which a test compares"},
	{"set.leastPiece", "what the writer finds worth a piece"},
	{"opaque.Nn; opaque.Nseed; opaque.Noe; opaque.Nok; opaque.Npk; opaque.Nsk; opaque.Nm; opaque.Nx; " +
		"opaque.envelopeSize; opaque.maskedResponseSize; opaque.credentialResponseSize; opaque.maxVector; opaque.maxPassword; opaque.contextString; " +
		"literal(opaque.i2osp2, 8); literal(opaque.expandMessage, 64); literal(opaque.deriveKeyPair, 256); literal(opaque.DrawScalar, 64)",
		"numbers of RFC 9807 and of those it builds on, whose vectors compare them"},
}

// checkConstants: every constant of the reference, and every literal above 2, is
// compared with the specification, or listed in unstated.
func (r *repository) checkConstants() {
	for _, n := range r.code.order {
		if r.code.used[identifier(n.name)] {
			r.counts.Constants++
		}
	}
	for _, group := range unstated {
		for name := range strings.SplitSeq(group.names, "; ") {
			if r.code.used[inScope(name)] {
				r.report("spec/check/numbers.go", 0, "unstated: %s is compared with a number after all", name)
			}
			if _, err := r.code.value(name); err != nil {
				r.report("spec/check/numbers.go", 0, "unstated: %s: %v", name, err)
			}
		}
	}
	for _, n := range r.code.order {
		if !r.code.used[identifier(n.name)] {
			r.report(n.at.Filename, n.at.Line, "the constant %s is compared with no number of the specification; "+
				"name it in %s, or in unstated with the reason", n.name, numbersFile)
		}
	}
	for _, l := range r.code.literals {
		small, _ := constant.Int64Val(l.value)
		if !r.code.used[literalName(l.decl, l.value)] && !l.char && small > 2 {
			r.report(l.at.Filename, l.at.Line, "the number %s in %s is compared with no number of the specification; "+
				"name it as literal(%s, %s) in %s, or in unstated with the reason", l.value, l.decl, l.decl, l.value, numbersFile)
		}
	}
}
