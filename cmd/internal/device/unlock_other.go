//go:build !wasm && !plan9 && (!unix || solaris || aix)

package device

import "os"

// unlock leaves it to closing the file.
func unlock(*os.File) {}
