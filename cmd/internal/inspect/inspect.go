// Package inspect describes a container to a person without its secret. Nothing
// that it says is authenticated.
package inspect

import (
	"fmt"
	"io"
	"strings"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/spec/annotate"
)

// Container is what a container says of itself. The names are those of the spec.
type Container struct {
	Authenticated bool             `json:"authenticated"` // always false: [HDR-16]
	Size          int64            `json:"size"`
	Version       int              `json:"version"`
	Purpose       string           `json:"purpose"`
	Key           string           `json:"key"` // its fingerprint
	KeyCheck      string           `json:"key_check"`
	Container     string           `json:"container"`
	Slots         []Slot           `json:"slots"` // null if they do not decode
	Parts         []Part           `json:"parts"`
	Chunks        int64            `json:"chunks"`
	Plaintext     *int64           `json:"plaintext"` // length in bytes; null if the payload is cut
	Faults        []Fault          `json:"faults"`
	Fields        []annotate.Field `json:"fields,omitempty"` // if asked for
}

// Slot is what a slot says of itself. Of an unknown type only the number and the
// size of the body are known.
type Slot struct {
	Type       string `json:"type"`
	Number     uint16 `json:"number"` // of the type
	MemoryKiB  uint32 `json:"memory_kib,omitempty"`
	Passes     uint32 `json:"passes,omitempty"`
	Lanes      uint8  `json:"lanes,omitempty"`
	Vault      string `json:"vault,omitempty"`
	RPID       string `json:"rp_id,omitempty"`
	Credential string `json:"credential,omitempty"`
	BodySize   *int   `json:"body_size,omitempty"`
}

// Part is a part of the container's layout, in bytes.
type Part struct {
	Part   string `json:"part"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
}

// Fault is an error with its name in the spec.
type Fault struct {
	Name   fault.Name `json:"name"`
	Detail string     `json:"detail"`
}

// Describe describes a container of size bytes. It returns the faults of the
// header, too, in the order of the checks. The error is for what cannot be
// described, or not be read.
func Describe(r io.ReaderAt, size int64) (*Container, []error, error) {
	h, faults, err := header.Examine(r, size)
	if err != nil {
		return nil, nil, err
	}
	c := &Container{
		Size:      size,
		Version:   header.Version,
		Purpose:   h.Purpose.String(),
		Key:       h.KeyCheck.Fingerprint(),
		KeyCheck:  fmt.Sprintf("%x", h.KeyCheck),
		Container: fmt.Sprintf("%x", h.ContainerID()),
		Parts:     parts(h, size),
		Faults:    []Fault{},
	}
	for _, err := range faults {
		c.Faults = append(c.Faults, FaultOf(err))
	}
	if len(h.Slots) > 0 || h.Size() == fixedHeader {
		c.Slots = []Slot{}
	}
	for _, s := range h.Slots {
		c.Slots = append(c.Slots, SlotOf(s))
	}
	chunks := size - h.Size() - cobblestone.PrefixSize
	c.Chunks = (chunks + cobblestone.SealedChunkSize - 1) / cobblestone.SealedChunkSize
	if plain, err := cobblestone.PlaintextSize(size - h.Size()); err == nil {
		c.Plaintext = &plain
	}
	return c, faults, nil
}

// fixedHeader is the length of a header without its slots.
const fixedHeader = 117

// parts returns the layout of spec section 7.1.
func parts(h *header.Header, size int64) (all []Part) {
	at := int64(0)
	add := func(name string, length int64) {
		all = append(all, Part{name, at, length})
		at += length
	}
	add("magic", 8)
	add("version", 2)
	add("purpose", 1)
	add("key check", 32)
	add("length of slots", 2)
	add("slots", h.Size()-fixedHeader)
	add("digest", 8)
	add("MAC", 64)
	add("payload salt", cobblestone.SaltSize)
	add("payload commitment", cobblestone.CommitmentSize)
	add("chunks", size-at)
	return all
}

// FaultOf returns an error that has a name in the spec.
func FaultOf(err error) Fault {
	name := fault.NameOf(err)
	return Fault{name, strings.TrimPrefix(err.Error(), string(name)+": ")}
}

// SlotOf describes a slot.
func SlotOf(s slot.Slot) Slot {
	d := Slot{Type: "unknown", Number: uint16(s.Type())}
	switch s := s.(type) {
	case *slot.Password:
		d.Type, d.MemoryKiB, d.Passes, d.Lanes = "password", s.Params.MemoryKiB, s.Params.Passes, s.Params.Lanes
	case *slot.Vault:
		d.Type, d.Vault, d.Credential = "vault", fmt.Sprintf("%x", s.Vault), fmt.Sprintf("%x", s.Credential)
	case *slot.Passkey:
		d.Type, d.RPID, d.Credential = "passkey", s.RPID, fmt.Sprintf("%x", s.Credential)
	case *slot.Unknown:
		n := len(s.Body)
		d.BodySize = &n
	}
	return d
}
