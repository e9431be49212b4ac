package parallel

import (
	"io"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
)

// Containers opens and makes containers whose payloads this package seals and opens.
var Containers = container.Payloads{
	Writer: func(w io.Writer, begun *cobblestone.Writer) container.PayloadWriter { return newWriter(w, begun) },
	Reader: func(plain *cobblestone.ReaderAt) archive.Plaintext { return &ReaderAt{plain} },
}
