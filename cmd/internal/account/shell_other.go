//go:build !unix

package account

// shell runs a command line that follows.
var shell = []string{"cmd", "/c"}
