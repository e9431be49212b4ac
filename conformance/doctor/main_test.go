package doctor

import (
	"testing"

	"github.com/coffer-format/coffer/conformance/liars"
)

func TestMain(m *testing.M) { liars.Main(m) }
