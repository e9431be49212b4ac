package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/ref/header"
)

// inUse are the files that a run reads its secret, its container or its input from. None
// of them is replaced by what the run writes, with --force neither.
type inUse []usedFile

type usedFile struct {
	info fs.FileInfo
	what string
}

// add adds what a path leads to and, if that is a link, the link; "-" is standard input.
func (u *inUse) add(path, what string) {
	look := []func() (fs.FileInfo, error){
		func() (fs.FileInfo, error) { return os.Stat(path) },
		func() (fs.FileInfo, error) { return os.Lstat(path) },
	}
	switch path {
	case "":
		return
	case "-":
		look = []func() (fs.FileInfo, error){os.Stdin.Stat}
	}
	for _, f := range look {
		if info, err := f(); err == nil {
			*u = append(*u, usedFile{info, what})
		}
	}
}

// use adds the files that a secret comes from.
func (s *secretFlags) use(u *inUse) {
	u.add(s.keyFile, "the file of the key")
	u.add(s.passwordFile, "the file of the password")
}

// check refuses to replace a file of this run, under the name that it would be replaced by.
func (u inUse) check(name string, old fs.FileInfo) error {
	if what, ok := u.find(old); ok {
		return fmt.Errorf("%s is %s that this command reads, and is not replaced: give another name", display.Name(name), what)
	}
	return nil
}

// never refuses to replace a file of this run by a restored one.
func (u inUse) never(old fs.FileInfo) error {
	if what, ok := u.find(old); ok {
		return fmt.Errorf("this is %s that this command reads, and is not replaced", what)
	}
	return nil
}

// find says what a file is of this run.
func (u inUse) find(file fs.FileInfo) (what string, ok bool) {
	for _, f := range u {
		if file != nil && os.SameFile(file, f.info) {
			return f.what, true
		}
	}
	return "", false
}

// kind is what an output may replace.
type kind struct {
	noun string
	is   func(path string, size int64, head []byte) bool
}

// isContainer goes by the name, too: a container may be damaged.
var isContainer = kind{"a container", func(path string, size int64, head []byte) bool {
	begins := strings.HasPrefix(string(head), header.Magic) && !isHeader.is(path, size, head)
	return begins || strings.EqualFold(filepath.Ext(path), extension)
}}

// isHeader is true of what has a header and nothing more, which a container has.
var isHeader = kind{"a header kept apart", func(_ string, size int64, head []byte) bool {
	h, _, err := header.Examine(bytes.NewReader(head), int64(len(head)))
	return err == nil && size == h.Size()+int64(len(h.PayloadPrefix))
}}

// mayReplace refuses to let an output replace a file of this run, or one that is neither
// of a kind nor empty. A link is replaced itself, and what it leads to stays.
func mayReplace(out *newfile.File, path string, used inUse, only kind) error {
	old, head := out.Old()
	if err := used.check(path, old); err != nil {
		return err
	}
	if old == nil || !old.Mode().IsRegular() || old.Size() == 0 || only.is(path, old.Size(), head) {
		return nil
	}
	return fmt.Errorf("%s is not %s, and only such a file is replaced: give another name with -o", display.Name(path), only.noun)
}
