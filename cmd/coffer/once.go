package main

import "errors"

// once is the value of a flag that is given once: of two, one would be ignored.
type once struct {
	value *string
	given bool
}

func (o *once) Set(s string) error {
	if o.given {
		return errors.New("it is given twice; one pattern may match more, with *")
	}
	*o.value, o.given = s, true
	return nil
}

func (o *once) String() string {
	if o.value == nil {
		return ""
	}
	return *o.value
}

func (*once) Type() string { return "string" }
