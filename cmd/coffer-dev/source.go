package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/repository"
)

// A source is where the specification, its code and its vectors are read from.
type source struct {
	fs.FS
	root string // of the checkout, "" for what the program carries
}

// addRoot gives a command the flag that names a checkout.
func addRoot(cmd *cobra.Command, root *string) {
	cmd.Flags().StringVar(root, "root", "", "the checkout of the repository at `FOLDER`, not the one around this folder")
}

// openSource returns the checkout at root, or else the one around this folder, or else
// what the program carries.
func openSource(root string) (source, error) {
	found, err := checkout(root)
	if errors.Is(err, errNoCheckout) {
		return source{FS: repository.FS()}, nil
	}
	return source{os.DirFS(found), found}, err
}

var errNoCheckout = errors.New("this needs a checkout of the repository: run it inside one, or name one with --root FOLDER")

// checkout returns the root of the checkout that root names, or else of the one around
// this folder, or errNoCheckout.
func checkout(root string) (string, error) {
	if root != "" {
		if !isCheckout(root) {
			return "", fmt.Errorf("%s is not a checkout of the repository: name the folder in which its go.mod lies", display.Name(root))
		}
		return root, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if isCheckout(dir) {
			return filepath.Rel(here, dir)
		}
		if dir == filepath.Dir(dir) {
			return "", errNoCheckout
		}
	}
}

func isCheckout(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	first, _, _ := strings.Cut(string(text), "\n")
	return err == nil && strings.TrimSpace(first) == "module github.com/coffer-format/coffer"
}

// folder returns a folder that holds the source, and removes it when it is done with:
// what the program carries is written to a temporary one.
func (s source) folder() (dir string, remove func(), err error) {
	if s.root != "" {
		return s.root, func() {}, nil
	}
	if dir, err = os.MkdirTemp("", "coffer-source-"); err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	if err = repository.Write(dir); err != nil {
		remove()
		return "", nil, err
	}
	return dir, remove, nil
}

// fromRoot returns the path of a file from the root. What is typed is a path from
// here, if there is such a file in the checkout, or else one from the root already.
func (s source) fromRoot(file string) string {
	if _, err := os.Stat(file); err == nil && s.root != "" {
		top, topErr := filepath.Abs(s.root)
		here, hereErr := filepath.Abs(file)
		if relative, err := filepath.Rel(top, here); topErr == nil && hereErr == nil && err == nil {
			file = relative
		}
	}
	return filepath.ToSlash(filepath.Clean(file))
}
