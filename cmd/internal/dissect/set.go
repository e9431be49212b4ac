package dissect

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"io"
	"maps"
	"slices"

	"github.com/coffer-format/coffer/cmd/internal/inspect"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
)

// Set is a backup set that a secret has opened: who lists whom.
type Set struct {
	ID          string       `json:"set_id"`
	Epoch       uint64       `json:"epoch"`
	Keyring     string       `json:"keyring"`     // the name of the one that counts
	Error       *Fault       `json:"error"`       // why there is no head, null if there is one or no generation yet
	Generations []Generation `json:"generations"` // the head first
	Objects     []Object     `json:"objects"`     // in the order of their names
	Missing     []string     `json:"missing"`     // the names of objects that the head lists and that are not there
}

// Generation is a backup of the set.
type Generation struct {
	Number  uint64 `json:"number"`
	Name    string `json:"name"`       // of the object that commits it
	Created *int64 `json:"created_ms"` // since 1970, null if it is not known
	Entries int    `json:"entries"`
	Bytes   int64  `json:"bytes"` // of all entries
	Error   *Fault `json:"error"` // why it cannot be opened, or null
}

// Object is a file of the set's folder.
type Object struct {
	Name   string   `json:"name"`
	Size   int64    `json:"size"`
	Role   string   `json:"role"`  // "keyring", "copy of a keyring", "commit", "data" or "" of what is none of the set's
	Epoch  uint64   `json:"epoch"` // 0 if nobody says it
	Old    bool     `json:"old"`   // it is listed under a key that is no longer the set's
	Key    string   `json:"key"`   // that opens it, in hexadecimal; "" if none is known
	Lists  []string `json:"lists"` // the names of those that a commit lists
	Listed []string `json:"listed_by"`
	Error  *Fault   `json:"error"` // why it was passed over, or null
}

// Fault is an error with its name in the specification.
type Fault = inspect.Fault

func faultOf(err error) *Fault {
	f := inspect.FaultOf(err)
	return &f
}

// files is the folder of a set in memory, which is only read.
type files struct {
	store.Store
	bytes map[string][]byte
}

func (f files) List(context.Context, string) ([]store.Object, error) {
	var all []store.Object
	for _, name := range slices.Sorted(maps.Keys(f.bytes)) {
		all = append(all, store.Object{Name: name, Size: int64(len(f.bytes[name]))})
	}
	return all, nil
}

func (f files) ReadAt(_ context.Context, name string, p []byte, off int64) (int, error) {
	data, ok := f.bytes[name]
	if !ok {
		return 0, store.ErrMissing
	}
	if off > int64(len(data)) {
		return 0, io.EOF
	}
	return bytes.NewReader(data).ReadAt(p, off)
}

// PublicOf returns the name of the keyring that a secret of a set is for: the first that
// is not passed over without one. Error: missing_container.
func PublicOf(folder map[string][]byte) (string, error) {
	ctx := context.Background()
	objects, err := set.List(ctx, files{bytes: folder})
	if err != nil {
		return "", err
	}
	h, epoch, err := objects.Public(ctx)
	if err != nil {
		return "", err
	}
	for _, kind := range []set.Kind{set.Keyring, set.KeyringCopy} {
		name := set.Name{Kind: kind, Number: epoch}.String()
		if bytes.HasPrefix(folder[name], h.Bytes()) {
			return name, nil
		}
	}
	return "", fault.New(fault.MissingContainer, "there is no keyring")
}

// OpenSet opens a set, of which these are the files by their names, with a secret of its
// keyring. Error: that of the keyring.
func OpenSet(folder map[string][]byte, secret Secret) (*Set, error) {
	ctx := context.Background()
	objects, err := set.List(ctx, files{bytes: folder})
	if err != nil {
		return nil, err
	}
	public, err := PublicOf(folder)
	if err != nil {
		return nil, err
	}
	h, err := header.Read(bytes.NewReader(folder[public]), int64(len(folder[public])))
	if err != nil {
		return nil, err
	}
	g, err := secret.of(h)
	if err != nil {
		return nil, err
	}
	ring, err := objects.OpenKeyring(ctx, g.secret, set.Memory{})
	if err != nil {
		return nil, err
	}
	s := &Set{ID: hex.EncodeToString(ring.SetID[:]), Epoch: ring.Epoch, Generations: []Generation{}, Missing: []string{}}
	r := setReader{ctx, s, ring, map[string]*Object{}}
	r.objects(folder)
	r.passedOver(ring.PassedOver)
	head, passed, err := objects.OpenHead(ctx, ring, set.Memory{}, container.Plain)
	r.passedOver(passed)
	switch {
	case err != nil:
		s.Error = faultOf(err)
	case head != nil:
		r.generations(head)
	}
	for _, name := range slices.Sorted(maps.Keys(r.byName)) {
		s.Objects = append(s.Objects, *r.byName[name])
	}
	return s, nil
}

// setReader fills a Set.
type setReader struct {
	ctx    context.Context
	set    *Set
	ring   *set.Ring
	byName map[string]*Object
}

// objects takes what the names say.
func (r *setReader) objects(folder map[string][]byte) {
	roles := map[set.Kind]string{set.Keyring: "keyring", set.KeyringCopy: "copy of a keyring", set.Commit: "commit", set.Data: "data"}
	for name, data := range folder {
		o := &Object{Name: name, Size: int64(len(data)), Lists: []string{}, Listed: []string{}}
		r.byName[name] = o
		n, ok := set.ParseName(name)
		if !ok {
			continue
		}
		o.Role = roles[n.Kind]
		if n.Kind == set.Keyring || n.Kind == set.KeyringCopy {
			r.key(o, n.Number)
			if bytes.Equal(data, r.ring.Bytes) && (r.set.Keyring == "" || n.Kind == set.Keyring) {
				r.set.Keyring = name
			}
		}
	}
}

// key notes the epoch of an object, and the key that opens it.
func (r *setReader) key(o *Object, epoch uint64) {
	o.Epoch = epoch
	if k, old := r.ring.KeyOf(epoch); k != nil {
		o.Key, o.Old = hex.EncodeToString(k[:]), old
	}
}

func (r *setReader) passedOver(all []set.PassedOver) {
	for _, p := range all {
		if o := r.byName[p.Name]; o != nil {
			o.Error = faultOf(p.Err)
		}
	}
}

// generations opens the head and those that it lists.
func (r *setReader) generations(head *set.Generation) {
	r.generation(head)
	earlier := slices.Clone(head.Earlier())
	slices.SortFunc(earlier, func(a, b archive.Stored) int { return cmp.Compare(b.Generation, a.Generation) })
	for _, x := range earlier {
		g, err := head.OpenEarlier(r.ctx, x.Generation)
		if err != nil {
			r.set.Generations = append(r.set.Generations, Generation{Number: x.Generation, Name: set.NameOf(x).String(), Error: faultOf(err)})
			continue
		}
		r.generation(g)
	}
	for _, x := range head.Own.Stored {
		if name := set.NameOf(x).String(); r.byName[name] == nil {
			r.set.Missing = append(r.set.Missing, name)
		}
	}
}

// generation notes what a commit lists.
func (r *setReader) generation(g *set.Generation) {
	name := set.Name{Kind: set.Commit, Number: g.Number}.String()
	all := Generation{Number: g.Number, Name: name}
	if ms, known := g.Index.CreatedMS.UnixMilli(); known {
		all.Created = &ms
	}
	if err := g.Load(r.ctx); err != nil {
		all.Error = faultOf(err)
	} else {
		for _, rec := range g.List.Entries() {
			all.Entries++
			all.Bytes += rec.Entry.Size
		}
	}
	r.set.Generations = append(r.set.Generations, all)
	o := r.byName[name]
	if o == nil {
		return
	}
	r.key(o, g.Index.Epoch)
	for _, x := range g.Own.Stored {
		other := set.NameOf(x).String()
		o.Lists = append(o.Lists, other)
		if listed := r.byName[other]; listed != nil {
			listed.Listed = append(listed.Listed, name)
			if listed.Key == "" {
				r.key(listed, x.Epoch)
			}
		}
	}
}

// JSON returns the set as JSON.
func (s *Set) JSON() string { return encode(s) }
