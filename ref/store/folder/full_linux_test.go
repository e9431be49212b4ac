package folder

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os/signal"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A file that cannot be written to its end, as on a disk that is full, leaves nothing. A
// limit for the size of files stands for the disk.
func TestFullDisk(t *testing.T) {
	s := open(t, t.TempDir())
	s.Traits() // as long as it can write
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 5000, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	body := bytes.Repeat([]byte("x"), 10_000)
	err := s.PutNew(t.Context(), "a", bytes.NewReader(body), int64(len(body)), sha256.Sum256(body))
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, syscall.EFBIG) {
		t.Errorf("PutNew: %v", err)
	}
	if got := files(t, s); got != nil {
		t.Errorf("after a put that fails there are %q", got)
	}
}
