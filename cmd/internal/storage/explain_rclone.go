package storage

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/store/rclone"
)

// remotely is how rclone and the places behind it say in many wordings what goes wrong. The
// first that fits counts. %s is the name of the remote.
var remotely = []struct {
	said         *regexp.Regexp
	text, advice string
}{
	{regexp.MustCompile(`didn't find section in config file`), "rclone knows nothing of the name %s", `"rclone listremotes" shows the names, and "rclone config" makes one`},
	{regexp.MustCompile(`didn't find backend called`), "rclone has no such kind of place as %s", `"rclone help backends" shows the kinds; a newer rclone may have it`},
	{regexp.MustCompile(`decrypt config|RCLONE_CONFIG_PASS`), "the configuration of rclone has a password", "set RCLONE_CONFIG_PASS to it"},
	{regexp.MustCompile(`no such host|server misbehaving|name resolution`), "the name of the server of %s is not found", checkName},
	{regexp.MustCompile(`network is unreachable|no route to host|network is down`), "there is no network that leads to %s", checkNetwork},
	{regexp.MustCompile(`connection refused`), "nothing answers at the address of %s", checkServer},
	{regexp.MustCompile(`x509:|certificate`), "the server of %s does not prove who it is: its certificate is not to be trusted", checkTrust},
	{regexp.MustCompile(`timeout|timed out|deadline exceeded`), "the server of %s does not answer", checkNetwork + ", or " + tryLater},
	{regexp.MustCompile(`connection reset|broken pipe|unexpected eof`), "the connection to %s was cut", tryLater},
	{regexp.MustCompile(`rate ?limit|too many requests|\b429\b|\b503\b`), "%s has too much to do at the moment", tryLater},
	{regexp.MustCompile(`quota|insufficient storage|no space left|disk full|\b507\b`), "%s is full", "make room there; what is in it is whole"},
	{regexp.MustCompile(`read-only file system`), "%s can only be read", "give another place"},
	{regexp.MustCompile(`invalid_grant|token expired|couldn't fetch token|empty token|unauthori[sz]ed|unauthenticated|\b401\b`),
		"%s wants you to log in again", `run "rclone config reconnect %s:"`},
	{regexp.MustCompile(`permission|access ?denied|forbidden|\b403\b`), "%s denies access", "whoever keeps it must allow you to list, read, write and delete there"},
	{regexp.MustCompile(`is a file not a directory|not a directory`), "the path at %s is not a folder", "give a folder"},
}

// explainRclone says why a place cannot be used that rclone reaches.
func explainRclone(remote string, err error) *Error {
	name := remoteName(remote)
	if errors.Is(err, exec.ErrNotFound) {
		return &Error{"the program rclone is not installed", fmt.Sprintf(`install it (https://rclone.org/install/), and set up %s with "rclone config"`, name), err}
	}
	said := err.Error()
	for _, known := range remotely {
		if known.said.MatchString(strings.ToLower(said)) || known.said.MatchString(said) {
			return &Error{about(known.text, name) + " (" + said + ")", about(known.advice, name), err}
		}
	}
	if errors.Is(err, rclone.ErrEnded) {
		return &Error{said, `try "rclone lsf ` + remote + `"`, err}
	}
	return &Error{about("%s cannot be used", name) + ": " + said, "", err}
}

// remoteName returns the name of a remote, or the kind of one that has no name.
func remoteName(remote string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(remote, ":"), ":")
	name, _, _ = strings.Cut(name, ",") // options, which may be secret
	return display.Name(name)
}
