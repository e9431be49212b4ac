package program

import (
	"io"
	"os"
	"sync"
)

// Stdout is standard output. What cannot be written to it ends the program with an error,
// whether or not who wrote it looks at that.
var Stdout io.Writer = &stdout

var stdout output

// output keeps the first error of writing to standard output.
type output struct {
	mu  sync.Mutex
	err error
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := os.Stdout.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// close ends the output, and returns what failed of it: some file systems say that only
// now.
func (o *output) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := os.Stdout.Close(); o.err == nil {
		o.err = err
	}
	return o.err
}
