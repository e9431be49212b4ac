package grammar

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/spec"
)

// The blocks of the specification are a grammar, with every structure that the
// chapters name.
func TestLoad(t *testing.T) {
	g, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, typ := range g.Types {
		names = append(names, typ.Name)
	}
	want := "SlotType Slot PasswordSlot VaultSlot PasskeySlot Purpose Header FrameType Kind Entry Place Record Path Stored Segment " +
		"SegmentRef Index EntryFrame Run PieceFrame PaddingFrame Frame OldKey Keyring " +
		"Token ProofType Proof StateRequest RegisterRequest StoreRequest CommitRequest RecoverRequest FinishRequest DestroyRequest " +
		"AnchorRequest Status RecordState Report StateAnswer RegisterAnswer StoreAnswer CommitAnswer RecoverAnswer FinishAnswer " +
		"DestroyAnswer AnchorAnswer Anchor"
	if diff := cmp.Diff(strings.Fields(want), names); diff != "" {
		t.Error(diff)
	}
}

func read(text string) (*Grammar, error) {
	return Read([]spec.Code{{Place: spec.Place{File: "x.md", Line: 10}, Language: "tls", Text: text}})
}

// sizes of the language: prefixes and enums take the fewest bytes that do.
const example = `
enum { red(1), green(2), (65535) } Colour; /* two bytes */
struct { opaque name<1..255>; } Named;
struct {
    uint8 version = 1;
    Colour colour;
    uint64 count;
    opaque fixed[2];
    Named names<0..256>; // a prefix of two bytes
    opaque counted[count];
    select (colour) {
        case red: Named;
        case green: Colour;
    };
} Whole;
`

// Bytes decode to the fields that the language says, at their offsets.
func TestDecode(t *testing.T) {
	g, err := read(example)
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := g.Lookup("Whole")
	data := unhex(t, "01 0002 0000000000000003 aabb 0005 0161 026263 646566 0001")
	n, err := whole.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSpace(`
version 0+0+1 = 1
colour 1+0+2 = 2 green
count 3+0+8 = 3
fixed 11+0+2 aabb
names 13+2+5
 [0] 15+0+2
  name 15+1+1 61
 [1] 17+0+3
  name 17+1+2 6263
counted 20+0+3 646566
green 23+0+2 = 1 red`)
	if diff := cmp.Diff(want, strings.TrimSpace(outline(n, ""))); diff != "" {
		t.Error(diff)
	}
}

// outline prints a node's fields: offset, length of the prefix, length.
func outline(n *Node, indent string) string {
	var b strings.Builder
	for i, c := range n.Children {
		name := c.Name
		if name == "" {
			name = fmt.Sprintf("[%d]", i)
		}
		fmt.Fprintf(&b, "%s%s %d+%d+%d", indent, name, c.Offset, c.Prefix, c.Length)
		switch c.Type.Kind {
		case Number, Enum:
			fmt.Fprintf(&b, " = %d", c.Number)
			if s := c.Type.ValueName(c.Number); s != "" {
				b.WriteString(" " + s)
			}
		case Opaque:
			fmt.Fprintf(&b, " %x", c.Data)
		}
		b.WriteString("\n" + outline(c, indent+" "))
	}
	return b.String()
}

// Every rule of the language is applied, and the field named where it is broken.
func TestRefusals(t *testing.T) {
	g, err := read(example)
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := g.Lookup("Whole")
	for _, c := range []struct {
		bytes, path string
		rule        Rule
	}{
		{"", "Whole.version", Ends},
		{"02", "Whole.version", Differs},
		{"01 00", "Whole.colour", Ends},
		{"01 0001 0010000000000000", "Whole.count", Greatest},
		{"01 0001 0000000000000000 aa", "Whole.fixed", Ends},
		{"01 0001 0000000000000000 aabb 00", "Whole.names", Ends},
		{"01 0001 0000000000000000 aabb 0101", "Whole.names", Bound},
		{"01 0001 0000000000000000 aabb 0001", "Whole.names", Ends},
		{"01 0001 0000000000000000 aabb 0001 00", "Whole.names[0].name", Bound},
		{"01 0001 0000000000000000 aabb 0002 0261 62", "Whole.names[0].name", Ends},
		{"01 0001 0000000000000001 aabb 0000", "Whole.counted", Ends},
		{"01 0003 0000000000000000 aabb 0000", "Whole.colour", NoCase},
		{"01 0002 0000000000000000 aabb 0000 00", "Whole.green", Ends},
		{"01 0002 0000000000000000 aabb 0000 0001 00", "Whole", Trailing},
	} {
		_, err := whole.Decode(unhex(t, c.bytes))
		var e *Error
		if !errors.As(err, &e) || e.Path != c.path || e.Rule != c.rule {
			t.Errorf("%s: %v, not %s: %s", c.bytes, err, c.path, c.rule)
		}
	}
}

// A mistake in a block is reported with its line.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"struct {\n  uint8 a\n} X;":                                           `x.md:13: "}" stands where ";" is expected`,
		"struct { uint9 a; } X;":                                              "x.md:11: there is no type uint9",
		"struct { opaque a; } X;":                                             "x.md:11: opaque a has no length",
		"struct { opaque a<5..4>; } X;":                                       "x.md:11: the bounds 5..4 contain nothing",
		"struct { opaque a[b]; } X;":                                          `x.md: the block at line 10: X: a is as long as "b" says, which is no number before it`,
		"struct { opaque b[1]; opaque a[b]; } X;":                             `x.md: the block at line 10: X: a is as long as "b" says, which is no number before it`,
		"enum { a(1), b(1) } X;":                                              "x.md:11: the value 1 has two names",
		"enum { a(1) } X;\nenum { a(1) } X;":                                  "x.md:12: X is defined twice",
		"enum { a(x) } X;":                                                    `x.md:11: "x" stands where a number is expected`,
		"struct { uint8 a; select (a) { case b: X; }; } X;":                   "x.md: the block at line 10: X: select (a) is not of an enum",
		"enum { a(1) } E; struct { E e; select (e) { case b: E; }; } X;":      "x.md: the block at line 10: X: case b is no value of E",
		"enum { a(1) } E; struct { E e; select (e) { case a: E; }; E f; } X;": "x.md:11: nothing may follow a select",
		"enum { a(1) } E; struct { E e = 1; } X;":                             "x.md:11: e is a constant and not a number",
		"":  "there is no block marked tls",
		"%": `x.md:11: "%" stands where a name is expected`,
	} {
		if _, err := read(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, not %s", text, err, want)
		}
	}
}

// The length of an empty structure is no reason to read forever.
func TestEmptyElements(t *testing.T) {
	g, err := read("struct { } Empty; struct { Empty all<0..9>; } X;")
	if err != nil {
		t.Fatal(err)
	}
	x, _ := g.Lookup("X")
	if _, err := x.Decode([]byte{1, 0}); err == nil {
		t.Error("it decodes")
	}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
