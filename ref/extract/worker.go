package extract

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
)

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
	dir, base := split(name)
	if err := w.enter(dir); err != nil {
		return err
	}
	tmp, err := w.writeTemp(f, name)
	if err == nil {
		err = w.publish(tmp, base, name)
	}
	if err != nil {
		if tmp != "" {
			w.folder.Remove(tmp) // [ERR-5]
		}
		return err
	}
	if w.opts.Restored != nil {
		w.opts.Restored(f.path)
	}
	return nil
}

// enter opens the folder dir and makes what is missing of it.
func (w *worker) enter(dir string) error {
	if w.folder != nil && w.at == dir {
		return nil
	}
	w.leave()
	folder, err := w.root.OpenRoot(".")
	if err != nil {
		return failed(dir, err)
	}
	if dir != "" {
		done := 0
		for part := range strings.SplitSeq(dir, "/") {
			done += len(part) + 1
			inner, err := enterOne(folder, part)
			folder.Close()
			if err != nil {
				return failed(dir[:done-1], err)
			}
			folder = inner
		}
	}
	w.folder, w.at = folder, dir
	return nil
}

var (
	errNotFolder = errors.New("it is not a folder, and files are to be restored in it")
	errFolder    = errors.New("a folder has this name")
)

// enterOne opens a folder in another one. It follows no link, not even one that
// stays within the restore: two entries could fall into one file. [ARC-32] [ARC-36]
func enterOne(folder *os.Root, part string) (*os.Root, error) {
	if err := folder.Mkdir(part, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	info, err := folder.Lstat(part)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, errNotFolder
	}
	return folder.OpenRoot(part)
}

func (w *worker) leave() {
	if w.folder != nil {
		w.folder.Close()
		w.folder = nil
	}
}

// writeTemp writes a file under a temporary name, which it returns if there is
// something to remove. [ARC-33]
func (w *worker) writeTemp(f file, name string) (string, error) {
	tmp, out, err := createTemp(w.folder)
	if err != nil {
		return "", failed(name, err)
	}
	err = f.write(&watched{w.ctx, out, w.opts.Progress, name})
	if e := out.Close(); err == nil && e != nil {
		err = failed(name, e)
	}
	if err == nil {
		w.setTime(tmp, f)
	}
	return tmp, err
}

// publish gives a finished file its name. A link does not replace what is there;
// where there are no links, a look before the renaming must do. [ARC-34]
func (w *worker) publish(tmp, base, name string) error {
	if w.opts.Replace {
		err := w.folder.Rename(tmp, base)
		if err == nil {
			return nil
		}
		if info, statErr := w.folder.Lstat(base); statErr == nil && info.IsDir() {
			err = errFolder
		}
		return failed(name, err)
	}
	err := w.folder.Link(tmp, base)
	if err == nil {
		err = w.folder.Remove(tmp)
	} else if _, statErr := w.folder.Lstat(base); !errors.Is(statErr, fs.ErrNotExist) {
		return exists(name)
	} else {
		err = w.folder.Rename(tmp, base)
	}
	if err != nil {
		return failed(name, err)
	}
	return nil
}

// watched stops writing when the restore was called off, and counts.
type watched struct {
	ctx      context.Context
	out      *os.File
	progress func(int64)
	name     string // for errors
}

func (w *watched) Write(p []byte) (int, error) {
	if w.ctx.Err() != nil {
		return 0, context.Cause(w.ctx)
	}
	n, err := w.out.Write(p)
	if w.progress != nil {
		w.progress(int64(n))
	}
	if err != nil {
		err = failed(w.name, err)
	}
	return n, err
}
