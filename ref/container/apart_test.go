package container_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/salvage"
	"github.com/coffer-format/coffer/ref/slot"
)

func keptOf(t *testing.T, sealed []byte) []byte {
	t.Helper()
	c, err := openBytes(sealed, container.WithKey(testKey))
	if err != nil {
		t.Fatal(err)
	}
	var kept bytes.Buffer
	if err := salvage.WriteApart(&kept, c.Header); err != nil {
		t.Fatal(err)
	}
	return kept.Bytes()
}

func salvageApart(sealed, kept []byte, secret container.Secret) (*salvage.Salvage, error) {
	apart, err := salvage.ReadApart(bytes.NewReader(kept), int64(len(kept)))
	if err != nil {
		return nil, err
	}
	return salvage.Container(context.Background(), bytes.NewReader(sealed), int64(len(sealed)), secret, apart)
}

// What is kept is the beginning of the container, and whatever becomes of these bytes
// in the container, the password opens it with them, under the name of opening, if
// their number is the same.
func TestApart(t *testing.T) {
	content := pattern(20)
	whole := sealArchive(1, testKey, []slot.Slot{passwordSlot(testKey)}, file{"a", content})
	kept := keptOf(t, whole)
	if !bytes.Equal(kept, whole[:headerSize(whole)+56]) {
		t.Fatal("what is kept is not the beginning")
	}
	password := container.WithSlot(slot.PasswordSecret("password"))
	if s, err := salvageApart(whole, kept, password); noted(s, err) != "" || !bytes.Equal(wholeContent(t, s), content) {
		t.Errorf("a whole container: %v", noted(s, err))
	}
	params := gopter.DefaultTestParametersWithSeed(1)
	params.MinSuccessfulTests = thorough.Number(30, 60)
	p := gopter.NewProperties(params)
	p.Property("any bytes in its place", prop.ForAll(func(seed uint64, n int) string {
		rnd := rand.New(rand.NewPCG(seed, 0))
		altered := bytes.Clone(whole)
		for range n {
			altered[rnd.IntN(len(kept))] ^= byte(1 + rnd.IntN(255))
		}
		_, want := openBytes(altered, container.WithKey(testKey))
		s, err := salvageApart(altered, kept, password)
		if err != nil || !bytes.Equal(wholeContent(t, s), content) {
			return fmt.Sprintf("not found: %v", err)
		}
		// A key that fits nothing in the container itself is noted under another name.
		if name := noted(s, err); name != fault.NameOf(want) && fault.NameOf(want) != fault.WrongSecret {
			return fmt.Sprintf("%s, want %v", name, want)
		}
		return ""
	}, gen.UInt64(), gen.IntRange(1, 400)))
	p.TestingRun(t)
}

// What is kept finds the payload of a container whose slots have been changed since,
// and nothing in another.
func TestApartOfAnother(t *testing.T) {
	content := pattern(20)
	password := container.WithSlot(slot.PasswordSecret("password"))
	whole := sealArchive(1, testKey, []slot.Slot{passwordSlot(testKey)}, file{"a", content})
	kept := keptOf(t, whole)
	c, err := openBytes(whole, container.WithKey(testKey))
	if err != nil {
		t.Fatal(err)
	}
	var later bytes.Buffer
	if err := c.WithSlots(&later, nil); err != nil {
		t.Fatal(err)
	}
	for cut := range headerSize(later.Bytes()) + 1 {
		s, err := salvageApart(later.Bytes()[cut:], kept, password)
		if err != nil || !bytes.Equal(wholeContent(t, s), content) {
			t.Fatalf("slots changed, and %d bytes missing: %v", cut, err)
		}
	}
	sibling := sealArchive(2, testKey, nil, file{"a", pattern(30)})
	altered := bytes.Clone(sibling)
	altered[headerSize(sibling)] ^= 1
	for _, c := range []struct {
		name   string
		sealed []byte
		want   fault.Name
	}{
		{"its salt is damaged", altered, fault.DamagedHeader},
		{"it is a text", bytes.Repeat([]byte("text"), 1000), fault.NotAContainer},
		{"it is empty", nil, fault.NotAContainer},
		{"it is a keyring", sealKeyring(3, testKey, nil), fault.MalformedArchive},
		{"it has another key", sealArchive(4, &key.Key{'o'}, nil, file{"a", pattern(30)}), fault.WrongSecret},
	} {
		if s, err := salvageApart(c.sealed, kept, password); s != nil || fault.NameOf(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}
