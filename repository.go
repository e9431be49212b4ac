// Package coffer carries the repository as files, so that coffer-dev can show the
// specification beside its code and its vectors where there is no checkout.
package coffer

import (
	"embed"
	"io/fs"
	"strings"

	"github.com/coffer-format/coffer/vectors"
)

// What cites the specification, and what the decoder of its pages is compiled from.
// conformance/peers is a module of its own, and cannot be embedded.
//
//go:embed go.mod go.sum
//go:embed spec/*.md spec/*.go spec/*/*.go
//go:embed ref/*/*.go ref/password/commonest.txt
//go:embed cmd/*/*.go cmd/internal/*/*
//go:embed conformance/*.go conformance/[^p]*/*.go conformance/p[^e]*/*.go
//go:embed conformance/adapters/*/*.mjs conformance/adapters/*/coffer/*.mjs
var embedded embed.FS

// Repository returns the files: the vectors, which another package embeds, among them.
func Repository() fs.FS { return repository{} }

type repository struct{}

func (repository) Open(name string) (fs.File, error) {
	if inside, ok := strings.CutPrefix(name, "vectors/"); ok {
		return vectors.FS().Open(inside)
	}
	return embedded.Open(name)
}
