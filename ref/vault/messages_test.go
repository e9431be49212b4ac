package vault

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/spec/grammar"
)

// element is one of the group.
var element = func() []byte {
	_, public := opaque.DeriveDiffieHellmanKeyPair(new([opaque.Nseed]byte))
	return public.Bytes()
}()

// fill gives the fields of a structure different values.
func fill(v reflect.Value, next *uint64) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), next)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), next)
		}
	case reflect.Uint8:
		*next++
		v.SetUint(*next * 7 % 251)
	default:
		*next++
		v.SetUint(*next)
	}
}

// sample is a structure that decodes.
func sample[S any](s S) S {
	next := uint64(1)
	fill(reflect.ValueOf(s).Elem(), &next)
	switch s := any(s).(type) {
	case *RegisterRequest:
		copy(s.Request[:], element)
	case *StoreRequest:
		copy(s.Record[:], element)
	case *CommitRequest:
		s.Proof.Type = SessionProof
	case *DestroyRequest:
		s.Proof.Type = ManagementProof
	case *RecoverRequest:
		copy(s.KE1[:], element)
		copy(s.KE1[64:], element)
	case *StateAnswer:
		s.State = Live
	}
	if a, ok := any(s).(Answer); ok {
		a.Says().Status = Full
	}
	return s
}

// leaf is a field with its bytes.
type leaf struct {
	Name  string
	Bytes string
}

// leavesOf returns the fields of a structure in the order of its type, an array of numbers as
// a field for each.
func leavesOf(v reflect.Value, name string) (all []leaf) {
	switch {
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			all = append(all, leavesOf(v.Field(i), v.Type().Field(i).Name)...)
		}
	case v.Kind() == reflect.Array && v.Type().Elem().Kind() != reflect.Uint8:
		for i := range v.Len() {
			all = append(all, leavesOf(v.Index(i), name)...)
		}
	case v.Kind() == reflect.Array:
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		all = append(all, leaf{strings.ToLower(name), string(b)})
	default:
		b := make([]byte, v.Type().Size())
		for i, n := len(b)-1, v.Uint(); i >= 0; i, n = i-1, n>>8 {
			b[i] = byte(n)
		}
		all = append(all, leaf{strings.ToLower(name), string(b)})
	}
	return all
}

// inChapter returns the fields that the grammar of the chapter finds.
func inChapter(n *grammar.Node) (all []leaf) {
	n.Leaves(func(path string, l *grammar.Node) {
		name := path[strings.LastIndex(path, ".")+1:]
		name, _, _ = strings.Cut(name, "[")
		name = strings.ReplaceAll(strings.TrimSuffix(name, "_ms"), "_", "")
		all = append(all, leaf{name, string(l.Bytes())})
	})
	return all
}

func typeOf(t *testing.T, name string) *grammar.Type {
	t.Helper()
	g, err := grammar.Load()
	if err != nil {
		t.Fatal(err)
	}
	typ, ok := g.Lookup(name)
	if !ok {
		t.Fatalf("the chapter has no structure %s", name)
	}
	return typ
}

func structName(s any) string { return reflect.TypeOf(s).Elem().Name() }

// sizes are the lengths that are constants.
var sizes = map[string]int{
	"StateRequest": StateRequestSize, "RegisterRequest": RegisterRequestSize, "StoreRequest": StoreRequestSize,
	"CommitRequest": CommitRequestSize, "RecoverRequest": RecoverRequestSize, "FinishRequest": FinishRequestSize,
	"DestroyRequest": DestroyRequestSize, "AnchorRequest": AnchorRequestSize,
	"StateAnswer": StateAnswerSize, "RegisterAnswer": RegisterAnswerSize, "StoreAnswer": StoreAnswerSize,
	"CommitAnswer": CommitAnswerSize, "RecoverAnswer": RecoverAnswerSize, "FinishAnswer": FinishAnswerSize,
	"DestroyAnswer": DestroyAnswerSize, "AnchorAnswer": AnchorAnswerSize,
	"Token": TokenSize, "Proof": ProofSize, "Report": ReportSize,
}

// Every structure of chapter 18 has the fields, lengths and order that the chapter gives it,
// and is read as it was written. What the chapter's grammar refuses of the variants of a
// structure, the reference refuses, and nothing else but numbers without a name. [VLT-16]
// [VLT-17]
func TestStructuresAreThoseOfTheChapter(t *testing.T) {
	g, err := grammar.Load()
	if err != nil {
		t.Fatal(err)
	}
	compare := func(s structure, parse func([]byte) (structure, error)) {
		name := structName(s)
		encoded := encode(s)
		if len(encoded) != sizes[name] {
			t.Errorf("%s has %d bytes, and the constant is %d", name, len(encoded), sizes[name])
		}
		node, err := typeOf(t, name).Decode(encoded)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := differ(g, s); diff != "" {
			t.Errorf("%s in the chapter (-) and the reference (+): %s", name, diff)
		}
		if back, err := parse(encoded); err != nil || !reflect.DeepEqual(back, s) {
			t.Errorf("%s is read as %+v, %v", name, back, err)
		}
		for _, v := range node.Variants() {
			_, inChapter := typeOf(t, name).Decode(v.Bytes)
			back, err := parse(v.Bytes)
			if inChapter != nil && !errors.Is(err, ErrMalformed) {
				t.Errorf("%s, %s %s: the reference reads it", name, v.Field, v.What)
			}
			if err == nil && !bytes.Equal(encode(back), v.Bytes) {
				t.Errorf("%s, %s %s is written otherwise than it was read", name, v.Field, v.What)
			}
			isEnum := slices.ContainsFunc([]string{".type", ".status", ".state"}, func(s string) bool { return strings.HasSuffix(v.Field, s) })
			if inChapter == nil && err != nil && !isEnum {
				t.Errorf("%s, %s %s: the reference refuses it", name, v.Field, v.What)
			}
		}
	}
	for _, name := range Names() {
		compare(sample(kindOf(name).request()), func(b []byte) (structure, error) { s, err := ParseRequest(name, b); return s, err })
		compare(sample(kindOf(name).answer()), func(b []byte) (structure, error) { s, err := ParseAnswer(name, b); return s, err })
		if want := strings.ToUpper(name[:1]) + name[1:] + "Request"; structName(kindOf(name).request()) != want {
			t.Errorf("%s is the name of %s", name, structName(kindOf(name).request()))
		}
		if sizes[structName(kindOf(name).request())] > 1024 {
			t.Errorf("a request to %s is longer than [VLT-53] lets through", name)
		}
	}
	compare(sample(new(Token)), func(b []byte) (structure, error) { s, err := ParseToken(b); return s, err })
}

// differ says what a grammar and the reference do not agree on about a structure.
func differ(g *grammar.Grammar, s structure) string {
	typ, ok := g.Lookup(structName(s))
	if !ok {
		return "there is none"
	}
	node, err := typ.Decode(encode(s))
	if err != nil {
		return err.Error()
	}
	return cmp.Diff(inChapter(node), leavesOf(reflect.ValueOf(s).Elem(), ""))
}

// With a number in a structure of sections 18.3 and 18.5 one more or one less, the reference
// does not agree with some structure.
func TestOtherGrammarsDisagree(t *testing.T) {
	number := regexp.MustCompile(`\[[0-9]+\]|uint[0-9]+`)
	var blocks []spec.Code
	for _, b := range spec.CodeBlocks() {
		if b.Language == "tls" {
			blocks = append(blocks, b)
		}
	}
	tried := 0
	for i, b := range blocks {
		if b.File != "18-vault.md" || b.Section == "18.10" {
			continue
		}
		for _, at := range number.FindAllStringIndex(b.Text, -1) {
			changed := slices.Clone(blocks)
			other := "uint16"
			if n, err := strconv.Atoi(strings.Trim(b.Text[at[0]:at[1]], "[]")); err == nil {
				other = fmt.Sprintf("[%d]", n+1)
			}
			changed[i].Text = b.Text[:at[0]] + other + b.Text[at[1]:]
			g, err := grammar.Read(changed)
			if err != nil {
				t.Fatal(err)
			}
			tried++
			agrees := differ(g, sample(new(Token))) == ""
			for _, name := range Names() {
				agrees = agrees && differ(g, sample(kindOf(name).request())) == "" && differ(g, sample(kindOf(name).answer())) == ""
			}
			if agrees {
				t.Errorf("nothing shows that this is not the grammar:\n%s", cmp.Diff(b.Text, changed[i].Text))
			}
		}
	}
	if tried < 40 {
		t.Errorf("only %d grammars were tried", tried)
	}
}

// A refusal has a status and zeros. [VLT-15]
func TestRefusal(t *testing.T) {
	for _, name := range Names() {
		got := Encode(Refusal(name, BadToken))
		want := make([]byte, len(got))
		want[0] = byte(BadToken)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %x", name, got)
		}
	}
}

// Elements that are the identity, or not canonical, are malformed, and so are proofs of
// another type or with bytes where there is none, and requests without a credential. [VLT-12]
// [VLT-16]
func TestMalformed(t *testing.T) {
	identity := make([]byte, 32)
	negative := bytes.Clone(element) // its encoding is not that of a canonical element
	negative[0] |= 1
	noElement := bytes.Repeat([]byte{0xff}, 32)
	for _, bad := range [][]byte{identity, negative, noElement} {
		register := sample(new(RegisterRequest))
		copy(register.Request[:], bad)
		store := sample(new(StoreRequest))
		copy(store.Record[:], bad)
		blinded := sample(new(RecoverRequest))
		copy(blinded.KE1[:], bad)
		share := sample(new(RecoverRequest))
		copy(share.KE1[64:], bad)
		for name, r := range map[string]Request{"register": register, "store": store, "recover": blinded, "recover ": share} {
			if _, err := ParseRequest(strings.TrimSpace(name), Encode(r)); !errors.Is(err, ErrMalformed) {
				t.Errorf("%s with %x is read", name, bad)
			}
		}
	}
	for _, name := range Names() {
		r := sample(kindOf(name).request())
		r.Asks().Credential = Credential{}
		if _, err := ParseRequest(name, Encode(r)); errors.Is(err, ErrMalformed) != (name != "state") {
			t.Errorf("%s without a credential: %v", name, err)
		}
	}
	for _, proof := range []Proof{{Type: 3}, {Type: NoProof, Of: Credential{31: 1}}, {Type: NoProof, Value: [64]byte{63: 1}}} {
		commit, destroy := sample(new(CommitRequest)), sample(new(DestroyRequest))
		commit.Proof, destroy.Proof = proof, proof
		for name, r := range map[string]Request{"commit": commit, "destroy": destroy} {
			if _, err := ParseRequest(name, Encode(r)); !errors.Is(err, ErrMalformed) {
				t.Errorf("%s with the proof %+v is read", name, proof)
			}
		}
	}
}
