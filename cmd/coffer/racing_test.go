//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/store/s3/s3test"
)

// racers are devices, each with files of its own, that do the same at once with one store.
type racers struct {
	t     *testing.T
	dir   string
	store string
}

const racing = 8

// ended is what a process has come to.
type ended struct {
	status int
	errs   string
}

// run runs the program as one device.
func (r *racers) run(device int, args ...string) ended {
	program, err := exec.LookPath("coffer")
	if err != nil {
		return ended{-1, err.Error()}
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "COFFER_STATE="+filepath.Join(r.dir, fmt.Sprint("state", device)))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	var exit *exec.ExitError
	switch err := cmd.Run(); {
	case errors.As(err, &exit):
		return ended{exit.ExitCode(), errs.String()}
	case err != nil:
		return ended{-1, err.Error()}
	}
	return ended{0, errs.String()}
}

// all runs the program as all devices at once.
func (r *racers) all(args func(device int) []string) []ended {
	ends := make([]ended, racing)
	var wait sync.WaitGroup
	for i := range ends {
		wait.Go(func() { ends[i] = r.run(i, args(i)...) })
	}
	wait.Wait()
	return ends
}

// won returns which devices have ended well. The others must say one of some words.
func (r *racers) won(ends []ended, words ...string) (won []int) {
	r.t.Helper()
	for i, end := range ends {
		isTold := false
		for _, w := range words {
			isTold = isTold || strings.Contains(end.errs, w)
		}
		switch {
		case end.status == 0:
			won = append(won, i)
		case !isTold:
			r.t.Errorf("device %d ends with status %d: %s", i, end.status, end.errs)
		}
	}
	return won
}

// backUp has all devices back up at once, and returns the one that could.
func (r *racers) backUp(what string) int {
	r.t.Helper()
	won, ends := r.tryBackUp()
	if len(won) != 1 {
		r.t.Fatalf("%s, %d devices can back up: %v", what, len(won), ends)
	}
	return won[0]
}

// tryBackUp has all devices back up at once, and returns those that could.
func (r *racers) tryBackUp() ([]int, []ended) {
	r.t.Helper()
	ends := r.all(func(i int) []string { return []string{"backup", "--allow-loss", r.store, fmt.Sprint("files", i)} })
	won := r.won(ends, "superseded", "another device makes this backup", "this device was interrupted", "stale_backup")
	return won, ends
}

// restores checks that the newest generation, or another, is what a device backed up.
func (r *racers) restores(device int, args ...string) {
	r.t.Helper()
	out := filepath.Join(r.dir, "out")
	os.RemoveAll(out)
	if end := r.run(racing, append([]string{"restore", r.store, "--key-file", "key.txt", "-C", "out"}, args...)...); end.status != 0 {
		r.t.Fatalf("restoring: %s", end.errs)
	}
	content, err := os.ReadFile(filepath.Join(out, "a"))
	if err != nil || string(content) != fmt.Sprint("of device ", device) {
		r.t.Errorf("what device %d backed up is %q, %v", device, content, err)
	}
}

// Of eight processes that turn a backup on at once one does; where a store is not atomic and
// shows what was written too late, more are told so, and all but one learn better when they
// back up. When eight take it over at once, one writes to it in the end, or none does and one
// that takes it over by itself then does [LIF-34]; what was backed up before is still there.
func TestRacingWriters(t *testing.T) {
	thorough.Only(t)
	race := func(t *testing.T, store string, atomic bool) {
		dir := t.TempDir()
		r := &racers{t, dir, store}
		write := func(name, content string) {
			path := filepath.Join(dir, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		write("key.txt", testKey.Text())
		for i := range racing {
			write(fmt.Sprintf("files%d/a", i), fmt.Sprint("of device ", i))
		}
		if !hasScheme(store) {
			r.store = filepath.Join(dir, store)
		}
		on := r.won(r.all(func(int) []string { return []string{"on", "--key-file", "key.txt", r.store} }), "meanwhile", "--take-over")
		if len(on) == 0 || atomic && len(on) != 1 {
			t.Fatalf("devices %v have turned the backup on", on)
		}
		first := r.backUp("after it was turned on")
		if !slices.Contains(on, first) {
			t.Errorf("device %d can back up, and %v have turned the backup on", first, on)
		}
		r.restores(first)
		taken := r.won(r.all(func(int) []string { return []string{"on", "--take-over", "--key-file", "key.txt", r.store} }), "meanwhile")
		lasts, ends := r.tryBackUp()
		if len(lasts) == 0 {
			if end := r.run(0, "on", "--take-over", "--key-file", "key.txt", r.store); end.status != 0 {
				t.Fatalf("nobody has taken the backup over, and nobody can: %s", end.errs)
			}
			lasts, ends = r.tryBackUp()
		}
		if len(lasts) != 1 {
			t.Fatalf("after all have taken it over, %d devices can back up: %v", len(lasts), ends)
		}
		last := lasts[0]
		r.restores(last)
		r.restores(first, "--generation", "1")
		t.Logf("devices %v were told that they turned it on, and %d has; devices %v were told that they took it over, and %d has", on, first, taken, last)
	}
	t.Run("folder", func(t *testing.T) { race(t, "store", true) })
	t.Run("S3", func(t *testing.T) {
		s3test.Start(t)
		race(t, "s3://"+s3test.Bucket+"/set", true)
	})
	t.Run("rclone", func(t *testing.T) {
		needRclone(t)
		race(t, "rclone::local:"+t.TempDir(), false)
	})
}
