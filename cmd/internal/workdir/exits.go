package workdir

import (
	"os"
	"os/exec"
	"strconv"
)

// Exits is a program: "exits 2 coffer list" succeeds if "coffer list" ends with
// status 2.
func Exits() {
	want, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	if cmd.ProcessState == nil {
		panic(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		println("status", got, "instead of", want)
		os.Exit(1)
	}
}
