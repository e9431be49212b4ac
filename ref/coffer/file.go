package coffer

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
)

var errNotFolder = errors.New("it is not a folder")

// readSize is what a file reads at a time, in bytes: sixteen chunks, so that small
// reads do not open a chunk again and again.
const readSize = 256 << 10

// openEntry is an entry that is being read.
type openEntry struct {
	info    *fileInfo
	content *io.SectionReader
	ahead   *bufio.Reader // nil if it has been closed
}

func newOpenEntry(info *fileInfo, content *io.SectionReader) *openEntry {
	size := int(min(readSize, max(content.Size(), 1)))
	return &openEntry{info, content, bufio.NewReaderSize(content, size)}
}

func (f *openEntry) Stat() (fs.FileInfo, error) { return f.info, nil }

func (f *openEntry) Read(p []byte) (int, error) {
	if f.ahead == nil {
		return 0, f.fail("read", fs.ErrClosed)
	}
	n, err := f.ahead.Read(p)
	return n, f.fail("read", err)
}

// WriteTo writes what has not been read yet to w.
func (f *openEntry) WriteTo(w io.Writer) (int64, error) {
	if f.ahead == nil {
		return 0, f.fail("read", fs.ErrClosed)
	}
	n, err := f.ahead.WriteTo(w)
	return n, f.fail("read", err)
}

func (f *openEntry) ReadAt(p []byte, off int64) (int, error) {
	if f.ahead == nil {
		return 0, f.fail("read", fs.ErrClosed)
	}
	n, err := f.content.ReadAt(p, off)
	return n, f.fail("read", err)
}

func (f *openEntry) Seek(offset int64, whence int) (int64, error) {
	if f.ahead == nil {
		return 0, f.fail("seek", fs.ErrClosed)
	}
	if whence == io.SeekCurrent {
		offset -= int64(f.ahead.Buffered()) // the content has been read ahead of what was yielded
	}
	at, err := f.content.Seek(offset, whence)
	if err != nil {
		return 0, f.fail("seek", fs.ErrInvalid)
	}
	f.ahead.Reset(f.content)
	return at, nil
}

// Close drops what was read ahead. After the first time it reports fs.ErrClosed.
func (f *openEntry) Close() error {
	if f.ahead == nil {
		return f.fail("close", fs.ErrClosed)
	}
	f.ahead = nil
	return nil
}

// fail names the entry in an error that is not the end.
func (f *openEntry) fail(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &fs.PathError{Op: op, Path: f.info.record.Entry.Path, Err: err}
}

// openFolder is a folder that is being listed.
type openFolder struct {
	info    *fileInfo
	name    string
	entries []fs.DirEntry // that have not been returned yet
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFolder) Close() error               { return nil }

func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: errors.New("it is a folder")}
}

// ReadDir implements fs.ReadDirFile.
func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(f.entries) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(f.entries) {
		n = len(f.entries)
	}
	part := f.entries[:n]
	f.entries = f.entries[n:]
	return part, nil
}
