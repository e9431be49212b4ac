package workdir

import (
	"math"
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
	"fsync-unknown": {{call: unix.SYS_FSYNC, errno: unix.EINVAL}},
	"fsync-fails":   {{call: unix.SYS_FSYNC, errno: unix.EIO}},
	"no-chmod":      {{call: unix.SYS_FCHMOD, errno: unix.EPERM}},
	"no-override":   nil, // as for who is not the superuser
	"syncfs-fails":  {{call: unix.SYS_SYNCFS, errno: unix.EIO}},
	"no-syncfs":     {{call: unix.SYS_SYNCFS, errno: unix.ENOSYS}},
	"no-remove":     {{call: unix.SYS_UNLINKAT, errno: unix.EPERM}, {call: unix.SYS_RENAMEAT, errno: unix.EPERM}},
	"bad-sectors":   {{call: unix.SYS_PREAD64, errno: unix.EIO, from: 260_000, to: 270_000}},
}

type failure struct {
	call  uint32
	errno unix.Errno

	from, to uint32 // of preads, those that begin there, unless to is 0
}

const (
	callAt   = 0  // where a filter finds the number of the call
	offsetAt = 40 // and the low half of the offset of a pread
)

// Failing is a program: "failing no-chmod coffer key" runs "coffer key" where some calls of
// the system fail, as on file systems that do not have them.
func Failing() {
	program, err := exec.LookPath(os.Args[2])
	check(err)
	load := func(at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
	}
	var filter []unix.SockFilter
	for _, f := range failures[os.Args[1]] {
		to := f.to
		if to == 0 {
			to = math.MaxUint32
		}
		filter = append(filter,
			load(callAt),
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: f.call, Jf: 4},
			load(offsetAt),
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, K: f.from, Jf: 2},
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JGT | unix.BPF_K, K: to, Jt: 1},
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
		panic(strings.Join(os.Args, " ") + ": " + err.Error())
	}
}
