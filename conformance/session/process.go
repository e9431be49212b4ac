package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
)

// Process is a session with a program. The program is started when it is first
// asked, and again when it has ended with status 0 after an answer.
type Process struct {
	command []string
	child   *child // nil if none runs
	errors  tail
	Memory  int64 // the greatest of the last exchange in bytes; 0 if it was not measured
}

// child is one run of the program.
type child struct {
	cmd      *exec.Cmd
	stdin    io.WriteCloser
	lines    chan line // what it says; closed when it has ended
	quit     chan struct{}
	ended    chan struct{} // closed when the process has ended, whatever it has started
	status   error         // how it ended, once lines is closed
	answered bool          // a request, since it was started
	family   []int         // the processes whose memory is measured, once they are known
}

type line struct {
	text []byte
	err  error
}

const (
	// CloseGrace is how long a program may take to end when its standard input
	// has ended, or it has closed its standard output.
	CloseGrace = 2 * time.Second
	// pipeGrace is how long what it wrote is read when it has ended, and something
	// that it started holds the pipes.
	pipeGrace = 200 * time.Millisecond
)

// NewProcess returns a session with the program of a command.
func NewProcess(command []string) *Process { return &Process{command: command} }

// Exchange starts the program if it does not run, and asks it.
func (p *Process) Exchange(ctx context.Context, q protocol.Request, timeout time.Duration) ([]byte, error) {
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	p.errors.reset()
	for {
		if err := p.Start(); err != nil {
			return nil, &Misbehaviour{report.Crash, report.DoesNotStart + err.Error()}
		}
		p.child.resetPeak()
		text, err := p.child.ask(ctx, q, limit.C, timeout)
		p.Memory = p.child.peak()
		if err == nil {
			return text, nil
		}
		again := errors.Is(err, ErrEnded)
		p.Restart()
		if !again {
			return text, err
		}
	}
}

// Start starts the program unless it runs.
func (p *Process) Start() (err error) {
	if p.child == nil {
		p.child, err = start(p.command, &p.errors)
	}
	return err
}

// AskOnce asks the program, which runs, and goes on whatever comes of it.
func (p *Process) AskOnce(ctx context.Context, q protocol.Request, timeout time.Duration) ([]byte, error) {
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	return p.child.ask(ctx, q, limit.C, timeout)
}

// Hear waits for what the program, which runs, says without being asked. Its error
// is ErrSilent, ErrEnded, or the status other than 0 with which it ended.
func (p *Process) Hear(within time.Duration) ([]byte, error) {
	select {
	case l, ok := <-p.child.lines:
		switch {
		case ok:
			return l.text, nil
		case p.child.status == nil:
			return nil, ErrEnded
		}
		return nil, p.child.status
	case <-time.After(within):
		return nil, ErrSilent
	}
}

// CloseInput ends the standard input of the program, which runs.
func (p *Process) CloseInput() { p.child.stdin.Close() }

// ErrEnded says that a program ended with status 0.
var ErrEnded = errors.New("status 0")

// ErrSilent says that a program wrote nothing.
var ErrSilent = errors.New("it wrote nothing")

// errClosed says that a child lives on without its standard output.
var errClosed = errors.New("it closed its standard output and went on")

func (c *child) ask(ctx context.Context, q protocol.Request, limit <-chan time.Time, timeout time.Duration) ([]byte, error) {
	go func() { // it need not read everything before it answers
		_ = protocol.WriteLine(c.stdin, q) // an error shows in that no answer comes
	}()
	select {
	case l, ok := <-c.lines:
		switch {
		case !ok && c.status == nil && c.answered:
			return nil, ErrEnded
		case !ok && c.status == nil:
			return nil, &Misbehaviour{report.Crash, "it ended without an answer"}
		case !ok && c.status == errClosed:
			return nil, &Misbehaviour{report.Crash, errClosed.Error()}
		case !ok:
			return nil, &Misbehaviour{report.Crash, fmt.Sprintf("it ended: %v", c.status)}
		case l.err == io.ErrUnexpectedEOF:
			return l.text, &Misbehaviour{report.ProtocolError, "its last line has no line feed"}
		case l.err != nil:
			return nil, &Misbehaviour{report.ProtocolError, l.err.Error()}
		}
		c.answered = true
		return l.text, nil
	case <-limit:
		return nil, hung(timeout)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func start(command []string, stderr io.Writer) (*child, error) {
	c := &child{cmd: exec.Command(command[0], command[1:]...), lines: make(chan line), quit: make(chan struct{}), ended: make(chan struct{})}
	c.cmd.Env = environment()
	c.cmd.Stderr = stderr
	c.cmd.WaitDelay = pipeGrace
	ownGroup(c.cmd)
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	c.stdin = stdin
	stdout, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	c.cmd.Stdout = theirs
	if err := c.cmd.Start(); err != nil {
		stdout.Close()
		stdin.Close()
		if call := (*os.PathError)(nil); errors.As(err, &call) {
			err = fmt.Errorf("%s: %w", call.Path, call.Err)
		}
		return nil, err
	}
	var waited error
	go func() {
		defer close(c.ended)
		waited = c.cmd.Wait()
		kill(c.cmd) // what it has started, if that is still there
	}()
	heard := make(chan struct{}) // closed at the end of its standard output
	go func() {
		c.listen(stdout)
		close(heard)
	}()
	go func() {
		defer close(c.lines)
		defer stdout.Close()
		c.status = c.end(stdout, heard)
		if c.status == nil && waited != nil && !errors.Is(waited, exec.ErrWaitDelay) {
			c.status = waited
		}
	}()
	return c, nil
}

// end returns when the child has ended and all that it wrote was heard. If it
// closes its standard output and does not end, it is ended, and that is the error.
func (c *child) end(stdout *os.File, heard <-chan struct{}) error {
	select {
	case <-c.ended:
		select {
		case <-heard:
		case <-c.quit: // nobody asks for what was said,
			stdout.Close()
		case <-time.After(pipeGrace): // or something holds the pipe
			stdout.Close()
		}
		<-heard
		return nil
	case <-heard:
	}
	select {
	case <-c.ended:
		return nil
	case <-time.After(CloseGrace):
		c.kill()
		<-c.ended
		return errClosed
	}
}

// listen passes the child's lines on.
func (c *child) listen(stdout io.Reader) {
	r := protocol.NewLineReader(stdout)
	for {
		text, err := r.Next()
		if err != nil && err != io.ErrUnexpectedEOF && err != protocol.ErrLongLine {
			return // the end, or the pipe was closed under it
		}
		select {
		case c.lines <- line{text, err}:
		case <-c.quit:
			return
		}
		if err != nil {
			return
		}
	}
}

// Restart ends the child, if one runs.
func (p *Process) Restart() {
	if p.child != nil {
		p.child.stop()
		p.child = nil
	}
}

func (c *child) stop() {
	close(c.quit)
	select {
	case _, runs := <-c.lines:
		if !runs {
			return
		}
	default:
	}
	c.kill()
	for range c.lines { // until it has ended
	}
}

// kill kills the child unless it has ended: its number may be another's then.
func (c *child) kill() {
	select {
	case <-c.ended:
	default:
		kill(c.cmd)
	}
}

// Close lets the child end by itself, for a while.
func (p *Process) Close() {
	if p.child == nil {
		return
	}
	p.child.stdin.Close()
	ended := time.NewTimer(CloseGrace)
	defer ended.Stop()
	select {
	case <-p.child.lines:
	case <-ended.C:
	}
	p.Restart()
}

// Stderr returns the end of its standard error since it was last asked.
func (p *Process) Stderr() string { return p.errors.String() }
