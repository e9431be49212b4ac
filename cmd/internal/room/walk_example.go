package room

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/spec/annotate"
	"github.com/coffer-format/coffer/vectors"
)

// The photo that the walk ends with, and the byte of it that is found.
const (
	photoSize = 120_000
	photoByte = 100_000
	photoPath = "photos/beach.jpg"
)

// exampleWalk follows the container of chapter 15, and then a photo.
func (b *builder) exampleWalk() (*walk, error) {
	c, ok := b.cased[exampleCase]
	if !ok {
		return nil, fmt.Errorf("there is no vector %s", exampleCase)
	}
	o, err := opened(c)
	if err != nil {
		return nil, err
	}
	w := &walk{Intro: `<p>A container of two small files is opened with its password, <code>` + walkPassword + `</code>, down to one byte of one of them. Then one byte of a photo is found in the same way in a container of eight chunks. Each step says what goes in, what comes out, what it is compared with and where it lies: the buttons show the bytes, and pointing at bytes says what they are.</p>` +
		`<p>The parts of a container, front to back: a <b>header</b>, which says which secrets open it and is authenticated by a MAC; and a <b>payload</b>, the encrypted chunks. Their plaintext has the files one after another, and at its end an index by which each is found. The way goes from the outside to the inside: a secret gives K, the key of the backup; K authenticates the header and opens the chunks; the end of the plaintext leads to a record, the record to the file.</p>` +
		`<p>The first container is that of section 15.7; chapter 15 has all the values in one place. K and the salts, which a writer draws at random, are counted up in it, so that they can be recognized. <button type="button" data-example>Try the example in the dump</button></p>`}
	if w.Layers, err = o.Layers(); err != nil {
		return nil, err
	}
	if w.Steps, err = o.Steps(); err != nil {
		return nil, err
	}
	k := o.BackupKey()
	return w, w.photo(&k)
}

// opened opens the container of a vector with its secret, which everybody may see.
func opened(c vectors.Case) (*dissect.Opened, error) {
	data, err := vectors.Field(c.Input, "container")
	if err != nil {
		return nil, err
	}
	input, ok := c.Input["secret"].(vectors.Object)
	if !ok {
		return nil, fmt.Errorf("%s has no secret", c.ID)
	}
	secret, err := dissect.SecretOf(input)
	if err != nil {
		return nil, err
	}
	o, err := dissect.Open(data, secret)
	if err == nil {
		o.Public = true
	}
	return o, err
}

// photo adds the way from K to one byte of a photo.
func (w *walk) photo(k *key.Key) error {
	data, err := sealedPhoto(k)
	if err != nil {
		return err
	}
	o, err := openedWith(k, data)
	if err != nil {
		return err
	}
	steps, err := o.ByteSteps(0, photoByte)
	if err != nil {
		return err
	}
	steps[0].Text = fmt.Sprintf("Another container, under the same K and the same password. Its header has %s bytes, too, and opens as in steps 1 to 10, so this key is the same again. Its payload has another salt, and what comes from that is another. The trailer, the index and the segment at the end of its plaintext are read as above, and are not shown again.", dissect.Grouped(o.Payload))
	layers, err := o.Layers()
	if err != nil {
		return err
	}
	const prefix = "photo: "
	for i := range layers {
		layers[i].Name = prefix + layers[i].Name
	}
	for _, s := range steps {
		s.Part = "The same way to one byte of a photo"
		for _, values := range [][]dissect.Value{s.In, s.Out, s.With} {
			for i, v := range values {
				if v.Layer != "" {
					values[i].Layer = prefix + v.Layer
				}
				for l := range layers { // so that it can be shown apart
					if layers[l].Name == values[i].Layer && (v.Length == 1 || v.Name == "the tag of its chunk") {
						layers[l].Fields = carved(layers[l].Fields, v)
					}
				}
			}
		}
		w.Steps = append(w.Steps, s)
	}
	w.Layers = append(w.Layers, layers...)
	return nil
}

// sealedPhoto seals a photo alone, under a key and the password of the walk.
func sealedPhoto(k *key.Key) ([]byte, error) {
	random := sameRandom(walkPage)
	s, err := walkSlot(random, k)
	if err != nil {
		return nil, err
	}
	at, err := archive.TimeOf(walkTime)
	if err != nil {
		return nil, err
	}
	var sealed bytes.Buffer
	w, err := container.NewArchiveWriter(&sealed, random, k, []slot.Slot{s}, archive.StandAlone(at, "walk"))
	if err != nil {
		return nil, err
	}
	if err := w.Add(archive.Entry{Path: photoPath, Kind: archive.Image, ModifiedMS: at, Size: photoSize}, io.LimitReader(random, photoSize)); err != nil {
		return nil, err
	}
	err = w.Close()
	return sealed.Bytes(), err
}

// walkSlot returns a slot that the password of the walks opens.
func walkSlot(random io.Reader, k *key.Key) (slot.Slot, error) {
	prepared, err := password.Prepare([]byte(walkPassword))
	if err != nil {
		return nil, err
	}
	return slot.NewPassword(random, k, prepared, slot.DefaultParams)
}

// openedWith opens a container with a 64-digit key.
func openedWith(k *key.Key, data []byte) (*dissect.Opened, error) {
	return dissect.Open(data, dissect.Secret{Kind: "key", Text: hex.EncodeToString(k[:])})
}

// carved makes a value that lies in one of the fields a field of its own.
func carved(fields []annotate.Field, v dissect.Value) []annotate.Field {
	var all []annotate.Field
	for _, f := range fields {
		if v.Offset < f.Offset || v.Offset+v.Length > f.Offset+f.Length || v.Length == f.Length {
			all = append(all, f)
			continue
		}
		before, own, after := f, f, f
		before.Length = v.Offset - f.Offset
		own.Offset, own.Length, own.Name, own.Meaning = v.Offset, v.Length, v.Name, "in "+f.Name
		after.Offset, after.Length = v.Offset+v.Length, f.Offset+f.Length-v.Offset-v.Length
		for _, part := range []annotate.Field{before, own, after} {
			if part.Length > 0 {
				all = append(all, part)
			}
		}
	}
	return all
}
