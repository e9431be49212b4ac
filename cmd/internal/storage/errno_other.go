//go:build !windows

package storage

import "syscall"

// What the system says, by what it means.
var (
	errnoFull        = []error{syscall.ENOSPC}
	errnoQuota       = []error{syscall.EDQUOT}
	errnoReadOnly    = []error{syscall.EROFS}
	errnoGone        = []error{syscall.EIO, syscall.ENXIO, syscall.ENODEV, syscall.ESTALE, syscall.EHOSTDOWN, syscall.ENOTCONN, syscall.ETIMEDOUT}
	errnoUnreachable = []error{syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN}
	errnoRefused     = []error{syscall.ECONNREFUSED}
	errnoCut         = []error{syscall.ECONNRESET, syscall.EPIPE}
)
