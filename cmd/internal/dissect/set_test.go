package dissect

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// sets returns the vectors about sets of which nothing is remembered.
func sets(t *testing.T) (all []vectors.Case) {
	t.Helper()
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for _, c := range f.Cases {
			if c.Op == "set.open" && c.Input["remembered"] == nil && c.Input["generation"] == nil && c.ID != "set/slots-unknown-passkey" { // nobody types which passkey it is
				all = append(all, c)
			}
		}
	}
	if len(all) < 100 {
		t.Fatalf("there are %d cases", len(all))
	}
	return all
}

func folderOf(t *testing.T, c vectors.Case) (map[string][]byte, Secret) {
	t.Helper()
	folder := map[string][]byte{}
	for i := range c.Input["objects"].([]any) {
		name, err := vectors.Field(c.Input, fmt.Sprintf("objects.%d.name", i))
		if err != nil {
			t.Fatal(err)
		}
		data, err := vectors.Field(c.Input, fmt.Sprintf("objects.%d.bytes", i))
		if err != nil {
			t.Fatal(err)
		}
		folder[string(name)] = data
	}
	secret, err := SecretOf(c.Input["secret"].(vectors.Object))
	if err != nil {
		t.Fatal(err)
	}
	return folder, secret
}

// What the vectors of sets expect is what is shown: the error, or the head, the earlier
// generations and the objects that were passed over.
func TestSetVectors(t *testing.T) {
	take := thorough.ShortOneIn(t, 4)
	for _, c := range sets(t) {
		if !take() {
			continue
		}
		folder, secret := folderOf(t, c)
		s, err := OpenSet(folder, secret)
		if err == nil && s.Error != nil {
			err = fault.New(s.Error.Name, "%s", s.Error.Detail)
		}
		if c.Result == vectors.Invalid {
			// what is wrong with the history of a head is said of the head
			if err == nil && len(s.Generations) > 0 && s.Generations[0].Error != nil {
				err = fault.New(s.Generations[0].Error.Name, "%s", s.Generations[0].Error.Detail)
			}
			if string(fault.NameOf(err)) != c.Error {
				t.Errorf("%s: the error is %v, not %s", c.ID, err, c.Error)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		got := vectors.Object{"set_id": s.ID, "epoch": fmt.Sprint(s.Epoch), "generation": "<nil>"}
		var earlier, passed []string
		for i, g := range s.Generations {
			if i == 0 {
				got["generation"] = fmt.Sprint(g.Number)
			} else {
				earlier = append(earlier, fmt.Sprint(g.Number))
			}
		}
		for _, o := range s.Objects {
			if o.Error != nil {
				passed = append(passed, o.Name)
			}
		}
		want := vectors.Object{}
		for _, name := range []string{"set_id", "epoch", "generation"} {
			want[name] = fmt.Sprint(c.Output[name])
		}
		slices.Sort(earlier)
		want["earlier"], got["earlier"] = joined(c.Output["earlier"]), strings.Join(earlier, " ")
		want["passed_over"], got["passed_over"] = joined(c.Output["passed_over"]), strings.Join(passed, " ")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", c.ID, diff)
		}
	}
}

func joined(list any) string {
	var all []string
	for _, v := range list.([]any) {
		all = append(all, fmt.Sprint(v))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// Every object that the set knows opens with the key that is given for it, and commits and
// what they list name each other.
func TestSetObjects(t *testing.T) {
	for _, c := range sets(t) {
		if c.ID != "set/containers" {
			continue
		}
		folder, secret := folderOf(t, c)
		s, err := OpenSet(folder, secret)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Objects) != len(folder) || len(s.Missing) > 0 || s.Keyring == "" {
			t.Errorf("%+v", s)
		}
		listed := 0
		for _, o := range s.Objects {
			if _, err := Open(folder[o.Name], Secret{"key", o.Key}); err != nil {
				t.Errorf("%s: %v", o.Name, err)
			}
			listed += len(o.Listed)
		}
		if listed == 0 {
			t.Error("nobody lists anything")
		}
	}
}
