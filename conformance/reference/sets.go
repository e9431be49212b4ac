package reference

import (
	"bytes"
	"context"
	"crypto/sha512"
	"maps"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
	provider "github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/vectors"
)

// remembered is what a device remembers of a set.
type remembered struct {
	SetID      octets `json:"set_id"`
	Epoch      uint64
	Generation uint64
}

func setOpen(in struct {
	Objects []struct {
		Name  string
		Bytes octets
	}
	Secret     secret
	Remembered *remembered
	Stale      bool
	Generation *uint64
},
) (result, error) {
	s, err := in.Secret.forContainer()
	if err != nil {
		return result{}, err
	}
	objects := listing{bytes: map[string]string{}}
	for _, o := range in.Objects {
		objects.bytes[o.Name] = string(o.Bytes)
	}
	m := set.Memory{Stale: in.Stale}
	if r := in.Remembered; r != nil {
		m.SetID, m.Epoch, m.Generation = [16]byte(r.SetID.bytes()), r.Epoch, r.Generation
	}
	output, err := openSet(context.Background(), objects, s, m, in.Generation)
	return result{output: output}, err
}

// openSet opens a generation of the set in a store, the head if number is nil.
func openSet(ctx context.Context, from provider.Store, s container.Secret, m set.Memory, number *uint64) (vectors.Object, error) {
	objects, err := set.List(ctx, from)
	if err != nil {
		return nil, err
	}
	ring, err := objects.OpenKeyring(ctx, s, m)
	if err != nil {
		return nil, err
	}
	head, commits, err := objects.OpenHead(ctx, ring, m, container.Plain)
	if err != nil {
		return nil, err
	}
	output := vectors.Object{
		"set_id": toHex(ring.SetID[:]), "epoch": ring.Epoch, "generation": nil, "container_id": nil,
		"earlier": []uint64{}, "passed_over": passedOver(ring.PassedOver, commits), "entries": []vectors.Object{},
	}
	switch {
	case head == nil && number == nil:
		return output, nil
	case head == nil:
		return nil, fault.New(fault.MissingContainer, "the set has no generation yet")
	}
	g := head
	if number != nil && *number != head.Number {
		if g, err = head.OpenEarlier(ctx, *number); err != nil {
			return nil, err
		}
	}
	if err := g.Load(ctx); err != nil {
		return nil, err
	}
	earlier := []uint64{}
	for _, x := range head.Earlier() {
		earlier = append(earlier, x.Generation)
	}
	slices.Sort(earlier)
	output["generation"], output["container_id"], output["earlier"] = g.Number, toHex(g.ID[:]), earlier
	output["entries"], err = restoreGeneration(ctx, g)
	return output, err
}

func passedOver(keyrings, commits []set.PassedOver) []string {
	names := []string{}
	for _, p := range slices.Concat(keyrings, commits) {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return names
}

// restoreGeneration describes the entries of a generation, each with its content or with
// its error. [SET-23]
func restoreGeneration(ctx context.Context, g *set.Generation) ([]vectors.Object, error) {
	entries := []vectors.Object{}
	for _, record := range g.List.Entries() {
		o := describeEntry(record.Entry)
		sum, err := restoreEntry(ctx, g, record)
		switch {
		case err == nil:
			o["sha512"] = toHex(sum)
		case fault.NameOf(err) != "":
			o["error"] = string(fault.NameOf(err))
		default:
			return nil, err
		}
		entries = append(entries, o)
	}
	return entries, nil
}

// restoreEntry returns SHA-512 of the content of an entry. Its containers are opened for it
// alone, so that no damage to another entry in them is in the way. [ARC-38] [SET-38]
func restoreEntry(ctx context.Context, g *set.Generation, record archive.Record) ([]byte, error) {
	frames, cursors := map[archive.ID]*archive.Frames{}, map[archive.ID]*archive.Cursor{}
	for _, place := range record.Places {
		id := place.Container
		if frames[id] != nil {
			continue
		}
		f, err := g.Fetch(ctx, id, new(blob))
		if err != nil {
			return nil, err
		}
		frames[id], cursors[id] = f, f.Cursor()
	}
	content, err := archive.OpenContent(record, func(id archive.ID) (*archive.Frames, *archive.Cursor) {
		return frames[id], cursors[id]
	})
	if err != nil {
		return nil, err
	}
	hash := sha512.New()
	err = content.WriteRange(hash, 0, content.Size())
	return hash.Sum(nil), err
}

// blob is a container that was fetched, from its beginning.
type blob []byte

func (b *blob) ReadAt(p []byte, off int64) (int, error) { return bytes.NewReader(*b).ReadAt(p, off) }

func (b *blob) WriteAt(p []byte, off int64) (int, error) {
	*b = append((*b)[:off], p...)
	return len(p), nil
}

// listing is a store of the objects of a request, under any names, as a provider may list
// them. It is only read.
type listing struct {
	provider.Store
	bytes map[string]string // by name
}

func (l listing) List(context.Context, string) ([]provider.Object, error) {
	var all []provider.Object
	for _, name := range slices.Sorted(maps.Keys(l.bytes)) {
		all = append(all, provider.Object{Name: name, Size: int64(len(l.bytes[name]))})
	}
	return all, nil
}

func (l listing) ReadAt(_ context.Context, name string, p []byte, off int64) (int, error) {
	return strings.NewReader(l.bytes[name]).ReadAt(p, off)
}
