package dissect

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha512"
	"fmt"
	"strconv"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/spec/annotate"
)

// Steps returns what is computed from what on the way from the secret to the plaintext,
// and from the end of the plaintext to a byte of an entry. Error: that of the secret.
func (o *Opened) Steps() ([]Step, error) {
	t, err := o.tracer()
	if err != nil {
		return nil, err
	}
	t.parts()
	t.part = "From the secret to K"
	if o.given.slot != nil {
		if err := t.slot(); err != nil {
			return nil, err
		}
	} else {
		t.add(Step{Title: "The 64-digit key is K", Section: "3.3", Requirement: "KEY-6", Formula: "K = the 64 digits, without spaces and line feeds",
			Text: "Two digits are a byte. Nothing is derived: whoever has the digits has the key.",
			Out:  []Value{computed("K", o.key[:])}})
	}
	t.header()
	t.part = "From K to the plaintext"
	t.payload()
	if o.plaintext != nil {
		t.chunks(0, t.last())
	}
	if o.Purpose == header.Archive.String() && o.plaintext != nil && o.Error == nil {
		t.archive()
	}
	return t.steps, nil
}

// ByteSteps returns the part of the way that leads to byte j of the content of entry i of an
// archive without an error, from K on, and what vouches for that byte.
func (o *Opened) ByteSteps(i int, j int64) ([]Step, error) {
	t, err := o.tracer()
	if err != nil {
		return nil, err
	}
	t.payload()
	t.chunks(t.last())
	t.entry(i)
	t.oneByte(o.Entries[i], j)
	return t.steps, nil
}

// tracer collects steps.
type tracer struct {
	*Opened
	fields  []annotate.Field // of the container
	derived cobblestone.Derived
	part    string
	steps   []Step
	opened  map[int64]bool // the chunks that a step opens
}

func (o *Opened) tracer() (*tracer, error) {
	fields, err := annotate.Container(bytes.NewReader(o.data), int64(len(o.data)))
	return &tracer{Opened: o, fields: fields, opened: map[int64]bool{}}, err
}

func (t *tracer) add(s Step) {
	s.Part = t.part
	t.steps = append(t.steps, s)
}

// in returns a part of the container.
func (t *tracer) in(name string, offset, length int64) Value {
	return placed(name, "container", t.data, offset, length)
}

// field returns the fields of the container whose names begin with prefix.
func (t *tracer) field(name, prefix string) Value {
	r := spanOf(t.fields, prefix)
	return t.in(name, r.Offset, r.Length)
}

// number returns the value of a field.
func number(fields []annotate.Field, name string) int64 {
	for _, f := range fields {
		if f.Name == name {
			n, _ := strconv.ParseInt(f.Value, 10, 64) // a number, as annotate writes it
			return n
		}
	}
	return 0
}

const c2sp = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM"

// message derives what a message at an offset is sealed with. The step of the comparison
// says what it shows.
func (t *tracer) message(what string, compared Step, inputKey, context Value, offset int64) cobblestone.Derived {
	salt := t.data[offset : offset+cobblestone.SaltSize]
	d := cobblestone.Derive(inputKey.bytes(), salt, string(context.bytes()))
	info := append(append([]byte(c2sp+"\x00"), salt...), context.bytes()...)
	t1 := mac(inputKey.bytes(), info, []byte{1})
	t2 := mac(inputKey.bytes(), t1, info, []byte{2})
	t.add(Step{Title: "Derive what " + what + " is sealed with", Section: "4.2", Requirement: "COB-2",
		Formula: `key[32] || base_nonce[12] || commitment[32] = HKDF-Expand(PRK = ` + inputKey.Name + `, info = "` + c2sp + `" || 0x00 || salt || context, L = 76)`,
		Common:  []string{"HKDF-Expand is two runs of HMAC-SHA-512 under the PRK: T1 = HMAC(info || 0x01), T2 = HMAC(T1 || info || 0x02). The first 76 of their 128 bytes are the result."},
		In:      []Value{inputKey, t.in("salt", offset, cobblestone.SaltSize), context, computed("info", info)},
		Out:     []Value{computed("T1", t1), computed("T2", t2), computed("key", d.Key[:]), computed("base nonce", d.BaseNonce[:]), computed("commitment", d.Commitment[:])}})
	compared.Title, compared.Section, compared.Formula = "Does the key fit "+what+"?", "4.5", "commitment = the one that was derived"
	compared.In = []Value{computed("commitment, derived", d.Commitment[:])}
	t.compare(compared, d.Commitment[:], t.in("commitment of the message", offset+cobblestone.SaltSize, cobblestone.CommitmentSize))
	return d
}

// compare adds a step in which what was computed is compared with what is there.
func (t *tracer) compare(s Step, computed []byte, with Value) {
	holds := bytes.Equal(computed, t.data[with.Offset:with.Offset+with.Length])
	s.With, s.Holds = []Value{with}, &holds
	t.add(s)
}

func mac(secret []byte, parts ...[]byte) []byte {
	m := hmac.New(sha512.New, secret)
	for _, p := range parts {
		m.Write(p)
	}
	return m.Sum(nil)
}

// chunk returns the step that opens chunk i of a message, whose ciphertext lies at an offset
// and has length bytes.
func (t *tracer) chunk(s Step, d *cobblestone.Derived, i, offset, length int64, out Value) Step {
	s.Section = "4.3"
	s.Formula = fmt.Sprintf(`chunk %d = AES-256-GCM-open(key, nonce = base_nonce XOR %d, as 12 bytes, big-endian, sealed chunk %d, additional data = "")`, i, i, i)
	s.In = []Value{computed("key", d.Key[:]), nonce(d, i), t.in("ciphertext", offset, length), t.in("tag", offset+length, cobblestone.TagSize)}
	s.Out = []Value{out}
	return s
}

// nonce returns the nonce of chunk i.
func nonce(d *cobblestone.Derived, i int64) Value {
	n := d.BaseNonce
	for j := 0; j < 8; j++ {
		n[11-j] ^= byte(i >> (8 * j))
	}
	return computed(fmt.Sprintf("nonce of chunk %d", i), n[:])
}

// derive derives a key from K, for a step that says why.
func (t *tracer) derive(s Step, label, name string) (Step, []byte) {
	message := []byte("coffer/v1 " + label + "\x01")
	whole := mac(t.key[:], message)
	s.Section, s.Formula = "3.2", fmt.Sprintf(`%s = Derive(K, %q) = HMAC-SHA-512(key = K, "coffer/v1 " || %q || 0x01)[0..32]`, name, label, label)
	s.In = []Value{computed("K", t.key[:]), computed("message of the HMAC", message)}
	s.Out = []Value{computed("HMAC, whole", whole), computed(name, whole[:key.Size])}
	return s, whole[:key.Size]
}
