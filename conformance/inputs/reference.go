package inputs

import (
	"fmt"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/vectors"
)

func SealedByReference(op string, input vectors.Object) []byte {
	answer := reference.Answer(op, input)
	if answer.Output == nil {
		panic(cases.Fault{Err: fmt.Errorf("the reference refuses %s of %v: %s%s", op, input, answer.Error, answer.Unsupported)})
	}
	return Unhex(answer.Output["container"])
}
