// Package dissect opens a container with a secret and shows what is in it down to the
// plaintext: which byte belongs to which field, where an entry lies, and what is
// computed from what. It is for people who read the specification beside a container;
// the decoding is that of the reference.
package dissect

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"

	"github.com/coffer-format/coffer/cmd/internal/inspect"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/salvage"
	"github.com/coffer-format/coffer/spec/annotate"
)

// Opened is a container that a secret has opened, with what could be read of it.
type Opened struct {
	Purpose string         `json:"purpose"`
	Key     string         `json:"key"`     // its fingerprint
	Payload int64          `json:"payload"` // its offset in the container
	Error   *inspect.Fault `json:"error"`   // the first of the payload, null if there is none

	Plaintext int64            `json:"plaintext"` // its length in bytes, of which all are authentic; -1 if not all are
	Fields    []annotate.Field `json:"fields"`    // of the plaintext
	Salvaged  bool             `json:"salvaged"`  // the entries are what salvage has found
	Entries   []Entry          `json:"entries"`

	Public bool `json:"-"` // the secret may be shown, as that of a test vector

	data      []byte
	plaintext []byte
	given     *given
	key       key.Key
	header    *header.Header
	write     []func(*bytes.Buffer) error // the contents of the entries
}

// Entry is an entry of an archive.
type Entry struct {
	Path     string `json:"path"`
	Kind     string `json:"kind"`
	Modified *int64 `json:"modified_ms"` // since 1970, null if it is not known
	Size     int64  `json:"size"`
	Status   string `json:"status"` // "whole", or why nothing or not all can be read
	Record   *Range `json:"record"` // of the plaintext, null if no record was read
	Spans    []Span `json:"spans"`  // where the content lies
}

// Range is a range of bytes.
type Range struct {
	Offset int64 `json:"offset"`
	Length int64 `json:"length"`
}

// Span says that Length bytes of an entry's content, from Content on, lie in the
// plaintext from Offset on.
type Span struct {
	Content int64 `json:"content"`
	Offset  int64 `json:"offset"`
	Length  int64 `json:"length"`
}

// Open opens a container with a secret. The error is that of the header or of the secret;
// a fault of the payload is in the result, beside what salvage finds.
func Open(data []byte, secret Secret) (*Opened, error) {
	r, size := bytes.NewReader(data), int64(len(data))
	h, err := header.Read(r, size)
	if err != nil {
		return nil, err
	}
	g, err := secret.of(h)
	if err != nil {
		return nil, err
	}
	c, err := container.Open(r, size, g.secret)
	if err != nil {
		return nil, err
	}
	o := &Opened{
		Purpose: h.Purpose.String(), Key: h.KeyCheck.Fingerprint(), Payload: h.Size(), Plaintext: -1,
		Fields: []annotate.Field{}, Entries: []Entry{},
		data: data, given: g, key: c.Key, header: h,
	}
	if h.Purpose == header.Keyring {
		_, err = c.Keyring()
		o.fail(err)
		return o, o.openPayload(annotate.Keyring)
	}
	a, err := c.Archive()
	if err == nil {
		err = a.Verify()
	}
	o.fail(err)
	if err := o.openPayload(annotate.Archive); err != nil {
		return nil, err
	}
	if a == nil || o.plaintext == nil {
		o.salvage()
		return o, nil
	}
	o.list(a)
	return o, nil
}

// fail notes the first fault of the payload.
func (o *Opened) fail(err error) {
	if err != nil && o.Error == nil {
		f := inspect.FaultOf(err)
		o.Error = &f
	}
}

// openPayload opens all chunks and finds the fields of what they hold.
func (o *Opened) openPayload(fields func([]byte) ([]annotate.Field, error)) error {
	payloadKey := o.key.Derive(key.LabelPayload)
	plaintext, err := cobblestone.Open(payloadKey[:], o.header.Purpose.Context(), o.data[o.Payload:])
	if err != nil {
		o.fail(err)
		return nil
	}
	o.plaintext, o.Plaintext = plaintext, int64(len(plaintext))
	o.Fields, err = fields(plaintext)
	return err
}

// list lists the entries by the index.
func (o *Opened) list(a *archive.Reader) {
	cursor := a.Cursor()
	for i, rec := range a.Entries() {
		e := entryOf(rec)
		e.Record = o.record(i)
		content, err := a.Open(cursor, rec)
		if err != nil {
			e.Status = err.Error()
		} else {
			e.Spans = spans(content)
		}
		o.add(e, func(b *bytes.Buffer) error { return a.WriteContent(b, rec) })
	}
}

// record returns where in the plaintext record i of the segment lies.
func (o *Opened) record(i int) *Range {
	return o.span(fmt.Sprintf("segment.live[%d].", i))
}

// span returns where the fields lie whose names begin with prefix.
func (o *Opened) span(prefix string) *Range { return spanOf(o.Fields, prefix) }

func spanOf(fields []annotate.Field, prefix string) *Range {
	var r *Range
	for _, f := range fields {
		switch {
		case len(f.Name) < len(prefix) || f.Name[:len(prefix)] != prefix:
		case r == nil:
			r = &Range{f.Offset, f.Length}
		default:
			r.Length = f.Offset + f.Length - r.Offset
		}
	}
	return r
}

func entryOf(rec archive.Record) Entry {
	e := Entry{Path: rec.Entry.Path, Kind: rec.Entry.Kind.String(), Size: rec.Entry.Size, Status: string(salvage.Whole), Spans: []Span{}}
	if ms, known := rec.Entry.ModifiedMS.UnixMilli(); known {
		e.Modified = &ms
	}
	return e
}

func spans(c *archive.Content) []Span {
	all := []Span{}
	for off := int64(0); off < c.Size(); {
		at, n, ok := c.Span(off)
		if ok {
			all = append(all, Span{off, at, n})
		}
		off += n
	}
	return all
}

func (o *Opened) add(e Entry, write func(*bytes.Buffer) error) {
	o.Entries = append(o.Entries, e)
	o.write = append(o.write, write)
}

// salvage lists what can be found although the payload has a fault.
func (o *Opened) salvage() {
	o.Salvaged = true
	s, err := salvage.Container(context.Background(), bytes.NewReader(o.data), int64(len(o.data)), container.WithKey(&o.key), nil)
	if err != nil {
		return // the first fault is shown
	}
	for f := range s.Entries() {
		e := entryOf(f.Record)
		e.Status = string(f.Status)
		o.add(e, func(b *bytes.Buffer) error { return s.WriteContent(b, f) })
	}
}

// Content returns the content of entry i, all of it authentic. Of a damaged one that
// salvage has found, what is lost is zero. Errors: those of the archive.
func (o *Opened) Content(i int) ([]byte, error) {
	var b bytes.Buffer
	err := o.write[i](&b)
	return b.Bytes(), err
}

// Bytes returns the plaintext, or nil if not all of it is authentic.
func (o *Opened) Bytes() []byte { return o.plaintext }

// JSON returns what can be shown at once.
func (o *Opened) JSON() string { return encode(o) }

// StepsJSON returns Steps as JSON, or an object with "error".
func (o *Opened) StepsJSON() string {
	steps, err := o.Steps()
	if err != nil {
		return Failed(err)
	}
	return encode(steps)
}

// Failed returns an error of Open as an object with "error".
func Failed(err error) string {
	return encode(struct {
		Error inspect.Fault `json:"error"`
	}{inspect.FaultOf(err)})
}

// A Layer is bytes with their fields.
type Layer struct {
	Name   string           `json:"name"`
	Hex    string           `json:"hex"`
	Fields []annotate.Field `json:"fields"`
}

// Layers returns the container and its plaintext, each with its fields. Error: those of
// the grammar.
func (o *Opened) Layers() ([]Layer, error) {
	fields, err := annotate.Container(bytes.NewReader(o.data), int64(len(o.data)))
	all := []Layer{{"container", hex.EncodeToString(o.data), fields}}
	if o.plaintext != nil {
		all = append(all, Layer{"plaintext", hex.EncodeToString(o.plaintext), o.Fields})
	}
	return all, err
}

// BackupKey returns K.
func (o *Opened) BackupKey() key.Key { return o.key }
