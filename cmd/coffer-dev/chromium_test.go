//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium is a page in a browser without a window.
type chromium struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	messages []string // of the console
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
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.DisableGPU,
		chromedp.Flag("hide-scrollbars", true))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, wait := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(wait)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	c := &chromium{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, c.listen); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *chromium) listen(event any) {
	switch event.(type) {
	case *runtime.EventConsoleAPICalled, *runtime.EventExceptionThrown, *log.EventEntryAdded, *network.EventLoadingFailed:
		text, err := json.Marshal(event)
		if err != nil {
			text = []byte(err.Error())
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.messages = append(c.messages, fmt.Sprintf("%T %s", event, text))
	}
}

// minute is how long the browser may take for anything.
func (c *chromium) minute() (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.ctx, time.Minute)
}

func (c *chromium) do(steps ...chromedp.Action[chromedp.Void]) {
	c.t.Helper()
	ctx, cancel := c.minute()
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		c.t.Fatal(err)
	}
}

// call is for what the library has no action for.
func call[P any](c *chromium, command cdp.Command[P, cdp.Empty], params P) {
	c.t.Helper()
	ctx, cancel := c.minute()
	defer cancel()
	if _, err := chromedp.Call(ctx, command, params); err != nil {
		c.t.Fatalf("%s: %v", command.Method, err)
	}
}

// open opens a page and waits until it is there.
func (c *chromium) open(url string) {
	c.t.Helper()
	c.do(chromedp.Navigate(url))
}

// evaluate returns the value of an expression in the page, as JSON.
func (c *chromium) evaluate(expression string) string {
	c.t.Helper()
	ctx, cancel := c.minute()
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](expression, chromedp.EvalAwaitPromise, chromedp.EvalAsValue))
	if err != nil {
		c.t.Fatalf("%s: %v", expression, err)
	}
	return string(value)
}

// text returns the value of an expression that is a text.
func (c *chromium) text(expression string) string {
	c.t.Helper()
	ctx, cancel := c.minute()
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		c.t.Fatalf("%s: %v", expression, err)
	}
	return text
}

// wait waits until an expression is true. While a page gives way to the next one
// there is nothing that could evaluate it.
func (c *chromium) wait(expression string) {
	c.t.Helper()
	ctx, cancel := c.minute()
	defer cancel()
	for {
		value, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		switch {
		case value:
			return
		case ctx.Err() != nil:
			c.t.Fatalf("%s: not within a minute (%v)", expression, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// typed types a text where the focus is.
func (c *chromium) typed(text string) {
	c.t.Helper()
	call(c, input.InsertText, input.InsertTextParams{Text: text})
}

// key presses a key, which may open another page before it is let go. The page may keep
// it from being typed, unlike the characters that the library's KeyEvent sends apart.
func (c *chromium) key(key, text string, code int64) {
	c.t.Helper()
	press := input.DispatchKeyEventParams{Type: "keyDown", Key: key, Text: text, WindowsVirtualKeyCode: code}
	call(c, input.DispatchKeyEvent, press)
	ctx, cancel := c.minute()
	defer cancel()
	press.Type, press.Text = "keyUp", ""
	chromedp.Call(ctx, input.DispatchKeyEvent, press)
}

// drop drops a file in the middle of the page.
func (c *chromium) drop(path string) {
	c.t.Helper()
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: []string{path}, DragOperationsMask: 1}
	for _, kind := range []input.DispatchDragEventType{"dragEnter", "dragOver", "drop"} {
		call(c, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: 150, Y: 300, Data: data})
	}
}

// screen makes the page as wide as a screen, in a theme.
func (c *chromium) screen(width, height int64, theme string) {
	c.t.Helper()
	var options []chromedp.EmulateViewportOption
	if width < 500 {
		options = append(options, chromedp.EmulateMobile)
	}
	c.do(chromedp.EmulateViewport(width, height, options...))
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}
	call(c, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
}

// picture writes what the page shows to a file.
func (c *chromium) picture(path string) {
	c.t.Helper()
	ctx, cancel := c.minute()
	defer cancel()
	data, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
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
