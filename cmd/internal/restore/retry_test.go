package restore

import (
	"context"
	"errors"
	"io"
	"maps"
	"syscall"
	"testing"
)

// Files for which there was no room while a large one was being written are restored
// once that has failed, the smallest first, up to one for which there is still none.
func TestRetry(t *testing.T) {
	for _, short := range []error{syscall.ENOSPC, syscall.EMFILE} {
		dir := t.TempDir()
		tries := map[string]int{}
		fails := func(name string, times int) func(io.Writer) error {
			return func(w io.Writer) error {
				if tries[name]++; tries[name] <= times {
					return failed(name, short)
				}
				_, err := w.Write([]byte(name))
				return err
			}
		}
		files := []file{
			{"large", 0, 300, fails("large", 9)}, {"larger", 0, 400, fails("larger", 9)},
			{"middle", 0, 20, fails("middle", 1)}, {"small", 0, 10, fails("small", 1)},
		}
		failures := []error{}
		for _, f := range files {
			failures = append(failures, failed(f.path, short))
			tries[f.path] = 1
		}
		root, err := openFolder(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		retry(context.Background(), root, files, []string{"large", "larger", "middle", "small"}, failures, Options{})
		if failures[0] == nil || failures[1] == nil || failures[2] != nil || failures[3] != nil {
			t.Errorf("left: %v", failures)
		}
		if want := map[string]int{"large": 2, "larger": 1, "middle": 2, "small": 2}; !maps.Equal(tries, want) {
			t.Errorf("tried %v", tries)
		}
		if got := tree(t, dir); !maps.Equal(got, map[string]string{"middle": "middle", "small": "small"}) {
			t.Errorf("restored %q", got)
		}
	}
}

// A restore retries, so that only what does not fit is left.
func TestRestoreRetries(t *testing.T) {
	dir := t.TempDir()
	first := true
	files := []file{{"a", 0, 1, func(w io.Writer) error {
		if first {
			first = false
			return failed("a", syscall.ENOSPC)
		}
		_, err := w.Write([]byte("a"))
		return err
	}}, {"b", 0, 2, func(io.Writer) error { return failed("b", syscall.ENOSPC) }}}
	var left *IncompleteError
	if err := restore(context.Background(), files, dir, Options{}); !errors.As(err, &left) || len(left.Left) != 1 || left.Left[0].Path != "b" {
		t.Errorf("the error is %v", err)
	}
	if got := tree(t, dir); !maps.Equal(got, map[string]string{"a": "a"}) {
		t.Errorf("restored %q", got)
	}
}
