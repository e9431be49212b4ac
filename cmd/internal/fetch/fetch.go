// Package fetch gets the containers that entries of a backup set lie in: each whole and
// once, several at a time and ahead of the entries that need them, into a folder of its own,
// and removes each as soon as no entry needs it any more. What lies there is ciphertext.
package fetch

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/set"
)

// ahead is how many containers are fetched, or have been, before an entry asks for them.
const ahead = 4

// Fetcher gets the containers of a generation for some entries. It is safe for concurrent
// use.
type Fetcher struct {
	generation *set.Generation
	progress   func(n int64)
	parent     string
	dir        string
	order      []archive.ID // as the entries need them

	ctx    context.Context
	cancel context.CancelFunc
	tasks  sync.WaitGroup
	slots  chan struct{} // taken for each container that no entry has asked for

	mu       sync.Mutex
	all      map[archive.ID]*fetched
	failures int // in a row
}

// fetched is a container that is fetched, or will be, or was.
type fetched struct {
	needs int  // entries that need it and were not dealt with
	users int  // entries whose content is being read from it
	slot  bool // it holds one of the slots

	done    chan struct{} // closed when it is fetched; nil before that begins
	file    *os.File
	frames  *archive.Frames
	cursors []*archive.Cursor // that nobody uses; each keeps what it has opened last
	err     error
}

// New begins to fetch what some entries need, in their order, to a folder that it makes in
// parent. The generation has been loaded. progress is told how many more bytes were fetched,
// and may be called concurrently. Close ends it. Error: a *RoomError.
func New(ctx context.Context, g *set.Generation, records []archive.Record, parent string, progress func(n int64)) (*Fetcher, error) {
	dir, err := os.MkdirTemp(parent, ".coffer-restore-*.tmp") // 0700
	if err != nil {
		return nil, &RoomError{parent, newfile.Cause(err)}
	}
	newfile.Begun(dir)
	f := &Fetcher{generation: g, progress: progress, parent: parent, dir: dir, slots: make(chan struct{}, ahead), all: map[archive.ID]*fetched{}}
	f.ctx, f.cancel = context.WithCancel(ctx)
	for _, rec := range records {
		for _, id := range containersOf(rec) {
			if f.all[id] == nil {
				f.all[id] = &fetched{}
				f.order = append(f.order, id)
			}
			f.all[id].needs++
		}
	}
	f.tasks.Go(f.fetchAhead)
	return f, nil
}

// Close ends what is being fetched, and removes all that was.
func (f *Fetcher) Close() {
	f.cancel()
	f.tasks.Wait()
	for _, c := range f.all {
		if c.file != nil {
			c.file.Close()
		}
	}
	os.RemoveAll(f.dir)
	newfile.Ended(f.dir)
}

// Size returns how many bytes are fetched for some entries of a generation.
func Size(g *set.Generation, records []archive.Record) int64 {
	size := int64(0)
	seen := map[archive.ID]bool{}
	for _, rec := range records {
		for _, id := range containersOf(rec) {
			if seen[id] {
				continue
			}
			seen[id] = true
			if x, ok := g.Own.FindStored(id); ok {
				size += x.Length
			} else if id == g.ID {
				size += g.Length
			}
		}
	}
	return size
}

// containersOf returns the containers that an entry lies in.
func containersOf(rec archive.Record) []archive.ID {
	var ids []archive.ID
	seen := map[archive.ID]bool{}
	for _, p := range rec.Places {
		if !seen[p.Container] {
			seen[p.Container] = true
			ids = append(ids, p.Container)
		}
	}
	return ids
}

// fetchAhead fetches the containers in their order, as far as the slots go.
func (f *Fetcher) fetchAhead() {
	for _, id := range f.order {
		select {
		case f.slots <- struct{}{}:
		case <-f.ctx.Done():
			return
		}
		f.mu.Lock()
		c := f.all[id]
		if c.needs > 0 && c.done == nil {
			c.slot = true
			f.begin(id, c)
		} else {
			<-f.slots
		}
		f.mu.Unlock()
	}
}

// begin begins to fetch a container. The lock is held.
func (f *Fetcher) begin(id archive.ID, c *fetched) {
	c.done = make(chan struct{})
	f.tasks.Go(func() {
		file, frames, err := f.fetch(id)
		f.mu.Lock()
		defer f.mu.Unlock()
		c.file, c.frames, c.err = file, frames, f.judge(err)
		close(c.done)
		f.drop(c)
	})
}

// fetch gets a container.
func (f *Fetcher) fetch(id archive.ID) (*os.File, *archive.Frames, error) {
	file, err := os.OpenFile(filepath.Join(f.dir, fmt.Sprintf("%x", id)), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, nil, &RoomError{f.parent, newfile.Cause(err)}
	}
	frames, err := f.generation.Fetch(f.ctx, id, blob{f, file})
	if err != nil {
		remove(file)
		return nil, nil, err
	}
	return file, frames, nil
}

// drop removes a container that nothing needs, and gives its slot back once it is used. The
// lock is held.
func (f *Fetcher) drop(c *fetched) {
	if c.slot && (c.users > 0 || c.needs == 0) {
		c.slot = false
		<-f.slots
	}
	if c.needs > 0 || c.users > 0 || c.done == nil {
		return
	}
	select {
	case <-c.done:
	default: // drop is called again when it is fetched
		return
	}
	if c.file != nil {
		remove(c.file)
	}
	*c = fetched{}
}

// remove closes a file first, since some systems remove only closed ones.
func remove(file *os.File) {
	file.Close()
	os.Remove(file.Name())
}

// Dealt says that an entry was dealt with, which New was told. Its content can be written
// even so, at the cost of fetching again.
func (f *Fetcher) Dealt(rec archive.Record) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range containersOf(rec) {
		c := f.all[id]
		c.needs--
		f.drop(c)
	}
}

// WriteContent writes the content of an entry. Errors: those of Generation.Fetch, and
// *VanishedError for its missing_container; those of Content.WriteRange; *RoomError;
// *StoreError. Of two entries in one container the damage to one does not concern the other.
// [SET-38]
func (f *Fetcher) WriteContent(w io.Writer, rec archive.Record) error {
	frames := map[archive.ID]*archive.Frames{}
	cursors := map[archive.ID]*archive.Cursor{}
	for _, id := range containersOf(rec) {
		got, cursor, err := f.acquire(id)
		defer f.release(id, cursor)
		if err != nil {
			return err
		}
		frames[id], cursors[id] = got, cursor
	}
	content, err := archive.OpenContent(rec, func(id archive.ID) (*archive.Frames, *archive.Cursor) {
		return frames[id], cursors[id]
	})
	if err != nil {
		return err
	}
	return content.WriteRange(w, 0, content.Size())
}

// acquire waits for a container, which stays until release is called, and returns a cursor
// on it, too.
func (f *Fetcher) acquire(id archive.ID) (*archive.Frames, *archive.Cursor, error) {
	f.mu.Lock()
	c := f.all[id]
	c.users++
	if c.done == nil {
		f.begin(id, c)
	}
	f.drop(c)
	done := c.done
	f.mu.Unlock()
	select {
	case <-done:
	case <-f.ctx.Done():
		return nil, nil, f.ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.err != nil {
		return nil, nil, c.err
	}
	if n := len(c.cursors); n > 0 {
		cursor := c.cursors[n-1]
		c.cursors = c.cursors[:n-1]
		return c.frames, cursor, nil
	}
	return c.frames, c.frames.Cursor(), nil
}

func (f *Fetcher) release(id archive.ID, cursor *archive.Cursor) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.all[id]
	c.users--
	if cursor != nil {
		c.cursors = append(c.cursors, cursor)
	}
	f.drop(c)
}
