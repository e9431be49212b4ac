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
	"strings"
	"time"
)

// program is a running rclone that does what it is told over HTTP. It listens on this
// machine only, on a port of its choice, and obeys whoever knows a password that it gets by
// its environment: the rclone that Debian has, 1.60, cannot listen on a socket in a folder.
type program struct {
	command  *exec.Cmd
	ended    chan struct{}
	url      string // without a slash at the end
	password string
	client   http.Client
}

const (
	user      = "coffer"
	startTime = time.Minute // how long it may take to start
	endTime   = 5 * time.Second
)

var address = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`)

func start(ctx context.Context) (*program, error) {
	path, err := exec.LookPath("rclone")
	if err != nil {
		return nil, fmt.Errorf("%w: install rclone, which reaches this kind of store", err)
	}
	p := &program{
		command:  exec.Command(path, "rcd", "--rc-addr", "127.0.0.1:0", "--rc-serve", "--log-level", "NOTICE"),
		ended:    make(chan struct{}),
		password: rand.Text(),
	}
	p.command.Env = append(os.Environ(), "RCLONE_RC_USER="+user, "RCLONE_RC_PASS="+p.password)
	said, err := p.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	found := make(chan string, 1)
	go func() {
		defer close(p.ended)
		var all strings.Builder
		for lines := bufio.NewScanner(said); lines.Scan(); { // it must not wait for its log to be read
			at := address.FindString(lines.Text())
			if at == "" && all.Len() < 4096 {
				fmt.Fprintln(&all, lines.Text())
			} else if at != "" {
				select {
				case found <- at:
				default:
				}
			}
		}
		p.command.Wait()
		select {
		case found <- all.String():
		default:
		}
	}()
	select {
	case p.url = <-found:
		if address.MatchString(p.url) {
			return p, nil
		}
		return nil, fmt.Errorf("rclone does not start:\n%s", p.url)
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(startTime):
		err = errors.New("rclone does not say where it listens")
	}
	p.end()
	return nil, err
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

// callError is what rclone answers.
type callError struct {
	Text   string `json:"error"`
	Status int    `json:"status"`
}

func (e *callError) Error() string { return "rclone: " + e.Text }

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
	if err != nil {
		return nil, err
	}
	if answer.StatusCode/100 == 2 {
		return answer, nil
	}
	defer answer.Body.Close()
	failure := &callError{Text: answer.Status, Status: answer.StatusCode}
	json.NewDecoder(io.LimitReader(answer.Body, 1<<16)).Decode(failure)
	return nil, failure
}

func isNotFound(err error) bool {
	var failure *callError
	return errors.As(err, &failure) && failure.Status == http.StatusNotFound
}
