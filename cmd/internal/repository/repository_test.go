package repository

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/spec/trace"
)

// What is embedded shows of every requirement what the repository itself shows, apart from
// modules of their own, which cannot be embedded.
func TestRepositoryIsWhole(t *testing.T) {
	here := os.DirFS("../../..")
	want, err := trace.Read(here)
	if err != nil {
		t.Fatal(err)
	}
	want.Sites = slices.DeleteFunc(want.Sites, func(s trace.Site) bool { return strings.HasPrefix(s.File, "cmd/fleet/") })
	got, err := trace.Read(FS())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(got.Sites) == 0 || len(got.Cases) == 0 || len(got.Audits) == 0 {
		t.Errorf("nothing was read: %d sites, %d cases, %d audits", len(got.Sites), len(got.Cases), len(got.Audits))
	}
}
