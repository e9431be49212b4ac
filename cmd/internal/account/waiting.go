package account

import (
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/storage"
)

// patience is how long a person waits for a vault without being told.
const patience = time.Second

// HostOf returns how a vault is named to a person.
func HostOf(v *device.Vault) string {
	return display.Name(strings.TrimPrefix(v.Address, "https://"))
}

// watch returns what shows on a terminal that a vault is waited for, and why it is asked again.
func watch(host string) func() (answered func(error)) {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil
	}
	return func() func(error) {
		var mu sync.Mutex
		done := false
		slow := time.AfterFunc(patience, func() {
			mu.Lock()
			defer mu.Unlock()
			if !done {
				display.ShowStatus("waiting for the vault at " + host)
			}
		})
		return func(err error) {
			mu.Lock()
			defer mu.Unlock()
			done = true
			slow.Stop()
			if err == nil {
				display.ClearStatus()
				return
			}
			display.ShowStatus(asksAgain(host, err))
		}
	}
}

// asksAgain says why a vault is asked again.
func asksAgain(host string, err error) string {
	why := "the vault at " + host + " does not answer"
	if network := storage.ExplainNetwork(host, err); network != nil {
		why = network.Text
	}
	return "waiting for the vault, which is asked again: " + why
}
