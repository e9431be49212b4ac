package s3

import (
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// server is the URL of the S3 server of all tests.
var server string

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

// run runs the tests beside versitygw, on a folder of its own.
func run(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "coffer-s3-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "tool", "-n", "versitygw") // builds it once, and says where it is
	build.Dir, build.Stderr = "versitygw", os.Stderr
	program, err := build.Output()
	if err != nil {
		return 0, fmt.Errorf("building versitygw: %w", err)
	}
	data, sidecar := filepath.Join(dir, "data"), filepath.Join(dir, "sidecar")
	if err := errors.Join(os.MkdirAll(filepath.Join(data, "bucket"), 0o700), os.Mkdir(sidecar, 0o700)); err != nil {
		return 0, err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	address := free.Addr().String()
	free.Close()
	gateway := exec.Command(strings.TrimSpace(string(program)), "--port", address, "--access", "test", "--secret", "testsecret",
		"--quiet", "posix", "--sidecar", sidecar, data)
	gateway.Stderr = os.Stderr
	if err := gateway.Start(); err != nil {
		return 0, err
	}
	defer gateway.Wait()
	defer gateway.Process.Kill()
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
			break
		}
		if time.Since(begun) > time.Minute {
			return 0, fmt.Errorf("versitygw does not answer: %w", err)
		}
	}
	server = "http://" + address
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "testsecret", "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_S3": server,
	} {
		os.Setenv(name, value)
	}
	return m.Run(), nil
}
