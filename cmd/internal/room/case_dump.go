package room

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"

	"github.com/coffer-format/coffer/vectors"
)

// A shown part of a case is one that the dump can open.
type shown struct {
	path string // to it in the case: "input.container", "output.requests.0.message"
	as   string // "container", "message", "slot", "set", or a structure of chapter 18
	text string // of the button
}

// largestRecipe is up to how many bytes the page makes of what a case describes only.
const largestRecipe = 16 << 20

// dumped returns the parts of a case that the dump can show, apart from the objects of a set.
func dumped(c vectors.Case) (all []shown) {
	if name, ok := c.Input["name"].(string); ok && c.Op == "vault.answer" {
		structure := structureOf(name, "Request")
		return []shown{{"input.message", structure, "Open its message, a " + structure + ", in the dump"}}
	}
	for _, name := range []string{"container", "message", "slot"} {
		if isShown(c.Input[name]) {
			all = append(all, shown{"input." + name, name, "Open its " + name + " in the dump"})
		}
		if isShown(c.Output[name]) {
			all = append(all, shown{"output." + name, name, "Open the " + name + " that is sealed in the dump"})
		}
	}
	requests, _ := c.Output["requests"].([]any)
	answers, _ := c.Input["answers"].([]any)
	for i, r := range requests {
		request, _ := r.(vectors.Object)
		name, _ := request["name"].(string)
		asks, answer := structureOf(name, "Request"), structureOf(name, "Answer")
		all = append(all, shown{fmt.Sprintf("output.requests.%d.message", i), asks, "Open the " + asks + " in the dump"})
		if i < len(answers) {
			all = append(all, shown{fmt.Sprintf("input.answers.%d", i), answer, "Open the " + answer + " in the dump"})
		}
	}
	return all
}

// isShown reports whether a value is bytes, or describes so few that a page can make them.
func isShown(v any) bool {
	switch v := v.(type) {
	case string:
		return true
	case vectors.Object:
		written, _ := v["length"].(json.Number)
		length, err := written.Int64()
		return err == nil && length <= largestRecipe
	}
	return false
}

// structureOf returns the name of a structure of chapter 18, of the message "state" for instance.
func structureOf(message, kind string) string {
	if message == "" {
		return kind
	}
	return strings.ToUpper(message[:1]) + message[1:] + kind
}

// dumpButtons lets the parts of a case be opened in the dump.
func dumpButtons(out *strings.Builder, script string, c vectors.Case) {
	for _, s := range dumped(c) {
		fmt.Fprintf(out, `<p><button type="button" class="main" data-case="%s" data-as="%s" data-script="%s">%s</button></p>`, s.path, s.as, script, template.HTMLEscapeString(s.text))
	}
	objects, _ := c.Input["objects"].([]any)
	if len(objects) == 0 {
		return
	}
	fmt.Fprintf(out, `<p><button type="button" class="main" data-case="input.objects" data-as="set" data-script="%s">Open the set in the dump</button></p><h2>The objects of the set</h2><ul class="objects">`, script)
	for i := range objects {
		object, _ := objects[i].(vectors.Object)
		name, _ := object["name"].(string)
		if _, ok := object["bytes"].(string); ok {
			fmt.Fprintf(out, `<li><button type="button" data-case="input.objects.%d.bytes" data-as="container" data-script="%s">%s</button></li>`, i, script, template.HTMLEscapeString(cutText(name)))
		}
	}
	out.WriteString(`</ul>`)
}
