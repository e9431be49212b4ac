package restore

import (
	"math"
	"time"

	"github.com/coffer-format/coffer/ref/extract"
)

// setTime gives a file the time of its entry, and reports one that it does not have
// then: a file system that cannot hold the time can hold the file. [ARC-84]
func (w *worker) setTime(name string, f file) {
	ms, known := f.modified.UnixMilli()
	if !known {
		return
	}
	t := time.UnixMilli(ms)
	if isFar(t) {
		setFarTime(w.folder, name, t)
	} else {
		w.folder.Chtimes(name, t, t)
	}
	info, err := w.folder.Lstat(name)
	if err == nil && info.ModTime().Sub(t).Abs() < extract.CoarsestTime*time.Second {
		return
	}
	if w.opts.Retimed != nil {
		w.opts.Retimed(f.path, t)
	}
}

// isFar reports whether a time is beyond what os.Chtimes can express: nanoseconds
// since 1970, from 1677 to 2262.
func isFar(t time.Time) bool {
	return t.Before(time.Unix(0, math.MinInt64)) || t.After(time.Unix(0, math.MaxInt64))
}
