package device

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// Folder returns the folder for what the device keeps: the value of COFFER_STATE, or the
// place that the system has for such files. It does not make it. Error: the environment
// says no place.
func Folder() (string, error) { return folder(runtime.GOOS, os.Getenv) }

func folder(system string, env func(string) string) (string, error) {
	if own := env("COFFER_STATE"); own != "" {
		return filepath.Abs(own)
	}
	variable, under := "HOME", ".local/state/coffer"
	switch {
	case system == "windows":
		variable, under = "LocalAppData", "coffer"
	case system == "darwin":
		under = "Library/Application Support/coffer"
	case filepath.IsAbs(env("XDG_STATE_HOME")): // others are to be ignored (XDG Base Directory)
		variable, under = "XDG_STATE_HOME", "coffer"
	}
	base := env(variable)
	if !filepath.IsAbs(base) {
		return "", fmt.Errorf("there is no place to keep the state of a backup: %s is not the path of a folder: set it, or COFFER_STATE", variable)
	}
	return filepath.Join(base, filepath.FromSlash(under)), nil
}

// tagName is the file that tells programs for backups to leave a folder out
// (bford.info/cachedir): a copy of the state would take another device's place, and has K.
// It tells this program, too, that the folder is its own.
const (
	tagName = "CACHEDIR.TAG"
	tagText = "Signature: 8a477f597d28d172789f06886806bc55\n" +
		"# Coffer keeps the keys and the state of backups here. Leave this folder out of backups.\n"
)

// adopt makes a folder the one for states, if it is not: a new one, or an empty one. In
// another it would change permissions, and take from backups, what is not its own.
func adopt(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	own, err := isOwn(dir)
	if err != nil || own {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != tagName {
			return fmt.Errorf("%s holds other files: set COFFER_STATE to a folder that is new or empty", display.Name(dir))
		}
	}
	if err := os.WriteFile(filepath.Join(dir, tagName), []byte(tagText), 0o600); err != nil {
		return err
	}
	if err := leaveOut(dir); err != nil {
		return err
	}
	if err := syncFolder(dir); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(dir))
}

// isOwn reports whether a folder has been adopted.
func isOwn(dir string) (bool, error) {
	text, err := os.ReadFile(filepath.Join(dir, tagName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case string(text) == tagText:
		return true, nil
	case strings.HasPrefix(tagText, string(text)): // adopt was interrupted
		return false, nil
	}
	return false, fmt.Errorf("%s is of another program: set COFFER_STATE to a folder that is new or empty", display.Name(filepath.Join(dir, tagName)))
}

// mend takes from others what permissions they have come to have of a database and of the
// folder around it.
func mend(dir, path string) error {
	if runtime.GOOS == "windows" { // where the folder of a user's programs is the user's
		return nil
	}
	for _, p := range []string{dir, path} {
		info, err := os.Stat(p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return ErrNone
		case err != nil:
			return err
		case info.Mode().Perm()&0o077 == 0:
			continue
		}
		if p == dir {
			if own, err := isOwn(dir); err != nil || !own {
				return display.Both(fmt.Errorf("others can enter %s, which holds keys: take their permissions away with \"chmod go=\"", display.Name(dir)), err)
			}
		}
		if err := os.Chmod(p, info.Mode().Perm()&^0o077); err != nil {
			return fmt.Errorf("others can read the keys in %s: %w", display.Name(p), err)
		}
	}
	return nil
}

// syncFolder makes the names in a folder durable, where the system can, and lets this user
// open it.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}
