package salvage

import (
	"context"
	"errors"
	"io"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
)

// Container finds what is left of a container of purpose archive, and tolerates
// what spec section 10.1 says. Fault in the result is the first fault of the
// container. What was kept apart of it is used instead of its header, unless it is nil.
// Errors: limit_exceeded (longer than any payload), those of the secret,
// wrong_secret, malformed_archive (a keyring), the first fault of a container whose
// payload is gone, and that of the context.
func Container(ctx context.Context, r io.ReaderAt, size int64, secret container.Secret, apart *Apart) (*Salvage, error) {
	if apart != nil {
		k, err := apart.find(secret)
		if err != nil {
			return nil, err
		}
		secret = container.WithKey(k) // [SLV-38]
	}
	h, faults, err := header.ExamineDamaged(r, size)
	if err != nil {
		return nil, err
	}
	s, err := afterHeader(ctx, r, size, secret, apart, h, faults)
	if err != nil && fault.NameOf(err) != "" && isAnother(h, faults) { // [SLV-16]
		return nil, faults[0]
	}
	return s, err
}

// isAnother reports whether opening takes a file for something else than a container
// of this version with a whole header.
func isAnother(h *header.Header, faults []error) bool {
	return h == nil || len(faults) > 0 && (errors.Is(faults[0], fault.NotAContainer) || errors.Is(faults[0], fault.UnsupportedVersion))
}

// afterHeader is Container after the checks of the header, which is nil if it is not
// whole.
func afterHeader(ctx context.Context, r io.ReaderAt, size int64, secret container.Secret, apart *Apart, h *header.Header, faults []error) (*Salvage, error) {
	if h != nil && size-h.Size() > cobblestone.MaxMessageSize { // [SLV-16]
		return nil, faults[0]
	}
	k, err := secret.Find(h) // [SLV-17] [SLV-18]
	if err != nil {
		return nil, damagedFirst(err, faults)
	}
	s, offset, err := salvagePayload(ctx, r, size, k, apart, h)
	if err != nil {
		return nil, err
	}
	var fits, isKeyring bool
	if h != nil {
		fits = k.Fits(h.KeyCheck)
		authentic := h.Authenticate(k, header.Archive) // [SLV-20]
		isKeyring = h.Purpose == header.Keyring && !errors.Is(authentic, fault.HeaderTampered)
		if !fits {
			authentic = fault.New(fault.HeaderTampered, "the key opens the payload, but the header's key check is not the key's")
		}
		if authentic != nil {
			faults = append(faults, authentic)
		}
	}
	switch { // [SLV-19]
	case !fits && s == nil: // [SLV-4]
		return nil, fault.New(fault.WrongSecret, "the key is not the container's, or both the header and the payload were altered")
	case isKeyring: // [SLV-15]
		return nil, fault.New(fault.MalformedArchive, "a keyring has no entries to salvage")
	case s == nil: // the payload's own salt is gone
		return nil, faults[0]
	}
	if len(faults) > 0 { // [SLV-32]
		s.Fault = faults[0]
	}
	if isElsewhere := h == nil || offset != h.Size(); errors.Is(s.Fault, fault.Truncated) && (isElsewhere || s.Appended > 0) {
		s.Fault = fault.New(fault.Truncated, "the lengths that the header states do not fit that of the file") // nothing need be missing
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
