// Package reference puts the reference implementation behind the conformance
// protocol. It is what "coffer-dev conform" checks without a command, what "coffer
// adapter" runs, and what the vectors are made with.
package reference

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/suggest"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// result is what an op gives: its output, or what it released before its error.
type result struct {
	output        vectors.Object
	released      []byte
	intermediates vectors.Object
}

// ops are the ops by name. Their input has passed vectors.CheckInput, and its
// bytes are plain hexadecimal.
var ops = map[string]func(input vectors.Object) (result, error){
	"key.parse":           op(keyParse),
	"key.format":          op(keyFormat),
	"key.derive":          op(keyDerive),
	"key.repair":          op(keyRepair),
	"password.prepare":    op(passwordPrepare),
	"cobblestone.seal":    op(cobblestoneSeal),
	"cobblestone.open":    op(cobblestoneOpen),
	"cobblestone.read":    op(cobblestoneRead),
	"cobblestone.reads":   op(cobblestoneReads),
	"slot.open":           op(slotOpen),
	"header.read":         op(headerRead),
	"container.unlock":    op(containerUnlock),
	"container.seal":      op(containerSeal),
	"container.set_slots": op(containerSetSlots),
	"archive.list":        op(archiveList),
	"archive.extract":     op(archiveExtract),
	"archive.restore":     op(archiveRestore),
	"archive.salvage":     op(archiveSalvage),
	"keyring.open":        op(keyringOpen),
	"keyring.seal":        op(keyringSeal),
	"path.portable":       op(pathPortable),
	"set.open":            op(setOpen),
	"vault.register":      op(vaultRegister),
	"vault.recover":       op(vaultRecover),
	"vault.commit":        op(vaultCommit),
	"vault.destroy":       op(vaultDestroy),
	"vault.keep_anchor":   op(vaultKeepAnchor),
	"vault.anchor":        op(vaultAnchor),
}

// op makes a typed operation one of ops.
func op[In any](f func(In) (result, error)) func(vectors.Object) (result, error) {
	return func(input vectors.Object) (result, error) {
		var in In
		if err := decode(input, &in); err != nil {
			return result{}, err
		}
		return f(in)
	}
}

// Hello is what the reference says of itself.
func Hello() protocol.Hello {
	return protocol.Hello{Protocol: protocol.Version, Name: "coffer reference", Version: "1", Profiles: protocol.Profiles}
}

// Handle answers a request. Byte strings of the input are plain hexadecimal. An
// input that is not one of the op is answered with unsupported.
func Handle(op string, input vectors.Object) protocol.Answer { return new(Program).Handle(op, input) }

// Answer is Handle for an input that is one of the op. The suite makes no others,
// as it sees when it asks the reference as a program.
func Answer(op string, input vectors.Object) protocol.Answer { return new(Program).Answer(op, input) }

func (p *Program) answerTo(op string, input vectors.Object, check func(op string, input vectors.Object) error) protocol.Answer {
	r, err := p.handle(op, input, check)
	answer := protocol.Answer{Intermediates: r.intermediates}
	var named *fault.Error
	switch {
	case err == nil:
		answer.Output = r.output
	case errors.As(err, &named):
		answer.Error, answer.Detail, answer.Released = string(named.Name), named.Detail, toHex(r.released)
	default:
		answer.Unsupported = err.Error()
	}
	return answer
}

func (p *Program) handle(op string, input vectors.Object, check func(op string, input vectors.Object) error) (result, error) {
	if op == protocol.HelloOp {
		output, err := toObject(Hello())
		return result{output: output}, err
	}
	f, ok := ops[op]
	if start, begins := runs[op]; begins {
		f, ok = func(input vectors.Object) (result, error) { return p.start(start, input) }, true
	} else if op == "set.answer" {
		f, ok = p.goOn, true
	} else if op == "vault.answer" {
		f, ok = p.vaults.answer, true
	}
	if !ok {
		return result{}, fmt.Errorf("there is no op %q%s", op, suggest.DidYouMean(op, slices.Sorted(maps.Keys(ops))))
	}
	if err := check(op, input); err != nil {
		return result{}, fmt.Errorf("the input is not one of %s: %w", op, err)
	}
	return f(input)
}

// checkShape is an error if an input does not have the shape of the op's.
func checkShape(op string, input vectors.Object) error {
	if !vectors.IsDecoded(input) { // a program made it
		var err error
		if input, err = toObject(input); err != nil {
			return err
		}
	}
	return protocol.CheckInput(op, input)
}

// Serve answers the requests that r has, one a line, on w.
func Serve(r io.Reader, w io.Writer) error {
	var p Program
	return protocol.Serve(r, w, func(q protocol.Request) protocol.Answer { return p.Handle(q.Op, q.Input) })
}

// toObject returns v as decoding its encoding gives it.
func toObject(v any) (vectors.Object, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var o vectors.Object
	err = json.Unmarshal(data, &o)
	return o, err
}
