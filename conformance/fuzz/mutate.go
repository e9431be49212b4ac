package fuzz

import (
	"maps"
	"math/rand"
	"reflect"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// specimen is an input that can be mutated: a vector's, and what was done to it.
type specimen struct {
	op       string
	input    vectors.Object // expanded
	from     string         // the id of the vector
	mutation mutation       // nil for the vector itself
	parent   *specimen      // what the mutation changed

	profiles, requirements []string
	key                    *key.Key // of the container, if it is known
}

// mutation changes a specimen's op and input in place; the input's lists and
// objects are copies, its strings are not changed but replaced.
type mutation func(s *specimen)

// with returns a specimen with a mutation more.
func (s *specimen) with(m mutation) *specimen {
	c := *s
	c.input, c.mutation, c.parent = copied(s.input).(vectors.Object), m, s
	m(&c)
	return &c
}

func copied(v any) any {
	switch v := v.(type) {
	case vectors.Object:
		out := maps.Clone(v)
		for k, e := range out {
			out[k] = copied(e)
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i, e := range out {
			out[i] = copied(e)
		}
		return out
	}
	return v
}

// findKey finds the key of the vector's container: the secret, what a slot opens
// to, or what opened the same container before.
func (s *specimen) findKey(c vectors.Case, keys map[string]string) {
	container, ok := s.input["container"].(string)
	if !ok {
		return
	}
	secret, ok := s.input["secret"].(vectors.Object)
	switch {
	case ok && secret["kind"] == "key":
		keys[container] = secret["key"].(string)
	case ok && c.Result == vectors.Valid:
		opened := reference.Handle("container.unlock", vectors.Object{"container": container, "secret": secret})
		if k, ok := opened.Output["key"].(string); ok {
			keys[container] = k
		}
	}
	if digits, ok := keys[container]; ok {
		k := key.Key(inputs.Unhex(digits))
		s.key = &k
	} else if s.op == "header.read" {
		s.key = new(key.Key) // any key will do for the digest, and the MAC is not verified
	}
}

// containerOps are the ops that take a container and a secret.
var containerOps = []string{"container.unlock", "archive.list", "archive.restore", "archive.extract", "archive.salvage", "keyring.open"}

var forgedParts = []string{
	forge.HeadPart, forge.SlotsPart, forge.SlotsPart, forge.PlaintextPart, forge.FramePart, forge.FramePart, forge.OneRecordPart, forge.OneRecordPart, forge.OneRecordPart,
	forge.RemovedPart, forge.IndexPart, forge.IndexPart, forge.FramesPart, forge.RecordsPart, forge.RawPart,
}

// mutate returns the specimen with one mutation more. What it does reaches deep:
// most alterations of containers and messages are signed or sealed again.
func (s *specimen) mutate(r *rand.Rand) *specimen {
	_, opens := s.input["secret"]
	_, container := s.input["container"]
	switch {
	case container && s.key != nil && r.Intn(10) < 7:
		f := forge.Forgery{Part: drawn.OneOf(r, forgedParts...), Pick: r.Intn(16), Bare: r.Intn(3) == 0}
		b := inputs.Unhex(s.input["container"])
		length, borders := f.Shape(func() []byte { return b })
		f.Alteration = forge.DrawAlteration(r, length, borders)
		return s.with(func(s *specimen) {
			s.input["container"] = inputs.Hex(f.Forge(inputs.Unhex(s.input["container"]), *s.key))
		})
	case container && opens && slices.Contains(containerOps, s.op) && r.Intn(3) == 0:
		op := drawn.OneOf(r, containerOps...)
		return s.with(func(s *specimen) { s.ask(op) })
	case (s.op == "cobblestone.open" || s.op == "cobblestone.read") && r.Intn(3) == 0:
		a := forge.DrawAlteration(r, cobblestone.ChunkSize, []int{0, cobblestone.ChunkSize})
		return s.with(func(s *specimen) { s.reseal(a) })
	}
	return s.alterLeaf(r)
}

// ask changes the op to another one on containers.
func (s *specimen) ask(op string) {
	s.op = op
	delete(s.input, "path")
	s.profiles = slices.DeleteFunc(slices.Clone(s.profiles), func(p string) bool { return p == "reader" || p == "salvage" })
	profile := "reader"
	switch op {
	case "archive.salvage":
		profile = "salvage"
	case "archive.extract":
		s.input["path"] = s.firstPath()
	}
	s.profiles = append(s.profiles, profile)
}

// firstPath returns a path that the archive has, if it is one and has any.
func (s *specimen) firstPath() string {
	listed := reference.Handle("archive.list", vectors.Object{"container": s.input["container"], "secret": s.input["secret"]})
	if entries, ok := listed.Output["entries"].([]vectors.Object); ok && len(entries) > 0 {
		return entries[0]["path"].(string)
	}
	return "a"
}

// reseal alters what a message seals, and seals it again.
func (s *specimen) reseal(a forge.Alteration) {
	k, message, context := inputs.Unhex(s.input["key"]), inputs.Unhex(s.input["message"]), s.input["context"].(string)
	if len(k) != cobblestone.KeySize { // after a mutation of it
		return
	}
	if plaintext, err := cobblestone.Open(k, context, message); err == nil {
		s.input["message"] = inputs.Hex(cobblestone.Seal(k, message[:cobblestone.SaltSize], context, a.Apply(plaintext)))
	}
}

// inRange reports whether the specification says anything about the input: of
// names for paths (spec section 8.9) it does for the paths of an archive.
func (s *specimen) inRange() bool {
	paths, _ := s.input["paths"].([]any)
	for i, v := range paths {
		path := v.(string)
		if archive.CheckPath(path) != nil {
			return false
		}
		for _, other := range paths[:i] {
			o := other.(string) + "/"
			if strings.HasPrefix(o, path+"/") || strings.HasPrefix(path+"/", o) {
				return false
			}
		}
	}
	return true
}

// alterLeaf alters one value of the input, whichever it is.
func (s *specimen) alterLeaf(r *rand.Rand) *specimen {
	all := leaves(s.input, "", nil)
	if len(all) == 0 {
		return s
	}
	l := all[r.Intn(len(all))]
	change := l.alter(r)
	return s.with(func(s *specimen) {
		if v := get(s.input, l.at); reflect.TypeOf(v) == reflect.TypeOf(l.v) { // so it is unless a mutation before was left out
			put(s.input, l.at, change(v))
		}
	})
}
