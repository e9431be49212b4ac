package liars

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
)

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
			time.Sleep(5 * time.Millisecond) // other tests run, too
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
			for i := 0; i < len(kept); i += 4096 { // a page at a time, which is soon done on a busy machine, too
				kept[i] = 1
			}
		}
		reply(q, a)
	},
	"takes time": func(q protocol.Request) {
		a := reference.Handle(q.Op, q.Input)
		if a.Error != "" {
			time.Sleep(4 * time.Second) // twice what it may, and more
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
