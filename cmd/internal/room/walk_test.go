package room

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The walk at a vault has all messages of a registration and a recovery, in order, each
// with all of its fields, and is the same at every run.
func TestVaultWalk(t *testing.T) {
	b := repository(t)
	w, err := b.vaultWalk()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range w.Acts {
		l := a.Layers[0]
		at := int64(0)
		for _, f := range l.Fields {
			if f.Offset != at || f.Fault != "" || f.Meaning == "" {
				t.Errorf("%s: %+v at %d", l.Name, f, at)
			}
			at += f.Length
		}
		if 2*at != int64(len(l.Hex)) {
			t.Errorf("%s: the fields take %d of %d bytes", l.Name, at, len(l.Hex)/2)
		}
		got = append(got, l.Name)
	}
	want := strings.Fields("RegisterRequest RegisterAnswer StoreRequest StoreAnswer slot CommitRequest CommitAnswer RecoverRequest RecoverAnswer FinishRequest FinishAnswer")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	again, err := b.vaultWalk()
	if err != nil || fmt.Sprint(again.Acts) != fmt.Sprint(w.Acts) {
		t.Errorf("another run differs: %v", err)
	}
}

// The night's backup begins with the old key, has the keyring before what is under the new
// one, and ends with the commit; every object opens.
func TestBackupWalk(t *testing.T) {
	w, err := repository(t).backupWalk()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range w.Acts {
		names = append(names, a.Name[:2])
		if len(a.Layers) != 2 {
			t.Errorf("%s has %d layers", a.Name, len(a.Layers))
		}
	}
	if got := strings.Join(names, " "); got != "c- g- k- c- g-" {
		t.Errorf("the objects come as %s", got)
	}
}
