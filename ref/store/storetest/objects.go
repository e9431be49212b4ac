package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/coffer-format/coffer/ref/store"
)

func checkEmpty(ctx context.Context, s store.Store) error {
	if first, second := s.Traits(), s.Traits(); first != second {
		return fmt.Errorf("the traits are %+v, then %+v", first, second)
	}
	if err := lists(ctx, s, ""); err != nil {
		return err
	}
	return isMissing(ctx, s, "g-1.coffer")
}

// isMissing returns an error unless a store says that there is no such object.
func isMissing(ctx context.Context, s store.Store, name string) error {
	for _, size := range []int{0, 1} {
		if n, err := s.ReadAt(ctx, name, make([]byte, size), 0); n != 0 || !errors.Is(err, store.ErrMissing) {
			return fmt.Errorf("ReadAt(%q) of %d bytes, which is not there: %d, %v, not ErrMissing", name, size, n, err)
		}
	}
	if _, err := s.Stat(ctx, name); !errors.Is(err, store.ErrMissing) {
		return fmt.Errorf("Stat(%q), which is not there: %v, not ErrMissing", name, err)
	}
	all, err := s.List(ctx, name)
	if err == nil && slices.ContainsFunc(all, func(o store.Object) bool { return o.Name == name }) {
		err = fmt.Errorf("List(%q) has it, and it is not there", name)
	}
	return err
}

func checkBodies(ctx context.Context, s store.Store) error {
	for i, size := range []int{0, 1, 4096, 8 << 20} {
		name, body := fmt.Sprint("body-", i), content(uint64(i), size)
		if err := mustPut(ctx, s, name, body); err != nil {
			return err
		}
		if err := has(ctx, s, name, body); err != nil {
			return err
		}
		if ok, err := store.Holds(ctx, s, name, int64(size), sha256.Sum256(body)); !ok || err != nil {
			return fmt.Errorf("Holds(%q): %t, %v", name, ok, err)
		}
		other := content(uint64(i)+100, size+1)
		if ok, err := store.Holds(ctx, s, name, int64(size)+1, sha256.Sum256(other)); ok || err != nil {
			return fmt.Errorf("Holds(%q) of other bytes: %t, %v", name, ok, err)
		}
	}
	return nil
}

func checkRanges(ctx context.Context, s store.Store) error {
	const size = 10_000
	body := content(1, size)
	if err := mustPut(ctx, s, "ranges", body); err != nil {
		return err
	}
	for _, r := range []struct{ off, length int64 }{
		{0, 1}, {0, size}, {0, size + 1}, {1, 4095}, {4096, 4096}, {size - 1, 1}, {size - 1, 2}, {size - 10, 5},
		{size, 1}, {size + 1, 1}, {1 << 40, 10}, {0, 0}, {5, 0},
	} {
		got := make([]byte, r.length)
		n, err := s.ReadAt(ctx, "ranges", got, r.off)
		want := body[min(r.off, size):min(r.off+r.length, size)]
		if !bytes.Equal(got[:n], want) {
			return fmt.Errorf("ReadAt of %d bytes at %d of %d: %d bytes, not %d, or others", r.length, r.off, size, n, len(want))
		}
		if short := n < len(got); short && err != io.EOF || !short && err != nil && err != io.EOF {
			return fmt.Errorf("ReadAt of %d bytes at %d of %d: %d bytes and %v", r.length, r.off, size, n, err)
		}
	}
	if n, err := s.ReadAt(ctx, "ranges", make([]byte, 1), -1); n != 0 || err == nil {
		return fmt.Errorf("ReadAt at -1: %d, %v", n, err)
	}
	return nil
}

func checkCreateOnly(ctx context.Context, s store.Store) error {
	first := content(1, 5000)
	if err := mustPut(ctx, s, "once", first); err != nil {
		return err
	}
	for what, body := range map[string][]byte{"the same": first, "another": content(2, 5000), "a longer": content(3, 6000), "no": nil} {
		if err := put(ctx, s, "once", body); !errors.Is(err, store.ErrExists) {
			return fmt.Errorf("PutNew of %s body under a name that is taken: %v, not ErrExists", what, err)
		}
		if err := has(ctx, s, "once", first); err != nil {
			return fmt.Errorf("after PutNew of %s body: %w", what, err)
		}
	}
	return lists(ctx, s, "", "once")
}

// errBody is what a body says that cannot be read.
var errBody = errors.New("the body cannot be read")

// broken is a body of which no more can be read.
type broken struct{ *bytes.Reader }

func (b broken) ReadAt(p []byte, off int64) (int, error) {
	n, err := b.Reader.ReadAt(p, off)
	if err == io.EOF {
		err = errBody
	}
	return n, err
}

func checkRefusedBodies(ctx context.Context, s store.Store) error {
	body := content(1, 100_000)
	size, sum, reader := int64(len(body)), sha256.Sum256(body), bytes.NewReader(body)
	nearly := sum
	nearly[31] ^= 1
	for _, c := range []struct {
		what string
		body io.ReaderAt
		size int64
		sum  [32]byte
		err  error
	}{
		{"another checksum", reader, size, nearly, store.ErrBody},
		{"no checksum", reader, size, [32]byte{}, store.ErrBody},
		{"a body that is short", reader, size + 1, sum, store.ErrBody},
		{"a body that is long", reader, size - 1, sum, store.ErrBody},
		{"no length", reader, 0, sum, store.ErrBody},
		{"a negative length", reader, -1, sum, store.ErrBody},
		{"a body that cannot be read", broken{reader}, size + 1, sum, errBody},
	} {
		if err := s.PutNew(ctx, "refused", c.body, c.size, c.sum); !errors.Is(err, c.err) {
			return fmt.Errorf("PutNew of %s: %v, not %v", c.what, err, c.err)
		}
		if err := isMissing(ctx, s, "refused"); err != nil {
			return fmt.Errorf("after PutNew of %s: %w", c.what, err)
		}
	}
	return mustPut(ctx, s, "refused", body)
}

func checkLists(ctx context.Context, s store.Store) error {
	names := []string{"g-2", "a", "g-10", "gg", "g-1.x", "0", "g-1", "g", "a.b-c"}
	for i, name := range names {
		if err := mustPut(ctx, s, name, content(uint64(i), i)); err != nil {
			return err
		}
		if err := lists(ctx, s, "", slices.Sorted(slices.Values(names[:i+1]))...); err != nil {
			return err
		}
	}
	for prefix, want := range map[string][]string{
		"g-":   {"g-1", "g-1.x", "g-10", "g-2"},
		"g":    {"g", "g-1", "g-1.x", "g-10", "g-2", "gg"},
		"g-1":  {"g-1", "g-1.x", "g-10"},
		"a.b-": {"a.b-c"},
		"h":    nil, "G": nil, ".": nil, "*": nil, "../": nil, "/": nil, "g-1.x.": nil,
	} {
		if err := lists(ctx, s, prefix, want...); err != nil {
			return err
		}
	}
	all, err := s.List(ctx, "")
	if err != nil {
		return err
	}
	for _, object := range all {
		i := slices.Index(names, object.Name)
		if err := is(object, names[i], content(uint64(i), i)); err != nil {
			return err
		}
	}
	return nil
}

func checkLargeList(ctx context.Context, s store.Store) error {
	want := make([]string, 1001) // more than S3 lists at once
	err := inParallel(len(want), 16, func(i int) error {
		want[i] = fmt.Sprintf("c-%04x.coffer", i*7919%65521)
		return mustPut(ctx, s, want[i], nil)
	})
	if err != nil {
		return err
	}
	slices.Sort(want)
	if err := lists(ctx, s, "c-", want...); err != nil {
		return err
	}
	return lists(ctx, s, "d-")
}

func checkDelete(ctx context.Context, s store.Store) error {
	for _, name := range []string{"a", "b", "c"} {
		if err := mustPut(ctx, s, name, content(1, 10)); err != nil {
			return err
		}
	}
	for _, name := range []string{"b", "b", "never-there"} {
		if err := s.Delete(ctx, name); err != nil {
			return fmt.Errorf("Delete(%q): %w", name, err)
		}
		if err := isMissing(ctx, s, name); err != nil {
			return fmt.Errorf("after Delete: %w", err)
		}
		if err := lists(ctx, s, "", "a", "c"); err != nil {
			return fmt.Errorf("after Delete(%q): %w", name, err)
		}
	}
	if err := mustPut(ctx, s, "b", content(2, 20)); err != nil {
		return fmt.Errorf("after Delete: %w", err)
	}
	return has(ctx, s, "b", content(2, 20))
}
