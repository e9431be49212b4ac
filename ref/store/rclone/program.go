package rclone

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"time"
)

// program is a running rclone that does what it is told over HTTP. It listens on this
// machine only, on a port of its choice, and obeys whoever knows a password that it gets by
// its environment: the rclone that Debian has, 1.60, cannot listen on a socket in a folder.
// It ends with this process, however that ends.
type program struct {
	command  *exec.Cmd
	leash    *leash
	ended    chan struct{}
	last     string // what it has said last; to be read after it has ended
	url      string // without a slash at the end
	password string
	client   http.Client
}

const (
	user      = "coffer"
	startTime = time.Minute // how long it may take to start
	endTime   = 5 * time.Second
)

var (
	address   = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`)
	timestamp = regexp.MustCompile(`^[0-9/]+ [0-9:]+ `)
)

// ErrEnded says that rclone has ended by itself.
var ErrEnded = errors.New("rclone has ended")

func start(ctx context.Context) (*program, error) {
	path, err := exec.LookPath("rclone")
	if err != nil {
		return nil, fmt.Errorf("%w: install rclone, which reaches this kind of store", err)
	}
	p := &program{
		// It asks for no password of its configuration, since nobody would see that.
		command:  exec.Command(path, "rcd", "--rc-addr", "127.0.0.1:0", "--rc-serve", "--log-level", "NOTICE", "--ask-password=false"),
		ended:    make(chan struct{}),
		password: rand.Text(),
	}
	p.command.Env = append(os.Environ(), "RCLONE_RC_USER="+user, "RCLONE_RC_PASS="+p.password)
	said, err := p.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	if p.leash, err = newLeash(p.command); err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		p.leash.started(p.command)
		p.leash.drop()
		return nil, err
	}
	leashErr := p.leash.started(p.command)
	found := make(chan string, 1)
	go p.listen(said, found)
	if leashErr != nil {
		p.end()
		return nil, leashErr
	}
	select {
	case p.url = <-found:
		return p, nil
	case <-p.ended:
		return nil, p.why()
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(startTime):
		err = errors.New("rclone does not say where it listens")
	}
	p.end()
	return nil, err
}

// listen reads what the program says, which must not wait for that, until it has ended.
func (p *program) listen(said io.Reader, found chan<- string) {
	defer close(p.ended)
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if at := address.FindString(lines.Text()); at != "" {
			select {
			case found <- at:
			default:
			}
			continue
		}
		p.last = timestamp.ReplaceAllString(lines.Text(), "")
	}
	io.Copy(io.Discard, said) // after a line that is too long
	p.command.Wait()
	p.leash.drop()
}

// why is the error of a program that has ended.
func (p *program) why() error {
	if p.last == "" {
		return ErrEnded
	}
	return fmt.Errorf("%w: %s", ErrEnded, p.last)
}

// end ends the program.
func (p *program) end() {
	if p.command.Process.Signal(os.Interrupt) == nil { // Windows has none
		select {
		case <-p.ended:
			return
		case <-time.After(endTime):
		}
	}
	p.command.Process.Kill()
	<-p.ended
}

// Error is what rclone answers when it has failed.
type Error struct {
	Text   string `json:"error"`
	Status int    `json:"status"` // as of HTTP
}

func (e *Error) Error() string { return "rclone: " + e.Text }

// call has a command done, with parameters in JSON, and reads the result.
func (p *program) call(ctx context.Context, name string, in, out any) error {
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/"+name, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := p.do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if out == nil {
		_, err := io.Copy(io.Discard, answer.Body)
		return err
	}
	return json.NewDecoder(answer.Body).Decode(out)
}

// do sends a request, and returns the answer if it is a good one.
func (p *program) do(request *http.Request) (*http.Response, error) {
	request.SetBasicAuth(user, p.password)
	answer, err := p.client.Do(request)
	if err != nil && request.Context().Err() == nil { // then mostly it has ended, which may show a moment later
		select {
		case <-p.ended:
			return nil, p.why()
		case <-time.After(time.Second):
		}
	}
	if err != nil {
		return nil, err
	}
	if answer.StatusCode/100 == 2 {
		return answer, nil
	}
	defer answer.Body.Close()
	failure := &Error{Text: answer.Status, Status: answer.StatusCode}
	json.NewDecoder(io.LimitReader(answer.Body, 1<<16)).Decode(failure)
	return nil, failure
}

func isNotFound(err error) bool {
	var failure *Error
	return errors.As(err, &failure) && failure.Status == http.StatusNotFound
}
