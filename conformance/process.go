package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
)

// process is a session with a program. The program is started when it is first
// asked, and again when it has ended with status 0 after an answer.
type process struct {
	command []string
	child   *child // nil if none runs
	errors  tail
}

// child is one run of the program.
type child struct {
	cmd      *exec.Cmd
	stdin    io.WriteCloser
	lines    chan line // what it says; closed when it has ended
	quit     chan struct{}
	status   error // how it ended, once lines is closed
	answered bool  // a request, since it was started
}

type line struct {
	text []byte
	err  error
}

// closeGrace is how long a program may take to end when its standard input has
// ended.
const closeGrace = 2 * time.Second

func (p *process) exchange(ctx context.Context, q protocol.Request, timeout time.Duration) ([]byte, error) {
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	p.errors.reset()
	for {
		if p.child == nil {
			c, err := start(p.command, &p.errors)
			if err != nil {
				return nil, &misbehaviour{report.Crash, "it does not start: " + err.Error()}
			}
			p.child = c
		}
		text, err := p.child.exchange(ctx, q, limit.C, timeout)
		if err == nil {
			return text, nil
		}
		again := errors.Is(err, errEnded)
		p.restart()
		if !again {
			return text, err
		}
	}
}

// errEnded says that a child ended with status 0 after an earlier answer, and
// has not answered this request.
var errEnded = errors.New("it has ended")

func (c *child) exchange(ctx context.Context, q protocol.Request, limit <-chan time.Time, timeout time.Duration) ([]byte, error) {
	go func() { // it need not read everything before it answers
		_ = protocol.WriteLine(c.stdin, q) // an error shows in that no answer comes
	}()
	select {
	case l, ok := <-c.lines:
		switch {
		case !ok && c.status == nil && c.answered:
			return nil, errEnded
		case !ok && c.status == nil:
			return nil, &misbehaviour{report.Crash, "it ended without an answer"}
		case !ok:
			return nil, &misbehaviour{report.Crash, fmt.Sprintf("it ended: %v", c.status)}
		case l.err == io.ErrUnexpectedEOF:
			return l.text, &misbehaviour{report.ProtocolError, "its last line has no line feed"}
		case l.err != nil:
			return nil, &misbehaviour{report.ProtocolError, l.err.Error()}
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
	c := &child{cmd: exec.Command(command[0], command[1:]...), lines: make(chan line), quit: make(chan struct{})}
	c.cmd.Stderr = stderr
	c.cmd.WaitDelay = closeGrace
	ownGroup(c.cmd)
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	c.stdin = stdin
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go c.listen(stdout)
	return c, nil
}

// listen passes the child's lines on, then waits for its end.
func (c *child) listen(stdout io.Reader) {
	defer close(c.lines)
	r := protocol.NewLineReader(stdout)
	for {
		text, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil && err != io.ErrUnexpectedEOF && err != protocol.ErrLongLine {
			break // the pipe was closed under it
		}
		select {
		case c.lines <- line{text, err}:
		case <-c.quit:
			err = io.EOF
		}
		if err != nil {
			break
		}
	}
	c.status = c.cmd.Wait()
	if errors.Is(c.status, exec.ErrWaitDelay) {
		c.status = nil // something that it started still holds its stderr
	}
}

// restart ends the child, if one runs.
func (p *process) restart() {
	if p.child == nil {
		return
	}
	c := p.child
	p.child = nil
	close(c.quit)
	select {
	case _, runs := <-c.lines:
		if !runs {
			return
		}
	default:
	}
	kill(c.cmd)
	for range c.lines { // until it has ended
	}
}

// close lets the child end by itself, for a while.
func (p *process) close() {
	if p.child == nil {
		return
	}
	p.child.stdin.Close()
	ended := time.NewTimer(closeGrace)
	defer ended.Stop()
	select {
	case <-p.child.lines:
	case <-ended.C:
	}
	p.restart()
}

func (p *process) stderr() string { return p.errors.String() }

// tail keeps the end of what is written to it.
type tail struct {
	mutex sync.Mutex
	kept  []byte
}

const tailSize = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.kept = append(t.kept, p[max(0, len(p)-tailSize):]...)
	t.kept = t.kept[max(0, len(t.kept)-tailSize):]
	return len(p), nil
}

func (t *tail) reset() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.kept = nil
}

func (t *tail) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return string(t.kept)
}
