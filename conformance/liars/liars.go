// Package liars has implementations that misbehave, for tests of the suite: the test
// program itself is each of them, when it is started as Command says.
package liars

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// liarArgument makes the test program an implementation that misbehaves in the way
// that the next argument names.
const liarArgument = "liar"

// Main is the TestMain of packages whose tests need liars, for which many of them wait.
func Main(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == liarArgument {
		liar(os.Args[2])
		os.Exit(0)
	}
	thorough.Waiting()
	os.Exit(m.Run())
}

// Command returns the command of a liar.
func Command(t *testing.T, name string) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self, liarArgument, name}
}

// Hellos are what liars say of themselves. The others claim to be a reader.
var Hellos = map[string]string{
	"cannot tell errors apart": `{"protocol":1,"name":"liar","version":"","profiles":["reader"],"indistinct":[["truncated","payload_tampered"]]}`,
	"claims nothing":           `{"protocol":1,"name":"liar","version":"","profiles":[]}`,
	"claims what is unknown":   `{"protocol":1,"name":"liar","version":"","profiles":["reader","set"]}`,
	"speaks another protocol":  `{"protocol":2,"name":"liar","version":"","profiles":["reader"]}`,
	"has no name":              `{"protocol":1,"name":"","version":"","profiles":["reader"]}`,
	"says more of itself":      `{"protocol":1,"name":"liar","version":"","profiles":["reader"],"licence":"0BSD"}`,
}

func liar(name string) {
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var q protocol.Request
		if err := json.Unmarshal(line, &q); err != nil {
			panic(err)
		}
		if q.Op == protocol.HelloOp && name != "is silent" {
			hello := Hellos[name]
			if hello == "" {
				hello = `{"protocol":1,"name":"liar","version":"","profiles":["reader"]}`
			}
			fmt.Printf(`{"id":%q,"output":%s}`+"\n", q.ID, hello)
			continue
		}
		if f, ok := raw[name]; ok {
			f(q)
		} else if f, ok := answering[name]; ok {
			reply(q, f(q))
		} else {
			reply(q, reference.Handle(q.Op, q.Input))
		}
	}
}

func reply(q protocol.Request, a protocol.Answer) {
	a.ID = q.ID
	if err := protocol.WriteLine(os.Stdout, a); err != nil {
		panic(err)
	}
}
