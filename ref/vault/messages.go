package vault

import (
	"fmt"
	"maps"
	"slices"
)

// kinds makes the structures for the name of a request: the lower-case name of its
// structure without "Request" (spec section 18.11).
var kinds = map[string]struct {
	request func() Request
	answer  func() Answer
}{
	"state":    {func() Request { return new(StateRequest) }, func() Answer { return new(StateAnswer) }},
	"register": {func() Request { return new(RegisterRequest) }, func() Answer { return new(RegisterAnswer) }},
	"store":    {func() Request { return new(StoreRequest) }, func() Answer { return new(StoreAnswer) }},
	"commit":   {func() Request { return new(CommitRequest) }, func() Answer { return new(CommitAnswer) }},
	"recover":  {func() Request { return new(RecoverRequest) }, func() Answer { return new(RecoverAnswer) }},
	"finish":   {func() Request { return new(FinishRequest) }, func() Answer { return new(FinishAnswer) }},
	"destroy":  {func() Request { return new(DestroyRequest) }, func() Answer { return new(DestroyAnswer) }},
	"anchor":   {func() Request { return new(AnchorRequest) }, func() Answer { return new(AnchorAnswer) }},
}

// Names returns the names of the requests, in ascending order.
func Names() []string { return slices.Sorted(maps.Keys(kinds)) }

// ParseRequest reads a request of one of Names, of which the token is still to be judged
// [VLT-19]. Error: ErrMalformed [VLT-12] [VLT-16]. It panics for another name.
func ParseRequest(name string, b []byte) (Request, error) {
	r := kindOf(name).request()
	if !decode(b, r) || !r.decodes() {
		return nil, ErrMalformed
	}
	return r, nil
}

// ParseAnswer reads the answer to a request of one of Names. Error: ErrMalformed [VLT-17].
// It panics for another name.
func ParseAnswer(name string, b []byte) (Answer, error) {
	a := kindOf(name).answer()
	if !decode(b, a) || !a.decodes() {
		return nil, ErrMalformed
	}
	return a, nil
}

// Refusal returns an answer to a request of one of Names that has nothing but a status. It
// panics for another name.
func Refusal(name string, status Status) Answer {
	a := kindOf(name).answer()
	a.Says().Status = status
	return a
}

func kindOf(name string) struct {
	request func() Request
	answer  func() Answer
} {
	kind, ok := kinds[name]
	if !ok {
		panic(fmt.Sprintf("vault: internal error: there is no request %q", name))
	}
	return kind
}

// Encode returns the encoding of a request or an answer.
func Encode(s interface{ structure }) []byte { return encode(s) }
