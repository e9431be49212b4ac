// Package ref carries the sources of the reference, which coffer-dev shows beside the
// specification. The reference itself is in the packages below.
package ref

import "embed"

// Source holds the files, by their paths below this folder.
//
//go:embed */*.go vault/*/*.go password/commonest.txt
var Source embed.FS
