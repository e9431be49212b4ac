package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/vectors"
)

// liarArgument makes the test program an implementation that misbehaves in the way
// that the next argument names.
const liarArgument = "liar"

// daemonArgument makes the test program one that leaves a daemon behind, says its
// number, and ends it. It is a program of its own, since it ends every child.
const daemonArgument = "daemon"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == liarArgument {
		liar(os.Args[2])
		os.Exit(0)
	}
	if len(os.Args) == 2 && os.Args[1] == daemonArgument {
		end := KeepDescendants()
		number, _ := exec.Command("sh", "-c", "setsid sleep 50 >/dev/null 2>&1 & echo $!").Output() // the test looks at the number
		os.Stdout.Write(number)
		end()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// answering are the liars that answer every request, and how.
var answering = map[string]func(protocol.Request) protocol.Answer{
	"accepts everything": func(q protocol.Request) protocol.Answer {
		zeros := strings.Repeat("00", 32)
		return protocol.Answer{Output: map[string]vectors.Object{
			"key.parse": {"key": zeros}, "cobblestone.open": {"plaintext": ""},
		}[q.Op]}
	},
	"refuses everything": func(protocol.Request) protocol.Answer { return protocol.Answer{Error: "truncated"} },
	"supports nothing":   func(protocol.Request) protocol.Answer { return protocol.Answer{Unsupported: "not yet"} },
	"invents an error":   func(protocol.Request) protocol.Answer { return protocol.Answer{Error: "bad_file"} },
	"outputs what is none": func(protocol.Request) protocol.Answer {
		return protocol.Answer{Output: vectors.Object{"key": 1}}
	},
	"parses keys alone": parseAlone,
	"releases too much": func(q protocol.Request) protocol.Answer {
		a := reference.Handle(q.Op, q.Input)
		if a.Error != "" {
			a.Released += "00"
		}
		return a
	},
	"releases other bytes": func(q protocol.Request) protocol.Answer {
		a := reference.Handle(q.Op, q.Input)
		if a.Released != "" {
			a.Released = strings.Repeat("77", len(a.Released)/2)
		}
		return a
	},
	"releases less": func(q protocol.Request) protocol.Answer {
		a := reference.Handle(q.Op, q.Input)
		if a.Released != "" {
			a.Released = a.Released[:20]
		}
		return a
	},
	"cannot tell errors apart": func(q protocol.Request) protocol.Answer {
		a := reference.Handle(q.Op, q.Input)
		if a.Error == "payload_tampered" {
			a.Error = "truncated"
		}
		return a
	},
	"is slow": func(q protocol.Request) protocol.Answer {
		time.Sleep(50 * time.Millisecond)
		return reference.Handle(q.Op, q.Input)
	},
	"writes to stderr": func(q protocol.Request) protocol.Answer {
		fmt.Fprintln(os.Stderr, "error: failed", strings.Repeat("x", 100_000))
		return reference.Handle(q.Op, q.Input)
	},
}

// raw are the liars that do something else with a request.
var raw = map[string]func(protocol.Request){
	"exits":               func(protocol.Request) { os.Exit(0) },
	"exits with a status": func(protocol.Request) { os.Exit(3) },
	"is killed": func(protocol.Request) {
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			panic(err)
		}
		if err := self.Kill(); err != nil {
			panic(err)
		}
		select {}
	},
	"panics": func(protocol.Request) { panic("out of luck") },
	"hangs":  func(protocol.Request) { time.Sleep(time.Hour) },
	"floods": func(protocol.Request) {
		for block := []byte(strings.Repeat("x", 1<<20)); ; {
			os.Stdout.Write(block)
		}
	},
	"floods with lines": func(protocol.Request) {
		for {
			fmt.Println("{}")
		}
	},
	"floods stderr": func(protocol.Request) {
		for block := []byte(strings.Repeat("x", 1<<20)); ; {
			os.Stderr.Write(block)
		}
	},
	"answers late": func(q protocol.Request) {
		time.Sleep(3 * time.Second)
		reply(q, reference.Handle(q.Op, q.Input))
	},
	"closes stdout": func(protocol.Request) {
		os.Stdout.Close()
		time.Sleep(time.Hour)
	},
	"leaves a child with the pipes": func(protocol.Request) {
		leave(false)
		os.Exit(3)
	},
	"leaves a child of its own group with the pipes": func(protocol.Request) {
		leave(true)
		os.Exit(3)
	},
	"answers and leaves a child": func(q protocol.Request) {
		leave(false)
		reply(q, reference.Handle(q.Op, q.Input))
		os.Exit(0)
	},
	"takes memory": func(q protocol.Request) {
		a := reference.Handle(q.Op, q.Input)
		if a.Error != "" {
			kept = make([]byte, 200<<20)
			for i := range kept {
				kept[i] = 1
			}
		}
		reply(q, a)
	},
	"takes time": func(q protocol.Request) {
		a := reference.Handle(q.Op, q.Input)
		if a.Error != "" {
			time.Sleep(slowerBy + 500*time.Millisecond)
		}
		reply(q, a)
	},
	"crashes at times": func(q protocol.Request) {
		if q.ID == "cobblestone/cut" {
			os.Exit(1)
		}
		reply(q, reference.Handle(q.Op, q.Input))
	},
	"garbles":         func(protocol.Request) { fmt.Println("\x00\xff{") },
	"says nothing":    func(protocol.Request) { fmt.Println() },
	"mistakes the id": func(protocol.Request) { fmt.Println(`{"id":"other","error":"truncated"}`) },
	"says both": func(q protocol.Request) {
		fmt.Printf(`{"id":%q,"error":"truncated","output":{}}`+"\n", q.ID)
	},
	"says it twice in one object": func(q protocol.Request) {
		fmt.Printf(`{"id":%q,"error":"truncated","error":"malformed_key"}`+"\n", q.ID)
	},
	"answers twice": func(q protocol.Request) {
		a := reference.Handle(q.Op, q.Input)
		a.ID = q.ID
		data, _ := json.Marshal(a)
		fmt.Printf("%s\n%s\n", data, data)
	},
	"answers once": func(q protocol.Request) {
		reply(q, reference.Handle(q.Op, q.Input))
		os.Exit(0)
	},
	"answers once and fails": func(q protocol.Request) {
		reply(q, reference.Handle(q.Op, q.Input))
		os.Exit(1)
	},
	"forgets the line feed": func(q protocol.Request) {
		a := reference.Handle(q.Op, q.Input)
		a.ID = q.ID
		data, _ := json.Marshal(a)
		os.Stdout.Write(data)
		os.Exit(0)
	},
}

// kept is memory that a liar takes.
var kept []byte

// leave starts a process that lives on with the standard files of this one.
func leave(ownGroup bool) {
	c := exec.Command("sleep", "5")
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	if ownGroup {
		c = exec.Command("setsid", "sleep", "5")
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
	}
	if err := c.Start(); err != nil {
		panic(err)
	}
}

// hellos are what liars say of themselves. The others claim to be a reader.
var hellos = map[string]string{
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
			hello := hellos[name]
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
