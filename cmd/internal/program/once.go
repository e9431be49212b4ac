package program

import "errors"

// Once is the value of a flag that is given once: of two, one would be ignored.
type Once struct {
	Value *string
	given bool
}

func (o *Once) Set(s string) error {
	if o.given {
		return errors.New("it is given twice; one pattern may match more, with *")
	}
	*o.Value, o.given = s, true
	return nil
}

func (o *Once) String() string {
	if o.Value == nil {
		return ""
	}
	return *o.Value
}

func (*Once) Type() string { return "string" }
