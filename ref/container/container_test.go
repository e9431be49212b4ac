package container_test

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/salvage"
	"github.com/coffer-format/coffer/ref/slot"
)

var (
	testKey    = &key.Key{'k'}
	standAlone = archive.Index{CreatedMS: 7, Complete: true, Producer: "test"}
	testRing   = &keyring.Keyring{SetID: [16]byte{1}, Writer: [16]byte{1}, Epoch: 3, OldKeys: []keyring.OldKey{{Epoch: 2, Key: key.Key{'o'}}}}

	vaultSecret   = &slot.VaultSecret{Vault: [32]byte{'v'}, Credential: [32]byte{'c'}, ExportKey: [64]byte{'e'}}
	passkeySecret = &slot.PasskeySecret{RPID: "coffer.example", Credential: []byte("credential"), PRF: [32]byte{'p'}}
	// cheap keeps the tests fast.
	cheap = slot.Params{MemoryKiB: 8, Passes: 1, Lanes: 1}
)

// random is another sequence for every seed.
func random(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func passwordSlot(k *key.Key) slot.Slot { return passwordSlotOf(k, cheap) }

// passwordSlotOf is a slot for "password" with parameters that writers may not use.
func passwordSlotOf(k *key.Key, params slot.Params) slot.Slot {
	s := &slot.Password{Salt: [32]byte{'s'}, Params: params}
	inputKey := must(s.InputKey(must(password.Prepare([]byte("password")))))
	copy(s.SealedKey[:], cobblestone.Seal(inputKey, make([]byte, cobblestone.SaltSize), slot.Context(s), k[:]))
	return s
}

func vaultSlot(k *key.Key) slot.Slot {
	return must(slot.NewVault(random(2), k, vaultSecret.Vault, vaultSecret.Credential, vaultSecret.ExportKey[:]))
}

func passkeySlot(k *key.Key) slot.Slot {
	return must(slot.NewPasskey(random(3), k, [32]byte{'s'}, passkeySecret.RPID, passkeySecret.Credential, passkeySecret.PRF[:]))
}

// file is an entry with its content.
type file struct {
	path    string
	content []byte
}

// pattern returns n bytes that say where they stand.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i + i>>8 + i>>16)
	}
	return b
}

func sealArchive(seed byte, k *key.Key, slots []slot.Slot, files ...file) []byte {
	return sealArchiveFrom(random(seed), k, slots, files...)
}

func sealArchiveFrom(rand io.Reader, k *key.Key, slots []slot.Slot, files ...file) []byte {
	var b bytes.Buffer
	w := must(container.NewArchiveWriter(&b, rand, k, slots, standAlone))
	for _, f := range files {
		if err := w.Add(archive.Entry{Path: f.path, Size: int64(len(f.content))}, bytes.NewReader(f.content)); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func sealKeyring(seed byte, k *key.Key, slots []slot.Slot) []byte {
	var b bytes.Buffer
	if err := container.SealKeyring(&b, random(seed), k, slots, testRing); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func openBytes(sealed []byte, secret container.Secret) (*container.Container, error) {
	return container.Open(bytes.NewReader(sealed), int64(len(sealed)), secret)
}

// readAll opens and verifies a container of either purpose and returns what it
// released: the contents in the order of the frames, or the encoded keyring.
func readAll(container []byte, secret container.Secret) ([]byte, error) {
	c, err := openBytes(container, secret)
	if err != nil {
		return nil, err
	}
	if c.Header.Purpose == header.Keyring {
		ring, err := c.Keyring()
		if err != nil {
			return nil, err
		}
		return ring.Marshal(&c.Key)
	}
	r, err := c.Archive()
	if err != nil {
		return nil, err
	}
	var released bytes.Buffer
	for _, rec := range r.Placed() {
		if err := r.WriteContent(&released, rec); err != nil {
			return released.Bytes(), err
		}
	}
	return released.Bytes(), r.Verify()
}

// headerSize is where the payload of a container begins.
func headerSize(container []byte) int {
	return 117 + int(binary.BigEndian.Uint16(container[43:]))
}

// redigest makes the digest right again.
func redigest(container []byte) {
	n := headerSize(container)
	d := sha512.Sum512(append(bytes.Clone(container[:n-72]), container[n:][:56]...))
	copy(container[n-72:], d[:8])
}

// Any files come back, with the key and with every slot, and so does a keyring.
func TestRoundTrip(t *testing.T) {
	params := gopter.DefaultTestParametersWithSeed(1)
	params.MinSuccessfulTests = thorough.Runs(60)
	p := gopter.NewProperties(params)
	p.Property("archive", prop.ForAll(func(seed uint64, sizes []int) string {
		var files []file
		var all []byte
		for i, n := range sizes {
			f := file{fmt.Sprintf("%d/f", i), pattern(n)}
			files, all = append(files, f), append(all, f.content...)
		}
		sealed := sealArchive(byte(seed), testKey, []slot.Slot{passwordSlot(testKey), passkeySlot(testKey)}, files...)
		for _, secret := range []container.Secret{container.WithKey(testKey), container.WithSlot(slot.PasswordSecret("password")), container.WithSlot(passkeySecret)} {
			got, err := readAll(sealed, secret)
			if err != nil {
				return err.Error()
			}
			if !bytes.Equal(got, all) {
				return "another content"
			}
		}
		return ""
	}, gen.UInt64(), gen.SliceOf(gen.OneConstOf(0, 1, 100, 16383, 16384, 16385, 300000))))
	p.TestingRun(t)

	for _, slots := range [][]slot.Slot{nil, {vaultSlot(testKey), passkeySlot(testKey)}} {
		sealed := sealKeyring(1, testKey, slots)
		c, err := openBytes(sealed, container.WithKey(testKey))
		if err != nil {
			t.Fatal(err)
		}
		ring, err := c.Keyring()
		if diff := cmp.Diff(testRing, ring); err != nil || diff != "" {
			t.Error(err, diff)
		}
		if len(slots) > 0 {
			if c, err = openBytes(sealed, container.WithSlot(vaultSecret)); err != nil || c.Key != *testKey {
				t.Error(err)
			}
		}
	}
}

// What is asked of a container of the other purpose is malformed_archive.
func TestOtherPurpose(t *testing.T) {
	c := must(openBytes(sealArchive(1, testKey, nil), container.WithKey(testKey)))
	if _, err := c.Keyring(); fault.NameOf(err) != fault.MalformedArchive {
		t.Error(err)
	}
	c = must(openBytes(sealKeyring(1, testKey, nil), container.WithKey(testKey)))
	if _, err := c.Archive(); fault.NameOf(err) != fault.MalformedArchive {
		t.Error(err)
	}
	sealed := sealKeyring(1, testKey, nil)
	if _, err := salvage.Container(context.Background(), bytes.NewReader(sealed), int64(len(sealed)), container.WithKey(testKey), nil); fault.NameOf(err) != fault.MalformedArchive {
		t.Error(err)
	}
}

// custom seals any plaintext under testKey, with a header that fits.
func custom(purpose header.Purpose, plaintext []byte) []byte {
	payloadKey := testKey.Derive(key.LabelPayload)
	payload := cobblestone.Seal(payloadKey[:], pattern(24), purpose.Context(), plaintext)
	return append(must(header.New(testKey, purpose, nil, payload[:56])).Bytes(), payload...)
}

// touching remembers the highest byte below a limit that was read.
type touching struct {
	io.ReaderAt
	limit, last int64
}

func (r *touching) ReadAt(p []byte, off int64) (int, error) {
	if off < r.limit {
		r.last = max(r.last, off+int64(len(p)))
	}
	return r.ReaderAt.ReadAt(p, off)
}

// A keyring of 41050 bytes is read, one that is longer is refused before a chunk
// but the last is opened: a damaged first chunk is not even met. [KRG-5]
func TestKeyringSize(t *testing.T) {
	ring := &keyring.Keyring{SetID: [16]byte{1}, Writer: [16]byte{1}, Epoch: 2000}
	for i := range uint64(1024) {
		k := key.Key{31: 1}
		binary.BigEndian.PutUint64(k[:], i)
		ring.OldKeys = append(ring.OldKeys, keyring.OldKey{Epoch: i + 1, Key: k})
	}
	largest := must(ring.Marshal(testKey))
	if len(largest) != 41050 {
		t.Fatalf("%d bytes", len(largest))
	}
	if _, err := must(openBytes(custom(header.Keyring, largest), container.WithKey(testKey))).Keyring(); err != nil {
		t.Error(err)
	}
	sealed := custom(header.Keyring, append(largest, 0))
	first := int64(headerSize(sealed) + 56)
	sealed[first] ^= 1
	r := &touching{ReaderAt: bytes.NewReader(sealed), limit: first + 2*16400}
	c := must(container.Open(r, int64(len(sealed)), container.WithKey(testKey)))
	if _, err := c.Keyring(); fault.NameOf(err) != fault.MalformedArchive || r.last > first {
		t.Errorf("%v, read up to %d of %d", err, r.last, first)
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := c.Keyring(); fault.NameOf(err) != fault.PayloadTampered {
		t.Errorf("a last chunk that is damaged: %v", err)
	}
}

// With other slots the payload is the same to the byte, the old secret is gone,
// unknown slots may stay, and a file that became shorter is not taken for whole.
func TestWithSlots(t *testing.T) {
	f := file{"a", pattern(50000)}
	payload := cobblestoneOf(sealArchive(1, testKey, nil, f))
	unknown := &slot.Unknown{SlotType: 99, Body: []byte("kept")}
	h := must(header.New(testKey, header.Archive, []slot.Slot{unknown, passwordSlot(testKey)}, payload[:56]))
	sealed := append(h.Bytes(), payload...)
	c := must(openBytes(sealed, container.WithSlot(slot.PasswordSecret("password"))))
	var b bytes.Buffer
	if err := c.WithSlots(&b, []slot.Slot{c.Header.Slots[0], vaultSlot(testKey)}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(cobblestoneOf(b.Bytes()), payload) {
		t.Error("the payload was changed")
	}
	if got, err := readAll(b.Bytes(), container.WithSlot(vaultSecret)); err != nil || !bytes.Equal(got, f.content) {
		t.Error(err)
	}
	if _, err := readAll(b.Bytes(), container.WithSlot(slot.PasswordSecret("password"))); fault.NameOf(err) != fault.NoMatchingSlot {
		t.Error(err)
	}
	changed := must(openBytes(b.Bytes(), container.WithKey(testKey)))
	if diff := cmp.Diff(slot.Slot(unknown), changed.Header.Slots[0]); diff != "" {
		t.Error(diff)
	}
	if err := changed.WithSlots(io.Discard, []slot.Slot{passwordSlot(testKey), vaultSlot(testKey)}); fault.NameOf(err) != fault.MalformedHeader {
		t.Error(err)
	}
	shrinking := &struct{ io.ReaderAt }{bytes.NewReader(sealed)}
	shorter := must(container.Open(shrinking, int64(len(sealed)), container.WithKey(testKey)))
	shrinking.ReaderAt = bytes.NewReader(sealed[:len(sealed)-1])
	if err := shorter.WithSlots(io.Discard, nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that became shorter: %v", err)
	}
	for n := range 300 {
		if err := c.WithSlots(&failOnce{n, false}, nil); !errors.Is(err, errDisk) {
			t.Errorf("writing fails after %d bytes: %v", n, err)
		}
	}
}

var errDisk = errors.New("the disk is broken")

// failOnce is a writer that fails after n bytes and works again afterwards, so
// that an error which is dropped does not come back.
type failOnce struct {
	n      int
	failed bool
}

func (w *failOnce) Write(p []byte) (int, error) {
	if w.n -= len(p); w.n < 0 && !w.failed {
		w.failed = true
		return 0, errDisk
	}
	return len(p), nil
}

// failOnceAt is a file whose read number n fails, and no other.
type failOnceAt struct {
	io.ReaderAt
	n *int
}

func (r failOnceAt) ReadAt(p []byte, off int64) (int, error) {
	if *r.n--; *r.n == 0 {
		return 0, errDisk
	}
	return r.ReaderAt.ReadAt(p, off)
}

// An error of the storage ends the opening of a container, and is a fault that
// salvage reports unless it has all without that read, at whichever read.
func TestStorageErrors(t *testing.T) {
	f := file{"a", pattern(50000)}
	sealed := sealArchive(1, testKey, nil, f)
	for failAt := 1; ; failAt++ {
		n := failAt
		c, err := container.Open(failOnceAt{bytes.NewReader(sealed), &n}, int64(len(sealed)), container.WithKey(testKey))
		if err == nil {
			_, err = c.Archive()
		}
		if n > 0 {
			break
		}
		if !errors.Is(err, errDisk) {
			t.Errorf("opening, read %d fails: %v", failAt, err)
		}
	}
	for failAt := 1; ; failAt++ {
		n := failAt
		s, err := salvage.Container(context.Background(), failOnceAt{bytes.NewReader(sealed), &n}, int64(len(sealed)), container.WithKey(testKey), nil)
		if n > 0 {
			break
		}
		if errors.Is(err, errDisk) {
			continue
		}
		if err != nil {
			t.Errorf("salvage, read %d fails: %v", failAt, err)
			continue
		}
		var b bytes.Buffer
		if s.Fault == nil && s.Unread == nil && (len(slices.Collect(s.Entries())) != 1 || s.WriteContent(&b, slices.Collect(s.Entries())[0]) != nil || !bytes.Equal(b.Bytes(), f.content)) {
			t.Errorf("salvage, read %d fails: no fault, nothing unread, and not the whole content", failAt)
		}
	}
}

func cobblestoneOf(container []byte) []byte { return container[headerSize(container):] }

// Every container gets a salt of its own from the source, and an error of the
// source or of the writer is returned.
func TestWriterErrors(t *testing.T) {
	want := make([]byte, 24)
	io.ReadFull(random(7), want)
	if got := cobblestoneOf(sealArchive(7, testKey, nil))[:24]; !bytes.Equal(got, want) {
		t.Errorf("the container id is %x", got)
	}
	if _, err := container.NewArchiveWriter(io.Discard, strings.NewReader("too short"), testKey, nil, standAlone); err == nil {
		t.Error("no salt, and no error")
	}
	if err := container.SealKeyring(io.Discard, strings.NewReader("too short"), testKey, nil, testRing); err == nil {
		t.Error("no salt, and no error")
	}
	if err := container.SealKeyring(io.Discard, random(1), testKey, nil, &keyring.Keyring{}); fault.NameOf(err) != fault.MalformedArchive {
		t.Error(err)
	}
	if _, err := container.NewArchiveWriter(io.Discard, random(1), testKey, nil, archive.Index{}); fault.NameOf(err) != fault.MalformedArchive {
		t.Error(err)
	}
	if _, err := container.NewArchiveWriter(io.Discard, random(1), testKey, []slot.Slot{&slot.Unknown{SlotType: 9}}, standAlone); err == nil {
		t.Error("a slot of an unknown type was written") // [SLT-4]
	}
	full, whole := errors.New("full"), len(sealArchive(1, testKey, nil))
	for n := range 500 {
		w, err := container.NewArchiveWriter(&limited{n, full}, random(1), testKey, nil, standAlone)
		if err == nil {
			err = w.Close()
			if again := w.Close(); again != err {
				t.Fatalf("after %d bytes: closed again: %v, and before: %v", n, again, err)
			}
		}
		if (n < whole) != errors.Is(err, full) {
			t.Fatalf("after %d bytes of %d: %v", n, whole, err)
		}
	}
}

type limited struct {
	n   int
	err error
}

func (w *limited) Write(p []byte) (int, error) {
	if len(p) > w.n {
		return w.n, w.err
	}
	w.n -= len(p)
	return len(p), nil
}

// What was given up is refused.
func TestAbort(t *testing.T) {
	var b bytes.Buffer
	w := must(container.NewArchiveWriter(&b, random(1), testKey, nil, standAlone))
	content := pattern(1 << 20)
	if err := w.Add(archive.Entry{Path: "a", Size: int64(len(content))}, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	w.Abort()
	if got, err := readAll(b.Bytes(), container.WithKey(testKey)); err == nil || len(got) > 0 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if w.Add(archive.Entry{Path: "b", Size: 1 << 20}, bytes.NewReader(content)) == nil || w.Close() == nil {
		t.Error("a writer that was given up goes on")
	}
}

// A key prints as its fingerprint, and a password as that it is one.
func TestSecretsDoNotPrint(t *testing.T) {
	for _, format := range []string{"%v", "%+v", "%s", "%x", "%d"} {
		if got, want := fmt.Sprintf(format, container.WithKey(testKey)), "key "+testKey.Check().Fingerprint(); got != want {
			t.Errorf("%s prints %s, want %s", format, got, want)
		}
		if got := fmt.Sprintf(format, container.WithSlot(slot.PasswordSecret("correct horse"))); len(got) > 25 || !strings.Contains(got, "a password") {
			t.Errorf("%s prints %s", format, got)
		}
	}
}
