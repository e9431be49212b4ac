//go:build linux

package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// chromium is a page in a browser without a window, driven through pipes (Chrome
// DevTools Protocol).
type chromium struct {
	t       *testing.T
	in      io.Writer
	session string

	mu       sync.Mutex
	last     int
	answers  map[int]chan message
	messages []string // of the console
}

type message struct {
	ID      int                       `json:"id,omitempty"`
	Session string                    `json:"sessionId,omitempty"`
	Method  string                    `json:"method,omitempty"`
	Params  any                       `json:"params,omitempty"`
	Result  json.RawMessage           `json:"result,omitempty"`
	Error   *struct{ Message string } `json:"error,omitempty"`
}

// newChromium starts a browser, or skips the test where there is none.
func newChromium(t *testing.T) *chromium {
	program := os.Getenv("CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && program == "" {
			program = path
		}
	}
	if program == "" {
		t.Skip("there is no Chromium in PATH, and CHROMIUM names none")
	}
	commands, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, results, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	flags := []string{"--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--disable-breakpad", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir=" + t.TempDir()}
	if os.Getuid() == 0 {
		flags = append(flags, "--no-sandbox")
	}
	cmd := exec.Command(program, flags...)
	cmd.ExtraFiles = []*os.File{commands, results}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	commands.Close()
	results.Close()
	c := &chromium{t: t, in: in, answers: map[int]chan message{}}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
		in.Close()
		out.Close()
	})
	go c.listen(out)
	var target struct{ TargetID string }
	c.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	c.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	c.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		c.call(domain+".enable", nil, nil)
	}
	return c
}

func (c *chromium) listen(out io.Reader) {
	r := bufio.NewReader(out)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		var event struct{ Params json.RawMessage }
		if json.Unmarshal(text[:len(text)-1], &m) != nil || json.Unmarshal(text[:len(text)-1], &event) != nil {
			continue
		}
		c.mu.Lock()
		switch m.Method {
		case "":
			c.answers[m.ID] <- m
		case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Network.loadingFailed":
			c.messages = append(c.messages, m.Method+" "+string(event.Params))
		}
		c.mu.Unlock()
	}
}

// call calls a method and decodes its result into result, if that is not nil.
func (c *chromium) call(method string, params, result any) {
	c.t.Helper()
	if err := c.try(method, params, result); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

// try is call for what the browser may refuse.
func (c *chromium) try(method string, params, result any) error {
	c.t.Helper()
	answer := make(chan message, 1)
	c.mu.Lock()
	c.last++
	id := c.last
	c.answers[id] = answer
	c.mu.Unlock()
	text, err := json.Marshal(message{ID: id, Session: c.session, Method: method, Params: params})
	if err == nil {
		_, err = c.in.Write(append(text, 0))
	}
	if err != nil {
		c.t.Fatal(err)
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return errors.New(m.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-time.After(time.Minute):
		return errors.New("no answer")
	}
}

// open opens a page and waits until it is there.
func (c *chromium) open(url string) {
	c.t.Helper()
	c.evaluate(`void (document.documentElement.dataset.old = "")`)
	c.call("Page.navigate", map[string]any{"url": url}, nil)
	c.wait("document.readyState === 'complete' && !('old' in document.documentElement.dataset)")
}

// evaluate returns the value of an expression in the page, as JSON.
func (c *chromium) evaluate(expression string) string {
	c.t.Helper()
	value, err := c.value(expression)
	if err != nil {
		c.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

func (c *chromium) value(expression string) (string, error) {
	c.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Text string }
	}
	err := c.try("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &r)
	if err == nil && r.ExceptionDetails != nil {
		err = errors.New(r.ExceptionDetails.Text)
	}
	return string(r.Result.Value), err
}

// text returns the value of an expression that is a text.
func (c *chromium) text(expression string) string {
	c.t.Helper()
	var text string
	if value := c.evaluate(expression); json.Unmarshal([]byte(value), &text) != nil {
		c.t.Fatalf("%s is %s", expression, value)
	}
	return text
}

// wait waits until an expression is true. While a page gives way to the next one
// there is nothing that could evaluate it.
func (c *chromium) wait(expression string) {
	c.t.Helper()
	var err error
	for range 3000 {
		var value string
		if value, err = c.value(expression); value == "true" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	c.t.Fatalf("%s: not within a minute (%v)", expression, err)
}

// typed types a text where the focus is.
func (c *chromium) typed(text string) { c.call("Input.insertText", map[string]any{"text": text}, nil) }

// key presses a key, which may open another page before it is let go.
func (c *chromium) key(key, text string, code int) {
	for _, kind := range []string{"keyDown", "keyUp"} {
		params := map[string]any{"type": kind, "key": key, "windowsVirtualKeyCode": code}
		if kind == "keyDown" && text != "" {
			params["text"] = text
		}
		if err := c.try("Input.dispatchKeyEvent", params, nil); err != nil && kind == "keyDown" {
			c.t.Fatal(err)
		}
	}
}

// drop drops a file in the middle of the page.
func (c *chromium) drop(path string) {
	data := map[string]any{"items": []any{}, "files": []string{path}, "dragOperationsMask": 1}
	for _, kind := range []string{"dragEnter", "dragOver", "drop"} {
		c.call("Input.dispatchDragEvent", map[string]any{"type": kind, "x": 150, "y": 300, "data": data}, nil)
	}
}

// screen makes the page as wide as a screen, in a theme.
func (c *chromium) screen(width, height int, theme string) {
	c.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}, nil)
	c.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": theme}}}, nil)
}

// picture writes what the page shows to a file.
func (c *chromium) picture(path string) {
	var r struct{ Data string }
	c.call("Page.captureScreenshot", map[string]any{"format": "png"}, &r)
	data, err := base64.StdEncoding.DecodeString(r.Data)
	if err == nil {
		err = os.WriteFile(path, data, 0o666)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// silent fails if the page has said anything, or could not load something.
func (c *chromium) silent(where string) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.messages) > 0 {
		c.t.Errorf("%s: the browser says %s", where, strings.Join(c.messages, "\n"))
	}
	c.messages = nil
}

func quoted(text string) string { return fmt.Sprintf("%q", text) }
