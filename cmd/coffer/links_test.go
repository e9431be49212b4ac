package main

import (
	"regexp"
	"testing"

	"github.com/coffer-format/coffer/cmd/internal/workdir"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// The program for those who keep backups has what they need, and nothing else. It reads the
// structures of the specification, which "coffer inspect --hex" shows.
func TestLinks(t *testing.T) {
	thorough.NotShort(t)
	workdir.Links(t, regexp.MustCompile(`^go(/|$)|^github\.com/coffer-format/coffer/(ref/store/(memory|storetest|s3/s3test)(/|$)|conformance$)`))
}
