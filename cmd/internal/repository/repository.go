// Package repository carries the specification, its code and its vectors as files, for
// where there is no checkout.
package repository

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/coffer-format/coffer/cmd"
	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/ref"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/vectors"
)

var folders = map[string]fs.FS{
	"cmd":         cmd.Source,
	"conformance": conformance.Source,
	"ref":         ref.Source,
	"spec":        spec.Source,
	"vectors":     vectors.FS(),
}

// FS returns the files by their paths in a checkout.
func FS() fs.FS { return files{} }

type files struct{}

func (files) Open(name string) (fs.File, error) {
	folder, inside, deeper := strings.Cut(name, "/")
	if !deeper {
		inside = "."
	}
	if f, ok := folders[folder]; ok {
		return f.Open(inside)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Write writes the files to an empty folder, as a module that has the dependencies of
// the running program. The go command builds it with the flag -mod=mod.
func Write(dir string) error {
	for name, f := range folders {
		if err := os.CopyFS(filepath.Join(dir, name), f); err != nil {
			return err
		}
	}
	var mod strings.Builder
	fmt.Fprintf(&mod, "module github.com/coffer-format/coffer\n\ngo %s\n", strings.TrimPrefix(runtime.Version(), "go"))
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			fmt.Fprintf(&mod, "\nrequire %s %s\n", d.Path, d.Version)
		}
	}
	return os.WriteFile(filepath.Join(dir, "go.mod"), []byte(mod.String()), 0o600)
}
