package restore

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

var (
	testKey = bytes.Repeat([]byte{1}, cobblestone.KeySize)
	testID  = archive.ID{2}
)

func TestMain(m *testing.M) {
	thorough.InMemory()
	os.Exit(m.Run())
}

// sealed returns the message of an archive with these files and contents.
func sealed(t testing.TB, contents map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	payload := cobblestone.NewWriter(&out, testKey, testID[:], "")
	w, err := archive.NewWriter(payload, testID, archive.Index{Complete: true})
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range contents {
		e := archive.Entry{Path: path, ModifiedMS: 1<<51 + 1583298367891, Size: int64(len(content))}
		if err := w.Add(e, strings.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), payload.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func open(t testing.TB, message []byte) *archive.Reader {
	t.Helper()
	plain, err := cobblestone.NewReaderAt(bytes.NewReader(message), int64(len(message)), testKey, "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := archive.NewReader(plain, testID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tree returns the files below dir and their contents. Links are "-> target".
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(path)
			found[rel] = "-> " + target
			return err
		}
		data, err := os.ReadFile(path)
		found[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
