package main

import (
	"errors"

	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/storage"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
)

// advice says what a person can do about an error of the spec.
var advice = map[fault.Name]string{
	fault.NotAContainer:      `check that this is the file you mean; if its beginning is damaged, try "coffer salvage" with the 64-digit key`,
	fault.UnsupportedVersion: `a newer version of this program may read it; if the file is damaged, try "coffer salvage"`,
	fault.Truncated:          `fetch the file again, or try "coffer salvage"`,
	fault.DamagedHeader:      `fetch the file again, or try "coffer salvage", if need be with the 64-digit key`,
	fault.MalformedHeader:    `whatever wrote this file is faulty or hostile; "coffer salvage" with the 64-digit key may restore something`,
	fault.LimitExceeded:      `whatever wrote this file is faulty or hostile`,
	fault.NoMatchingSlot:     `"coffer inspect" shows which secrets open it; the 64-digit key always does`,
	fault.WrongSecret:        `try another secret; nothing points to damage of the file`,
	fault.HeaderTampered:     `the file was damaged, or somebody has changed it: fetch a copy that nobody could change, or try "coffer salvage"`,
	fault.PayloadTampered:    `fetch the file again, or try "coffer salvage"`,
	fault.MalformedArchive:   `whatever wrote this file is faulty; try "coffer salvage"`,
	fault.UnsafePath:         `no correct program wrote this file; nothing of it was restored`,
	fault.EntryNotFound:      `"coffer list" shows what there is`,
	fault.MissingContainer:   `this file is a part of a backup set, whose other files are needed as well`,
	fault.Superseded:         `"coffer on" takes it over for this device`,
}

// explainCut tells a container that ends with its header from other cut ones: mostly it is
// a header kept apart.
func explainCut(err error, in *input) error {
	if !errors.Is(err, fault.Truncated) {
		return err
	}
	h, _, examineErr := header.Examine(in, in.size)
	if examineErr != nil || in.size != h.Size()+int64(len(h.PayloadPrefix)) {
		return err
	}
	return advisedError{fault.New(fault.Truncated, "%s has a header and nothing more", in), `"coffer salvage --header" takes it, together with its container`}
}

// advisedError is an error with an advice of its own.
type advisedError struct {
	error
	advice string
}

func (e advisedError) Unwrap() error { return e.error }

// advise says what can be done about an error, and with which status it ends the
// program.
func advise(err error) (more string, status int) {
	name := fault.NameOf(err)
	more, status = advice[name], program.Refused
	if known, ok := exitOf[name]; ok {
		status = known
	}
	var advised advisedError
	var unread unreadError
	var unusable *storage.Error
	switch {
	case errors.As(err, &advised):
		more = advised.advice
	case errors.As(err, &unusable):
		more = unusable.Advice
	case errors.As(err, &unread):
		more = "copy it to another disk with a program that skips what cannot be read, such as ddrescue, and take the copy, or look for another"
	}
	return more, status
}
