package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/set"
)

type offCommand struct {
	lifeCommand
	yes bool
}

func newOffCommand() *cobra.Command {
	var o offCommand
	cmd := &cobra.Command{
		Use:   "off STORE",
		Short: "Turn a backup off: delete it, all generations",
		Long: `Turn a backup off: delete it from its store, all of its generations, and what this device
keeps of it. The secret is asked for, and a confirmation. Other files in the store stay.
A vault destroys what the password opened.

What a provider keeps of deleted files is beyond reach; without the secret nobody can
read it.`,
		Example:           "  coffer off /media/stick/backup",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			defer o.close()
			return o.run(cmd.Context(), args[0])
		},
	}
	o.register(cmd)
	cmd.Flags().BoolVar(&o.yes, "yes", false, "delete without being asked; the secret is needed all the same")
	return cmd
}

// offEvent is what --json prints.
type offEvent struct {
	Event   string   `json:"event"`
	Store   string   `json:"store"`
	SetID   string   `json:"set_id"`
	Deleted int      `json:"deleted"` // objects
	Left    []string `json:"left"`    // what else lies there
}

func (o *offCommand) run(ctx context.Context, text string) error {
	if err := o.look(ctx, text, false); err != nil {
		return err
	}
	event := offEvent{Event: "off", Store: o.store.text}
	end := o.found.GoOnOff
	switch {
	case o.found.IsEnding():
		display.Note("turning off the backup in %s was begun, and goes on", o.name)
		event.SetID = fmt.Sprintf("%x", o.found.Meta.SetID)
	case o.found.Header == nil:
		return o.noBackup()
	default:
		s, err := o.agreed(ctx)
		if err != nil {
			return err
		}
		event.SetID = fmt.Sprintf("%x", s.Ring.SetID)
		if err := o.tellGone(ctx, s); err != nil {
			return err
		}
		end = s.TurnOff
	}
	err := end(ctx, func() { event.Deleted++ })
	if errors.Is(err, life.ErrRecordStays) {
		return advisedError{err, fmt.Sprintf(`the files of the backup are deleted; "coffer off %s" asks the vault again, and --leave-record ends without it`, o.name)}
	}
	if err != nil && event.Deleted > 0 {
		display.Note("%s of the backup deleted; \"coffer off %s\" goes on", display.Count(event.Deleted, "file"), o.name)
	}
	if err != nil {
		return err
	}
	if event.Left, err = o.left(ctx); err != nil {
		return err
	}
	display.Note("the backup in %s is off: %s deleted, and what this device kept of it", o.name, display.Count(event.Deleted, "file"))
	if n := o.found.Destroyed; n > 0 { // [VLT-47]
		display.Note("the vault has destroyed the record of the password")
	}
	o.tellLeft(event.Left)
	if o.json {
		return display.JSON(program.Stdout, event)
	}
	return nil
}

// agreed gets the secret of the backup, and the holder's consent. [LIF-28]
func (o *offCommand) agreed(ctx context.Context) (*life.Set, error) {
	if !o.yes && !isAsked() {
		return nil, program.Usagef("there is no terminal to confirm on: --yes deletes the backup without being asked")
	}
	objects := o.found.Objects
	size := int64(0)
	count := 0
	for _, names := range [][]set.Name{objects.Keyrings, objects.Commits, objects.Data} {
		for _, name := range names {
			object, _ := objects.Has(name)
			size += object.Size
			count++
		}
	}
	_, s, err := o.prove(ctx, false)
	if err != nil {
		return nil, err
	}
	display.Note("the backup in %s has %s (%s) and %s", o.name, display.Count(count, "file"), display.Size(size), display.Count(len(objects.Commits), "generation"))
	if o.yes {
		return s, nil
	}
	fingerprint := s.Ring.Key.Check().Fingerprint()
	answer, err := askLine(ctx, fmt.Sprintf("All of it is deleted for ever. Type off, or %s, to go on: ", fingerprint))
	if err != nil {
		return nil, err
	}
	if answer != "off" && answer != fingerprint {
		return nil, errors.New("nothing was done")
	}
	return s, nil
}

// left returns what lies in the store beside the backup.
func (o *offCommand) left(ctx context.Context) ([]string, error) {
	names := []string{}
	if !hasScheme(o.store.text) { // a folder may have what is no object
		entries, err := os.ReadDir(o.store.text)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names, err
	}
	objects, err := o.store.List(ctx, "")
	for _, object := range objects {
		names = append(names, object.Name)
	}
	return names, err
}

func (o *offCommand) tellLeft(names []string) {
	const most = 5
	if len(names) == 0 {
		return
	}
	var shown []string
	for _, name := range names[:min(most, len(names))] {
		shown = append(shown, display.Name(name))
	}
	more := ""
	if n := len(names) - most; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	display.Note("left alone in %s: %s%s", o.name, strings.Join(shown, ", "), more)
}
