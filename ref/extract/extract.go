package extract

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
)

// Options say how entries are restored. The zero value restores for the
// platform the program runs on and never replaces a file.
type Options struct {
	Replace  bool                    // existing files
	Progress func(n int64)           // n more bytes were written; may be called concurrently
	Renamed  func(path, name string) // an entry got another name; called before anything is written
}

// All restores every entry to the folder dir, which is made if it does not
// exist. Between them NewReader, Walk and the contents open every chunk, so that
// nil means that the whole container is sound. Errors: those of Reader.Walk and Reader.WriteContent,
// fs.ErrExist for a file that is there, and those of the system. What was
// restored before an error stays. [ARC-29] [ARC-31]
func All(ctx context.Context, r *archive.Reader, dir string, opts Options) error {
	if err := r.Walk(); err != nil {
		return err
	}
	return Entries(ctx, r, r.Entries(), dir, opts)
}

// Entries restores some entries to the folder dir. Errors: as for All.
func Entries(ctx context.Context, r *archive.Reader, records []archive.Record, dir string, opts Options) error {
	files := make([]file, len(records))
	for i, rec := range records {
		files[i] = file{rec.Entry.Path, rec.Entry.ModifiedMS, func(w io.Writer) error { return r.WriteContent(w, rec) }}
	}
	return restore(ctx, files, dir, opts)
}

// Salvaged restores what salvage found: the whole entries, and with partial the
// damaged ones under their name and ".damaged". [SLV-12] [SLV-13]
func Salvaged(ctx context.Context, s *archive.Salvage, partial bool, dir string, opts Options) error {
	var files []file
	for _, found := range s.Entries {
		path := found.Record.Entry.Path
		switch {
		case found.Status == archive.Missing, found.Status == archive.Damaged && !partial:
			continue
		case found.Status == archive.Damaged:
			path += ".damaged"
		}
		files = append(files, file{path, found.Record.Entry.ModifiedMS, func(w io.Writer) error { return s.WriteContent(w, found) }})
	}
	return restore(ctx, files, dir, opts)
}

// file is what one file is made from.
type file struct {
	path       string
	modifiedMS uint64
	write      func(io.Writer) error
}

func platform() Platform {
	switch runtime.GOOS {
	case "windows":
		return Windows
	case "darwin", "ios":
		return Apple
	}
	return Posix
}

func restore(ctx context.Context, files []file, dir string, opts Options) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir) // [ARC-32]
	if err != nil {
		return err
	}
	defer root.Close()

	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.path
	}
	names := PortableNames(paths, platform())
	if opts.Renamed != nil {
		for i, name := range names {
			if name != paths[i] {
				opts.Renamed(paths[i], name)
			}
		}
	}

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			w := worker{ctx: ctx, root: root, opts: opts}
			defer w.leave()
			for i := range next {
				if err := w.restore(files[i], names[i]); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range files {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}

// worker restores one file after the other. It keeps the folder it works in
// open, since looking a path up again for every call costs more than the file.
type worker struct {
	ctx    context.Context
	root   *os.Root
	opts   Options
	folder *os.Root
	at     string // the folder's path
}

func (w *worker) restore(f file, name string) error {
	if w.ctx.Err() != nil {
		return context.Cause(w.ctx)
	}
	dir, base := "", name
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		dir, base = name[:i], name[i+1:]
	}
	if err := w.enter(dir); err != nil {
		return err
	}
	if _, err := w.folder.Lstat(base); err == nil && !w.opts.Replace { // early, before the work
		return exists(name)
	}
	tmp, err := w.writeTemp(f)
	if err == nil {
		err = w.publish(tmp, base)
	}
	if err != nil && tmp != "" {
		w.folder.Remove(tmp) // [ERR-5]
	}
	if errors.Is(err, fs.ErrExist) {
		return exists(name)
	}
	return err
}

func exists(name string) error {
	return &fs.PathError{Op: "restore", Path: name, Err: fs.ErrExist}
}

func (w *worker) enter(dir string) error {
	if w.folder != nil && w.at == dir {
		return nil
	}
	w.leave()
	if dir == "" {
		dir = "."
	}
	if err := w.root.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	folder, err := w.root.OpenRoot(dir)
	if err != nil {
		return err
	}
	w.folder, w.at = folder, strings.TrimPrefix(dir, ".")
	return nil
}

func (w *worker) leave() {
	if w.folder != nil {
		w.folder.Close()
		w.folder = nil
	}
}

// writeTemp writes a file under a temporary name, which it returns if there is
// something to remove. [ARC-33]
func (w *worker) writeTemp(f file) (string, error) {
	tmp, out, err := createTemp(w.folder)
	if err != nil {
		return "", err
	}
	err = f.write(&watched{w.ctx, out, w.opts.Progress})
	if e := out.Close(); err == nil {
		err = e
	}
	if err == nil && f.modifiedMS != 0 {
		t := time.UnixMilli(int64(f.modifiedMS))
		err = w.folder.Chtimes(tmp, t, t)
	}
	return tmp, err
}

// publish gives a finished file its name. A link does not replace what is there;
// where there are no links, a look before the renaming must do. [ARC-34]
func (w *worker) publish(tmp, base string) error {
	if w.opts.Replace {
		return w.folder.Rename(tmp, base)
	}
	err := w.folder.Link(tmp, base)
	if err == nil {
		return w.folder.Remove(tmp)
	}
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := w.folder.Lstat(base); !errors.Is(err, fs.ErrNotExist) {
		return fs.ErrExist
	}
	return w.folder.Rename(tmp, base)
}

// watched stops writing when the restore was called off, and counts.
type watched struct {
	ctx      context.Context
	w        io.Writer
	progress func(int64)
}

func (w *watched) Write(p []byte) (int, error) {
	if w.ctx.Err() != nil {
		return 0, context.Cause(w.ctx)
	}
	n, err := w.w.Write(p)
	if w.progress != nil {
		w.progress(int64(n))
	}
	return n, err
}
