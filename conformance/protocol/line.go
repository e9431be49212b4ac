package protocol

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Serve answers every line of r on w, until r ends. An error is that of r or w,
// or a line that is not a request.
func Serve(r io.Reader, w io.Writer, handle func(Request) Answer) error {
	lines := NewLineReader(r)
	for {
		line, err := lines.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var request Request
		if _, err := parseLine(line, map[string]any{"id": &request.ID, "op": &request.Op, "input": &request.Input}); err != nil {
			return err
		}
		answer := handle(request)
		answer.ID = request.ID
		if err := WriteLine(w, answer); err != nil {
			return err
		}
	}
}

// WriteLine writes v as a line of JSON, in one Write.
func WriteLine(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// LineReader reads lines of at most MaxLine bytes.
type LineReader struct{ r *bufio.Reader }

// most is a length that few lines are beyond: those are put together from parts.
const most = 1 << 20

// NewLineReader returns a LineReader of what r has.
func NewLineReader(r io.Reader) *LineReader { return &LineReader{bufio.NewReaderSize(r, most)} }

// ErrLongLine says that a line is longer than MaxLine.
var ErrLongLine = fmt.Errorf("a line is longer than %d bytes", MaxLine)

// Next returns the next line without its end, which is a line feed, or a
// carriage return and a line feed. It returns io.EOF at the end, and
// io.ErrUnexpectedEOF if the last line has no end.
func (l *LineReader) Next() ([]byte, error) {
	var line []byte
	for {
		part, err := l.r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > MaxLine+2 {
			return nil, ErrLongLine
		}
		switch {
		case err == nil:
			return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), nil
		case err == bufio.ErrBufferFull:
		case err == io.EOF && len(line) > 0:
			return line, io.ErrUnexpectedEOF
		default:
			return nil, err
		}
	}
}
