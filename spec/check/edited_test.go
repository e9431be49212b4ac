package check

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/spec"
)

// edited is a repository in which one file has another text.
type edited struct {
	fs.FS
	name string
	text []byte
}

func (e edited) Open(name string) (fs.File, error) {
	if name == e.name {
		return &editedFile{Reader: bytes.NewReader(e.text), name: name}, nil
	}
	return e.FS.Open(name)
}

func (e edited) ReadFile(name string) ([]byte, error) {
	if name == e.name {
		return e.text, nil
	}
	return fs.ReadFile(e.FS, name)
}

type editedFile struct {
	*bytes.Reader
	name string
}

func (f *editedFile) Stat() (fs.FileInfo, error) { return editedInfo{f}, nil }
func (f *editedFile) Close() error               { return nil }

type editedInfo struct{ f *editedFile }

func (i editedInfo) Name() string       { return path.Base(i.f.name) }
func (i editedInfo) Size() int64        { return i.f.Reader.Size() }
func (i editedInfo) Mode() fs.FileMode  { return 0o444 }
func (i editedInfo) ModTime() time.Time { return time.Time{} }
func (i editedInfo) IsDir() bool        { return false }
func (i editedInfo) Sys() any           { return nil }

var readOnce = sync.OnceValues(func() (*repository, error) { return read(os.DirFS("../..")) })

// whole returns the repository, of which the tests below change copies. What is noted while
// it is checked is the caller's.
func whole(t *testing.T) *repository {
	t.Helper()
	r, err := readOnce()
	if err != nil {
		t.Fatal(err)
	}
	code, err := readCode(r.files)
	if err != nil {
		t.Fatal(err)
	}
	return &repository{files: r.files, spec: r.spec, trace: r.trace, code: code}
}

func fileText(t *testing.T, r *repository, name string) string {
	t.Helper()
	text, err := fs.ReadFile(r.files, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// withChapter returns a repository with another text of a chapter.
func withChapter(t *testing.T, r *repository, name, text string) *repository {
	t.Helper()
	files := edited{r.files, name, []byte(text)}
	chapters, err := fs.Sub(files, "spec")
	if err != nil {
		t.Fatal(err)
	}
	document, err := spec.Read(chapters)
	if err != nil {
		t.Fatal(err)
	}
	return &repository{files: files, spec: document, trace: r.trace, code: r.code}
}

// withCode returns a repository with another text of a source file, or an error
// if that cannot be read.
func withCode(r *repository, name, text string) (*repository, error) {
	files := edited{r.files, name, []byte(text)}
	code, err := readCode(files)
	return &repository{files: files, spec: r.spec, trace: r.trace, code: code}, err
}
