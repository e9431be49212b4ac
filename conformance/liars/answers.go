package liars

import (
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/vectors"
)

// parseAlone is what an adapter answers whose author has begun: it parses keys,
// and not of every text rightly.
func parseAlone(q protocol.Request) protocol.Answer {
	if q.Op != "key.parse" {
		return protocol.Answer{Unsupported: "not yet"}
	}
	text, ok := q.Input["text"].(string)
	if !ok {
		b, _ := hex.DecodeString(q.Input["utf8"].(string))
		text = string(b)
	}
	if text = ignored.ReplaceAllString(text, ""); !digits.MatchString(text) {
		return protocol.Answer{Error: "malformed_key"}
	}
	return protocol.Answer{Output: map[string]any{"key": strings.ToLower(text)}}
}

var (
	ignored = regexp.MustCompile(`[\s-]`)
	digits  = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)
)

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
