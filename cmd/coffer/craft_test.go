package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
)

// testKey opens every container of the tests.
var testKey = &key.Key{0: 0x00, 1: 0x11, 2: 0x22, 3: 0x33, 30: 0xab, 31: 0xcd}

// counter is a source of "random" bytes.
type counter byte

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		*c++
		p[i] = byte(*c)
	}
	return len(p), nil
}

// craft writes containers that the command line does not write: "craft KIND FILE".
func craft(ts *testscript.TestScript, _ bool, args []string) {
	var rand counter
	var out bytes.Buffer
	switch args[0] {
	case "keyring":
		ts.Check(container.SealKeyring(&out, &rand, testKey, nil, &keyring.Keyring{SetID: [16]byte{1}, Writer: [16]byte{1}, Epoch: 3}))
	case "names": // legal, and unpleasant
		out = *craftArchive(ts, nil, archive.Index{Complete: true, Producer: "evil \u202egnp"}, "\u202egnp.exe", "a\u00a0b", ` "quoted"`, "pic\U0001f600.jpg")
	case "unsafe":
		out = *craftArchive(ts, nil, archive.Index{Complete: true}, "../evil")
	case "long":
		out = *craftArchive(ts, nil, archive.Index{Complete: true}, long("a")+".jpg", "dir/"+long("b"))
	case "folders": // many for their files
		var paths []string
		for _, name := range []string{"a", "b", "c"} {
			paths = append(paths, strings.Repeat(name+"/", 500)+name)
		}
		out = *craftArchive(ts, nil, archive.Index{Complete: true}, paths...)
	case "tooManyFolders":
		var paths []string
		for i := range 25 {
			paths = append(paths, string(rune('a'+i))+strings.Repeat("/d", 499)+"/f")
		}
		out = *craftArchive(ts, nil, archive.Index{Complete: true}, paths...)
	case "times":
		out = *craftArchive(ts, nil, archive.Index{Complete: true}, "unknown", "year1")
	case "set": // of its two entries, one lies elsewhere
		index := archive.Index{SetID: [16]byte{1}, Generation: 5, Epoch: 1, Complete: true, CreatedMS: 1<<51 + 1e12, Producer: "messenger 1.0"}
		out = *craftArchive(ts, nil, index, "here.txt", "there.txt")
	case "slots": // one of every type
		prepared, err := password.Prepare([]byte("correct horse"))
		ts.Check(err)
		passwordSlot, err := slot.NewPassword(&rand, testKey, prepared, slot.DefaultParams)
		ts.Check(err)
		passkey, err := slot.NewPasskey(&rand, testKey, [32]byte{7}, "example.org", []byte("credential"), make([]byte, 32))
		ts.Check(err)
		second, err := slot.NewPasskey(&rand, testKey, [32]byte{8}, "example.net", []byte("credential"), make([]byte, 32))
		ts.Check(err)
		out = *craftArchive(ts, []slot.Slot{&slot.Unknown{SlotType: 77, Body: []byte("future")}, passwordSlot, passkey, second}, archive.Index{Complete: true}, "a.txt")
	case "vault":
		vault, err := slot.NewVault(&rand, testKey, [32]byte{0xaa}, [32]byte{0xbb}, make([]byte, 64))
		ts.Check(err)
		out = *craftArchive(ts, []slot.Slot{vault}, archive.Index{Complete: true}, "a.txt")
	case "full": // no room for a slot
		var slots []slot.Slot
		for i := range slot.MaxSlots {
			slots = append(slots, &slot.Unknown{SlotType: slot.Type(100 + i)})
		}
		out = *craftArchive(ts, slots, archive.Index{Complete: true}, "a.txt")
	default:
		ts.Fatalf("craft: no kind %q", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), out.Bytes(), 0o666))
}

func long(letter string) string { return string(bytes.Repeat([]byte(letter), 300)) }

// craftArchive makes a container whose entries hold their own paths, without
// asking whether a correct program would. In a set, the last entry's record says
// that it lies in another container. The entry year1 is as old as that.
func craftArchive(ts *testscript.TestScript, slots []slot.Slot, index archive.Index, paths ...string) *bytes.Buffer {
	salt := bytes.Repeat([]byte{0x5a}, cobblestone.SaltSize)
	id := archive.ID(salt)
	var plain bytes.Buffer
	segment := archive.Segment{}
	for _, path := range paths {
		rec := archive.RecordAt(id, int64(plain.Len()), archive.Entry{Path: path, Size: int64(len(path))})
		if path == "there.txt" {
			rec.Places[0].Container = archive.ID{0xee}
		}
		if path == "year1" {
			rec.Entry.ModifiedMS = 1<<51 - 62135596800000
		}
		segment.Live = append(segment.Live, rec)
		plain.WriteByte(1)
		plain.Write(binary.BigEndian.AppendUint16(nil, uint16(len(path))))
		plain.WriteString(path)
		plain.Write(make([]byte, 1+8))
		plain.Write(binary.BigEndian.AppendUint64(nil, uint64(len(path))))
		plain.WriteString(path)
	}
	slices.SortFunc(segment.Live, func(a, b archive.Record) int { return strings.Compare(a.Entry.Path, b.Entry.Path) })
	frame, err := segment.Frame()
	ts.Check(err)

	index.Segments = []archive.SegmentRef{{Container: id, Length: int64(len(frame))}}
	encoded, err := index.Frame()
	ts.Check(err)
	length := int64(plain.Len() + 9 + len(frame) + len(encoded) + 8)
	target := length
	if !index.StandAlone() {
		target = max(target, 1<<18)
	}
	padding := archive.Padded(target) - length
	plain.Write(binary.BigEndian.AppendUint64([]byte{2}, uint64(padding)))
	plain.Write(make([]byte, padding))
	index.Segments[0].Offset = int64(plain.Len())
	plain.Write(frame)
	trailer := binary.BigEndian.AppendUint64(nil, uint64(plain.Len()))
	encoded, err = index.Frame()
	ts.Check(err)
	plain.Write(encoded)
	plain.Write(trailer)

	payloadKey := testKey.Derive(key.LabelPayload)
	payload := cobblestone.Seal(payloadKey[:], salt, header.Archive.Context(), plain.Bytes())
	h, err := header.New(testKey, header.Archive, slots, payload[:cobblestone.PrefixSize])
	ts.Check(err)
	return bytes.NewBuffer(append(h.Bytes(), payload...))
}
