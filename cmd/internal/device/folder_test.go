package device

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The folder is where the environment and the system say.
func TestFolder(t *testing.T) {
	root := filepath.VolumeName(t.TempDir()) + string(filepath.Separator)
	at := func(parts ...string) string { return root + filepath.Join(parts...) }
	for name, test := range map[string]struct {
		system string
		env    map[string]string
		want   string // empty if there is none
	}{
		"own":               {"linux", map[string]string{"COFFER_STATE": at("own"), "HOME": at("home")}, at("own")},
		"state home":        {"linux", map[string]string{"XDG_STATE_HOME": at("xdg"), "HOME": at("home")}, at("xdg", "coffer")},
		"home":              {"freebsd", map[string]string{"HOME": at("home")}, at("home", ".local", "state", "coffer")},
		"relative is none":  {"linux", map[string]string{"XDG_STATE_HOME": "xdg", "HOME": at("home")}, at("home", ".local", "state", "coffer")},
		"macOS":             {"darwin", map[string]string{"XDG_STATE_HOME": at("xdg"), "HOME": at("home")}, at("home", "Library", "Application Support", "coffer")},
		"Windows":           {"windows", map[string]string{"LocalAppData": at("data"), "HOME": at("home")}, at("data", "coffer")},
		"nothing":           {"linux", nil, ""},
		"nothing, macOS":    {"darwin", nil, ""},
		"nothing, Windows":  {"windows", map[string]string{"HOME": at("home")}, ""},
		"home is no folder": {"linux", map[string]string{"HOME": "."}, ""},
	} {
		got, err := folder(test.system, func(name string) string { return test.env[name] })
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if err != nil && !strings.Contains(err.Error(), "COFFER_STATE") {
			t.Errorf("%s does not say what to do: %v", name, err)
		}
	}
	t.Setenv("COFFER_STATE", "relative")
	want := filepath.Join(must[string](t)(os.Getwd()), "relative")
	if got, err := Folder(); got != want || err != nil {
		t.Errorf("Folder: %q, %v", got, err)
	}
}

// permissions of a path
func permissions(t *testing.T, path string) fs.FileMode {
	t.Helper()
	return must[fs.FileInfo](t)(os.Stat(path)).Mode().Perm()
}

// Nobody else gets at the keys, also after permissions were given away.
func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no permission bits")
	}
	m := created(t, someMeta(1))
	must[func()](t)(m.Lock())()
	modes := func() (modes []fs.FileMode) {
		for _, path := range []string{m.dir, m.path, m.Spool(), m.base + lockEnding, filepath.Join(m.dir, tagName)} {
			modes = append(modes, permissions(t, path))
		}
		return modes
	}
	want := []fs.FileMode{0o700, 0o600, 0o700, 0o600, 0o600}
	same(t, "new", want, modes())
	check(t, os.Chmod(m.dir, 0o755))
	check(t, os.Chmod(m.path, 0o644))
	must[Meta](t)(m.Meta())
	same(t, "mended", want, modes())
	check(t, os.Chmod(m.path, 0o440))
	must[Meta](t)(m.Meta())
	same(t, "no more than was there", fs.FileMode(0o400), permissions(t, m.path))
}

// A folder that has lost its tag may be another's: its permissions stay, and what is in it
// is not used while others can enter.
func TestFolderWithoutTag(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no permission bits")
	}
	m := created(t, someMeta(1))
	check(t, os.Remove(filepath.Join(m.dir, tagName)))
	must[Meta](t)(m.Meta())
	check(t, os.Chmod(m.dir, 0o711))
	if _, err := m.Meta(); err == nil || !strings.Contains(err.Error(), "chmod go=") {
		t.Errorf("others can enter: %v", err)
	}
	same(t, "folder", fs.FileMode(0o711), permissions(t, m.dir))
}

// A folder of others is neither closed to them nor left out of backups.
func TestFolderOfOthers(t *testing.T) {
	for name, file := range map[string]string{"files": "letter.txt", "tag of another program": tagName} {
		dir := t.TempDir()
		check(t, os.WriteFile(filepath.Join(dir, file), []byte("theirs"), 0o644))
		before := permissions(t, dir)
		if _, err := Create(dir, someMeta(1)); err == nil || !strings.Contains(err.Error(), "COFFER_STATE") {
			t.Errorf("%s: %v", name, err)
		}
		entries := must[[]fs.DirEntry](t)(os.ReadDir(dir))
		if len(entries) != 1 || permissions(t, dir) != before {
			t.Errorf("%s: the folder has changed: %v", name, entries)
		}
	}
}

// An empty folder is taken, also one in which that was interrupted; and programs for
// backups are told.
func TestEmptyFolder(t *testing.T) {
	for _, begun := range []string{"", tagText[:5]} {
		dir := t.TempDir()
		check(t, os.WriteFile(filepath.Join(dir, tagName), []byte(begun), 0o600))
		must[*Memory](t)(Create(dir, someMeta(1)))
		tag := must[[]byte](t)(os.ReadFile(filepath.Join(dir, tagName)))
		if !strings.HasPrefix(string(tag), "Signature: 8a477f597d28d172789f06886806bc55") {
			t.Errorf("the tag is %q", tag)
		}
	}
}
