package main

import (
	"os"
	"strings"
	"testing"
)

// A drive that cannot read is told from a damaged file, with what to do.
func TestUnreadableDrive(t *testing.T) {
	f, err := os.Open("/proc/self/mem") // its first page cannot be read
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	in := &input{file: f, path: "x.coffer", ctx: t.Context()}
	_, err = in.ReadAt(make([]byte, 1), 0)
	if more, status := advise(err); !strings.Contains(more, "skips what cannot be read") || status != 1 {
		t.Errorf("status %d: %v: %q", status, err, more)
	}
}
