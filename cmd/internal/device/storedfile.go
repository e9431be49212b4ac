package device

import (
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/archive"
)

// A file is kept as a sequence of big-endian numbers, since a run reads all of them, and JSON
// takes ten times as long: Size, ModifiedNS, ChangedNS, Inode, Device, and kind, time and size
// of the entry, the kind as one byte and the others as eight; the numbers of places and of
// Contents as two bytes each, and these; Winners up to the end.

// encodeFile returns what is kept of a file under its path.
func encodeFile(f *File) []byte {
	e := f.Record.Entry
	b := make([]byte, 0, 61+32*len(f.Record.Places)+8*len(f.Contents)+2*len(f.Winners))
	for _, n := range []uint64{uint64(f.Size), uint64(f.ModifiedNS), uint64(f.ChangedNS), f.Inode, f.Device, uint64(e.ModifiedMS), uint64(e.Size)} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	b = append(b, byte(e.Kind))
	b = binary.BigEndian.AppendUint16(b, uint16(len(f.Record.Places)))
	b = binary.BigEndian.AppendUint16(b, uint16(len(f.Contents)))
	for _, p := range f.Record.Places {
		b = append(b, p.Container[:]...)
		b = binary.BigEndian.AppendUint64(b, uint64(p.Offset))
	}
	for _, n := range f.Contents {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	for _, w := range f.Winners {
		b = binary.BigEndian.AppendUint16(b, w)
	}
	return b
}

// decodeFile returns the file whose entry has a path.
func decodeFile(path string, b []byte) (File, error) {
	s := cryptobyte.String(b)
	var size, modified, changed, inode, device, time, entrySize uint64
	ok := true
	for _, n := range []*uint64{&size, &modified, &changed, &inode, &device, &time, &entrySize} {
		ok = ok && s.ReadUint64(n)
	}
	var kind uint8
	var places, contents uint16
	if !ok || !s.ReadUint8(&kind) || !s.ReadUint16(&places) || !s.ReadUint16(&contents) || len(s) < 32*int(places)+8*int(contents) {
		return File{}, damagedError("a file is too short")
	}
	f := File{
		Size: int64(size), ModifiedNS: int64(modified), ChangedNS: int64(changed), Inode: inode, Device: device,
		Record: archive.Record{Entry: archive.Entry{Path: path, Kind: archive.Kind(kind), ModifiedMS: archive.Time(time), Size: int64(entrySize)}},
	}
	if places > 0 {
		f.Record.Places = make([]archive.Place, places)
	}
	for i := range f.Record.Places {
		var offset uint64
		s.CopyBytes(f.Record.Places[i].Container[:])
		s.ReadUint64(&offset)
		f.Record.Places[i].Offset = int64(offset)
	}
	if contents > 0 {
		f.Contents = make([]int64, contents)
	}
	for i := range f.Contents {
		var n uint64
		s.ReadUint64(&n)
		f.Contents[i] = int64(n)
	}
	if len(s) > 0 {
		f.Winners = make([]uint16, len(s)/2)
	}
	for i := range f.Winners {
		s.ReadUint16(&f.Winners[i])
	}
	return f, nil
}
