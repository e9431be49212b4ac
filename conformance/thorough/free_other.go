//go:build !linux

package thorough

// free is 0: where memory has files depends on the system.
func free(string) uint64 { return 0 }
