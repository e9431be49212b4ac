package coffer

import (
	"fmt"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
)

// Kind says what an entry is to a messenger.
type Kind = archive.Kind

// The kinds. Whatever a reader does not know is Other.
const (
	Other    = archive.Other
	Messages = archive.Messages
	Image    = archive.Image
	Video    = archive.Video
	Voice    = archive.Voice
	Audio    = archive.Audio
	Document = archive.Document
	Sticker  = archive.Sticker
	Settings = archive.Settings
)

// Entry is what a backup says of one piece of content.
type Entry struct {
	Path     string    // with slashes, as in package io/fs: 1 to 1024 bytes in normalization form C
	Kind     Kind      // Other if unset
	Modified time.Time // to the millisecond; the zero Time if it is not known
	Size     int64     // of the content, in bytes
}

func entryOf(e archive.Entry) Entry {
	return Entry{Path: e.Path, Kind: e.Kind, Modified: timeOf(e.ModifiedMS), Size: e.Size}
}

func (e Entry) encoded() (archive.Entry, error) {
	modified, err := encodedTime(e.Modified)
	if err != nil {
		return archive.Entry{}, fmt.Errorf("%s: %w", e.Path, err)
	}
	return archive.Entry{Path: e.Path, Kind: e.Kind, ModifiedMS: modified, Size: e.Size}, nil
}

func timeOf(t archive.Time) time.Time {
	ms, known := t.UnixMilli()
	if !known {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func encodedTime(t time.Time) (archive.Time, error) {
	if t.IsZero() {
		return 0, nil
	}
	return archive.TimeOf(t.UnixMilli())
}
