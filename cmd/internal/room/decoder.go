package room

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// DecoderName is the name of the script that Decoder makes.
const DecoderName = "decoder.js"

// Decoder compiles the reference of the repository at root to WebAssembly, which
// takes the go command and half a minute the first time, and returns a script
// with it, and with the glue of Go as a function, whose text a page can hand to
// another thread. It is a script because a page that was opened from a disk may
// load nothing else.
func Decoder(ctx context.Context, root string) ([]byte, error) {
	goroot, err := run(ctx, root, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	glue, err := os.ReadFile(filepath.Join(strings.TrimSpace(goroot), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return nil, fmt.Errorf("this installation of Go has no support for WebAssembly: %w", err)
	}
	dir, err := os.MkdirTemp("", "coffer-wasm-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "coffer.wasm")
	args := []string{"build", "-trimpath", "-ldflags=-s -w", "-o", program, "./cmd/coffer-wasm"}
	if _, err := os.Stat(filepath.Join(root, "go.sum")); err != nil { // what the program carries has no sums
		args = slices.Insert(args, 1, "-mod=mod")
	}
	if _, err := run(ctx, root, args...); err != nil {
		return nil, err
	}
	code, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(code); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "window.cofferGlue = function () {\n%s\n};\nwindow.cofferDecoder = %q;\n", glue, base64.StdEncoding.EncodeToString(packed.Bytes())), nil
}

// run returns what the go command prints, run at root for WebAssembly.
func run(ctx context.Context, root string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", fmt.Errorf("the page's decoder is compiled by the go command, which is not in PATH; install Go from https://go.dev/dl")
	}
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, said.Bytes())
	}
	return string(out), nil
}
