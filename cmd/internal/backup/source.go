package backup

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
)

// Source is a file to back up.
type Source struct {
	Name  string // for a person
	Info  fs.FileInfo
	Entry archive.Entry // what it is stored as; its size may turn out to be another one
	// Open opens the file and returns how many bytes it has.
	Open func() (*os.File, int64, error)
}

// errUnsteady says that a file has changed while it was read.
var errUnsteady = errors.New("it has changed while it was read")

// stated returns a File with what the system says of one.
func stated(info fs.FileInfo) device.File {
	f := device.File{Size: info.Size(), ModifiedNS: info.ModTime().UnixNano()}
	f.ChangedNS, f.Inode, f.Device = identity(info)
	return f
}

// isSame reports whether a file is as it was, as far as the system tells.
func isSame(a, b device.File) bool {
	return a.Size == b.Size && a.ModifiedNS == b.ModifiedNS && a.ChangedNS == b.ChangedNS && a.Inode == b.Inode && a.Device == b.Device
}

// steady reads a part of a file, and fails instead of ending if the file has changed since it
// was opened: what was read may be of two versions. [LIF-18]
type steady struct {
	*reading
	content io.Reader
	left    int64 // bytes
}

func (s *steady) Read(p []byte) (int, error) {
	if err := s.run.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.content.Read(p)
	s.left -= int64(n)
	if !s.again {
		s.run.progress(int64(n))
	}
	if s.left > 0 || !s.steadily || err != nil && err != io.EOF {
		return n, err
	}
	info, statErr := s.file.Stat()
	if statErr != nil {
		return 0, statErr
	}
	if after := stated(info); after.Size != s.before.Size || after.ModifiedNS != s.before.ModifiedNS {
		return 0, errUnsteady
	}
	return n, err
}
