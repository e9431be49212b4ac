package container

import (
	"context"
	"errors"
	"io"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
)

// Salvage finds what is left of a container of purpose archive, and tolerates
// what spec section 10.1 says. Fault in the result is the first fault of the
// container. Errors: not_a_container, unsupported_version, truncated (nothing to
// go on with), limit_exceeded (longer than any payload), those of the secret, wrong_secret, malformed_archive (a keyring),
// the first fault of a container whose payload is gone,
// and that of the context.
func Salvage(ctx context.Context, r io.ReaderAt, size int64, secret Secret) (*archive.Salvage, error) {
	h, faults, err := header.Examine(r, size) // [SLV-16]
	if err != nil {
		return nil, err
	}
	if size-h.Size() > cobblestone.MaxMessageSize { // [SLV-16]
		return nil, faults[0]
	}
	k, err := secret.find(h) // [SLV-17] [SLV-18]
	if err != nil {
		return nil, damagedFirst(err, faults)
	}
	authentic := h.Authenticate(k)
	purpose := h.Purpose
	h.Purpose = header.Archive // [SLV-20]
	fits, commits := k.Fits(h.KeyCheck), h.CommitsTo(k)
	switch { // [SLV-19]
	case !fits && !commits: // [SLV-4]
		return nil, fault.New(fault.WrongSecret, "the key is not the container's, or both the header and the payload were altered")
	case purpose == header.Keyring && !errors.Is(authentic, fault.HeaderTampered): // [SLV-15]
		return nil, fault.New(fault.MalformedArchive, "a keyring has no entries to salvage")
	case !commits: // the payload's own salt is gone
		return nil, firstOf(faults, authentic)
	case !fits:
		authentic = fault.New(fault.HeaderTampered, "the key opens the payload, but the header's key check is not the key's")
	}
	payloadKey := k.Derive(key.LabelPayload)
	chunks, err := cobblestone.NewChunks(section(r, h, size), size-h.Size(), payloadKey[:], h.Purpose.Context())
	if err != nil {
		return nil, err
	}
	s, err := archive.NewSalvage(ctx, chunks, h.ContainerID())
	if err != nil {
		return nil, err
	}
	err = firstOf(faults, authentic)
	switch {
	case s.Appended > 0 && errors.Is(err, fault.Truncated): // a length that no container has, and yet nothing is missing
		s.Fault = fault.New(fault.Truncated, "the end is not where the file ends, but before it")
	case err != nil: // [SLV-32]
		s.Fault = err
	}
	return s, nil
}

// damagedFirst replaces the refusal of a slot's secret if the slot may be what is
// damaged. [SLV-17]
func damagedFirst(err error, faults []error) error {
	for _, f := range faults {
		if errors.Is(f, fault.DamagedHeader) && !errors.Is(err, fault.MalformedPassword) {
			return f
		}
	}
	return err
}

// firstOf returns the fault that a reader of the container would have stopped at.
func firstOf(faults []error, authentic error) error {
	if len(faults) > 0 {
		return faults[0]
	}
	return authentic
}
