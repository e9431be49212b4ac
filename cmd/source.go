// Package cmd carries the sources of the programs, which coffer-dev shows beside the
// specification, and makes the decoder of its pages from.
package cmd

import "embed"

// Source holds the files, by their paths below this folder.
//
//go:embed */*.go internal/*/*
var Source embed.FS
