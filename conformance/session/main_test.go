package session

import (
	"os"
	"os/exec"
	"testing"

	"github.com/coffer-format/coffer/conformance/liars"
)

// daemonArgument makes the test program one that leaves a daemon behind, says its
// number, and ends it. It is a program of its own, since it ends every child.
const daemonArgument = "daemon"

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == daemonArgument {
		end := KeepDescendants()
		number, _ := exec.Command("sh", "-c", "setsid sleep 50 >/dev/null 2>&1 & echo $!").Output() // the test looks at the number
		os.Stdout.Write(number)
		end()
		os.Exit(0)
	}
	liars.Main(m)
}
