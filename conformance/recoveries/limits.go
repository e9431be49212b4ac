package recoveries

import (
	"bytes"
	"encoding/binary"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/vectors"
)

// ofLimits are about how often a client asks, and how long a password may be.
func ofLimits() []audit {
	return []audit{
		{"silence", "VLT-33 VLT-35 VLT-36 VLT-37", "A vault that does not answer any more is given up, and who has verified its second message has the export key all the same.", func(t *transcripts) {
			const what = "gets no answer any more"
			for _, asked := range []struct {
				op   string
				once func(s *stage, meddle meddler) vectors.Object
				of   int // requests that are answered
			}{
				{"vault.register", func(s *stage, m meddler) vectors.Object { return s.register(m) }, 2},
				{"vault.recover", func(s *stage, m meddler) vectors.Object { return s.recover(s.password, m) }, 2},
				{"vault.commit", func(s *stage, m meddler) vectors.Object { return s.commit(nil, m) }, 1},
				{"vault.commit", func(s *stage, m meddler) vectors.Object { return s.commit(s.own(), m) }, 2},
				{"vault.destroy", func(s *stage, m meddler) vectors.Object { return s.destroy(m) }, 2},
				{"vault.keep_anchor", func(s *stage, m meddler) vectors.Object { return s.keepAnchor(7, m) }, 1},
				{"vault.anchor", func(s *stage, m meddler) vectors.Object { return s.anchor(m) }, 1},
			} {
				for n := range asked.of {
					input := asked.once(newStage(t.r).enrol(), func(i int, answer []byte) []byte {
						if i >= n {
							return nil
						}
						return answer
					})
					input["answers"] = input["answers"].([]any)[:n+1] // what it sends for the first one that is lost
					t.ask(asked.op, input, what)
				}
			}
		}},
		{"stale-proofs", "VLT-46", "A proof that is stale is made anew with what the vault says then, twice at most.", func(t *transcripts) {
			for stale := range 4 {
				// The sequences are not those that a client could count itself.
				changing := func(i int, answer []byte) []byte {
					answer = bytes.Clone(answer)
					if i%2 == 0 {
						answer[atState] = byte(drawn.OneOf(t.r, vault.Live, vault.Superseded))
						binary.BigEndian.PutUint64(answer[atSequence:], uint64(t.r.Int63n(1<<50)))
						return answer
					}
					clear(answer)
					if i < 2*stale {
						answer[0] = byte(vault.Stale)
					}
					return answer
				}
				replacing := newStage(t.r).enrol()
				of := replacing.own()
				replacing.key = drawn.Key(t.r)
				replacing.register(nil)
				t.ask("vault.commit", replacing.commit(of, changing), "is stale again and again")
				t.ask("vault.destroy", newStage(t.r).enrol().destroy(changing), "is stale again and again")
			}
		}},
		{"long-passwords", "PWD-8 VLT-10", "A password may be longer than one byte can count.", func(t *transcripts) {
			for _, length := range []int{255, 256, 257, 1024} {
				s := newStage(t.r)
				s.password = bytes.Repeat([]byte("a"), length)
				t.ask("vault.register", s.register(nil), "is long")
				s.commit(nil, nil)
				t.ask("vault.recover", s.recover(s.password, nil), "is long")
			}
		}},
	}
}
