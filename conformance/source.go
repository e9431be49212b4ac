package conformance

import "embed"

// Source holds the sources of the suite, by their paths below this folder. Package peers
// is a module of its own, and cannot be embedded.
//
//go:embed *.go [^p]*/*.go p[^e]*/*.go adapters/*/*.mjs adapters/*/coffer/*.mjs
var Source embed.FS
