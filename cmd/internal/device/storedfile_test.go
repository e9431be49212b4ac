package device

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/archive"
)

// A file is what it was after it was kept, and one that is cut before its winners is damaged.
func TestStoredFile(t *testing.T) {
	f := File{
		Size: 1, ModifiedNS: -2, ChangedNS: 3, Inode: 4, Device: 5,
		Record: archive.Record{
			Places: []archive.Place{{Container: archive.ID{6}, Offset: 7}, {Container: archive.ID{8}, Offset: 9}},
			Entry:  archive.Entry{Path: "a/b", Kind: archive.Settings, ModifiedMS: 10, Size: 11},
		},
		Contents: []int64{12, 13},
		Winners:  []uint16{1, 0, 1},
	}
	for _, f := range []File{f, {Record: archive.Record{Entry: archive.Entry{Path: "a/b"}}}} {
		got, err := decodeFile("a/b", encodeFile(&f))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(f, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	all := encodeFile(&f)
	for n := range len(all) - 2*len(f.Winners) {
		if _, err := decodeFile("a/b", all[:n]); !errors.Is(err, ErrDamaged) {
			t.Errorf("the first %d bytes: %v", n, err)
		}
	}
}
