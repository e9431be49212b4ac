//go:build linux

package main

import (
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/extract"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// The command line restores what the vectors for restoring say, entry for entry,
// and refuses the others with their names. What is found to be missing before the
// first file is written leaves none.
func TestOpenVectors(t *testing.T) {
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	chosen := thorough.OneIn(t, 8)
	for _, file := range files {
		for _, c := range file.Cases {
			secret, _ := c.Input["secret"].(vectors.Object)
			if c.Op != "archive.restore" || secret["kind"] != "key" {
				continue
			}
			if count++; chosen() {
				t.Run(c.ID, func(t *testing.T) { openVector(newFixture(t), c, secret["key"].(string)) })
			}
		}
	}
	if count < 100 {
		t.Errorf("there are only %d cases", count)
	}
}

func openVector(f *fixture, c vectors.Case, key string) {
	digits, err := vectors.Expand(c.Input["container"].(string))
	f.Check(err)
	container, err := hex.DecodeString(digits)
	f.Check(err)
	f.Write("case.coffer", container)
	f.Write("case.key", []byte(key))
	status, stderr := f.Run("open", "--key-file", "case.key", "-C", "out", "case.coffer")
	if c.Result == vectors.Invalid {
		if status != exitOf[fault.Name(c.Error)] || !strings.Contains(stderr, c.Error) {
			f.T.Errorf("status %d instead of %s: %s", status, c.Error, stderr)
		}
		if left, _ := os.ReadDir(f.Path("out")); c.Error == "missing_container" && len(left) > 0 {
			f.T.Errorf("%d files were restored", len(left))
		}
		return
	}
	if status != 0 {
		f.T.Fatalf("status %d: %s", status, stderr)
	}
	entries := c.Output["entries"].([]any)
	var paths []string
	for _, e := range entries {
		paths = append(paths, e.(vectors.Object)["path"].(string))
	}
	names := extract.PortableNames(paths, extract.Posix)
	for i, e := range entries {
		content := f.Read("out/" + names[i])
		digest := sha512.Sum512(content)
		e := e.(vectors.Object)
		if got := hex.EncodeToString(digest[:]); got != e["sha512"] || json.Number(fmt.Sprint(len(content))) != e["size"] {
			f.T.Errorf("%s has %d bytes, and not the content of the case", names[i], len(content))
		}
	}
}
