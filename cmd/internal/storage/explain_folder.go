package storage

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
)

// explainFolder says why a folder cannot be used.
func explainFolder(dir string, err error) *Error {
	cause := newfile.Cause(err)
	explained := func(text, advice string) *Error { return &Error{about(text, display.Name(dir)), advice, err} }
	info, statErr := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return explained("the folder %s is not there", "if it lies on a disk or a share, connect that first; else check the path")
	case errors.Is(err, syscall.ENOTDIR), statErr == nil && !info.IsDir():
		return explained("%s is not a folder", "give a folder")
	case isOneOf(err, errnoReadOnly):
		return explained("the folder %s is on a disk that can only be read", "a USB stick or a card may have a switch for that")
	case errors.Is(err, fs.ErrPermission):
		return explained("you have no access to the folder %s ("+cause.Error()+")", "change its permissions, or give another folder")
	case isOneOf(err, errnoFull):
		return explained("the disk with the folder %s is full", "make room there; what is in the folder is whole")
	case isOneOf(err, errnoQuota):
		return explained("you may store no more on the disk with the folder %s", "make room there; what is in the folder is whole")
	case isOneOf(err, errnoGone):
		return explained("the disk or the share with the folder %s does not answer as it should ("+cause.Error()+")",
			"connect it again; if that does not help, it may be failing")
	}
	return explained("the folder %s cannot be used: "+cause.Error(), "")
}
