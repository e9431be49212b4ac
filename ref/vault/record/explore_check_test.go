package record

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/ref/vault"
)

// leastTime is how long it takes to use up ten attempts: the waits between them.
var leastTime = func() (sum uint64) {
	for gone := range vault.MaxAttempts {
		sum += vault.Wait(gone)
	}
	return sum
}()

// check notes what has happened to the records, and finds what must not: it knows what people
// have sent and been told, and their passwords, and not how the machine decides.
func (n *node) check(before *node, m *message, answer vault.Answer) error {
	status := answer.Says().Status
	c := m.request.Asks().Credential
	proven := before.proven(m)
	switch request := m.request.(type) {
	case *vault.RecoverRequest:
		if err := n.checkSecond(m, request, answer.(*vault.RecoverAnswer)); err != nil {
			return err
		}
	case *vault.FinishRequest:
		if err := n.checkReport(before, m, request, answer.(*vault.FinishAnswer)); err != nil {
			return err
		}
	case *vault.DestroyRequest:
		if proven != (status == vault.OK) {
			return fmt.Errorf("a destruction that is proven: %v, is answered with %v", proven, status)
		}
	}
	for _, record := range []vault.Credential{{1}, {2}, {3}} {
		if err := n.checkRecord(before, m, record, c, status, proven); err != nil {
			return fmt.Errorf("record %d: %w", record[0], err)
		}
	}
	return n.checkAgain(m, answer)
}

// proven reports whether a message has a proof by whom the record belongs to, made for the
// account as it is, and under a session, if any, that is still there.
func (n *node) proven(m *message) bool {
	state := n.stateAt(m.of)
	if !m.proves || m.sequence != n.account.Sequence || state != vault.Live && state != vault.Superseded || n.owner(m.of) != m.from {
		return false
	}
	p := n.past[m.of]
	return m.session == [320]byte{} || m.session == p.succeeded && n.now < p.end
}

// stateAt is the state of a record once time has done what it does, as what has happened says.
func (n *node) stateAt(c vault.Credential) vault.RecordState {
	state, p := n.account.stateOf(c), n.past[c]
	if state == vault.Pending && n.now-n.account.find(c).Since >= vault.PendingTime {
		return vault.None
	}
	if state == vault.Live || state == vault.Superseded {
		if usedUp(p, n.now) || p.superseded > 0 && n.now-p.superseded >= vault.SupersededTime {
			return vault.Destroyed
		}
	}
	return state
}

func usedUp(p past, now uint64) bool {
	return len(p.attempts) == vault.MaxAttempts && now-p.attempts[vault.MaxAttempts-1] >= vault.SessionTime
}

func (n *node) checkSecond(m *message, request *vault.RecoverRequest, answer *vault.RecoverAnswer) error {
	p := n.past[request.Credential]
	p.tries = max(p.tries, request.KE1[2]+1)
	defer func() { n.past[request.Credential] = p }()
	if answer.Status != vault.OK {
		return nil
	}
	y := second{m.from, request.Credential, request.KE1, answer.KE2}
	if slices.Contains(n.seconds, y) {
		return nil
	}
	n.seconds = append(slices.Clone(n.seconds), y)
	p.attempts = append(slices.Clone(p.attempts), n.now)
	if len(p.attempts) > vault.MaxAttempts {
		return fmt.Errorf("%d second messages since the commit or the last success", len(p.attempts))
	}
	if int(answer.Attempts) != vault.MaxAttempts-len(p.attempts) {
		return fmt.Errorf("%d attempts are left after %d", answer.Attempts, len(p.attempts))
	}
	if len(p.attempts) == vault.MaxAttempts && p.attempts[vault.MaxAttempts-1]-p.attempts[0] < leastTime {
		return fmt.Errorf("ten attempts within %d ms", n.now-p.attempts[0])
	}
	return nil
}

func (n *node) checkReport(before *node, m *message, request *vault.FinishRequest, answer *vault.FinishAnswer) error {
	if answer.Status != vault.OK {
		return nil
	}
	if before.owner(request.Credential) != m.from {
		return fmt.Errorf("a wrong password opens")
	}
	at := slices.IndexFunc(n.seconds, func(y second) bool {
		ke3, _ := third(&y.ke2, m.from.password)
		return ke3 == request.KE3
	})
	_, key := third(&n.seconds[at].ke2, m.from.password)
	if !answer.Report.Authentic(key, &answer.MAC) {
		return fmt.Errorf("the report is not authentic")
	}
	p := n.past[request.Credential]
	if p.succeeded == n.seconds[at].ke2 {
		return nil
	}
	var failed []uint64
	if answer.Report.Failures > vault.MaxAttempts {
		return fmt.Errorf("the report has %d failures", answer.Report.Failures)
	}
	failed = append(failed, answer.Report.Failed[:answer.Report.Failures]...)
	p.end = before.account.find(request.Credential).session(request.Session).End
	failed = append(failed, p.end-vault.SessionTime)
	slices.Sort(failed)
	if !slices.Equal(failed, p.attempts) {
		return fmt.Errorf("the report and this session have the attempts %d, and there were %d", failed, p.attempts)
	}
	if answer.Report.Superseded != p.superseded {
		return fmt.Errorf("the report says superseded at %d, and it was at %d", answer.Report.Superseded, p.superseded)
	}
	p.succeeded, p.attempts = n.seconds[at].ke2, nil
	n.past[request.Credential] = p
	return nil
}

// checkRecord compares the state of a record before and after a message about c.
func (n *node) checkRecord(before *node, m *message, record, c vault.Credential, status vault.Status, proven bool) error {
	was, is, p := before.stateAt(record), n.account.stateOf(record), n.past[record]
	_, isCommit := m.request.(*vault.CommitRequest)
	commits := isCommit && status == vault.OK && before.owner(c) == m.from
	replaces := commits && proven && m.of == record && c != record
	_, destroys := m.request.(*vault.DestroyRequest)
	_, finishes := m.request.(*vault.FinishRequest)
	_, registers := m.request.(*vault.RegisterRequest)
	may := was == is
	switch {
	case was == vault.None && is == vault.Pending:
		may = registers && c == record
	case was == vault.Pending && is == vault.None:
		may = registers && c != record
	case was == vault.Pending && is == vault.Live:
		may = commits && c == record && (!m.proves || proven)
		p.attempts, p.superseded = nil, 0
	case was == vault.Live && is == vault.Superseded:
		may = c != record && (commits || finishes) && status == vault.OK && !replaces
		p.superseded = n.now
	case was == vault.Superseded && is == vault.Live:
		may = c == record && status == vault.OK && (finishes || commits && proven && m.of == c)
		p.superseded = 0
	case was != vault.Destroyed && is == vault.Destroyed:
		may = replaces || destroys && c == record && proven
	}
	possible := was == vault.Pending || was == vault.Live || was == vault.Superseded && m.of == c
	if isCommit && c == record && proven && before.owner(c) == m.from && possible && status != vault.OK {
		return fmt.Errorf("a commit with a proof is answered with %v", status)
	}
	if isCommit && c == record && before.owner(c) != m.from && status == vault.OK {
		return fmt.Errorf("somebody else's commit is answered with %v", status)
	}
	if !may {
		return fmt.Errorf("it was %v, and is %v", was, is)
	}
	if replaces && is != vault.Destroyed {
		return fmt.Errorf("it was replaced with a proof, and is %v", is)
	}
	n.past[record] = p
	if r := n.account.find(record); r != nil && !slices.Equal(r.Attempts, p.attempts) {
		return fmt.Errorf("the attempts are %d, and there were %d", r.Attempts, p.attempts)
	}
	return nil
}

// checkAgain sends the message again at once: that changes nothing, and what was answered with
// `ok` is again, but for a record that is destroyed.
func (n *node) checkAgain(m *message, answer vault.Answer) error {
	after := *n
	again, err := after.handle(n.stored, m)
	if err != nil {
		return err
	}
	_, destroys := m.request.(*vault.DestroyRequest)
	want := answer.Says().Status
	if destroys && want == vault.OK {
		want = vault.Gone
	}
	if want != again.Says().Status {
		return fmt.Errorf("answered with %v, and again with %v", want, again.Says().Status)
	}
	if !bytes.Equal(after.stored, n.stored) {
		return fmt.Errorf("the same message again changes the account")
	}
	return nil
}
