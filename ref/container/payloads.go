package container

import (
	"io"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

// Payloads is a way to seal and open the payloads of containers, for packages that do
// it as cobblestone does and faster. Its methods are the package's functions by that
// way; the functions themselves use cobblestone.
type Payloads struct {
	NewWriter   func(w io.Writer, inputKey, salt []byte, context string) PayloadWriter
	NewReaderAt func(r io.ReaderAt, size int64, inputKey []byte, context string) (archive.Plaintext, error)
}

// PayloadWriter seals a payload, as a *cobblestone.Writer.
type PayloadWriter interface {
	io.WriteCloser
	Prefix() []byte
	Abort()
}

var plain = Payloads{
	NewWriter: func(w io.Writer, inputKey, salt []byte, context string) PayloadWriter {
		return cobblestone.NewWriter(w, inputKey, salt, context)
	},
	NewReaderAt: func(r io.ReaderAt, size int64, inputKey []byte, context string) (archive.Plaintext, error) {
		return cobblestone.NewReaderAt(r, size, inputKey, context)
	},
}
