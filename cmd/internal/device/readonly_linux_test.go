package device

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// In a folder to which nothing can be added a memory can be read, and what would add to it
// is an error of the system.
func TestReadOnlyFolder(t *testing.T) {
	top := must[string](t)(os.MkdirTemp("", "coffer-device-"))
	t.Cleanup(func() { os.RemoveAll(top) })
	m := must[*Memory](t)(Create(filepath.Join(top, "state"), someMeta(1)))
	check(t, os.Remove(m.base+lockEnding))
	check(t, os.Chmod(m.dir, 0o500))
	t.Cleanup(func() { os.Chmod(m.dir, 0o700) })
	if os.Getuid() == 0 { // to whom permissions are nothing
		const nobody = 65534
		check(t, os.Chmod(top, 0o711))
		for _, path := range []string{m.dir, m.path, filepath.Join(m.dir, tagName)} {
			check(t, os.Chown(path, nobody, -1))
		}
		runtime.LockOSThread() // and never unlock it, so that the thread ends
		check(t, unix.Setfsuid(nobody))
	}
	same(t, "meta", *someMeta(1), must[Meta](t)(m.Meta()))
	if _, err := m.Lock(); !errors.Is(err, fs.ErrPermission) || errors.Is(err, ErrBusy) {
		t.Errorf("Lock: %v", err)
	}
	for name, dir := range map[string]string{"in it": m.dir, "under it": filepath.Join(m.dir, "sub")} {
		if _, err := Create(dir, someMeta(40)); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("Create %s: %v", name, err)
		}
	}
	check(t, os.Chmod(m.path, 0o400))
	same(t, "meta", *someMeta(1), must[Meta](t)(m.Meta()))
	if err := m.SetMeta(someMeta(1)); !errors.Is(err, fs.ErrPermission) || isUnusable(err) {
		t.Errorf("SetMeta: %v", err)
	}
}
