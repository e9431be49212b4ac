//go:build js || wasip1

package vaultserve

import "os"

var hangup []os.Signal
