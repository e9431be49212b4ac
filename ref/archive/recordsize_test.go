package archive

import (
	"testing"

	"golang.org/x/crypto/cryptobyte"
)

// The size of a record is that of its encoding.
func TestRecordSize(t *testing.T) {
	for _, rec := range []Record{
		{Places: make([]Place, 1), Entry: Entry{Path: "a"}},
		{Places: make([]Place, MaxPlaces), Entry: Entry{Path: "a/é", Kind: Settings, ModifiedMS: 1 << 40, Size: 1 << 50}},
	} {
		var b cryptobyte.Builder
		rec.marshal(&b)
		if want := int64(len(b.BytesOrPanic())); recordSize(rec) != want {
			t.Errorf("%q: %d, not %d", rec.Entry.Path, recordSize(rec), want)
		}
	}
}
