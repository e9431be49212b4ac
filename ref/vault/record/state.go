package record

import "github.com/coffer-format/coffer/ref/vault"

func (t *transition) state(q *vault.StateRequest) vault.Answer {
	answer := &vault.StateAnswer{Outcome: ok, Sequence: t.Sequence}
	if live := t.in(vault.Live); live != nil {
		answer.Live = live.Credential
	}
	credential := q.Credential
	if credential == (vault.Credential{}) {
		credential = answer.Live
	}
	answer.State = t.stateOf(credential)
	if r := t.find(credential); r != nil && r.State != vault.Pending {
		answer.Attempts, answer.Wait = r.left(), r.wait(t.now)
		answer.Version, answer.Anchor = r.Version, r.Anchor
	}
	return answer
}
