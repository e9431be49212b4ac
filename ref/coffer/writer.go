package coffer

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
)

// Options say what a new container opens with. Its 64-digit key, [Writer.Key], always
// opens it; one of the others is what makes it open without.
type Options struct {
	Key      Key        // drawn if it is zero; of another backup of the same holder, to open both with it
	Password Password   // none if empty
	Passkeys []*Passkey // each with a Salt that was drawn for it, and the Output for that
	Producer string     // the program that makes it: at most 255 bytes
	Created  time.Time  // the present if it is zero
}

// A Writer makes a container. It is not safe for concurrent use.
type Writer struct {
	key       Key
	container *container.ArchiveWriter
	file      *newFile // nil if the caller keeps what is written
	ended     bool
	err       error // what ended it
}

// Create makes a container in the file name, which does not exist. The file comes into
// being, whole, when [Writer.Close] returns nil; before that what is written is in a
// temporary file beside it. Errors: fs.ErrExist, those of [NewWriter] and of the
// operating system.
func Create(name string, o Options) (*Writer, error) {
	f, err := createFile(name)
	if err != nil {
		return nil, err
	}
	w, err := NewWriter(f, o)
	if err != nil {
		f.abandon()
		return nil, err
	}
	w.file = f
	return w, nil
}

// NewWriter makes a container in w, which it does not close. Errors:
// [ErrMalformedPassword], [ErrMalformedHeader] for passkeys, [ErrMalformedArchive] for
// the producer, [ErrLimitExceeded] for the time, and those of w.
func NewWriter(w io.Writer, o Options) (*Writer, error) {
	k, slots, err := o.slots()
	if err != nil {
		return nil, err
	}
	if o.Created.IsZero() {
		o.Created = time.Now()
	}
	created, err := encodedTime(o.Created)
	if err != nil {
		return nil, err
	}
	index := archive.Index{CreatedMS: created, Complete: true, Producer: o.Producer}
	c, err := parallel.Containers.NewArchiveWriter(w, rand.Reader, k.k, slots, index)
	if err != nil {
		return nil, err
	}
	return &Writer{key: k, container: c}, nil
}

func (o Options) slots() (Key, []slot.Slot, error) {
	k := o.Key
	if k.IsZero() {
		var err error
		if k, err = NewKey(); err != nil {
			return Key{}, nil, err
		}
	}
	var slots []slot.Slot
	if o.Password != "" {
		prepared, err := password.Prepare([]byte(o.Password))
		if err != nil {
			return Key{}, nil, err
		}
		s, err := slot.NewPassword(rand.Reader, k.k, prepared, slot.DefaultParams)
		if err != nil {
			return Key{}, nil, err
		}
		slots = append(slots, s)
	}
	for _, p := range o.Passkeys {
		s, err := slot.NewPasskey(rand.Reader, k.k, p.Salt, p.RPID, p.Credential, p.Output[:])
		if err != nil {
			return Key{}, nil, err
		}
		slots = append(slots, s)
	}
	return k, slots, nil
}

// Key returns the key that opens the container whatever else does.
func (w *Writer) Key() Key { return w.key }

// Add adds an entry with the first e.Size bytes of content. If content has fewer or
// cannot be read, or if the entry is refused, the container goes on without it. Errors:
// [ErrShort], [ErrUnsafePath], [ErrMalformedArchive] for a path that is taken, [ErrLimitExceeded],
// those of content, and, for every later call as well, those of writing.
func (w *Writer) Add(e Entry, content io.Reader) error {
	if w.ended {
		return errEnded
	}
	encoded, err := e.encoded()
	if err != nil {
		return err
	}
	return w.container.Add(encoded, content)
}

// AddBytes adds an entry whose content is all of content, whatever e.Size says.
func (w *Writer) AddBytes(e Entry, content []byte) error {
	e.Size = int64(len(content))
	return w.Add(e, bytes.NewReader(content))
}

// AddFS adds the regular files of fsys under their names. Links, devices and folders
// without files are left out. It ends with the first error.
func (w *Writer) AddFS(fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		return w.addFile(fsys, name)
	})
}

func (w *Writer) addFile(fsys fs.FS, name string) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return w.Add(Entry{Path: name, Modified: info.ModTime(), Size: info.Size()}, f)
}

// ErrShort says that content had fewer bytes than its entry's Size.
var ErrShort = archive.ErrShort

var errEnded = errors.New("the container has been closed or given up")

// Close completes the container, and with [Create] its file. After the first time it
// does nothing and returns the same.
func (w *Writer) Close() error {
	if w.ended {
		return w.err
	}
	w.ended = true
	w.err = w.container.Close()
	if w.file != nil {
		if w.err != nil {
			w.file.abandon()
		} else {
			w.err = w.file.commit()
		}
	}
	return w.err
}

// Abort gives the container up, and with [Create] leaves no file. After Close it does
// nothing, so that it can be deferred.
func (w *Writer) Abort() {
	if w.ended {
		return
	}
	w.ended, w.err = true, errEnded
	w.container.Abort()
	if w.file != nil {
		w.file.abandon()
	}
}

// newFile is a file that comes into being whole: under a temporary name first.
type newFile struct {
	*os.File
	name string
}

func createFile(name string) (*newFile, error) {
	if _, err := os.Lstat(name); err == nil {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".coffer-*.tmp") // readable by its owner only
	if err != nil {
		return nil, err
	}
	return &newFile{f, name}, nil
}

// commit gives the file its name, unless there is one of that name by now.
func (f *newFile) commit() error {
	err := errors.Join(f.Sync(), f.File.Close())
	if err == nil {
		err = os.Link(f.File.Name(), f.name)
		if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without links
			return f.rename()
		}
	}
	os.Remove(f.File.Name())
	if err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	return nil
}

func (f *newFile) rename() error {
	_, err := os.Lstat(f.name)
	if err == nil {
		err = &fs.PathError{Op: "create", Path: f.name, Err: fs.ErrExist}
	} else {
		err = os.Rename(f.File.Name(), f.name)
	}
	if err != nil {
		os.Remove(f.File.Name())
	}
	return err
}

func (f *newFile) abandon() {
	f.File.Close()
	os.Remove(f.File.Name())
}
