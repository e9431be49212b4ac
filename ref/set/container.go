package set

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
)

// reader reads the containers of a set.
type reader struct {
	objects  *Objects
	ring     *Ring
	payloads container.Payloads
}

// opened is a container of which the index has been read.
type opened struct {
	plain archive.Plaintext
	id    archive.ID
	index *archive.Index
}

// open opens an archive of size bytes under a key, as far as its index: steps 1 and 2 of
// spec section 8.6.
func (r *reader) open(from io.ReaderAt, size int64, k *key.Key) (*opened, error) {
	c, err := r.payloads.Open(from, size, container.WithKey(k))
	if err != nil {
		return nil, err
	}
	plain, err := c.Plaintext()
	if err != nil {
		return nil, err
	}
	id := c.Header.ContainerID()
	index, err := archive.ReadIndex(plain, id)
	if err != nil {
		return nil, err
	}
	return &opened{plain, id, index}, nil
}

// NameOf returns the name of a container that is listed as stored.
func NameOf(x archive.Stored) Name {
	if x.Generation > 0 {
		return Name{Kind: Commit, Number: x.Generation}
	}
	return Name{Kind: Data, ID: x.ID}
}

// locate finds the object of a container that is listed as stored. Errors:
// malformed_archive, missing_container, payload_tampered.
func (r *reader) locate(x archive.Stored) (*object, error) {
	if x.Epoch > r.ring.Epoch { // [SET-22]
		return nil, fault.New(fault.MalformedArchive, "container %x is listed with epoch %d, and the keyring is of epoch %d", x.ID, x.Epoch, r.ring.Epoch)
	}
	o, err := r.objects.object(NameOf(x))
	if err != nil {
		return nil, err
	}
	if _, old := r.ring.KeyOf(x.Epoch); old && o.size != x.Length { // [SET-20]
		return nil, fault.New(fault.PayloadTampered, "%s has %d bytes, listed are %d", o.name, o.size, x.Length)
	}
	return o, nil
}

// isOld reports whether a container is believed for the SHA-256 that is listed, and not for
// its key, which others may have. [SET-20]
func (r *reader) isOld(x archive.Stored) bool {
	_, old := r.ring.KeyOf(x.Epoch)
	return old
}

// checkDigest compares SHA-256 of a container with what is listed. Error: payload_tampered.
func checkDigest(x archive.Stored, digest [sha256.Size]byte) error {
	if digest != x.Digest {
		return fault.New(fault.PayloadTampered, "%s does not have the SHA-256 that is listed", NameOf(x))
	}
	return nil
}

// openListed opens a container whose digest has been checked. Errors: wrong_set,
// malformed_archive, those of opening a container. [SET-20] [SET-21]
func (r *reader) openListed(from io.ReaderAt, size int64, x archive.Stored) (*opened, error) {
	k, _ := r.ring.KeyOf(x.Epoch)
	c, err := r.open(from, size, k)
	if errors.Is(err, fault.WrongSecret) { // [SET-37]
		err = fault.New(fault.PayloadTampered, "it is sealed under another key than that of epoch %d", x.Epoch)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", NameOf(x), err)
	}
	switch {
	case c.id != x.ID:
		err = fault.New(fault.MalformedArchive, "%s is container %x, listed is %x", NameOf(x), c.id, x.ID)
	case c.index.SetID != r.ring.SetID:
		err = fault.New(fault.WrongSet, "%s belongs to backup set %x, the keyring to %x", NameOf(x), c.index.SetID, r.ring.SetID)
	case c.index.Epoch != x.Epoch:
		err = fault.New(fault.MalformedArchive, "%s is of epoch %d, listed is %d", NameOf(x), c.index.Epoch, x.Epoch)
	case x.Generation > 0 && c.index.Generation != x.Generation:
		err = fault.New(fault.MalformedArchive, "%s is of generation %d, listed is %d", NameOf(x), c.index.Generation, x.Generation)
	case x.Generation > 0 && !c.index.Complete:
		err = fault.New(fault.MalformedArchive, "%s does not complete a generation", NameOf(x))
	}
	return c, err
}

// openRemote opens a container where it lies. Errors: those of locate, checkDigest and
// openListed.
func (r *reader) openRemote(ctx context.Context, x archive.Stored) (*object, *opened, error) {
	o, err := r.locate(x)
	if err != nil {
		return nil, nil, err
	}
	if r.isOld(x) {
		digest, err := o.digest(ctx)
		if err != nil {
			return nil, nil, err
		}
		if err := checkDigest(x, digest); err != nil {
			return nil, nil, err
		}
	}
	c, err := r.openListed(o.at(ctx), o.size, x)
	return o, c, err
}
