package grammar

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every field is varied in every way that its type allows, and what encloses it
// still fits.
func TestVariants(t *testing.T) {
	g, err := read(`
enum { red(1), green(2), (255) } Colour;
struct { Colour colour; opaque name<1..3>; } Thing;
struct { uint8 n; Thing things<0..20>; } Box;
`)
	if err != nil {
		t.Fatal(err)
	}
	box, _ := g.Lookup("Box")
	n, err := box.Decode(unhex(t, "05 06 010161 010162"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range n.Variants() {
		got = append(got, fmt.Sprintf("%x %s %s", v.Bytes, v.Field, v.What))
	}
	want := strings.TrimSpace(`
0006010161010162 Box.n is 0
0406010161010162 Box.n is 4
0606010161010162 Box.n is 6
ff06010161010162 Box.n is 255
06010161010162 Box.n lacks its last byte
050006010161010162 Box.n is followed by a zero byte
0500010161010162 Box.things states 0 bytes and has 6
0505010161010162 Box.things states 5 bytes and has 6
0507010161010162 Box.things states 7 bytes and has 6
0514010161010162 Box.things states 20 bytes and has 6
0515010161010162 Box.things states 21 bytes and has 6
05ff010161010162 Box.things states 255 bytes and has 6
0503010162 Box.things lacks element 0
0509010161010161010162 Box.things has element 0 twice
0503010161 Box.things lacks element 1
0509010161010162010162 Box.things has element 1 twice
05050101610101 Box.things lacks its last byte
050701016101016200 Box.things is followed by a zero byte
0506000161010162 Thing.colour is 0
0506020161010162 Thing.colour is 2
0506030161010162 Thing.colour is 3
0506ff0161010162 Thing.colour is 255
05050161010162 Thing.colour lacks its last byte
050701000161010162 Thing.colour is followed by a zero byte
0506010061010162 Thing.name states 0 bytes and has 1
0506010261010162 Thing.name states 2 bytes and has 1
0506010361010162 Thing.name states 3 bytes and has 1
0506010461010162 Thing.name states 4 bytes and has 1
050601ff61010162 Thing.name states 255 bytes and has 1
05050100010162 Thing.name has 0 bytes
05080103616161010162 Thing.name has 3 bytes
0509010461616161010162 Thing.name has 4 bytes
05050100010162 Thing.name lacks its last byte
050701026100010162 Thing.name is followed by a zero byte
05060101610101 Box lacks its last byte
050601016101016200 Box is followed by a zero byte`)
	if diff := cmp.Diff(strings.Split(want, "\n"), got); diff != "" {
		t.Error(diff)
	}
}

// What was decoded is encoded as it was.
func TestBytes(t *testing.T) {
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
	if !bytes.Equal(n.Bytes(), data) {
		t.Errorf("%x, not %x", n.Bytes(), data)
	}
}
