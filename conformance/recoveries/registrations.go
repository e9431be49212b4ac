package recoveries

import (
	"slices"

	"github.com/coffer-format/coffer/conformance/inputs"
)

func ofRegistrations() []audit {
	return []audit{
		{"registrations", "VLT-10 VLT-12 VLT-13 VLT-40", "A registration is what the password, the key and the random bytes make of it.", func(t *transcripts) {
			for range 4 {
				s := newStage(t.r)
				t.ask("vault.register", s.register(nil), "is registered")
			}
		}},
		{"registration-answers", "VLT-17 VLT-18 VLT-33", "What the vault does not answer is sent again, and what it answers otherwise is refused.", func(t *transcripts) {
			for _, m := range slices.Concat(losses(2), statuses(0), statuses(1), misshapen(0), misshapen(1), elements(0, 1, 33)) {
				t.ask("vault.register", newStage(t.r).register(m.meddle), m.what)
			}
		}},
		{"registration-passwords", "PWD-1 PWD-3 PWD-4 PWD-5 PWD-7", "A password is prepared first, and nothing is sent for one that is malformed.", func(t *transcripts) {
			for _, typed := range []struct{ what, password string }{
				{"is empty", ""}, {"has a control character", "a\nb"}, {"is not UTF-8", "\xffa"}, {"is composed", "caf\u00e9\u00a0"}, {"is decomposed", "cafe\u0301 "},
			} {
				for _, op := range []string{"vault.register", "vault.recover"} {
					s := newStage(t.r).enrol()
					input := s.recover(s.password, nil)
					if op == "vault.register" {
						input = s.register(nil)
					}
					t.ask(op, inputs.With(input, "password", inputs.Hex([]byte(typed.password))), typed.what)
				}
			}
		}},
	}
}
