package device

import "golang.org/x/sys/unix"

// excluded is the property list of the string com.apple.backupd.
const excluded = "bplist00\x5f\x10\x11com.apple.backupd\x08" +
	"\x00\x00\x00\x00\x00\x00\x01\x01" +
	"\x00\x00\x00\x00\x00\x00\x00\x01" +
	"\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x1c"

// leaveOut tells Time Machine to leave a folder out. A file system without attributes has
// only the tag.
func leaveOut(dir string) error {
	err := unix.Setxattr(dir, "com.apple.metadata:com_apple_backup_excludeItem", []byte(excluded), 0)
	if err == unix.ENOTSUP {
		return nil
	}
	return err
}
