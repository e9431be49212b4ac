package main

import (
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// leftReason is why something that was found is not sealed.
type leftReason int

const (
	folderLink leftReason = iota
	fileLink
	specialFile
	emptyFolder
	unfinishedFile
	replacedContainer
	besideContainer
	ownContainer
	reasons
)

// leftTexts say a reason of one file, and what several are called.
var leftTexts = [reasons]struct{ one, noun string }{
	folderLink:        {"a link to a folder: name it to seal what it leads to", "link to a folder"},
	fileLink:          {"a link", "link"},
	specialFile:       {"a pipe, a socket or a device", "special file"},
	emptyFolder:       {"an empty folder", "empty folder"},
	unfinishedFile:    {"an unfinished file of this program", "unfinished file"},
	replacedContainer: {"the container that is replaced", "container"},
	besideContainer:   {"a container beside the one that is written: name it to seal it", "container"},
	ownContainer:      {"a container with the same key: name it to seal it", "container"},
}

// leftOut is what was found and is not sealed, by reason.
type leftOut [reasons][]string

func (l *leftOut) add(why leftReason, file string) { l[why] = append(l[why], file) }

// tell names what is left out, and of much the first ones unless all are wanted.
func (l *leftOut) tell(all bool) { l.tellNot("sealed", "seal", all) }

// tellNot is tell for what is not sealed, but backed up.
func (l *leftOut) tellNot(done, do string, all bool) {
	const most = 5
	for why, files := range l {
		text := leftTexts[why]
		for i, file := range files {
			if i == most && !all {
				display.Note("not %s: %d more of this kind (%s); -v names them", done, len(files)-most, text.noun)
				break
			}
			display.Note("not %s: %s is %s", done, display.Name(file), strings.ReplaceAll(text.one, "to seal ", "to "+do+" "))
		}
	}
}
