package storage

import "golang.org/x/sys/windows"

// What the system says, by what it means.
var (
	errnoFull     = []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL}
	errnoQuota    = []error{windows.ERROR_DISK_QUOTA_EXCEEDED}
	errnoReadOnly = []error{windows.ERROR_WRITE_PROTECT}
	errnoGone     = []error{windows.ERROR_NOT_READY, windows.ERROR_IO_DEVICE, windows.ERROR_DEV_NOT_EXIST,
		windows.ERROR_BAD_NETPATH, windows.ERROR_BAD_NET_NAME, windows.ERROR_NETNAME_DELETED, windows.ERROR_UNEXP_NET_ERR}
	errnoUnreachable = []error{windows.WSAENETUNREACH, windows.WSAEHOSTUNREACH, windows.WSAENETDOWN}
	errnoRefused     = []error{windows.WSAECONNREFUSED}
	errnoCut         = []error{windows.WSAECONNRESET, windows.WSAECONNABORTED}
)
