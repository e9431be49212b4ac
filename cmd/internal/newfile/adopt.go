package newfile

import (
	"fmt"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// adopt gives the file the owner, the permissions and the extended attributes of the one
// that it replaces, and returns what cannot be kept.
func (o *File) adopt() (lost []string, err error) {
	old := o.old.info
	switch {
	case old == nil:
		return nil, nil
	case !old.Mode().IsRegular():
		return []string{fmt.Sprintf("%s was a link, and is the file itself now; what it led to stays as it was", display.Name(o.path))}, nil
	}
	mode, sameGroup := old.Mode().Perm(), true
	if uid, gid, names, ok := OwnerOf(old); ok {
		isUID, isGID, err := o.giveTo(uid, gid)
		if err != nil {
			return nil, err
		}
		if isUID != uid || isGID != gid {
			lost = append(lost, fmt.Sprintf("%s belonged to user %d and group %d, and now belongs to user %d and group %d", display.Name(o.path), uid, gid, isUID, isGID))
		}
		if isGID != gid {
			sameGroup = false
			mode &^= 0o070 // it was for another group
		}
		if names > 1 {
			lost = append(lost, fmt.Sprintf("%s had %s by hard links, which still lead to the file as it was", display.Name(o.path), display.Count(int(names)-1, "other name")))
		}
	}
	dropAccessList(o.File)
	if err := o.Chmod(mode); err != nil {
		info, err := o.Stat()
		if err != nil {
			return nil, err
		}
		if is := info.Mode().Perm(); is != mode {
			lost = append(lost, fmt.Sprintf("%s had the permissions %v, and now has %v: they could not be changed", display.Name(o.path), mode, is))
		}
	}
	return append(lost, copyAttributes(o.File, o.path, sameGroup)...), nil
}

// giveTo makes the file belong to others as far as the user may, and returns to whom
// it belongs then.
func (o *File) giveTo(uid, gid int) (isUID, isGID int, err error) {
	owners := func() (int, int, error) {
		info, err := o.Stat()
		if err != nil {
			return 0, 0, err
		}
		isUID, isGID, _, _ := OwnerOf(info)
		return isUID, isGID, nil
	}
	if isUID, isGID, err = owners(); err != nil || isUID == uid && isGID == gid {
		return isUID, isGID, err
	}
	if o.Chown(uid, gid) != nil {
		o.Chown(-1, gid)
	}
	return owners()
}
