package recoveries

import (
	"fmt"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/ref/vault"
)

// The offsets in a RegistrationRecord of its parts.
const (
	atMaskingKey    = 32
	atEnvelopeNonce = 96
	atAuthTag       = 128
)

// ofForgeries are answers that are whole, and wrong all the same.
func ofForgeries() []audit {
	return []audit{
		{"altered-records", "VLT-13", "A vault that has altered the record proves that it knows what it has, and its second message is a wrong password.", func(t *transcripts) {
			for _, offset := range []int{atMaskingKey, atEnvelopeNonce - 1, atEnvelopeNonce, atAuthTag - 1, atAuthTag, atAuthTag + 31, atAuthTag + 63} {
				s := newStage(t.r).enrol()
				s.account.Records[0].Record[offset] ^= 1 << t.r.Intn(8)
				t.ask("vault.recover", s.recover(s.password, nil), fmt.Sprintf("is answered from a record whose byte %d was altered", offset))
			}
			s, other := newStage(t.r).enrol(), newStage(t.r).enrol()
			copy(s.account.Records[0].Record[:atMaskingKey], other.account.Records[0].Record[:])
			t.ask("vault.recover", s.recover(s.password, nil), "is answered from a record with the public key of another")
			s = newStage(t.r).enrol()
			copy(s.account.Records[0].Keys.AKESeed[:], drawn.Bytes(t.r, 32))
			t.ask("vault.recover", s.recover(s.password, nil), "is answered by a vault with another key pair")
			s = newStage(t.r).enrol()
			copy(s.account.Records[0].Keys.OPRFSeed[:], drawn.Bytes(t.r, 64))
			t.ask("vault.recover", s.recover(s.password, nil), "is answered by a vault with another seed")
		}},
		{"refused-reports", "VLT-17 VLT-37 VLT-38", "A report with its MAC is none if the status beside it is not ok.", func(t *transcripts) {
			for status := vault.Waiting; status <= vault.Malformed; status++ {
				s := newStage(t.r).enrol()
				s.recover([]byte("another"), nil)
				t.ask("vault.recover", s.recover(s.password, at(1, func(a []byte) []byte { a[0] = byte(status); return a })), "gets a report with the status "+status.String())
			}
		}},
	}
}
