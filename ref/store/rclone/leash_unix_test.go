//go:build unix

package rclone

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Ctrl-C is not for rclone, which is still needed then; when its user is killed it ends.
func TestLeash(t *testing.T) {
	if os.Getenv("COFFER_TEST_LEASH") != "" {
		useUntilKilled(t)
	}
	if _, err := exec.LookPath("rclone"); err != nil {
		t.Skip(err)
	}
	user := exec.Command(os.Args[0], "-test.run=^TestLeash$")
	user.Env = append(os.Environ(), "COFFER_TEST_LEASH=1", "RCLONE_CONFIG="+filepath.Join(t.TempDir(), "rclone.conf"))
	user.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as a shell starts it
	user.Stderr = os.Stderr
	said, err := user.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := user.Start(); err != nil {
		t.Fatal(err)
	}
	defer user.Wait()
	defer user.Process.Kill()
	lines := bufio.NewScanner(said)
	next := func() string { lines.Scan(); return lines.Text() }
	at, _ := strings.CutPrefix(next(), "http://")
	if c, err := net.Dial("tcp", at); err != nil {
		t.Fatal(err)
	} else {
		c.Close()
	}
	if err := syscall.Kill(-user.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if got := next(); got != "listed: <nil>" {
		t.Errorf("after Ctrl-C: %q", got)
	}
	user.Process.Kill()
	user.Wait()
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", at)
		if err != nil {
			break
		}
		c.Close()
		if time.Since(begun) > time.Minute {
			t.Fatal("rclone does not end with its user")
		}
	}
}

// useUntilKilled says where rclone listens and, after Ctrl-C, whether it still does.
func useUntilKilled(t *testing.T) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s, err := Open(ctx, os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(s.program.url)
	<-ctx.Done()
	_, err = s.List(context.Background(), "")
	fmt.Println("listed:", err)
	select {}
}

// An rclone that has ended by itself says so, and why.
func TestEnded(t *testing.T) {
	s := open(t, t.TempDir())
	s.program.command.Process.Kill()
	if _, err := s.List(t.Context(), ""); !errors.Is(err, ErrEnded) {
		t.Errorf("List: %v", err)
	}
}
