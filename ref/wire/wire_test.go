package wire

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"golang.org/x/crypto/cryptobyte"
)

// The bound is below 2^52, and what does not fit is no number. [CON-5]
func TestReadUint64(t *testing.T) {
	for text, want := range map[string]uint64{
		"\x00\x00\x00\x00\x00\x00\x00\x00": 0,
		"\x00\x0f\xff\xff\xff\xff\xff\xff": MaxUint64,
	} {
		s, v := cryptobyte.String(text), uint64(1)
		if !ReadUint64(&s, &v) || v != want || !s.Empty() {
			t.Errorf("%x: %d", text, v)
		}
	}
	for _, text := range []string{"", "\x00\x00\x00\x00\x00\x00\x00", "\x00\x10\x00\x00\x00\x00\x00\x00", "\xff\xff\xff\xff\xff\xff\xff\xff"} {
		s, v := cryptobyte.String(text), uint64(1)
		if ReadUint64(&s, &v) {
			t.Errorf("%x: %d", text, v)
		}
	}
}

// What is there in full is no error, what is not there is, and so is the storage's.
func TestReadFull(t *testing.T) {
	r := bytes.NewReader([]byte("abc"))
	p := make([]byte, 2)
	if err := ReadFull(r, p, 1); err != nil || string(p) != "bc" {
		t.Errorf("%q, %v", p, err)
	}
	if err := ReadFull(r, p, 2); err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
	broken := io.NewSectionReader(broken{}, 0, 2)
	if err := ReadFull(broken, p, 0); !errors.Is(err, iotest.ErrTimeout) {
		t.Error(err)
	}
}

type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, iotest.ErrTimeout }
