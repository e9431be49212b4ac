//go:build !(linux || darwin || freebsd || netbsd)

package newfile

import "os"

func dropAccessList(*os.File) {}

func copyAttributes(*os.File, string, bool) (lost []string) { return nil }

// Attributes returns no names: there are no extended attributes here.
func Attributes(string) []string { return nil }
