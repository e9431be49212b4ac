package spec

import "embed"

// Source holds the chapters and the code beside them, by their paths below this folder.
//
//go:embed *.md *.go */*.go
var Source embed.FS
