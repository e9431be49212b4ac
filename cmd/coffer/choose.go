package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/nfc"
)

// choose returns the entries of some names: an entry itself, or all that lie in
// a folder.
func choose(r *archive.List, names []string) ([]archive.Record, error) {
	var chosen []archive.Record
	seen := map[string]bool{}
	for _, name := range names {
		if name != "" {
			name = path.Clean(name)
		}
		found := named(r, name)
		if len(found) == 0 {
			found = named(r, nfc.String(name)) // some systems type names decomposed
		}
		if len(found) == 0 {
			_, err := r.Find(name) // [ARC-27]
			return nil, didYouMean(err, r, name)
		}
		for _, rec := range found {
			if !seen[rec.Entry.Path] {
				seen[rec.Entry.Path] = true
				chosen = append(chosen, rec)
			}
		}
	}
	return chosen, nil
}

func named(r *archive.List, name string) []archive.Record {
	if rec, err := r.Find(name); err == nil {
		return []archive.Record{rec}
	}
	var below []archive.Record
	for _, rec := range r.Entries() {
		if strings.HasPrefix(rec.Entry.Path, name+"/") {
			below = append(below, rec)
		}
	}
	return below
}

// didYouMean adds to an error that there is no such name which ones differ in their case
// only, or are it in another folder.
func didYouMean(err error, r *archive.List, name string) error {
	const most = 3
	var near []string
	for _, rec := range r.Entries() {
		like := rec.Entry.Path
		if n := len(name); len(like) > n && like[n] == '/' && strings.EqualFold(like[:n], name) {
			like = like[:n]
		} else if !strings.EqualFold(like, name) && !strings.EqualFold(path.Base(like), path.Base(name)) {
			continue
		}
		if like = display.Name(like); !slices.Contains(near, like) {
			near = append(near, like)
		}
		if len(near) == most {
			break
		}
	}
	if near == nil {
		return err
	}
	return advisedError{err, fmt.Sprintf(`did you mean %s? "coffer list" shows what there is`, strings.Join(near, " or "))}
}
