// Package container seals and opens whole containers: a header and the payload
// it belongs to (spec chapter 7).
package container

import (
	"bytes"
	"fmt"
	"io"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/slot"
)

// Secret is a way into a container: WithKey or WithSlot.
type Secret interface {
	unlock(h *header.Header) (*key.Key, error)
	// Find is for salvage: unlocking without authenticating anything but the key. The
	// header is nil if there is none.
	Find(h *header.Header) (*key.Key, error)
}

// WithKey opens a container with its backup key.
func WithKey(k *key.Key) Secret { return keySecret{k} }

// WithSlot opens a container with the secret of one of its slots.
func WithSlot(s slot.Secret) Secret { return slotSecret{s} }

// KeySecret embeds the key so that it prints as one: by its fingerprint.
type keySecret struct{ *key.Key }

func (s keySecret) unlock(h *header.Header) (*key.Key, error) {
	return s.Key, h.UnlockWithKey(s.Key)
}
func (s keySecret) Find(*header.Header) (*key.Key, error) { return s.Key, nil }

// slotSecret embeds the secret so that a password prints as one.
type slotSecret struct{ slot.Secret }

func (s slotSecret) unlock(h *header.Header) (*key.Key, error) {
	k, err := h.Unlock(s.Secret)
	return &k, err
}
func (s slotSecret) Find(h *header.Header) (*key.Key, error) {
	if h == nil {
		return nil, fault.New(fault.Truncated, "there is no whole header, and so no slot")
	}
	k, err := h.FindKey(s.Secret)
	return &k, err
}

// ArchiveWriter writes a container of purpose archive.
type ArchiveWriter struct {
	*archive.Writer
	payload PayloadWriter
}

// NewArchiveWriter writes the header of a container under k to w and returns a
// writer of its entries. The index gives all fields but the segments. The
// payload's salt is drawn from rand. Close completes the container, and does not
// close w.
func NewArchiveWriter(w io.Writer, rand io.Reader, k *key.Key, slots []slot.Slot, index archive.Index) (*ArchiveWriter, error) {
	return Plain.NewArchiveWriter(w, rand, k, slots, index)
}

// NewArchiveWriter is as the function of that name.
func (p Payloads) NewArchiveWriter(w io.Writer, rand io.Reader, k *key.Key, slots []slot.Slot, index archive.Index) (*ArchiveWriter, error) {
	h, begun, err := begin(w, rand, k, header.Archive, slots)
	if err != nil {
		return nil, err
	}
	payload := p.Writer(w, begun)
	archiveWriter, err := archive.NewWriter(payload, h.ContainerID(), index)
	if err != nil {
		payload.Abort()
		return nil, err
	}
	return &ArchiveWriter{archiveWriter, payload}, nil
}

// Close writes the index and the end of the payload.
func (w *ArchiveWriter) Close() error {
	if err := w.Writer.Close(); err != nil {
		w.payload.Abort()
		return err
	}
	return w.payload.Close()
}

// Abort gives the container up; what was written is not a container.
func (w *ArchiveWriter) Abort() { w.payload.Abort() }

// SealKeyring writes a container of purpose keyring under k to w.
func SealKeyring(w io.Writer, rand io.Reader, k *key.Key, slots []slot.Slot, ring *keyring.Keyring) error {
	plaintext, err := ring.Marshal(k)
	if err != nil {
		return err
	}
	_, payload, err := begin(w, rand, k, header.Keyring, slots)
	if err != nil {
		return err
	}
	payload.Write(plaintext) // its error stays, and Close returns it
	return payload.Close()
}

func begin(w io.Writer, rand io.Reader, k *key.Key, purpose header.Purpose, slots []slot.Slot) (*header.Header, *cobblestone.Writer, error) {
	for _, s := range slots {
		if _, ok := s.(*slot.Unknown); ok { // [SLT-4]
			return nil, nil, fmt.Errorf("a new container does not get a slot of type %v", s.Type())
		}
	}
	salt := make([]byte, cobblestone.SaltSize)
	if _, err := io.ReadFull(rand, salt); err != nil { // [HDR-1] [HDR-2]
		return nil, nil, err
	}
	payloadKey := k.Derive(key.LabelPayload)
	payload := cobblestone.NewWriter(w, payloadKey[:], salt, purpose.Context())
	h, err := header.New(k, purpose, slots, payload.Prefix())
	if err == nil {
		_, err = w.Write(h.Bytes())
	}
	if err != nil {
		payload.Abort()
		return nil, nil, err
	}
	return h, payload, nil
}

// Container is a container whose header is authentic.
type Container struct {
	Header *header.Header
	Key    key.Key

	r        io.ReaderAt
	size     int64
	payloads Payloads
}

// Open reads and authenticates the header of a container of size bytes. Errors:
// those of spec section 11.2, steps 1 to 8. [HDR-22] [ERR-1]
func Open(r io.ReaderAt, size int64, secret Secret) (*Container, error) {
	return Plain.Open(r, size, secret)
}

// Open is as the function of that name.
func (p Payloads) Open(r io.ReaderAt, size int64, secret Secret) (*Container, error) {
	h, err := header.Read(r, size)
	if err != nil {
		return nil, err
	}
	k, err := secret.unlock(h)
	if err != nil {
		return nil, err
	}
	return &Container{h, *k, r, size, p}, nil
}

func (c *Container) payload(purpose header.Purpose) (*cobblestone.ReaderAt, error) {
	if c.Header.Purpose != purpose { // [HDR-21]
		return nil, fault.New(fault.MalformedArchive, "the container holds a payload of purpose %v, not %v", c.Header.Purpose, purpose)
	}
	payloadKey := c.Key.Derive(key.LabelPayload)
	return cobblestone.NewReaderAt(section(c.r, c.Header, c.size), c.size-c.Header.Size(), payloadKey[:], purpose.Context())
}

// section returns the bytes after the header.
func section(r io.ReaderAt, h *header.Header, size int64) *io.SectionReader {
	return io.NewSectionReader(r, h.Size(), size-h.Size())
}

// Archive opens the payload as an archive. Errors: those of spec section 11.2,
// steps 8 to 10. The archive's reader opens the chunks of what it looks at. [ERR-6]
func (c *Container) Archive() (*archive.Reader, error) {
	plain, err := c.Plaintext()
	if err != nil {
		return nil, err
	}
	return archive.NewReader(plain, c.Header.ContainerID())
}

// Plaintext opens the payload of an archive, for readers that have the rest of its set.
// Errors: those of spec section 11.2, steps 8 and 9.
func (c *Container) Plaintext() (archive.Plaintext, error) {
	payload, err := c.payload(header.Archive)
	if err != nil {
		return nil, err
	}
	return c.payloads.Reader(payload), nil
}

// Keyring opens the payload as a keyring. Errors: those of spec section 11.2,
// steps 8 to 10.
func (c *Container) Keyring() (*keyring.Keyring, error) {
	payload, err := c.payload(header.Keyring)
	if err != nil {
		return nil, err
	}
	if payload.Size() > keyring.MaxSize { // [KRG-5] [CON-3]
		return nil, fault.New(fault.MalformedArchive, "the keyring has %d bytes, at most %d are allowed", payload.Size(), keyring.MaxSize)
	}
	var plaintext bytes.Buffer
	if err := payload.WriteRange(&plaintext, 0, payload.Size()); err != nil { // [KRG-6]
		return nil, err
	}
	return keyring.Parse(plaintext.Bytes(), &c.Key)
}

// WithSlots writes the container to w with other slots. The payload stays as it
// is and is not opened. [HDR-4]
func (c *Container) WithSlots(w io.Writer, slots []slot.Slot) error {
	h, err := header.New(&c.Key, c.Header.Purpose, slots, c.Header.PayloadPrefix[:])
	if err != nil {
		return err
	}
	if _, err := w.Write(h.Bytes()); err != nil {
		return err
	}
	n, err := io.Copy(w, section(c.r, c.Header, c.size))
	if err == nil && n < c.size-c.Header.Size() {
		err = io.ErrUnexpectedEOF // the file has become shorter since Open
	}
	return err
}
