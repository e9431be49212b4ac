// Package s3test runs an S3 server for tests: versitygw, a real one, which keeps buckets in
// a folder.
package s3test

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// Bucket is the only bucket of a server.
const Bucket = "bucket"

// Start starts a server of its own for a test, or skips the test unless all is to be tested:
// building the server takes minutes the first time. The environment names the server and its
// credentials until the test ends, and so does the server.
func Start(t *testing.T) {
	t.Helper()
	thorough.Only(t)
	data, sidecar, address := t.TempDir(), t.TempDir(), freeAddress(t)
	if err := os.Mkdir(filepath.Join(data, Bucket), 0o700); err != nil {
		t.Fatal(err)
	}
	server := exec.Command(program(t), "--port", address, "--access", "test", "--secret", "testsecret",
		"--quiet", "posix", "--sidecar", sidecar, data)
	server.Stderr = os.Stderr
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
			break
		}
		if time.Since(begun) > time.Minute {
			t.Fatalf("versitygw does not answer: %v", err)
		}
	}
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "testsecret", "AWS_SESSION_TOKEN": "",
		"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_S3": "http://" + address,
	} {
		t.Setenv(name, value)
	}
}

// URL returns where the server is that the environment names.
func URL(t *testing.T) *url.URL {
	t.Helper()
	at, err := url.Parse(os.Getenv("AWS_ENDPOINT_URL_S3"))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// program builds the server once, and returns where it is. It is a module of its own.
func program(t *testing.T) string {
	t.Helper()
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/coffer-format/coffer").Output()
	if err != nil {
		t.Fatal(explain(err))
	}
	build := exec.Command("go", "tool", "-n", "versitygw")
	build.Dir = filepath.Join(strings.TrimSpace(string(module)), "ref", "store", "s3", "versitygw")
	path, err := build.Output()
	if err != nil {
		t.Fatal(explain(err))
	}
	return strings.TrimSpace(string(path))
}

func explain(err error) error {
	if exit, ok := err.(*exec.ExitError); ok {
		return fmt.Errorf("building versitygw: %w\n%s", err, exit.Stderr)
	}
	return err
}

// freeAddress returns one of this machine that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
