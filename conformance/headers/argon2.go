package headers

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/resources"
	"github.com/coffer-format/coffer/vectors"
)

// costlyKiB is the memory of a password slot that opens once without harm, and
// shows when it is taken a second time.
const costlyKiB = 128 << 10

// argon2Check asks for what takes Argon2id once, or not at all.
func argon2Check(seed int64) cases.Case {
	c := cases.Case{
		ID: "resources/generated-argon2id", Subject: "resources", Alone: true,
		Comment:      "Argon2id runs once for a password, and for nothing else: more would take more memory.",
		Requirements: strings.Fields("SLT-13 SLT-23 HDR-23"), Profiles: strings.Fields("reader password passkey"),
	}
	c.Run = func(a *cases.Asker) report.Outcome {
		r := rand.New(rand.NewSource(cases.SeedFor(seed, c.ID)))
		h := newContainer(r, false)
		passkey, password := passkeyIn(r, h.k, "example.org", drawn.Bytes(r, 16)), passwordIn(r, h.k)
		h = h.with(passkey, password)
		costly := h.clone()
		binary.BigEndian.PutUint32(costly.slots[1].body[memoryAt:], costlyKiB)
		for _, one := range []struct {
			what   string
			secret vectors.Object
			runs   int64
		}{
			{"the key", h.plain, 0}, {"another key", inputs.KeySecret(drawn.Key(r)), 0},
			{"a passkey", passkey.secret, 0}, {"another PRF output", inputs.With(passkey.secret, "prf", drawn.Hex(r, 32)), 0},
			{"an empty password", inputs.With(password.secret, "password", ""), 0},
			{"another password", inputs.With(password.secret, "password", inputs.Hex(drawn.PasswordText(r))), 1},
		} {
			if o := runsOnly(a, h, costly, one.secret, one.runs); o.Verdict != report.Pass {
				o.Sample = fmt.Sprintf("opened with %s, beside a password slot of %d MiB", one.what, costlyKiB>>10)
				return o
			}
		}
		return cases.Passed()
	}
	return c
}

// runsOnly compares what a costly container needs with what a cheap one does, and
// Argon2id so many times.
func runsOnly(a *cases.Asker, cheap, costly *container, secret vectors.Object, runs int64) report.Outcome {
	var needs [2]resources.Need
	for i, h := range []*container{cheap, costly} {
		if o := a.AskBoth("container.unlock", h.asking("container.unlock", secret)); o.Verdict != report.Pass {
			return o
		}
		needs[i] = resources.Need{Usage: a.Last, Size: 0}
	}
	if needs[0].Memory > 0 {
		needs[0].Memory += runs * costlyKiB << 10
	}
	if runs > 0 {
		needs[0].Time = needs[1].Time // Argon2id takes what it takes: its memory shows how often it ran
	}
	return needs[1].Within(needs[0])
}
