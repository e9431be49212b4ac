package audits

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// Every audit fails a writer that it is there for, and every bad writer fails the
// audits that are there for it.
func TestBadWriters(t *testing.T) {
	thorough.NotShort(t)
	all := map[string]cases.Case{}
	for _, c := range audited(cases.DefaultSeed) {
		all[strings.TrimPrefix(c.ID, "writer/")] = c
	}
	untried, take := maps.Clone(all), thorough.OneIn(t, 5)
	try := func(audit, fault string, answer faulty) {
		c, ok := all[audit]
		if !ok {
			t.Errorf("there is no audit %s", audit)
			return
		}
		delete(untried, audit)
		if !take() {
			return
		}
		a := &cases.Asker{Ctx: t.Context(), Session: &badWriter{answer: answer}, Timeout: time.Minute, Hello: reference.Hello(), ID: c.ID}
		if o := casetest.Outcome(t, a, c); o.Verdict != report.Fail || o.Message == "" {
			t.Errorf("%s: who %s gets %+v", audit, fault, o)
		}
	}
	for _, bad := range badWriters {
		for _, audit := range strings.Fields(bad.audits) {
			try(audit, bad.fault, bad.answer)
		}
	}
	for name := range all {
		if strings.HasPrefix(name, "refuses-") || strings.HasPrefix(name, "set-slots-full") || strings.HasPrefix(name, "set-slots-sixteen") {
			try(name, "seals anything", anything)
		}
	}
	for name, answer := range badGenerators {
		for _, audit := range []string{"fresh-salts-passkey", "fresh-salts-together", "fresh-salts-set-slots", "fresh-salts-keyring", "fresh-salts"} {
			if once := strings.HasPrefix(name, "one for") || strings.HasPrefix(name, "the same for"); !once || audit == "fresh-salts-together" {
				try(audit, "has a generator: "+name, answer)
			}
		}
	}
	for _, name := range []string{"constant", "sixteen bytes"} {
		try("fresh-salts-password", name, badGenerators[name])
		try("fresh-salts-vault", name, badGenerators[name])
	}
	for audit := range untried {
		t.Errorf("no bad writer tries %s", audit)
	}
}

// The chance that an honest generator is taken for a bad one is what the comment
// says: many series of good bytes pass, of every length that there is.
func TestHonestSalts(t *testing.T) {
	thorough.NotShort(t)
	take := thorough.OneIn(t, 4)
	for n := range 120 {
		if !take() {
			continue
		}
		d := drawnBytes{}
		for range 2 + n%40 {
			for _, width := range []int{24, 32} {
				salt := make([]byte, width)
				good(salt)
				d[fmt.Sprint(width)] = append(d[fmt.Sprint(width)], salt)
			}
		}
		if err := d.judge(); err != nil {
			t.Fatal(err)
		}
	}
	if p := atMost(1, 16); math.Abs(p-(8-16*8)) > 1e-6 {
		t.Errorf("the chance of one value in 16 bytes is 2^%v", p)
	}
	if err := judgeSeries([][]byte{bytes.Repeat([]byte{1}, 24), bytes.Repeat([]byte{1}, 24)}); err == nil {
		t.Error("two that are the same pass")
	}
}

// The audits name requirements that exist and profiles that can be claimed.
func TestAuditNames(t *testing.T) { casetest.Named(t, audited(cases.DefaultSeed)) }
