//go:build js || wasip1

package main

import "os"

func hangup() []os.Signal { return nil }
