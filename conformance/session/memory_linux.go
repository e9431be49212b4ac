package session

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// memoryMeasured says whether the memory of programs is measured here: /proc must
// be there.
var memoryMeasured = statusKiB(os.Getpid(), "VmHWM:") > 0

// resetPeak forgets the most memory that the child and its children had. Where the
// system does not allow it, their peak is that since their start.
func (c *child) resetPeak() {
	for _, pid := range c.family {
		_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
	}
}

// peak returns the most memory that the child and its children had, in bytes:
// since resetPeak if it runs, or else ever; 0 if that is not known.
func (c *child) peak() int64 {
	if !memoryMeasured {
		return 0
	}
	if c.family == nil { // a launcher has started the adapter by now
		c.family = family(c.cmd.Process.Pid, 0)
	}
	var sum int64
	for _, pid := range c.family {
		sum += statusKiB(pid, "VmHWM:")
	}
	if sum > 0 {
		return sum << 10
	}
	select {
	case <-c.ended: // which may come a moment later than what it wrote
	case <-time.After(pipeGrace):
		return 0
	}
	usage, ok := c.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(usage.Maxrss) << 10
}

// statusKiB returns a line of a process' status, or 0.
func statusKiB(pid int, name string) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(data, []byte("\n"+name))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// deepest is how far below the program its children are counted: a script that
// starts a launcher that starts the adapter.
const deepest = 3

// family returns a process and those that it has started.
func family(pid, depth int) []int {
	all := []int{pid}
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil || depth == deepest {
		return all
	}
	for _, name := range lists {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		for _, field := range bytes.Fields(data) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				all = append(all, family(child, depth+1)...)
			}
		}
	}
	return all
}
