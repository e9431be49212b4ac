package room

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
	"github.com/coffer-format/coffer/vectors"
)

// object is an object of a set, opened with a key of the set.
type object struct {
	name       string
	generation uint64
	isCommit   bool
	isOld      bool // under a key that is no longer the set's
	layers     []dissect.Layer
}

// objectsOf opens the objects of a vector about a set: with its key, or with one that the
// keyring has.
func objectsOf(c vectors.Case) ([]object, error) {
	list, ok := c.Input["objects"].([]any)
	if !ok {
		return nil, errors.New("it has no objects")
	}
	input, ok := c.Input["secret"].(vectors.Object)
	if !ok {
		return nil, errors.New("it has no secret")
	}
	secret, err := dissect.SecretOf(input)
	if err != nil {
		return nil, err
	}
	keys := []dissect.Secret{secret}
	var all []object
	for i := range list {
		name, err := vectors.Field(c.Input, fmt.Sprintf("objects.%d.name", i))
		if err != nil {
			return nil, err
		}
		data, err := vectors.Field(c.Input, fmt.Sprintf("objects.%d.bytes", i))
		if err != nil {
			return nil, err
		}
		if ring, err := dissect.Open(data, secret); err == nil && ring.Purpose == "keyring" {
			for _, k := range ring.OldKeys() {
				keys = append(keys, dissect.Secret{Kind: "key", Text: hex.EncodeToString(k[:])})
			}
		}
		all = append(all, object{name: string(name), layers: []dissect.Layer{{Name: "container", Hex: hex.EncodeToString(data)}}})
	}
	for i := range all {
		if err := all[i].open(keys); err != nil {
			return nil, fmt.Errorf("%s: %w", all[i].name, err)
		}
	}
	slices.SortStableFunc(all, object.compare)
	return all, nil
}

// open opens the object with the first key that does.
func (o *object) open(keys []dissect.Secret) error {
	data, err := hex.DecodeString(o.layers[0].Hex)
	if err != nil {
		return err
	}
	var opened *dissect.Opened
	for i, k := range keys {
		if opened, err = dissect.Open(data, k); err == nil {
			o.isOld = i > 0
			break
		}
	}
	if err != nil {
		return err
	}
	o.generation, o.isCommit = opened.Generation()
	o.layers, err = opened.Layers()
	return err
}

// compare puts objects into the order in which they are stored: those of the old key
// first, the keyring, then data before the commit that lists it.
func (o object) compare(p object) int {
	rank := func(o object) int {
		switch {
		case strings.HasPrefix(o.name, "k-"):
			return 1
		case o.isOld:
			return 0
		}
		return 2
	}
	isCommit := func(o object) int {
		if o.isCommit {
			return 1
		}
		return 0
	}
	return cmp.Or(rank(o)-rank(p), isCommit(o)-isCommit(p), cmp.Compare(o.generation, p.generation))
}

// story says what the object is, what it is for, and in which section that is said.
func (o object) story() (title, text, section string) {
	night := "Tonight"
	if o.isOld {
		night = "An earlier night, under an old key"
	}
	switch {
	case strings.HasPrefix(o.name, "k-"):
		return "The keyring", "The only object with slots: a secret opens it with the key of the set, and it holds the keys that the set had before, and where history stood when its epoch began. It was stored before anything was written under its key.", "16.2"
	case o.isCommit:
		return fmt.Sprintf("%s: the commit of generation %d", night, o.generation), "It is created only if no object of that name is there, and from then on the generation exists. Its index names the segments; its segment the entries that have changed, and the containers that the generation needs, each with its digest. Small contents lie in it as well.", "16.3"
	}
	return night + ": a data container", "It goes up first, in one request; nothing refers to it yet, so a run that is interrupted here has changed nothing. What has changed of a large file lies in it as a piece frame: some blocks of 4096 bytes.", "17.3"
}
