package resources

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// hostileSample is a container of which one length, count or offset claims more
// than there is, or than may be, sealed and signed again.
type hostileSample struct {
	samples.Archive
	field int    // which of hostileFields
	claim uint64 // as much of it as the field has room for
}

// numberField is where a number stands.
type numberField struct{ at, width int }

func (f numberField) set(b []byte, n uint64) []byte {
	b = slices.Clone(b)
	var all [8]byte
	binary.BigEndian.PutUint64(all[:], n)
	copy(b[f.at:f.at+f.width], all[8-f.width:])
	return b
}

// hostileFields are the numbers in an archive that a reader might believe.
var hostileFields = []string{
	"path of the frame", "size of the frame", "padding", "live", "removed", "stored", "places of the record", "offset of the record", "path of the record",
	"size of the record", "producer", "segments", "offset of the segment", "length of the segment", "trailer",
}

func numberIn(p *forge.Parts, name string) numberField {
	padding := len(slices.Concat(p.Frames...))
	segment := padding + len(p.Padding())
	removed := segment + 5
	for _, r := range p.Records {
		removed += len(r.Bytes)
	}
	index := segment + len(p.Segment())
	trailer := index + len(p.Index)
	path := func(at int) int { return at + 2 + int(binary.BigEndian.Uint16(p.Bytes()[at:])) }
	return map[string]numberField{
		"path of the frame": {1, 2}, "size of the frame": {path(1) + 9, 8}, "padding": {padding + 1, 8},
		"live": {segment + 1, 4}, "removed": {removed, 4}, "stored": {index - 3, 3},
		"places of the record": {segment + 5, 2}, "offset of the record": {segment + 5 + 26, 8},
		"path of the record": {segment + 5 + 34, 2}, "size of the record": {path(segment+5+34) + 9, 8},
		"producer": {index + 66, 1}, "segments": {trailer - 42, 2}, "offset of the segment": {trailer - 16, 8},
		"length of the segment": {trailer - 8, 8}, "trailer": {trailer, 8},
	}[name]
}

func drawHostile(r *rand.Rand) hostileSample {
	s := hostileSample{Archive: samples.Archive{Seed: r.Int63()}, field: r.Intn(len(hostileFields))}
	s.Producer, s.Created = fmt.Sprintf("app %d", r.Intn(1000)), drawn.Time(r)
	for range 2 {
		s.Add(inputs.Entry{Path: samples.DrawPath(r), Kind: archive.Kind(r.Intn(9)), Modified: drawn.Time(r), Content: drawn.BytesFrom(r.Int63(), 1+r.Intn(200))})
	}
	s.claim = drawn.OneOf(r, 1<<64-1, 1<<63, 1<<52, 1<<52-1, 1<<52-1-uint64(r.Intn(1<<20)), 1<<40+uint64(r.Intn(1<<20)), 0xfffffffffffffff0)
	return s
}

func (s hostileSample) String() string {
	return fmt.Sprintf("%v, the number %s says %d", s.Archive, hostileFields[s.field], s.claim)
}

func (s hostileSample) Smaller() []hostileSample { return nil }

func (s hostileSample) forged(container []byte) []byte {
	return forge.Resealed(container, key.Key(s.KeyBytes()), func(plaintext []byte) []byte {
		return numberIn(forge.MustHaveParts(plaintext), hostileFields[s.field]).set(plaintext, s.claim)
	})
}

// costlySample is a password slot that asks for more than readers give.
type costlySample struct {
	samples.Archive
	memory uint32
	passes uint32
	lanes  byte
}

func drawCostly(r *rand.Rand) costlySample {
	s := costlySample{samples.Archive{Seed: r.Int63()}, 1 << 16, 3, 1}
	s.Producer, s.Created = "p", 1
	switch r.Intn(3) {
	case 0:
		s.memory = drawn.OneOf(r, 1<<32-1, 1<<31, 4<<20+uint32(1+r.Intn(1<<20)))
	case 1:
		s.passes = drawn.OneOf(r, 1<<32-1, uint32(1000+r.Intn(1<<20)))
	case 2:
		s.lanes = byte(100 + r.Intn(156))
	}
	return s
}

func (s costlySample) String() string {
	return fmt.Sprintf("seed %d, %d KiB, %d passes, %d lanes", s.Seed, s.memory, s.passes, s.lanes)
}

func (s costlySample) Smaller() []costlySample { return nil }

// forged returns the container with the slot, of which nothing is sealed.
func (s costlySample) forged(container []byte) []byte {
	slot := slices.Concat([]byte{0, 1, 0, 145}, drawn.BytesFrom(s.Seed^3, 32), binary.BigEndian.AppendUint32(nil, s.memory),
		binary.BigEndian.AppendUint32(nil, s.passes), []byte{s.lanes}, drawn.BytesFrom(s.Seed^5, 104))
	return forge.Resigned(container, key.Key(s.KeyBytes()), func(head, _ []byte) ([]byte, []byte) { return head, slot })
}

// costs asks for what an ordinary container and a hostile one made from it say, and
// compares what the two need.
func costs(a *cases.Asker, op string, ordinary, hostile vectors.Object) report.Outcome {
	var needs [2]Need
	for i, input := range []vectors.Object{ordinary, hostile} {
		if o := a.AskBoth(op, input); o.Verdict != report.Pass {
			return o
		}
		line, err := json.Marshal(input)
		if err != nil {
			panic(cases.Fault{Err: err}) // unreachable: it was sent
		}
		needs[i] = Need{a.Last, int64(len(line))}
	}
	return needs[1].Within(needs[0])
}

func generated(seed int64) []cases.Case {
	all := []cases.Case{
		samples.Property[hostileSample]{
			Subject: "resources", Name: "archive", Comment: "To refuse an archive in which a number claims too much takes neither long nor much memory.",
			Requirements: "CON-3 CON-5 CON-6", Profiles: "reader", Runs: 40, Draw: drawHostile,
			Try: func(a *cases.Asker, s hostileSample) report.Outcome {
				container := s.Container()
				return costs(a, "archive.restore", s.Opening("archive.restore", container), s.Opening("archive.restore", s.forged(container)))
			},
		}.Case(seed),
		samples.Property[costlySample]{
			Subject: "resources", Name: "password", Comment: "To refuse parameters of Argon2id beyond their bounds takes neither long nor much memory.",
			Requirements: "SLT-10", Profiles: "reader password", Runs: 8, Draw: drawCostly,
			Try: func(a *cases.Asker, s costlySample) report.Outcome {
				container := s.Container()
				hostile := s.Opening("container.unlock", s.forged(container))
				hostile["secret"] = vectors.Object{"kind": "password", "password": inputs.Hex([]byte("p"))}
				return costs(a, "container.unlock", s.Opening("container.unlock", container), hostile)
			},
		}.Case(seed),
	}
	for i := range all {
		all[i].Alone = true
	}
	return all
}
