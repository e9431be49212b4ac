package characters

import "testing"

// The lists have as many characters as the data of Unicode 15.0.0.
func TestLists(t *testing.T) {
	for _, c := range []struct {
		name string
		list []rune
		want int
	}{
		{"composites", Composites(), 941}, {"replaced", Replaced(), 1120}, {"marks", Marks(), 918}, {"cased", Cased(), 1530},
	} {
		if len(c.list) != c.want {
			t.Errorf("%s: %d characters, not %d", c.name, len(c.list), c.want)
		}
	}
}
