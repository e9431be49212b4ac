//go:build linux || darwin || freebsd || netbsd

package newfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// AccessList is the extended attribute that Linux keeps an access control list in.
const AccessList = "system.posix_acl_access"

// dropAccessList takes from a new file the access control list that its folder gave it.
func dropAccessList(f *os.File) { unix.Fremovexattr(int(f.Fd()), AccessList) }

// copyAttributes gives a file the extended attributes of the one that a path leads to,
// with its access control list if that means the same for the new file, and returns
// what it does not have then.
func copyAttributes(to *os.File, path string, sameGroup bool) (lost []string) {
	for _, name := range Attributes(path) {
		err := copyAttribute(to, path, name, sameGroup)
		switch {
		case err == nil:
		case name == AccessList:
			lost = append(lost, fmt.Sprintf("%s had an access control list, which could not be kept: %v", display.Name(path), err))
		default:
			lost = append(lost, fmt.Sprintf("%s had the extended attribute %s, which could not be kept: %v", display.Name(path), display.Name(name), err))
		}
	}
	return lost
}

// Attributes returns the names of a file's extended attributes; none where the file
// system has no such thing.
func Attributes(path string) []string {
	size, err := unix.Llistxattr(path, nil)
	if err != nil || size == 0 {
		return nil
	}
	names := make([]byte, size)
	if size, err = unix.Llistxattr(path, names); err != nil {
		return nil
	}
	return strings.FieldsFunc(string(names[:size]), func(c rune) bool { return c == 0 })
}

var (
	errOtherGroup = errors.New("it is for another group")
	errSystems    = errors.New("it is the system's to give")
)

func copyAttribute(to *os.File, path, name string, sameGroup bool) error {
	want, err := attribute(func(b []byte) (int, error) { return unix.Lgetxattr(path, name, b) })
	if err != nil {
		return err
	}
	has, err := attribute(func(b []byte) (int, error) { return unix.Fgetxattr(int(to.Fd()), name, b) })
	switch {
	case err == nil && bytes.Equal(has, want):
		return nil
	case name == AccessList && !sameGroup:
		return errOtherGroup
	case name != AccessList && (strings.HasPrefix(name, "system.") || strings.HasPrefix(name, "security.")):
		return errSystems
	}
	return unix.Fsetxattr(int(to.Fd()), name, want, 0)
}

// attribute returns the value of an extended attribute.
func attribute(get func([]byte) (int, error)) ([]byte, error) {
	size, err := get(nil)
	if err != nil {
		return nil, err
	}
	value := make([]byte, size)
	size, err = get(value)
	return value[:max(size, 0)], err
}
