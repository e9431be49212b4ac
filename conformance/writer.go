package conformance

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// The writer audits let an implementation seal with randomness of its own, and
// check with the reference what no vector can foresee.

// entry is an ENTRY of the protocol.
type entry struct {
	path     string
	kind     archive.Kind
	modified int64 // milliseconds since 1970, or unknown
	content  []byte
}

const unknown = math.MinInt64

// job is what an audit lets the implementation seal.
type job struct {
	key      key.Key
	slots    []vectors.Object
	entries  []entry
	producer string
	created  int64 // as in entry
}

// drawJob returns a job of an entry under a drawn key.
func drawJob(r *rand.Rand) job {
	return job{
		key: drawKey(r), producer: fmt.Sprintf("größer als ASCII %d", r.Intn(1<<20)), created: drawTime(r),
		entries: []entry{drawEntry(r, "chat "+drawName(r))},
	}
}

// slotted is drawJob with slots.
func drawSlotted(r *rand.Rand, slots ...vectors.Object) job {
	j := drawJob(r)
	j.slots = slots
	return j
}

func drawBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	r.Read(b)
	return b
}

func drawHex(r *rand.Rand, n int) string   { return toHex(drawBytes(r, n)) }
func drawKey(r *rand.Rand) key.Key         { return key.Key(drawBytes(r, key.Size)) }
func drawName(r *rand.Rand) string         { return fmt.Sprintf("%08x", r.Uint32()) }
func drawKind(r *rand.Rand) archive.Kind   { return archive.Kind(r.Intn(9)) }
func drawTime(r *rand.Rand) int64          { return r.Int63n(1<<52-1) - latest }
func drawPasswordText(r *rand.Rand) []byte { return []byte("orange lantern walks " + drawName(r)) }

func drawEntry(r *rand.Rand, path string) entry {
	return entry{path, drawKind(r), drawTime(r), drawBytes(r, 1+r.Intn(100))}
}

// drawEntries returns entries that are not in the order of the file: a message
// comes last, a path is not in normalization form C, a content is empty, another
// crosses two chunks.
func drawEntries(r *rand.Rand) []entry {
	return []entry{
		{"photos/" + drawName(r), archive.Image, unknown, nil},
		{"photos/Cafe\u0301 " + drawName(r), archive.Image, drawTime(r), drawBytes(r, 40_000)},
		{"settings " + drawName(r), archive.Settings, drawTime(r), []byte("{}")},
		{"chats/" + drawName(r), archive.Messages, drawTime(r), drawBytes(r, 10)},
	}
}

func drawPasswordSlot(r *rand.Rand) vectors.Object {
	return vectors.Object{"type": "password", "password": toHex(drawPasswordText(r))}
}

// costing is a password slot of which parameters are asked for, those that are not
// zero.
func costing(r *rand.Rand, memoryKiB, passes, lanes uint32) vectors.Object {
	s := drawPasswordSlot(r)
	for name, n := range map[string]uint32{"memory_kib": memoryKiB, "passes": passes, "lanes": lanes} {
		if n != 0 {
			s[name] = n
		}
	}
	return s
}

func drawVault(r *rand.Rand) vectors.Object {
	return vectors.Object{"type": "vault", "vault": drawHex(r, 32), "credential": drawHex(r, 32), "export_key": drawHex(r, 64)}
}

func drawPasskey(r *rand.Rand) vectors.Object {
	return vectors.Object{
		"type": "passkey", "rp_id": drawName(r) + ".example", "credential": drawHex(r, 1+r.Intn(64)), "prf": drawHex(r, 32), "salt": drawHex(r, 32),
	}
}

func drawPasskeys(r *rand.Rand, n int) []vectors.Object {
	slots := make([]vectors.Object, n)
	for i := range slots {
		slots[i] = drawPasskey(r)
	}
	return slots
}

// with returns an object with a member changed.
func with(o vectors.Object, name string, value any) vectors.Object {
	o = maps.Clone(o)
	o[name] = value
	return o
}

func toHex(b []byte) string       { return hex.EncodeToString(b) }
func number(n uint64) json.Number { return json.Number(fmt.Sprint(n)) }

// latest is the latest time there can be.
const latest = 1<<51 - 1

// momentOf returns a time as the protocol has it.
func momentOf(ms int64) any {
	if ms == unknown {
		return nil
	}
	return json.Number(fmt.Sprint(ms))
}

// timeOf returns a time as the format has it.
func timeOf(ms int64) archive.Time {
	if ms == unknown {
		return 0
	}
	t, err := archive.TimeOf(ms)
	if err != nil {
		panic(suiteFault{err}) // unreachable: what is refused is not compared
	}
	return t
}

func unhex(v any) []byte {
	b, err := hex.DecodeString(v.(string))
	if err != nil {
		panic(suiteFault{err}) // unreachable: the audits state it
	}
	return b
}

// listOf returns a list as decoding gives it.
func listOf(all []vectors.Object) []any {
	list := []any{}
	for _, o := range all {
		list = append(list, o)
	}
	return list
}

// input is that of container.seal.
func (j job) input() vectors.Object {
	entries := []any{}
	for _, e := range j.entries {
		entries = append(entries, vectors.Object{"path": e.path, "kind": e.kind, "modified_ms": momentOf(e.modified), "content": toHex(e.content)})
	}
	return vectors.Object{
		"key": toHex(j.key[:]), "slots": listOf(j.slots), "entries": entries, "created_ms": momentOf(j.created), "producer": j.producer,
	}
}

// keySecret is the SECRET of a key.
func keySecret(k key.Key) vectors.Object { return vectors.Object{"kind": "key", "key": toHex(k[:])} }

// ringJob is what an audit lets the implementation seal as a keyring.
type ringJob struct {
	key    key.Key
	slots  []vectors.Object
	setID  []byte
	epoch  uint64
	epochs []uint64 // of the old keys
	old    []key.Key
}

// drawKeyring returns a keyring with n old keys.
func drawKeyring(r *rand.Rand, n int, slots ...vectors.Object) ringJob {
	g := ringJob{key: drawKey(r), slots: slots, setID: drawBytes(r, 16)}
	for range n {
		g.epoch += 1 + uint64(r.Int63n(1<<oneOf(r, 1, 8, 32)))
		g.epochs, g.old = append(g.epochs, g.epoch), append(g.old, drawKey(r))
	}
	g.epoch += 1 + uint64(r.Intn(1000))
	return g
}

// input is that of keyring.seal.
func (g ringJob) input() vectors.Object {
	old := []any{}
	for i, k := range g.old {
		old = append(old, vectors.Object{"epoch": number(g.epochs[i]), "key": toHex(k[:])})
	}
	return vectors.Object{
		"key": toHex(g.key[:]), "slots": listOf(g.slots), "set_id": toHex(g.setID), "epoch": number(g.epoch), "old_keys": old,
	}
}

// sealed is a container that the implementation produced and the reference opened.
type sealed struct {
	bytes []byte
	*container.Container
}

// produce asks for a container, and opens it with the key.
func produce(a *asker, op string, input vectors.Object, k key.Key) (*sealed, *report.Outcome) {
	answer, bad := a.ask(op, input)
	if bad != nil {
		return nil, bad
	}
	if answer.Unsupported != "" {
		o := absent(op, answer)
		return nil, &o
	}
	if answer.Output == nil {
		o := failed("%s was refused", op)
		o.Want, o.Got = "a container", strings.TrimSpace("error "+answer.Error+" "+answer.Detail)
		return nil, &o
	}
	b := unhex(answer.Output["container"])
	c, err := container.Open(bytes.NewReader(b), int64(len(b)), container.WithKey(&k))
	if err != nil {
		o := failed("the reference does not open the container")
		o.Want, o.Got = "a container under the key", err.Error()
		return nil, &o
	}
	return &sealed{b, c}, nil
}

// sealedRightly seals a job and makes all checks on the result. Given the salts
// that were drawn, there is one container that says what was asked for.
func (j job) sealedRightly(a *asker) report.Outcome {
	s, bad := produce(a, "container.seal", j.input(), j.key)
	if bad != nil {
		return *bad
	}
	if err := j.check(s); err != nil {
		return outcome(err)
	}
	return outcome(sameAsReference(s, "container.seal", j.input()))
}

func (g ringJob) sealedRightly(a *asker) report.Outcome {
	s, bad := produce(a, "keyring.seal", g.input(), g.key)
	if bad != nil {
		return *bad
	}
	if err := g.check(s); err != nil {
		return outcome(err)
	}
	return outcome(sameAsReference(s, "keyring.seal", g.input()))
}

// outcome turns the error of a check into a verdict.
func outcome(err error) report.Outcome {
	if err == nil {
		return passed()
	}
	o := failed("what was sealed breaks a rule")
	o.Got = err.Error()
	return o
}

// shuffled returns the elements in a drawn order.
func shuffled[T any](r *rand.Rand, all []T) []T {
	all = slices.Clone(all)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}
