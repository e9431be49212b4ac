package workdir

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// failures are what a system may be without, by the call and how that fails.
var failures = map[string][]failure{
	"fsync-unknown": {{unix.SYS_FSYNC, unix.EINVAL}},
	"fsync-fails":   {{unix.SYS_FSYNC, unix.EIO}},
	"no-chmod":      {{unix.SYS_FCHMOD, unix.EPERM}},
	"no-override":   nil, // as for who is not the superuser
	"syncfs-fails":  {{unix.SYS_SYNCFS, unix.EIO}},
	"no-syncfs":     {{unix.SYS_SYNCFS, unix.ENOSYS}},
	"no-remove":     {{unix.SYS_UNLINKAT, unix.EPERM}, {unix.SYS_RENAMEAT, unix.EPERM}},
}

type failure struct {
	call  uint32
	errno unix.Errno
}

// Failing is a program: "failing no-chmod coffer key" runs "coffer key" where some calls of
// the system fail, as on file systems that do not have them.
func Failing() {
	program, err := exec.LookPath(os.Args[2])
	check(err)
	filter := []unix.SockFilter{{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS}} // the number of the call
	for _, f := range failures[os.Args[1]] {
		filter = append(filter,
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: f.call, Jf: 1},
			unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(f.errno)})
	}
	filter = append(filter, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW})
	runtime.LockOSThread() // what follows is of a thread
	if os.Args[1] == "no-override" && os.Getuid() == 0 {
		check(unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_DAC_OVERRIDE, 0, 0, 0))
		check(unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_DAC_READ_SEARCH, 0, 0, 0))
	}
	check(unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	check(unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&prog)), 0, 0))
	check(syscall.Exec(program, os.Args[2:], os.Environ()))
}

func check(err error) {
	if err != nil {
		panic("failing " + strings.Join(os.Args[1:], " ") + ": " + err.Error())
	}
}
