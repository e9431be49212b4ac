//go:build unix

package rclone

import (
	"os"
	"os/exec"
	"syscall"
)

// leash ends a program when this process has ended, even if that was killed: then nobody
// holds the other end of its pipe.
type leash struct{ pipe *os.File }

// watch becomes the program, beside a process that waits for a line or for the end of
// the pipe, whichever comes first.
const watch = `exec 3<&0 </dev/null
(read -r line <&3 || kill $$) >/dev/null 2>&1 &
exec "$@" 3<&-`

// newLeash prepares a command that has not been started. What a terminal sends on Ctrl-C does
// not reach it: the caller still needs it, to remove what was begun.
func newLeash(command *exec.Cmd) (*leash, error) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	command.Args = append([]string{"sh", "-c", watch, "sh", command.Path}, command.Args[1:]...)
	command.Path, command.Stdin = shell, r
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return &leash{w}, nil
}

// started is called after the command has been started, or has failed to.
func (l *leash) started(command *exec.Cmd) error {
	return command.Stdin.(*os.File).Close() // the program has its own
}

// drop is called after the program has ended, whose number another may get now.
func (l *leash) drop() {
	l.pipe.WriteString("\n")
	l.pipe.Close()
}
