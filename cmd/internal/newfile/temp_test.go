package newfile

import (
	"testing"

	"github.com/coffer-format/coffer/ref/header"
)

// What is left of a container is known by what containers begin with.
func TestMagic(t *testing.T) {
	if magic != header.Magic {
		t.Errorf("a container begins with %q", header.Magic)
	}
}
