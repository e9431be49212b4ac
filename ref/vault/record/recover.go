package record

import (
	"crypto/hmac"

	"github.com/coffer-format/coffer/ref/vault"
)

func (t *transition) recover(q *vault.RecoverRequest) (vault.Answer, bool, error) {
	if !t.answers(q.Credential) {
		return &vault.RecoverAnswer{Outcome: t.without(q.Credential)}, false, nil
	}
	r := t.find(q.Credential)
	id := vault.SessionOf(&q.KE1)
	if s := r.session(id); s != nil {
		return &vault.RecoverAnswer{Outcome: ok, Attempts: r.left(), Wait: r.wait(t.now), KE2: s.Login.KE2}, false, nil
	}
	if t.now < r.until() {
		return &vault.RecoverAnswer{Outcome: vault.Outcome{Status: vault.Waiting}, Attempts: r.left(), Wait: r.wait(t.now)}, false, nil
	}
	login, err := t.OPAQUE.Login(&r.Keys, r.Credential, &r.Record, &q.KE1, t.random.server())
	if err != nil {
		return nil, false, err
	}
	r.Attempts = append(r.Attempts, t.now) // [VLT-25]
	r.Sessions = append(r.Sessions, Session{ID: id, Login: *login, End: t.now + vault.SessionTime})
	return &vault.RecoverAnswer{Outcome: ok, Attempts: r.left(), Wait: r.wait(t.now), KE2: login.KE2}, true, nil
}

func (t *transition) finish(q *vault.FinishRequest) (vault.Answer, bool) {
	if !t.answers(q.Credential) {
		return &vault.FinishAnswer{Outcome: t.without(q.Credential)}, false
	}
	r := t.find(q.Credential)
	s := r.session(q.Session)
	if s == nil || !hmac.Equal(s.Login.KE3[:], q.KE3[:]) { // [VLT-28]
		return &vault.FinishAnswer{Outcome: vault.Outcome{Status: vault.Refused}}, false
	}
	first := !s.Finished
	if first { // [VLT-26]
		s.Finished, s.Report = true, r.report(s)
		r.Attempts, r.Sessions = nil, []Session{*s}
		if r.State == vault.Superseded {
			t.becomesLive(r.Credential)
		}
	}
	return &vault.FinishAnswer{Outcome: ok, Report: s.Report, MAC: s.Report.MAC(s.Login.SessionKey)}, first // [VLT-27]
}

// report tells of the attempts without that of the session (spec section 18.8).
func (r *Record) report(s *Session) vault.Report {
	var report vault.Report
	own := false
	for _, at := range r.Attempts {
		if !own && at+vault.SessionTime == s.End {
			own = true
			continue
		}
		report.Failed[report.Failures] = at
		report.Failures++
	}
	if r.State == vault.Superseded {
		report.Superseded = r.Since
	}
	return report
}
