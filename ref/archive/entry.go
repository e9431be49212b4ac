// Package archive writes and reads what the payload of a container of purpose
// archive says: entries, and the index that finds them (spec chapters 8 and 10).
package archive

import (
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/wire"
)

// ID is a container id: the salt of its payload.
type ID = [24]byte

// Bounds of spec chapters 2 and 8, in bytes unless said otherwise.
const (
	MaxPathSize    = 1024
	MaxSegmentPart = 1 << 26 // live, and removed
	MaxPlaces      = 1024    // of a record
	MaxStored      = 1 << 16 // containers of a segment
	maxProducer    = 255
	maxSegments    = 16 // references

	minEntryFrame   = 21                // type, a path of one byte, kind, time, size
	EntryFields     = minEntryFrame - 1 // of a frame, besides the path
	minPaddingFrame = 9
	MinSegmentFrame = 1 + 2*4 + 3
	maxSegmentFrame = MinSegmentFrame + 2*MaxSegmentPart + MaxStored*StoredSize
	placeSize       = 24 + 8
	StoredSize      = 24 + 8 + 8 + 8 + 32
	trailerSize     = 8
	minIndexFrame   = 1 + 16 + 8 + 8 + 8 + 1 + 24 + 1 + 2 + 40
	maxIndexFrame   = minIndexFrame + maxProducer + (maxSegments-1)*40
	MinPlaintext    = 128
	minSetPlaintext = 1 << 18

	// MaxEnd is what follows the content of an archive: a padding frame without zeros, a
	// segment frame without records, the longest index frame and the trailer.
	MaxEnd = minPaddingFrame + MinSegmentFrame + maxIndexFrame + trailerSize
)

// The frame types of spec section 8.1.
const (
	frameEntry   = 1
	framePadding = 2
	frameSegment = 3
	frameIndex   = 4
	framePiece   = 5
)

// Kind says what an entry is to a messenger.
type Kind uint8

// The kinds of version 1; readers take any other as Other.
const (
	Other Kind = iota
	Messages
	Image
	Video
	Voice
	Audio
	Document
	Sticker
	Settings
)

var kindNames = [...]string{"other", "messages", "image", "video", "voice", "audio", "document", "sticker", "settings"}

// String returns the kind's name in spec section 8.1.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[Other] // [ARC-3]
}

// Entry is what an archive says of one piece of content. Size is in bytes.
type Entry struct {
	Path       string
	Kind       Kind
	ModifiedMS Time
	Size       int64
}

func (e Entry) marshal(b *cryptobyte.Builder) {
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(e.Path)) })
	b.AddUint8(uint8(e.Kind))
	b.AddUint64(uint64(e.ModifiedMS))
	b.AddUint64(uint64(e.Size))
}

func readEntry(s wire.Reader, e *Entry) bool {
	var kind []byte
	if !readPath(s, &e.Path) || !s.ReadBytes(&kind, 1) || !readTime(s, &e.ModifiedMS) || !readLength(s, &e.Size) {
		return false
	}
	e.Kind = Kind(kind[0])
	if int(e.Kind) >= len(kindNames) { // [ARC-3]
		e.Kind = Other
	}
	return true
}

func readPath(s wire.Reader, path *string) bool {
	var length, p []byte
	if !s.ReadBytes(&length, 2) {
		return false
	}
	n := int(binary.BigEndian.Uint16(length))
	if n < 1 || n > MaxPathSize || !s.ReadBytes(&p, n) { // [CON-1] [CON-3]
		return false
	}
	*path = string(p)
	return true
}

func readTime(s wire.Reader, t *Time) bool {
	return wire.ReadUint64(s, (*uint64)(t))
}

// readLength reads a uint64 that places or counts bytes. Below 2^52 the sum of
// any few of them fits an int64. [CON-6]
func readLength(s wire.Reader, v *int64) bool {
	var u uint64
	if !wire.ReadUint64(s, &u) {
		return false
	}
	*v = int64(u)
	return true
}

func malformed(format string, args ...any) error {
	return fault.New(fault.MalformedArchive, format, args...)
}
