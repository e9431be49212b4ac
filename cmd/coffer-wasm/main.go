//go:build js && wasm

// Coffer-wasm gives a page the functions of an object coffer:
//
//   - inspect(bytes) returns what "coffer inspect --hex --json" prints of a container,
//     or of what is none {"error": {name, detail}, "fields": [...]};
//   - layout(name, bytes) does so for another part of a test vector, or a structure of chapter 18;
//   - open(bytes, kind, text) opens a container with a secret and returns its entries and
//     the fields of its plaintext, or {"error": {name, detail}}; what it has opened last
//     is what the following are about;
//   - plaintext() and content(i) return a Uint8Array, or a text that says why not;
//   - steps() returns what was computed from what;
//   - keyring(names, files) returns the name of the keyring of a set that a secret is for,
//     "" if there is none, and set(names, files, kind, text) what the set holds, or
//     {"error": {name, detail}}.
//
// Bytes are Uint8Arrays, and the other results are JSON.
package main

import (
	"syscall/js"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
)

func main() {
	var opened *dissect.Opened
	functions := map[string]func(args []js.Value) any{
		"inspect": func(args []js.Value) any { return dissect.Describe(received(args[0])) },
		"layout": func(args []js.Value) any {
			text, err := dissect.Layout(args[0].String(), received(args[1]))
			if err != nil {
				return dissect.Failed(err)
			}
			return text
		},
		"open": func(args []js.Value) any {
			opened = nil // its memory can be had
			o, err := dissect.Open(received(args[0]), dissect.Secret{Kind: args[1].String(), Text: args[2].String()})
			if err != nil {
				return dissect.Failed(err)
			}
			opened = o
			return o.JSON()
		},
		"plaintext": func([]js.Value) any { return sent(opened.Bytes(), nil) },
		"content":   func(args []js.Value) any { return sent(opened.Content(args[0].Int())) },
		"keyring": func(args []js.Value) any {
			name, _ := dissect.PublicOf(folder(args))
			return name
		},
		"set": func(args []js.Value) any {
			s, err := dissect.OpenSet(folder(args), dissect.Secret{Kind: args[2].String(), Text: args[3].String()})
			if err != nil {
				return dissect.Failed(err)
			}
			return s.JSON()
		},
		"steps": func([]js.Value) any { return opened.StepsJSON() },
	}
	object := map[string]any{}
	for name, f := range functions {
		object[name] = js.FuncOf(func(_ js.Value, args []js.Value) any { return f(args) })
	}
	js.Global().Set("coffer", object)
	select {} // the page calls the functions for as long as it is open
}

// folder returns the files of two arrays, of their names and of their bytes.
func folder(args []js.Value) map[string][]byte {
	all := map[string][]byte{}
	for i := range args[0].Length() {
		all[args[0].Index(i).String()] = received(args[1].Index(i))
	}
	return all
}

func received(bytes js.Value) []byte {
	b := make([]byte, bytes.Get("length").Int())
	js.CopyBytesToGo(b, bytes)
	return b
}

func sent(b []byte, err error) any {
	if err != nil {
		return err.Error()
	}
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array
}
