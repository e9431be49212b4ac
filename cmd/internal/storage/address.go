// Package storage is where a backup lies as a holder writes it: a folder, a bucket, or a
// place that rclone reaches. Its errors say in words what is wrong there, and what to do.
package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/store/s3"
)

// Help says how an address is written.
const Help = `PATH                a folder, which may lie on a USB stick or a network share
s3://BUCKET/PREFIX  a bucket, with credentials from AWS_ACCESS_KEY_ID and
                    AWS_SECRET_ACCESS_KEY or ~/.aws, and another server than
                    Amazon's from AWS_ENDPOINT_URL_S3
rclone:NAME:PATH    what the program rclone reaches: Google Drive, iCloud,
                    WebDAV and many others, after "rclone config"`

// Address is where a backup lies.
type Address struct {
	kind kind
	text string // of the kind: a full path, a URL, what rclone calls a remote path
}

type kind int

const (
	folderKind kind = iota
	s3Kind
	rcloneKind
)

const (
	s3Scheme     = "s3:"
	rcloneScheme = "rclone:"
)

// Parse reads what a holder writes: see Help. It looks at nothing but the text and, for a
// relative path, the current folder. A folder whose name looks like something else is
// reached by a path that begins with "./" or "/".
func Parse(text string) (Address, error) {
	switch {
	case text == "":
		return Address{}, errors.New("an empty text is no place for a backup: write a folder, s3://BUCKET/PREFIX or rclone:NAME:PATH")
	case strings.HasPrefix(text, s3Scheme):
		clean, err := s3.Clean(text)
		if err != nil {
			return Address{}, fmt.Errorf("%s is not s3://BUCKET/PREFIX%s", display.Name(text), orFolder(text))
		}
		return Address{s3Kind, clean}, nil
	case strings.HasPrefix(text, rcloneScheme):
		return parseRemote(text)
	case isPath(text):
		return parsePath(text)
	}
	scheme, rest, _ := strings.Cut(text, ":")
	switch strings.ToLower(scheme) {
	case "file":
		return Address{}, fmt.Errorf("%s is a URL: write the path of the folder alone%s", display.Name(text), orFolder(text))
	case "http", "https":
		return Address{}, fmt.Errorf("%s is a URL: for a bucket write s3://BUCKET/PREFIX, and set AWS_ENDPOINT_URL_S3 to the server; "+
			`other servers are reached through rclone: set one up with "rclone config", and write rclone:NAME:PATH%s`, display.Name(text), orFolder(text))
	case "s3", "rclone": // in other letters
		return Address{}, fmt.Errorf("%s begins with %q: write it in small letters%s", display.Name(text), scheme+":", orFolder(text))
	}
	if strings.HasPrefix(rest, "//") {
		return Address{}, fmt.Errorf("%s is of a kind that is reached through rclone: "+
			`set it up with "rclone config", and write rclone:NAME:PATH%s`, display.Name(text), orFolder(text))
	}
	return Address{}, fmt.Errorf("%s may be a folder, or what rclone reaches: write %s for rclone%s",
		display.Name(text), display.Name(rcloneScheme+text), orFolder(text))
}

// orFolder says how a folder of this name is reached.
func orFolder(text string) string {
	return ", or " + display.Name("./"+text) + " for a folder of this name"
}

// isPath reports whether a text is a path and nothing else: no colon stands in its first
// part but that of a drive of Windows.
func isPath(text string) bool {
	if filepath.VolumeName(text) != "" {
		return true
	}
	first := text
	if i := strings.IndexFunc(text, func(c rune) bool { return c < 0x80 && os.IsPathSeparator(uint8(c)) }); i >= 0 {
		first = text[:i]
	}
	return !strings.Contains(first, ":")
}

func parsePath(text string) (Address, error) {
	if runtime.GOOS != "windows" && (text == "~" || strings.HasPrefix(text, "~/")) {
		return Address{}, fmt.Errorf("the shell has not replaced the ~ of %s: write the path in full%s", display.Name(text), orFolder(text))
	}
	if strings.ContainsRune(text, 0) {
		return Address{}, fmt.Errorf("%s is not a path", display.Name(text))
	}
	full, err := filepath.Abs(text)
	if err != nil {
		return Address{}, fmt.Errorf("the folder that you are in cannot be found, so write a full path: %w", err)
	}
	return Address{folderKind, full}, nil
}

func parseRemote(text string) (Address, error) {
	remote := strings.TrimPrefix(text, rcloneScheme)
	// A backend that has no name begins with a colon and has another.
	if name, _, found := strings.Cut(strings.TrimPrefix(remote, ":"), ":"); !found || name == "" || strings.ContainsAny(remote, "]\x00") {
		return Address{}, fmt.Errorf(`%s is not rclone:NAME:PATH, without "]": "rclone listremotes" shows the names%s`, display.Name(text), orFolder(text))
	}
	if short := strings.TrimRight(remote, "/"); !strings.HasSuffix(short, ":") { // a path of slashes is the root
		remote = short
	}
	return Address{rcloneKind, remote}, nil
}

// String returns the one text that stands for all that lead there, and that Parse takes from
// any folder: a full path without "..", a URL without a slash at its end. Links are not
// followed, and which server a bucket is at is not in it.
func (a Address) String() string {
	if a.kind == rcloneKind {
		return rcloneScheme + a.text
	}
	return a.text
}
