package recoveries

import (
	"encoding/binary"
	"slices"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/vault"
)

// The offsets in a RecoverAnswer of its parts, and in a FinishAnswer.
const (
	atWait      = 2
	atEvaluated = 10
	atMasking   = atEvaluated + 32
	atMasked    = atMasking + 32
	atNonce     = atMasked + 128
	atShare     = atNonce + 32
	atMAC       = atShare + 32

	atFailures   = 1
	atFailed     = atFailures + 4
	atSuperseded = atFailed + 80
	atReportMAC  = atSuperseded + 8
)

func ofRecoveries() []audit {
	return []audit{
		{"recoveries", "VLT-10 VLT-13 VLT-36 VLT-38", "The right password gives the export key, and the report what others have tried.", func(t *transcripts) {
			for _, failures := range []int{0, 1, 9} {
				for _, superseded := range []bool{false, true} {
					s := newStage(t.r).enrol()
					for n := range failures {
						s.recover([]byte("another"), nil)
						s.now += vault.Wait(n + 1)
					}
					if superseded {
						own := *s
						s.register(nil)
						s.commit(nil, nil)
						s.made, s.now = own.made, s.now+5
					}
					t.ask("vault.recover", s.recover(s.password, nil), "is right")
				}
			}
		}},
		{"wrong-passwords", "VLT-13 VLT-34", "A wrong password is told, with what is left and when the next attempt is possible, and no third message is sent.", func(t *transcripts) {
			s := newStage(t.r).enrol()
			for n := range vault.MaxAttempts {
				t.ask("vault.recover", s.recover([]byte("another"), nil), "is wrong")
				if vault.Wait(n+1) > 1 {
					s.now += vault.Wait(n+1) / 2
					t.ask("vault.recover", s.recover(s.password, nil), "is too early")
				}
				s.now += vault.Wait(n + 1)
			}
			t.ask("vault.recover", s.recover(s.password, nil), "is too late")
		}},
		{"second-messages", "VLT-12 VLT-13", "A second message that was altered in any part is a wrong password, and no third one is sent.", func(t *transcripts) {
			all := slices.Concat(elements(0, atEvaluated, atShare),
				flips(0, atMasking, atMasking+31, atMasked, atMasked+31, atMasked+32, atMasked+64, atMasked+127, atNonce, atNonce+31, atMAC, atMAC+31, atMAC+63))
			for _, m := range all {
				s := newStage(t.r).enrol()
				t.ask("vault.recover", s.recover(s.password, m.meddle), m.what)
			}
			s, other := newStage(t.r).enrol(), newStage(t.r)
			other.password = s.password
			other.enrol()
			for _, from := range []*stage{s, other} { // of an earlier first message, and of another record
				kept := inputs.Unhex(from.recover(s.password, nil)["answers"].([]any)[0])
				t.ask("vault.recover", s.recover(s.password, at(0, func([]byte) []byte { return kept })), "gets the second message of another session")
			}
		}},
		{"recovery-answers", "VLT-17 VLT-18 VLT-33 VLT-34", "What the vault does not answer is sent again, and what it answers otherwise is refused.", func(t *transcripts) {
			for _, m := range slices.Concat(losses(1), statuses(0), misshapen(0)) {
				s := newStage(t.r).enrol()
				t.ask("vault.recover", s.recover(s.password, m.meddle), m.what)
			}
			for _, wait := range []uint64{0, 1, 60000, 1<<52 - 1, 1 << 52} {
				s := newStage(t.r).enrol()
				t.ask("vault.recover", s.recover(s.password, at(0, func(a []byte) []byte {
					clear(a)
					a[0], a[1] = byte(vault.Waiting), 7
					binary.BigEndian.PutUint64(a[atWait:], wait)
					return a
				})), "is told to wait")
			}
		}},
		{"reports", "VLT-35 VLT-36 VLT-37 VLT-38", "A report that was altered, or does not come, is none, and the export key is there all the same.", func(t *transcripts) {
			all := slices.Concat(losses(2)[2:], statuses(1), misshapen(1), flips(1, atFailures, atFailures+3, atFailed+7, atFailed+79, atSuperseded+7, atReportMAC, atReportMAC+63))
			all = append(all, meddling{"gets a report without a MAC", at(1, func(a []byte) []byte { clear(a[atReportMAC:]); return a })})
			for _, m := range all {
				s := newStage(t.r).enrol()
				s.recover([]byte("another"), nil)
				t.ask("vault.recover", s.recover(s.password, m.meddle), m.what)
			}
			s := newStage(t.r).enrol()
			earlier := inputs.Unhex(s.recover(s.password, nil)["answers"].([]any)[1])
			t.ask("vault.recover", s.recover(s.password, at(1, func([]byte) []byte { return earlier })), "gets the report of an earlier session")
		}},
	}
}
