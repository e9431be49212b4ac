package restore

import (
	"context"
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// In a folder that keeps whatever is made in it nothing is restored, and no temporary file
// is left there for ever.
func TestAppendOnly(t *testing.T) {
	for _, sub := range []string{"", "/d"} {
		dir := t.TempDir()
		kept := dir + sub
		if err := os.MkdirAll(kept, 0o700); err != nil {
			t.Fatal(err)
		}
		setAppendOnly(t, kept, true)
		defer setAppendOnly(t, kept, false)
		err := All(context.Background(), open(t, sealed(t, map[string]string{"d/a": "1"})), dir, Options{})
		if !errors.Is(err, ErrKeepsAll) {
			t.Errorf("%q: the error is %v", sub, err)
		}
		if got := tree(t, dir); len(got) > 0 {
			t.Errorf("%q: there is %q", sub, got)
		}
	}
}

func setAppendOnly(t *testing.T, dir string, on bool) {
	t.Helper()
	f, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const appendOnly = 0x20 // FS_APPEND_FL
	flags, err := unix.IoctlGetInt(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	if err == nil {
		flags &^= appendOnly
		if on {
			flags |= appendOnly
		}
		err = unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, flags)
	}
	if err != nil {
		t.Skipf("no folder can be made append-only here: %v", err)
	}
}
