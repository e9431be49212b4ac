package generator

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/vectors"
)

// agree returns an error unless the reference answers the case as its author
// says that it must be answered.
func (m *made) agree() error {
	if err := m.undo(); err != nil {
		return err
	}
	input, err := vectors.ExpandObject(m.Input)
	if err != nil {
		return err
	}
	answer := reference.Handle(m.Op, input)
	if answer.Unsupported != "" {
		return fmt.Errorf("the reference does not take the input: %s", answer.Unsupported)
	}
	if answer.Error != m.Error {
		return fmt.Errorf("stated: %s %s, the reference: %q (%s)", m.Result, m.Error, answer.Error, answer.Detail)
	}
	if m.Result == vectors.Valid {
		want, err := vectors.ExpandObject(m.Output)
		if err != nil {
			return err
		}
		got, err := normal(answer.Output)
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return fmt.Errorf("the stated output (-) and that of the reference (+) differ:\n%s", diff)
		}
	}
	released, err := hex.DecodeString(answer.Released)
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(m.released, released) {
		return fmt.Errorf("the reference releases %d bytes, which are not a prefix of the %d stated", len(released), len(m.released))
	}
	return m.agreeIntermediates(answer.Intermediates)
}

// agreeIntermediates compares the intermediates that both have.
func (m *made) agreeIntermediates(given vectors.Object) error {
	stated, err := vectors.ExpandIntermediates(m.Intermediates)
	if err != nil {
		return err
	}
	for name, value := range given {
		if s, ok := stated[name]; ok && s != value {
			return fmt.Errorf("the stated %s is %v, that of the reference %v", name, s, value)
		}
	}
	return nil
}

// undo returns an error unless undoing the edit gives the parent.
func (m *made) undo() error {
	if m.Edit == nil {
		return nil
	}
	var p *made
	for _, c := range m.s.cases {
		if c.ID == m.Parent {
			p = c
		}
	}
	var before, after []byte
	if m.Edit.Field == "plaintext" && m.box != nil {
		before, after = p.box.payload.plaintext, m.box.payload.plaintext
	} else {
		before, after = p.bytesOf(m.Edit.Field), m.bytesOf(m.Edit.Field)
	}
	undone, err := m.Edit.Undo(after)
	if err != nil {
		return err
	}
	if !bytes.Equal(undone, before) || bytes.Equal(before, after) {
		return fmt.Errorf("undoing the edit does not give the parent")
	}
	return nil
}

// normal returns an object with the types that decoding its encoding gives.
func normal(o vectors.Object) (vectors.Object, error) {
	data, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var out vectors.Object
	err = d.Decode(&out)
	return out, err
}
