// Package agreement compares the answer that a test vector states with that of the
// reference.
package agreement

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/vectors"
)

// WithReference returns an error unless the reference answers the case as the case
// states, and releases no more than a prefix of released before an error.
func WithReference(c vectors.Case, released []byte) error {
	input, err := vectors.ExpandObject(c.Input)
	if err != nil {
		return err
	}
	answer := reference.Handle(c.Op, input)
	if answer.Unsupported != "" {
		return fmt.Errorf("the reference does not take the input: %s", answer.Unsupported)
	}
	if answer.Error != c.Error {
		return fmt.Errorf("stated: %s %s, the reference: %q (%s)", c.Result, c.Error, answer.Error, answer.Detail)
	}
	if c.Result == vectors.Valid {
		if err := sameOutput(c.Output, answer.Output); err != nil {
			return err
		}
	}
	got, err := hex.DecodeString(answer.Released)
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(released, got) {
		return fmt.Errorf("the reference releases %d bytes, which are not a prefix of the %d stated", len(got), len(released))
	}
	return sameIntermediates(c.Intermediates, answer.Intermediates)
}

func sameOutput(stated, answered vectors.Object) error {
	want, err := vectors.ExpandObject(stated)
	if err != nil {
		return err
	}
	if err := vectors.CheckPlain(answered); err != nil {
		return err
	}
	got, err := vectors.ExpandObject(answered)
	if err != nil {
		return err
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("the stated output (-) and that of the reference (+) differ:\n%s", diff)
	}
	return nil
}

// sameIntermediates compares the intermediates that both have.
func sameIntermediates(stated, answered vectors.Object) error {
	want, err := vectors.ExpandIntermediates(stated)
	if err != nil {
		return err
	}
	for name, value := range answered {
		if s, ok := want[name]; ok && s != value {
			return fmt.Errorf("the stated %s is %v, that of the reference %v", name, s, value)
		}
	}
	return nil
}
