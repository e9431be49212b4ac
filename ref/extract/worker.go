package extract

import (
	"context"
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
	dir, base := split(name)
	if err := w.enter(dir); err != nil {
		return err
	}
	if !w.opts.Replace {
		if done, err := w.present(f, base, name); done || err != nil {
			return err
		}
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
	_, mode := w.opts.modes()
	folder, err := descend(w.root, dir, makeOne(mode))
	if err != nil {
		return err
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

// writeTemp writes a file under a temporary name, which it returns if there is
// something to remove. [ARC-33]
func (w *worker) writeTemp(f file, name string) (string, error) {
	mode, _ := w.opts.modes()
	tmp, out, err := createTemp(w.folder, mode)
	if err != nil {
		return "", failed(name, err)
	}
	content := &watched{ctx: w.ctx, out: out, progress: w.opts.Progress, name: name}
	err = f.write(content)
	if err == nil {
		err = content.finish()
	}
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
		if info, err := w.folder.Lstat(base); err == nil {
			switch mode := info.Mode(); {
			case mode.IsDir():
				return failed(name, ErrFolder)
			case !mode.IsRegular() && mode.Type() != fs.ModeSymlink:
				return failed(name, ErrSpecial)
			}
		}
		if err := w.folder.Rename(tmp, base); err != nil {
			return failed(name, err)
		}
		return nil
	}
	err := w.folder.Link(tmp, base)
	if err == nil {
		err = w.folder.Remove(tmp)
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
