package main

import (
	"time"

	"github.com/spf13/cobra"
)

// setFlags say how a backup set is opened, and which state of it.
type setFlags struct {
	secret     secretFlags
	vault      vaultFlags
	last       bool // the last attempt at the vault may be taken
	generation uint64
	at         string
	stale      bool
	anchored   bool // the state is compared with the vault even if this device remembers it
}

func (f *setFlags) register(cmd *cobra.Command) {
	f.registerSecret(cmd)
	flags := cmd.Flags()
	flags.Uint64Var(&f.generation, "generation", 0, "take the generation `N`, which \"coffer status\" shows")
	flags.StringVar(&f.at, "at", "", "take the newest generation at or before a `DATE`, such as 2026-11-27 or \"2026-11-27 15:04\"")
	flags.BoolVar(&f.stale, "stale", false, "take what the store has, though this device has seen a later state")
	cmd.MarkFlagsMutuallyExclusive("generation", "at")
}

// check refuses a date that is none, before anything is asked.
func (f *setFlags) check() error {
	if f.at == "" {
		return nil
	}
	_, err := parseDate(f.at, time.Local)
	return err
}

// registerSecret adds the flags that say how it is opened.
func (f *setFlags) registerSecret(cmd *cobra.Command) {
	f.secret.register(cmd)
	f.vault.register(cmd)
	cmd.Flags().BoolVar(&f.last, "last-attempt", false, "try the password though the vault lets it be tried only once more")
}
