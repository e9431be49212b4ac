package reference

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/coffer-format/coffer/conformance/protocol"
	provider "github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/vectors"
)

// Program is the reference as a program, which has at most one run open: an op that asks a
// store and goes on with its answer. It may be a vault, too.
type Program struct {
	open   *run
	vaults servers
}

// Handle is as the function Handle, for one request after the other.
func (p *Program) Handle(op string, input vectors.Object) protocol.Answer {
	return p.answerTo(op, input, checkShape)
}

// Answer is as the function Answer, for one request after the other.
func (p *Program) Answer(op string, input vectors.Object) protocol.Answer {
	return p.answerTo(op, input, func(string, vectors.Object) error { return nil })
}

// run is a device at work on a backup set, between two requests to its store.
type run struct {
	device *device
	next   func() (vectors.Object, bool)
	stop   func()
	err    error // with which it ended
}

// runs are the ops that begin a run.
var runs = map[string]func(vectors.Object) (*run, error){
	"set.commit": starting((*device).commit),
	"set.begin":  starting((*device).begin),
	"set.off":    starting((*device).off),
}

// starting makes what a device does one of runs.
func starting[In interface{ device() *device }](f func(*device, In) error) func(vectors.Object) (*run, error) {
	return func(input vectors.Object) (*run, error) {
		var in In
		if err := decode(input, &in); err != nil {
			return nil, err
		}
		r := &run{device: in.device()}
		r.next, r.stop = iter.Pull(func(yield func(vectors.Object) bool) {
			r.device.yield = yield
			r.err = f(r.device, in)
		})
		return r, nil
	}
}

// start begins a run, and gives up one that is open.
func (p *Program) start(f func(vectors.Object) (*run, error), input vectors.Object) (result, error) {
	p.giveUp()
	var err error
	if p.open, err = f(input); err != nil {
		return result{}, err
	}
	return p.step()
}

func (p *Program) giveUp() {
	if p.open != nil {
		p.open.stop()
		p.open = nil
	}
}

// goOn gives the open run the store's answer.
func (p *Program) goOn(input vectors.Object) (result, error) {
	if p.open == nil {
		return result{}, errors.New("no run is open that has asked a store")
	}
	p.open.device.answer = storeAnswer{}
	if err := decode(input, &p.open.device.answer); err != nil {
		return result{}, err
	}
	return p.step()
}

// step returns the next request to the store, or null when the run is over.
func (p *Program) step() (result, error) {
	r := p.open
	request, more := r.next()
	output := vectors.Object{"request": nil, "memory": r.device.memory.describe()}
	if more {
		output["request"] = request
		return result{output: output}, nil
	}
	p.open = nil
	if errors.Is(r.err, errFailed) { // [ERR-7]
		return result{output: output}, nil
	}
	return result{output: output}, r.err
}

// storeAnswer is what a store answers to a request.
type storeAnswer struct {
	Objects []struct {
		Name   string
		Length int64
	}
	Bytes octets
	Error string
}

// errFailed says that the store could not be reached.
var errFailed = errors.New("the store failed")

// ask asks the store.
func (d *device) ask(request vectors.Object) (storeAnswer, error) {
	if !d.yield(request) {
		return storeAnswer{}, errors.New("the run was given up")
	}
	switch d.answer.Error {
	case "exists":
		return d.answer, provider.ErrExists
	case "missing":
		return d.answer, provider.ErrMissing
	case "failed":
		return d.answer, errFailed
	}
	return d.answer, nil
}

// PutNew makes an object.
func (d *device) PutNew(_ context.Context, name string, body io.ReaderAt, size int64, _ [sha256.Size]byte) error {
	b, err := io.ReadAll(io.NewSectionReader(body, 0, size))
	if err != nil {
		return err
	}
	_, err = d.ask(vectors.Object{"kind": "make", "name": name, "bytes": toHex(b)})
	return err
}

// ReadAt reads a part of an object.
func (d *device) ReadAt(_ context.Context, name string, p []byte, off int64) (int, error) {
	a, err := d.ask(vectors.Object{"kind": "read", "name": name, "offset": off, "length": len(p)})
	if err != nil {
		return 0, err
	}
	n := copy(p, a.Bytes)
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

// List lists all objects.
func (d *device) List(context.Context, string) ([]provider.Object, error) {
	a, err := d.ask(vectors.Object{"kind": "list"})
	var all []provider.Object
	for _, o := range a.Objects {
		all = append(all, provider.Object{Name: o.Name, Size: o.Length})
	}
	return all, err
}

// Stat finds an object among all.
func (d *device) Stat(ctx context.Context, name string) (provider.Object, error) {
	all, err := d.List(ctx, "")
	if err != nil {
		return provider.Object{}, err
	}
	i := slices.IndexFunc(all, func(o provider.Object) bool { return o.Name == name })
	if i < 0 {
		return provider.Object{}, provider.ErrMissing
	}
	return all[i], nil
}

// Delete deletes an object.
func (d *device) Delete(_ context.Context, name string) error {
	_, err := d.ask(vectors.Object{"kind": "delete", "name": name})
	return err
}

// Traits says what the request says of the suite's store.
func (d *device) Traits() provider.Traits { return provider.Traits{Atomic: !d.notAtomic} }

// wait lets a store that is not atomic show what others have written. [LIF-11]
func (d *device) wait() error {
	if !d.notAtomic {
		return nil
	}
	_, err := d.ask(vectors.Object{"kind": "wait"})
	return err
}

// isBack reads an object back, and reports whether it has these bytes. Errors:
// provider.ErrMissing.
func (d *device) isBack(ctx context.Context, name string, made []byte) (bool, error) {
	back := make([]byte, len(made)+1) // an object that is longer has other bytes
	n, err := d.ReadAt(ctx, name, back, 0)
	if err != nil && err != io.EOF {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	return bytes.Equal(back[:n], made), nil
}
