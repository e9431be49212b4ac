package restore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
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
	if f.write == nil {
		return nil
	}
	if w.opts.Dealt != nil {
		defer w.opts.Dealt(f.path)
	}
	dir, base := split(name)
	if err := w.enter(dir); err != nil {
		return err
	}
	replace := w.replaces(f)
	if !replace {
		if done, err := w.present(f, base, name); done || err != nil {
			return err
		}
	}
	err := w.write(f, base, name)
	if errors.Is(err, fs.ErrExist) && !replace { // it may come from another restore
		if done, _ := w.present(f, base, name); done {
			return nil
		}
	}
	if err != nil {
		return err
	}
	if w.opts.Restored != nil {
		w.opts.Restored(f.path)
	}
	return nil
}

// replaces reports whether a file that exists gives way to an entry's.
func (w *worker) replaces(f file) bool {
	return w.opts.Replace || w.opts.Outdated != nil && w.opts.Outdated(f.path)
}

// enter opens the folder dir and makes what is missing of it.
func (w *worker) enter(dir string) error {
	if w.folder != nil && w.at == dir {
		return nil
	}
	w.leave()
	_, mode := w.opts.modes()
	folder, err := descend(w.root, dir, makeOne(mode))
	if err != nil {
		return err
	}
	if keepsAll(folder) {
		folder.Close()
		return failed(dir, ErrKeepsAll)
	}
	w.folder, w.at = folder, dir
	return nil
}

func (w *worker) leave() {
	if w.folder != nil {
		w.folder.Close()
		w.folder = nil
	}
}

// write writes a file under a temporary name, and then gives it its own. No other run
// takes it for one that was left behind, from its beginning to its end. [ARC-33]
func (w *worker) write(f file, base, name string) error {
	mode, _ := w.opts.modes()
	tmp, out, err := createTemp(w.folder, mode)
	if err != nil {
		return failed(name, err)
	}
	if w.opts.Began != nil {
		w.opts.Began(join(w.at, tmp))
		defer w.opts.Ended(join(w.at, tmp))
	}
	held, err := hold(out)
	if err == nil {
		defer held.Close()
		err = w.fill(f, out, name)
	} else {
		err = failed(name, err)
	}
	if e := out.Close(); err == nil && e != nil {
		err = failed(name, e)
	}
	if err == nil {
		w.setTime(tmp, f)
		err = w.publish(tmp, base, name, w.replaces(f))
	}
	if err != nil {
		w.folder.Remove(tmp) // [ERR-5]
	}
	return err
}

// fill writes the content of a file.
func (w *worker) fill(f file, out *os.File, name string) error {
	content := &watched{ctx: w.ctx, out: out, progress: w.opts.Progress, name: name}
	if err := f.write(content); err != nil {
		return err
	}
	return content.finish()
}

// publish gives a finished file its name. A link does not replace what is there;
// where there are no links, a look before the renaming must do. [ARC-34]
func (w *worker) publish(tmp, base, name string, replace bool) error {
	if replace {
		if info, err := w.folder.Lstat(base); err == nil {
			switch mode := info.Mode(); {
			case mode.IsDir():
				return failed(name, ErrFolder)
			case !mode.IsRegular() && mode.Type() != fs.ModeSymlink:
				return failed(name, ErrSpecial)
			}
			if w.opts.Never != nil {
				if err := w.opts.Never(info); err != nil {
					return failed(name, err)
				}
			}
		}
		if err := w.folder.Rename(tmp, base); err != nil {
			return failed(name, err)
		}
		return nil
	}
	err := w.folder.Link(tmp, base)
	if err == nil {
		if err = w.folder.Remove(tmp); err != nil {
			err = fmt.Errorf("it is restored, and %s beside it, the same file, cannot be removed", tmp)
		}
	} else if _, statErr := w.folder.Lstat(base); statErr == nil {
		return failed(name, fs.ErrExist)
	} else {
		err = w.folder.Rename(tmp, base)
	}
	if err != nil {
		return failed(name, err)
	}
	return nil
}
