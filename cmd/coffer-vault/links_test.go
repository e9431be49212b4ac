package main

import (
	"regexp"
	"testing"

	"github.com/coffer-format/coffer/cmd/internal/workdir"
)

// The vault knows nothing of keys, slots and containers of holders.
func TestLinks(t *testing.T) {
	workdir.Links(t, regexp.MustCompile(`minio|^github\.com/coffer-format/coffer/(ref/(key|slot|container|password|cobblestone|vault/client)|cmd/internal/vaultd/vaultdtest)(/|$)`))
}
