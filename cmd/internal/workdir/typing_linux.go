package workdir

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Shown is the file that Typing writes to its working folder: all that the terminal showed.
const Shown = "terminal.txt"

// Terminal returns the two ends of a new pseudo-terminal.
func Terminal() (master, slave *os.File, err error) {
	if master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			master.Close()
		}
	}()
	if err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, err
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		return nil, nil, err
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	return master, slave, err
}

// Typing is a program: "typing FILE coffer list a.coffer" runs "coffer list a.coffer" on a terminal of its
// own, at which a person types what a file has and then Ctrl-D. The command ttyin of testscript
// closes the terminal without having read all that it shows.
func Typing() {
	typed, err := os.ReadFile(os.Args[1])
	check(err)
	master, slave, err := Terminal()
	check(err)
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{slave}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3}
	check(cmd.Start())
	check(slave.Close())
	go master.Write(append(typed, 4)) // waits for who reads little of it
	var shown strings.Builder
	if _, err := io.Copy(&shown, master); !errors.Is(err, unix.EIO) { // when nobody has the other end any more
		check(err)
	}
	check(os.WriteFile(Shown, []byte(shown.String()), 0o600))
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		check(err)
	}
	os.Exit(cmd.ProcessState.ExitCode())
}
