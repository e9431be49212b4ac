package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/inspect"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
)

func newStatusCommand() *cobra.Command {
	var flags setFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status STORE",
		Short: "Show what a backup has, and whether this device is up to date with it",
		Long: `Show what the store of a backup says without a secret: how much lies there, and which
secrets open it. Nothing of this is authenticated. If this device keeps something of
the backup, it is compared.

With the secret, from a file, or on a device that backs up to it, show the generations,
too: number, time, files, size of their contents, how many of the files need containers
that the store does not have, and what made it.

Elsewhere, on a terminal, it asks whether you want to see them. The status is not 0 if something of the backup is missing, or if the
store does not have the state that this device made.

With --json, programs get the same: sizes in bytes, times in milliseconds since 1970; what
is known only with the secret is left out without it.`,
		Example: `  coffer status /media/stick/backup
  coffer status --password-file password.txt --json /media/stick/backup`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			return showStatus(cmd.Context(), &flags, args[0], asJSON)
		},
	}
	flags.registerSecret(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func showStatus(ctx context.Context, flags *setFlags, text string, asJSON bool) error {
	b, err := findSet(ctx, text)
	if err != nil {
		return err
	}
	defer b.close()
	s := b.status()
	_, kept := b.kept()
	wanted := kept || flags.secret.given()
	if asks := flags.vault.given() || !isAtUnknown(b.header); asks && !wanted && !asJSON && isAsked() {
		answer, err := askLine(ctx, "The generations are shown with the secret of the backup. Show them? (yes or no) ")
		if err != nil {
			return err
		}
		wanted = isYes(answer)
	}
	if wanted {
		if err := b.openAny(ctx, flags); err != nil {
			return err
		}
		if err := s.look(ctx, b); err != nil {
			return err
		}
	}
	begun, _, err := b.objects.Newer(ctx, b.epoch)
	if err != nil {
		return b.advise(err)
	}
	s.compare(b, begun)
	if err := s.askVault(ctx, b, flags); err != nil {
		return err
	}
	if asJSON {
		err = display.JSON(program.Stdout, s)
	} else {
		err = s.print(b.name)
	}
	if err != nil {
		return err
	}
	return b.advise(s.trouble())
}

// openAny opens the set in whatever state it is: what this device remembers is compared
// later.
func (b *backupSet) openAny(ctx context.Context, flags *setFlags) error {
	remembered := b.memory
	b.memory = set.Memory{}
	if err := b.unlock(ctx, flags); err != nil {
		return err
	}
	b.memory = remembered
	b.memory.Stale = true
	if b.isOther() {
		b.memory = set.Memory{}
	}
	return b.openHead(ctx)
}

// isOther reports whether this device remembers another set in the store than there is.
func (b *backupSet) isOther() bool {
	return b.device != nil && b.ring != nil && b.ring.SetID != b.device.SetID
}

// status is what "status --json" prints.
type status struct {
	Store      string          `json:"store"`
	Key        string          `json:"key"`              // its fingerprint
	Epoch      uint64          `json:"epoch"`            // in the name of the keyring
	Slots      []inspect.Slot  `json:"slots"`            // what opens it besides the 64-digit key
	Objects    int             `json:"objects"`          // of the set
	Size       int64           `json:"size"`             // of the objects
	Commits    int             `json:"commits"`          // of the objects
	Containers int             `json:"data_containers"`  // of the objects
	Generation uint64          `json:"generation"`       // the greatest in a name, 0 if there is none
	Device     *deviceStatus   `json:"device"`           // null if this device keeps nothing
	Vault      *vaultStatus    `json:"vault,omitempty"`  // if a vault is known at which the password is
	SetID      string          `json:"set_id,omitempty"` // from here on, with the secret
	Head       *uint64         `json:"head,omitempty"`   // the newest generation
	History    []historyStatus `json:"generations,omitempty"`
	PassedOver []passedStatus  `json:"passed_over,omitempty"`
}

// deviceStatus is what this device keeps of the backup, compared with the store.
type deviceStatus struct {
	State      state  `json:"state"`
	Generation uint64 `json:"generation"` // the last one that it made
	CreatedMS  *int64 `json:"created_ms"` // of that
	Epoch      uint64 `json:"epoch"`

	next  string // after an interruption
	taken bool   // it was another device's
}

type historyStatus struct {
	Generation        uint64         `json:"generation"`
	CreatedMS         *int64         `json:"created_ms"`
	Producer          string         `json:"producer"`
	Files             int            `json:"files"`
	Size              int64          `json:"size"`               // of their contents
	MissingFiles      int            `json:"missing_files"`      // that need one of
	MissingContainers int            `json:"missing_containers"` // those that the store does not list
	Fault             *inspect.Fault `json:"fault"`              // why it cannot be read, or null

	created string
}

type passedStatus struct {
	Name  string        `json:"name"`
	Fault inspect.Fault `json:"fault"`
}

// status says what needs no secret.
func (b *backupSet) status() *status {
	o := b.objects
	s := &status{Store: b.store.text, Key: b.header.KeyCheck.Fingerprint(), Epoch: b.epoch, Slots: []inspect.Slot{}, Commits: len(o.Commits), Containers: len(o.Data)}
	for _, slot := range b.header.Slots {
		s.Slots = append(s.Slots, inspect.SlotOf(slot))
	}
	for _, names := range [][]set.Name{o.Keyrings, o.Commits, o.Data} {
		for _, name := range names {
			object, _ := o.Has(name)
			s.Objects++
			s.Size += object.Size
		}
	}
	if len(o.Commits) > 0 {
		s.Generation = o.Commits[0].Number
	}
	return s
}

// look adds what the secret has opened.
func (s *status) look(ctx context.Context, b *backupSet) error {
	s.SetID = fmt.Sprintf("%x", b.ring.SetID)
	s.Head = new(uint64)
	for _, p := range b.passedOver() { // [SET-10] [SET-15]
		s.PassedOver = append(s.PassedOver, passedStatus{p.Name, inspect.FaultOf(p.Err)})
	}
	if b.head == nil {
		return nil
	}
	*s.Head = b.head.Number
	if err := s.add(ctx, b, b.head.Number, b.head, nil); err != nil {
		return err
	}
	for _, x := range b.head.Earlier() {
		g, err := b.head.OpenEarlier(ctx, x.Generation)
		if err := s.add(ctx, b, x.Generation, g, err); err != nil {
			return err
		}
	}
	return nil
}

// add adds a generation that was opened, or could not be. Errors: those of the store.
func (s *status) add(ctx context.Context, b *backupSet, number uint64, g *set.Generation, err error) error {
	h := historyStatus{Generation: number, created: "-"}
	if err == nil {
		h.CreatedMS, h.created, h.Producer = timeJSON(g.Index.CreatedMS), timeText(g.Index.CreatedMS), g.Index.Producer
		if err = g.Load(ctx); err == nil {
			records := g.List.Entries()
			h.Files, h.Size = len(records), total(records)
			h.MissingFiles, h.MissingContainers = b.losses(g)
		}
	}
	if err != nil {
		if fault.NameOf(err) == "" {
			return err
		}
		f := inspect.FaultOf(err)
		h.Fault = &f
	}
	s.History = append(s.History, h)
	return nil
}

// trouble is what is wrong with the backup, nil if nothing is.
func (s *status) trouble() error {
	if s.Device != nil {
		if err := s.Device.trouble(); err != nil {
			return err
		}
	}
	for _, h := range s.History {
		switch {
		case h.Fault != nil:
			return fault.New(h.Fault.Name, "generation %d: %s", h.Generation, h.Fault.Detail)
		case h.MissingFiles > 0:
			return fault.New(fault.MissingContainer, "%s of generation %d %s not in the store", display.Count(h.MissingFiles, "file"), h.Generation, isOrAre(h.MissingFiles))
		}
	}
	return nil
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
