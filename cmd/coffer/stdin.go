package main

import (
	"crypto/rand"
	"errors"
	"io"
	"os"
	"time"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/parallel"
)

// stdinFile is how standard input is called among the sources.
const stdinFile = "standard input"

var errNoInput = errors.New("nothing came from it")

// openStdin makes a file of standard input, since an entry's size stands before its
// content. On the disk it is sealed under a key that only this run has.
func (f *openFile) openStdin() error {
	inputKey, salt := make([]byte, cobblestone.KeySize), make([]byte, cobblestone.SaltSize)
	rand.Read(inputKey) // never fails
	rand.Read(salt)
	in, err := spool(f.ctx, stdinFile, func(temp io.Writer) (int64, error) {
		w := parallel.NewWriter(temp, inputKey, salt, stdinFile)
		n, err := io.Copy(w, os.Stdin)
		if err != nil {
			w.Abort()
			return 0, err
		}
		return n, w.Close()
	})
	if err != nil {
		return err
	}
	if in.size == 0 {
		in.Close()
		return errNoInput
	}
	f.entry.Size, f.entry.ModifiedMS = in.size, milliseconds(time.Now().UnixMilli())
	sealed, err := cobblestone.NewReader(io.NewSectionReader(in.file, 0, 1<<62), inputKey, stdinFile)
	f.content = spooled{sealed, in}
	return err
}

type spooled struct {
	io.Reader
	in *input
}

func (s spooled) Close() error {
	s.in.Close()
	return nil
}
