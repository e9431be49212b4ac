package container

import (
	"io"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

// Payloads is a way to seal and open the payloads of archives, for packages that do it
// as cobblestone does and faster. Its methods are the package's functions by that way;
// the functions themselves use cobblestone.
type Payloads struct {
	// Writer takes over a payload that is to go to w, before anything of it is written.
	Writer func(w io.Writer, begun *cobblestone.Writer) PayloadWriter
	Reader func(*cobblestone.ReaderAt) archive.Plaintext
}

// PayloadWriter seals a payload, as a *cobblestone.Writer.
type PayloadWriter interface {
	io.WriteCloser
	Abort()
}

// Plain is the way of package cobblestone.
var Plain = Payloads{
	Writer: func(_ io.Writer, begun *cobblestone.Writer) PayloadWriter { return begun },
	Reader: func(r *cobblestone.ReaderAt) archive.Plaintext { return r },
}
