package container_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
)

// sample is a small container and what it releases.
type sample struct {
	name    string
	sealed  []byte
	secret  container.Secret // of its slot, or the key
	content []byte
}

func samples() []sample {
	content := pattern(20)
	f := file{"a", content}
	ring := must(testRing.Marshal(testKey))
	return []sample{
		{"no slot", sealArchive(1, testKey, nil, f), container.WithKey(testKey), content},
		{"password", sealArchive(2, testKey, []slot.Slot{passwordSlot(testKey)}, f), container.WithSlot(slot.PasswordSecret("password")), content},
		{"vault", sealArchive(3, testKey, []slot.Slot{vaultSlot(testKey)}, f), container.WithSlot(vaultSecret), content},
		{"passkey", sealArchive(4, testKey, []slot.Slot{passkeySlot(testKey)}, f), container.WithSlot(passkeySecret), content},
		{"keyring", sealKeyring(5, testKey, []slot.Slot{passwordSlot(testKey), passkeySlot(testKey)}), container.WithSlot(passkeySecret), ring},
	}
}

// lengthName is the name that the length of a file alone gives it, by [HDR-6],
// [HDR-7], [HDR-10] and [HDR-11], if its slots take s bytes.
func lengthName(n, s int) fault.Name {
	p := n - 117 - s
	switch {
	case n < 8:
		return fault.NotAContainer
	case n < 45, p < 72, (p-56)%16400 < 16:
		return fault.Truncated
	}
	return ""
}

// flipName is the name that a changed bit gives a container, by where it lies.
func flipName(whole, altered []byte, at int) fault.Name {
	n := headerSize(whole)
	switch {
	case at < 8:
		return fault.NotAContainer
	case at < 10:
		return fault.UnsupportedVersion
	case at == 43 || at == 44:
		if name := lengthName(len(altered), headerSize(altered)-117); name != "" {
			return name
		}
		return fault.DamagedHeader
	case at >= n-64 && at < n: // the digest does not cover the MAC
		return fault.HeaderTampered
	case at < n+56:
		return fault.DamagedHeader
	}
	return fault.PayloadTampered
}

// refused checks that a container yields an error of a name and, of its content,
// nothing that was not sealed: a beginning of at most `most` bytes.
func refused(t *testing.T, what string, altered []byte, secret container.Secret, want fault.Name, content []byte, most int) {
	t.Helper()
	got, err := readAll(altered, secret)
	if fault.NameOf(err) != want || err == nil {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
	if len(got) > most || !bytes.HasPrefix(content, got) {
		t.Errorf("%s: %d bytes were released", what, len(got))
	}
}

// Every changed bit of a small container is refused under the name of its region,
// with the key and, outside of the slots, with the secret of its slot.
func TestEveryBit(t *testing.T) {
	thorough.NotShort(t)
	isTaken := thorough.OneIn(t, 3)
	for _, s := range samples() {
		for bit := range 8 * len(s.sealed) {
			if !isTaken() {
				continue
			}
			altered := bytes.Clone(s.sealed)
			altered[bit/8] ^= 1 << (bit % 8)
			want := flipName(s.sealed, altered, bit/8)
			what := fmt.Sprintf("%s, bit %d of byte %d", s.name, bit%8, bit/8)
			refused(t, what, altered, container.WithKey(testKey), want, nil, 0)
			if bit%8 == 0 {
				refused(t, what, altered, s.secret, want, nil, 0)
			}
		}
	}
}

// Every length to which a small container can be cut is refused under the name
// that the length gives, and so is every extension of it.
func TestEveryLength(t *testing.T) {
	thorough.NotShort(t)
	isTaken := thorough.OneIn(t, 3)
	for _, s := range samples() {
		slots := headerSize(s.sealed) - 117
		check := func(altered []byte) {
			if !isTaken() {
				return
			}
			want := lengthName(len(altered), slots)
			if want == "" {
				want = fault.PayloadTampered
			}
			refused(t, fmt.Sprintf("%s, %d bytes", s.name, len(altered)), altered, container.WithKey(testKey), want, nil, 0)
		}
		for n := range len(s.sealed) {
			check(s.sealed[:n])
		}
		for _, more := range [][]byte{bytes.Repeat([]byte{0}, 500), bytes.Repeat(s.sealed, 2)} {
			for n := 1; n < len(more); n++ {
				check(append(slices.Clip(s.sealed), more[:n]...))
			}
		}
		toEnd := 16400 - (len(s.sealed) - headerSize(s.sealed) - 56) // of a whole chunk
		for n := toEnd - 20; n < toEnd+40; n++ {
			check(append(slices.Clip(s.sealed), make([]byte, n)...))
		}
	}
}

// Who changes a bit and makes the digest right again, which needs no secret, is
// found out by the MAC or before: under the name that the specification gives
// each field.
func TestEveryBitResigned(t *testing.T) {
	thorough.NotShort(t)
	isTaken := thorough.OneIn(t, 3)
	for _, s := range samples() {
		n := headerSize(s.sealed)
		for bit := range 8 * (n + 56) {
			at := bit / 8
			if at < 10 || at == 43 || at == 44 || at >= n-72 && at < n {
				continue // found before the digest, or by it, or no part of it
			}
			if !isTaken() {
				continue
			}
			altered := bytes.Clone(s.sealed)
			altered[at] ^= 1 << (bit % 8)
			redigest(altered)
			want := resignedName(altered, at)
			what := fmt.Sprintf("%s, bit %d of byte %d", s.name, bit%8, at)
			refused(t, what, altered, container.WithKey(testKey), want, nil, 0)
			if at < 43 || at >= n {
				refused(t, what+", by the slot", altered, s.secret, want, nil, 0)
			}
		}
	}
}

// resignedName is the name for an alteration at a byte that the digest hides, of
// one of the samples, opened with the key.
func resignedName(altered []byte, at int) fault.Name {
	if at == 10 {
		return fault.MalformedHeader // no single bit leads to another purpose
	}
	if at < 45 || at >= headerSize(altered)-72 {
		return fault.HeaderTampered
	}
	// The slots are decoded by hand, as far as one changed bit goes.
	slots := altered[45 : headerSize(altered)-72]
	for off := 0; off < len(slots); {
		if len(slots)-off < 4 {
			return fault.MalformedHeader
		}
		typ, n := binary.BigEndian.Uint16(slots[off:]), int(binary.BigEndian.Uint16(slots[off+2:]))
		if n > len(slots)-off-4 {
			return fault.MalformedHeader
		}
		body := slots[off+4:][:n]
		switch typ {
		case 1:
			if n != 145 {
				return fault.MalformedHeader
			}
			memory, passes, lanes := binary.BigEndian.Uint32(body[32:]), binary.BigEndian.Uint32(body[36:]), uint32(body[40])
			if lanes < 1 || lanes > 4 || passes < 1 || passes > 10 || memory < 8*lanes || memory > 262144 {
				return fault.LimitExceeded
			}
		case 2:
			if n != 168 {
				return fault.MalformedHeader
			}
		case 3:
			id := min(n, 33) + int(slots[off+4+32])
			if n < 33 || n < id+2 || int(body[32]) == 0 || n != id+2+int(binary.BigEndian.Uint16(body[id:]))+104 || n == id+2+104 {
				return fault.MalformedHeader
			}
			for _, c := range body[33:id] {
				if !bytes.ContainsRune([]byte("abcdefghijklmnopqrstuvwxyz0123456789.-"), rune(c)) {
					return fault.MalformedHeader
				}
			}
		}
		off += 4 + n
	}
	return fault.HeaderTampered
}

// Every field of a password slot that is altered and resigned has its name also
// for who gives the password: what it derives from is a wrong secret, its chunk
// is tampering.
func TestPasswordSlotResigned(t *testing.T) {
	s := samples()[1]
	for at := 49; at < 45+4+145; at++ {
		altered := bytes.Clone(s.sealed)
		altered[at] ^= 4
		redigest(altered)
		want := resignedName(altered, at)
		if want == fault.HeaderTampered && at < 45+4+145-48 {
			want = fault.WrongSecret
		}
		refused(t, fmt.Sprintf("byte %d", at), altered, s.secret, want, nil, 0)
	}
}

// A header before the payload of another container is refused, whether the keys
// are the same, and whether the digest was made right again.
func TestSwappedHeaders(t *testing.T) {
	other := key.Key{'o'}
	a := sealArchive(1, testKey, []slot.Slot{passwordSlot(testKey)}, file{"a", pattern(20)})
	for name, b := range map[string][]byte{
		"of the same key":    sealArchive(2, testKey, []slot.Slot{passwordSlot(testKey)}, file{"a", pattern(20)}),
		"of another key":     sealArchive(2, &other, []slot.Slot{passwordSlot(&other)}, file{"a", pattern(20)}),
		"of another purpose": sealKeyring(2, testKey, []slot.Slot{passwordSlot(testKey)}),
	} {
		for _, c := range [][2][]byte{{a, b}, {b, a}} {
			altered := append(bytes.Clone(c[0][:headerSize(c[0])]), cobblestoneOf(c[1])...)
			secret := container.WithSlot(slot.PasswordSecret("password"))
			refused(t, name, altered, secret, fault.DamagedHeader, nil, 0)
			redigest(altered)
			refused(t, name+", resigned", altered, secret, fault.HeaderTampered, nil, 0)
		}
	}
	// A slot of another container of the same password, resigned.
	b := sealArchive(2, &other, []slot.Slot{passwordSlot(&other)}, file{"a", pattern(20)})
	altered := bytes.Clone(a)
	copy(altered[45:headerSize(a)-72], b[45:])
	redigest(altered)
	refused(t, "a slot of another key", altered, container.WithSlot(slot.PasswordSecret("password")), fault.HeaderTampered, nil, 0)
	refused(t, "a slot of another key, by the key", altered, container.WithKey(testKey), fault.HeaderTampered, nil, 0)
}

// Slots that are added, removed or exchanged are tampering for who gives the key.
func TestSlotsChanged(t *testing.T) {
	whole := sealArchive(1, testKey, []slot.Slot{passwordSlot(testKey), passkeySlot(testKey)}, file{"a", pattern(20)})
	c := must(openBytes(whole, container.WithKey(testKey)))
	digestMAC := whole[headerSize(whole)-72 : headerSize(whole)]
	for name, slots := range map[string][]slot.Slot{
		"none":     nil,
		"one less": c.Header.Slots[:1],
		"turned":   {c.Header.Slots[1], c.Header.Slots[0]},
		"one more": {c.Header.Slots[0], c.Header.Slots[1], &slot.Unknown{SlotType: 9}},
	} {
		encoded := must(slot.Marshal(slots))
		altered := append(bytes.Clone(whole[:43]), byte(len(encoded)>>8), byte(len(encoded)))
		altered = append(append(append(altered, encoded...), digestMAC...), cobblestoneOf(whole)...)
		refused(t, name, altered, container.WithKey(testKey), fault.DamagedHeader, nil, 0)
		redigest(altered)
		refused(t, name+", resigned", altered, container.WithKey(testKey), fault.HeaderTampered, nil, 0)
	}
}

// The purpose that is changed and resigned is tampering; by who knows the key, and
// signs with it, it is a payload that does not fit.
func TestPurposeChanged(t *testing.T) {
	for _, sealed := range [][]byte{sealArchive(1, testKey, nil), sealKeyring(1, testKey, nil)} {
		altered := bytes.Clone(sealed)
		altered[10] ^= 3
		redigest(altered)
		refused(t, "resigned", altered, container.WithKey(testKey), fault.HeaderTampered, nil, 0)
		h := must(header.New(testKey, header.Purpose(altered[10]), nil, cobblestoneOf(sealed)[:56]))
		altered = append(h.Bytes(), cobblestoneOf(sealed)...)
		refused(t, "signed", altered, container.WithKey(testKey), fault.PayloadTampered, nil, 0)
	}
}

// Chunks that were changed, swapped within a container or between two, repeated
// or left out, are refused, and what is released before is what was sealed.
func TestChunks(t *testing.T) {
	const chunk = 16400
	a, b := pattern(5*16384), pattern(5*16384+1)
	slices.Reverse(b)
	one := sealArchive(1, testKey, nil, file{"a", a})
	two := sealArchive(2, testKey, nil, file{"a", b})
	start := headerSize(one) + 56
	at := func(container []byte, i int) []byte { return container[start+i*chunk:][:chunk] }
	last := (len(one) - start) / chunk

	for i := range last {
		for j := range last {
			altered := bytes.Clone(one)
			copy(at(altered, i), at(two, j))
			refused(t, fmt.Sprintf("chunk %d from chunk %d of another", i, j), altered, container.WithKey(testKey), fault.PayloadTampered, a, i*16384)
			if i == j {
				continue
			}
			altered = bytes.Clone(one)
			copy(at(altered, i), at(one, j))
			refused(t, fmt.Sprintf("chunk %d again at %d", j, i), altered, container.WithKey(testKey), fault.PayloadTampered, a, i*16384)
			copy(at(altered, j), at(one, i))
			refused(t, fmt.Sprintf("chunks %d and %d swapped", i, j), altered, container.WithKey(testKey), fault.PayloadTampered, a, min(i, j)*16384)
		}
		refused(t, fmt.Sprintf("without chunk %d", i), slices.Delete(bytes.Clone(one), start+i*chunk, start+(i+1)*chunk), container.WithKey(testKey), fault.PayloadTampered, a, 0)
		refused(t, fmt.Sprintf("chunk %d twice", i), slices.Insert(bytes.Clone(one), start+i*chunk, at(one, i)...), container.WithKey(testKey), fault.PayloadTampered, a, 0)
		for _, k := range []int{0, 1, 16383, 16384, 16399} {
			altered := bytes.Clone(one)
			at(altered, i)[k] ^= 0x80
			refused(t, fmt.Sprintf("chunk %d, byte %d", i, k), altered, container.WithKey(testKey), fault.PayloadTampered, a, i*16384)
		}
		for _, n := range []int{0, 15, 16, chunk - 1} {
			want := fault.Truncated
			if n >= 16 {
				want = fault.PayloadTampered
			}
			refused(t, fmt.Sprintf("cut %d bytes into chunk %d", n, i), one[:start+i*chunk+n], container.WithKey(testKey), want, a, 0)
		}
	}
	tail := append(bytes.Clone(one[:start+last*chunk]), two[start+last*chunk:]...)
	refused(t, "the end of another", tail, container.WithKey(testKey), fault.PayloadTampered, a, 0)
}

// A secret that is not the right one is told from damage and tampering.
func TestSecrets(t *testing.T) {
	password := sealArchive(1, testKey, []slot.Slot{passwordSlot(testKey)}, file{"a", pattern(20)})
	bare := sealArchive(1, testKey, nil)
	for _, c := range []struct {
		sealed []byte
		secret container.Secret
		want   fault.Name
	}{
		{password, container.WithKey(&key.Key{'o'}), fault.WrongSecret},
		{password, container.WithSlot(slot.PasswordSecret("Password")), fault.WrongSecret},
		{password, container.WithSlot(slot.PasswordSecret("")), fault.MalformedPassword},
		{password, container.WithSlot(vaultSecret), fault.NoMatchingSlot},
		{password, container.WithSlot(passkeySecret), fault.NoMatchingSlot},
		{bare, container.WithSlot(slot.PasswordSecret("")), fault.NoMatchingSlot},
		{bare, container.WithSlot(slot.PasswordSecret("password")), fault.NoMatchingSlot},
	} {
		refused(t, fmt.Sprint(c.secret), c.sealed, c.secret, c.want, nil, 0)
	}
}
