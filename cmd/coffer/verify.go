package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/inspect"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
)

func newVerifyCommand() *cobra.Command {
	var secret secretFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check every byte of a container",
		Long: `Check that every byte of a container is authentic and that its contents fit
together. Nothing is written.

With --json the outcome is printed whether or not the container is sound: sound, which is
true only if every byte was checked; fault, with the name and the detail of what is
wrong, or null; the fingerprint of the key; files, and the size of their contents in
bytes. The exit status is the same. Where there is no file to check, nothing is printed.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeContainer,
		RunE: func(cmd *cobra.Command, args []string) error {
			return verify(cmd.Context(), &secret, args[0], asJSON)
		},
	}
	secret.register(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the outcome as JSON")
	return cmd
}

// verified is what "verify --json" prints.
type verified struct {
	Sound     bool           `json:"sound"`
	Fault     *inspect.Fault `json:"fault"` // null if it is sound
	Purpose   string         `json:"purpose,omitempty"`
	Container string         `json:"container,omitempty"`
	Key       string         `json:"key,omitempty"` // its fingerprint
	Epoch     uint64         `json:"epoch,omitempty"`
	Files     int            `json:"files"`
	Size      int64          `json:"size"`      // of their contents
	Elsewhere int            `json:"elsewhere"` // files in other containers, which were not checked
	origin    string
}

func verify(ctx context.Context, secret *secretFlags, path string, asJSON bool) error {
	in, sec, err := secret.open(ctx, path)
	if err != nil {
		return unsound(err, asJSON)
	}
	defer in.Close()
	c, err := sec.unlock(in)
	if err != nil {
		return unsound(err, asJSON)
	}
	v := verified{Sound: true, Purpose: c.Header.Purpose.String(), Container: fmt.Sprintf("%x", c.Header.ContainerID()), Key: c.Key.Check().Fingerprint()}
	if c.Header.Purpose == header.Keyring {
		err = v.keyring(c)
	} else {
		err = v.archive(c, in)
	}
	if err != nil {
		return unsound(err, asJSON)
	}
	if asJSON {
		return display.JSON(program.Stdout, v)
	}
	fmt.Fprintf(program.Stdout, "%s is sound: %s, key %s\n", in, v.text(), v.Key)
	return nil
}

// unsound prints an error that has a name in the spec, if JSON is wanted, before it is
// explained.
func unsound(err error, asJSON bool) error {
	if asJSON && fault.NameOf(err) != "" {
		f := inspect.FaultOf(err)
		if e := display.JSON(program.Stdout, verified{Fault: &f}); e != nil {
			return e
		}
	}
	return err
}

func (v *verified) keyring(c *container.Container) error {
	ring, err := c.Keyring() // opens all of it
	if err == nil {
		v.Epoch = ring.Epoch
	}
	return err
}

func (v *verified) archive(c *container.Container, in *input) error {
	r, err := c.Archive()
	if err != nil {
		return err
	}
	in.bar = newProgress("verifying", in.size)
	defer in.bar.finish()
	if err := r.Verify(); err != nil { // [ARC-29]
		return err
	}
	placed := r.Placed()
	v.Epoch, v.Files, v.Size, v.Elsewhere = r.Index().Epoch, len(placed), total(placed), len(r.Entries())-len(placed)
	v.origin = origin(r.Index())
	return nil
}

// text is what a person is told.
func (v *verified) text() string {
	if v.Purpose == header.Keyring.String() {
		return fmt.Sprintf("a keyring of epoch %d", v.Epoch)
	}
	elsewhere := ""
	if v.Elsewhere > 0 {
		elsewhere = fmt.Sprintf(" (%s in other containers not checked)", display.Count(v.Elsewhere, "file"))
	}
	return fmt.Sprintf("%s, %s%s, %s", display.Count(v.Files, "file"), display.Size(v.Size), elsewhere, v.origin)
}
