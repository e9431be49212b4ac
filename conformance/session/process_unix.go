//go:build unix

package session

import (
	"os/exec"
	"syscall"
)

// ownGroup lets kill reach what the program starts.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func kill(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // an error means that it has ended
}
