package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
)

// summarize tells what was sealed, where, and what is not as it was found.
func (s *sealCommand) summarize(found *collection, k *key.Key) {
	found.tellRenamed(true)
	for _, file := range found.undated {
		display.Note("%s is stored without its time, which a container cannot hold", display.Name(file))
	}
	if n := len(found.composed); n > 0 {
		first := found.composed[0]
		display.Note("%s with decomposed letters stored as composed ones, which look the same: %+q is stored as %+q", display.Count(n, "name"), filepath.Base(first[0]), path.Base(first[1]))
	}
	found.left.tell(s.verbose)
	more := ""
	switch {
	case s.left > 0 && s.unread > 0:
		more = fmt.Sprintf("; %s left out, and all that is in %s", display.Count(s.left, "file"), display.Count(s.unread, "folder"))
	case s.left > 0:
		more = fmt.Sprintf("; %s left out", display.Count(s.left, "file"))
	case s.unread > 0:
		more = fmt.Sprintf("; left out what is in %s", display.Count(s.unread, "folder"))
	}
	where := "in " + display.Name(s.output)
	if s.output == "-" {
		where = "to standard output"
	}
	display.Note("sealed %s (%s) %s, key %s%s", display.Count(s.files, "file"), display.Size(s.size), where, k.Check().Fingerprint(), more) // [KEY-13]
	switch {
	case s.showKey:
		fmt.Fprintln(os.Stderr, k.Text())
	case s.secret.keyFile == "":
		tellUnrecoverable(s.output)
	}
}

// tellRenamed tells which files have other names from now on, of many the first ones unless all
// are wanted.
func (c *collection) tellRenamed(all bool) {
	const most = 5
	for i, r := range c.renamed {
		if i == most && !all {
			display.Note("%s stored under other names; -v names them", are(len(c.renamed)-most, "more file"))
			break
		}
		display.Note("%s is stored as %s", display.Name(r[0]), display.Name(r[1]))
	}
}

// writtenPath is what storedPath makes of what the format does not allow in a path.
var writtenPath = regexp.MustCompile(`%(?:[01][0-9A-F]|5C|7F|[89A-F][0-9A-F])`)

// tellWritten says of how many files that are restored the names were written with %XX.
func tellWritten(records []archive.Record) {
	n, first := 0, ""
	for _, rec := range records {
		if writtenPath.MatchString(rec.Entry.Path) {
			if n++; n == 1 {
				first = rec.Entry.Path
			}
		}
	}
	if n > 0 {
		display.Note("%s %%XX in the name, such as %s: so \"coffer\" stores a character that not every system takes, and the name stays so", hasOrHave(n), display.Name(first))
	}
}

func hasOrHave(n int) string {
	if n == 1 {
		return "1 file has"
	}
	return display.Count(n, "file") + " have"
}

// tellUnrecoverable says how not to lose what only a password opens.
func tellUnrecoverable(file string) {
	if file == "-" {
		file = "FILE"
	}
	display.Note("nobody can recover a lost password; \"coffer key --of %s\" shows the 64-digit key, which opens it without: keep that on paper, away from the file", display.Name(file))
}
