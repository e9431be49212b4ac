package generator

import (
	"bytes"
	"fmt"
)

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
