//go:build js || wasip1

package program

import "os"

func hangup() []os.Signal { return nil }
