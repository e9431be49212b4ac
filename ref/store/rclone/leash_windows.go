package rclone

import (
	"os/exec"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// leash ends a program when this process has ended, even if that was killed: then the system
// closes the job that the program belongs to.
type leash struct{ job windows.Handle }

// newLeash prepares a command that has not been started. Ctrl-C in a console does not reach it:
// the caller still needs it, to remove what was begun.
func newLeash(command *exec.Cmd) (*leash, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, err
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE},
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		windows.CloseHandle(job)
		return nil, err
	}
	command.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
	return &leash{job}, nil
}

// started is called after the command has been started, or has failed to.
func (l *leash) started(command *exec.Cmd) error {
	if command.Process == nil {
		return nil
	}
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(command.Process.Pid))
	if err != nil {
		return err
	}
	defer windows.CloseHandle(process)
	return windows.AssignProcessToJobObject(l.job, process)
}

// drop is called after the program has ended.
func (l *leash) drop() { windows.CloseHandle(l.job) }
