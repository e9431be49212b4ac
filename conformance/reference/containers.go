package reference

import (
	"context"
	"crypto/sha512"
	"strings"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/salvage"
	"github.com/coffer-format/coffer/vectors"
)

// opening is the input of every op that opens a container.
type opening struct {
	Container data
	Delivery  delivery
	Secret    secret
}

func (in opening) open() (*container.Container, error) {
	s, err := in.Secret.forContainer()
	if err != nil {
		return nil, err
	}
	return container.Open(in.Delivery.store(in.Container), in.Container.length, s)
}

func (in opening) openArchive() (*archive.Reader, error) {
	c, err := in.open()
	if err != nil {
		return nil, err
	}
	return c.Archive()
}

func headerRead(in struct {
	Container data
	Delivery  delivery
},
) (result, error) {
	h, err := header.Read(in.Delivery.store(in.Container), in.Container.length)
	if err != nil {
		return result{}, err
	}
	slots := []vectors.Object{}
	for _, s := range h.Slots {
		o, err := describeSlot(s)
		if err != nil {
			return result{}, err
		}
		slots = append(slots, o)
	}
	id := h.ContainerID()
	return result{output: vectors.Object{
		"version":        header.Version,
		"purpose":        int(h.Purpose),
		"key_check":      toHex(h.KeyCheck[:]),
		"fingerprint":    h.KeyCheck.Fingerprint(),
		"slots":          slots,
		"digest":         toHex(h.Digest[:]),
		"mac":            toHex(h.MAC[:]),
		"container_id":   toHex(id[:]),
		"payload_offset": h.Size(),
	}}, nil
}

func containerUnlock(in opening) (result, error) {
	c, err := in.open()
	if err != nil {
		return result{}, err
	}
	headerKey, payloadKey, check := c.Key.Derive(key.LabelHeader), c.Key.Derive(key.LabelPayload), c.Key.Check()
	return result{
		output: vectors.Object{"key": toHex(c.Key[:])},
		intermediates: vectors.Object{
			"header_key":  toHex(headerKey[:]),
			"payload_key": toHex(payloadKey[:]),
			"key_check":   toHex(check[:]),
		},
	}, nil
}

func describeEntry(e archive.Entry) vectors.Object {
	return vectors.Object{"path": e.Path, "kind": int(e.Kind), "modified_ms": moment(e.ModifiedMS), "size": e.Size}
}

// moment returns a time as the protocol has it: a number, or null if it is not known.
func moment(t archive.Time) any {
	if ms, known := t.UnixMilli(); known {
		return ms
	}
	return nil
}

func archiveList(in opening) (result, error) {
	r, err := in.openArchive()
	if err != nil {
		return result{}, err
	}
	entries := []vectors.Object{}
	for _, record := range r.Entries() {
		entries = append(entries, describeEntry(record.Entry))
	}
	index := r.Index()
	return result{output: vectors.Object{
		"set_id":     toHex(index.SetID[:]),
		"generation": index.Generation,
		"epoch":      index.Epoch,
		"created_ms": moment(index.CreatedMS),
		"complete":   index.Complete,
		"previous":   toHex(index.Previous[:]),
		"producer":   index.Producer,
		"entries":    entries,
		"stored":     describeStored(r.Stored()),
	}}, nil
}

func describeStored(all []archive.Stored) []vectors.Object {
	list := []vectors.Object{}
	for _, x := range all {
		list = append(list, vectors.Object{
			"container_id": toHex(x.ID[:]), "generation": x.Generation, "epoch": x.Epoch, "length": x.Length, "digest": toHex(x.Digest[:]),
		})
	}
	return list
}

func archiveExtract(in struct {
	opening
	Path     string
	Excerpts excerpts
},
) (result, error) {
	r, err := in.openArchive()
	if err != nil {
		return result{}, err
	}
	record, err := r.Find(in.Path)
	if err != nil {
		return result{}, err
	}
	content := in.Excerpts.sink()
	if err := r.WriteContent(content, record); err != nil {
		return result{released: content.released()}, err
	}
	return result{output: vectors.Object{"content": content.value()}}, nil
}

func archiveRestore(in opening) (result, error) {
	r, err := in.openArchive()
	if err != nil {
		return result{}, err
	}
	if err := r.CheckComplete(); err != nil {
		return result{}, err
	}
	if err := r.Verify(); err != nil {
		return result{}, err
	}
	entries := []vectors.Object{}
	for _, record := range r.Entries() {
		content := sha512.New()
		if err := r.WriteContent(content, record); err != nil {
			return result{}, err
		}
		o := describeEntry(record.Entry)
		o["sha512"] = toHex(content.Sum(nil))
		entries = append(entries, o)
	}
	return result{output: vectors.Object{"entries": entries}}, nil
}

func archiveSalvage(in struct {
	Container data
	Header    *octets
	Secret    secret
},
) (result, error) {
	secret, err := in.Secret.forContainer()
	if err != nil {
		return result{}, err
	}
	var apart *salvage.Apart
	if in.Header != nil {
		if apart, err = salvage.ReadApart(strings.NewReader(string(*in.Header)), int64(len(*in.Header))); err != nil {
			return result{}, err
		}
	}
	s, err := salvage.Container(context.Background(), in.Container, in.Container.length, secret, apart)
	if err != nil {
		return result{}, err
	}
	entries := []vectors.Object{}
	for found := range s.Entries() {
		o := describeEntry(found.Record.Entry)
		lost := [][2]int64{}
		for _, r := range found.Lost {
			lost = append(lost, [2]int64{r.Offset, r.Length})
		}
		o["status"], o["confirmed"], o["lost"] = string(found.Status), found.Confirmed, lost
		if found.Status == salvage.Whole {
			content := sha512.New()
			if err := s.WriteContent(content, found); err != nil {
				return result{}, err
			}
			o["sha512"] = toHex(content.Sum(nil))
		}
		entries = append(entries, o)
	}
	output := vectors.Object{
		"fault":       nil,
		"indexed":     s.Indexed,
		"end_reached": s.EndReached,
		"walk_end":    nil,
		"entries":     entries,
		"unsafe":      append([]int64{}, s.Unsafe...),
		"appended":    s.Appended,
	}
	if s.Fault != nil {
		output["fault"] = string(fault.NameOf(s.Fault))
	}
	if !s.EndReached {
		output["walk_end"] = s.WalkEnd
	}
	return result{output: output}, nil
}

func keyringOpen(in opening) (result, error) {
	c, err := in.open()
	if err != nil {
		return result{}, err
	}
	ring, err := c.Keyring()
	if err != nil {
		return result{}, err
	}
	oldKeys := []vectors.Object{}
	for _, old := range ring.OldKeys {
		oldKeys = append(oldKeys, vectors.Object{"epoch": old.Epoch, "key": toHex(old.Key[:])})
	}
	return result{output: vectors.Object{
		"set_id":     toHex(ring.SetID[:]),
		"epoch":      ring.Epoch,
		"writer":     toHex(ring.Writer[:]),
		"created_ms": moment(ring.CreatedMS),
		"generation": ring.Generation,
		"head":       toHex(ring.Head[:]),
		"old_keys":   oldKeys,
	}}, nil
}
