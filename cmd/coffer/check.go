package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
)

type checkCommand struct {
	set    setFlags
	deep   bool
	asJSON bool
}

func newCheckCommand() *cobra.Command {
	var c checkCommand
	cmd := &cobra.Command{
		Use:   "check STORE",
		Short: "Check that a backup is all there",
		Long: `Check that the store has every container that the backup lists: that it is there, how
long it is, and its checksum where the store keeps one. With --deep each is read, and
every byte of it is authenticated.

What is missing or damaged is named, and which files of which generations need it. On the
device that makes the backup, the next "coffer backup" stores again what of it is still in
the files there; generations before that stay as they are.`,
		Example: `  coffer check /media/stick/backup
  coffer check --deep s3://my-bucket/phone`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), args[0])
		},
	}
	c.set.registerSecret(cmd)
	f := cmd.Flags()
	f.BoolVar(&c.set.stale, "stale", false, "check what the store has, though this device has seen a later state")
	f.BoolVar(&c.deep, "deep", false, "read and authenticate every byte")
	f.BoolVar(&c.asJSON, "json", false, "print JSON")
	return cmd
}

// checkJSON is what --json prints.
type checkJSON struct {
	Generation uint64      `json:"generation"`
	Objects    int         `json:"objects"`
	Bytes      int64       `json:"bytes"`
	Deep       bool        `json:"deep"`
	Bad        []badObject `json:"bad"`
	Files      int         `json:"files_affected"` // of the newest generation
	Unreadable []uint64    `json:"unreadable"`     // generations whose list of files cannot be read

	Affected []affectedFile `json:"affected"`
}

// badObject is an object that is not as the backup lists it.
type badObject struct {
	Name  string `json:"name"`
	Error string `json:"error"` // a name of the specification, or empty
	Text  string `json:"text"`
	id    archive.ID
}

func (c *checkCommand) run(ctx context.Context, text string) error {
	b, err := openSet(ctx, text, &c.set)
	if err != nil {
		return err
	}
	defer b.close()
	out := checkJSON{Deep: c.deep, Bad: []badObject{}, Unreadable: []uint64{}, Affected: []affectedFile{}}
	for _, kind := range []set.Kind{set.Keyring, set.KeyringCopy} {
		out.Objects++
		name := set.Name{Kind: kind, Number: b.ring.Epoch}
		switch object, ok := b.objects.Has(name); {
		case !ok:
			out.Bad = append(out.Bad, badObject{name.String(), string(fault.MissingContainer), "the store does not have it", archive.ID{}})
		case object.Size != int64(len(b.ring.Bytes)), b.isPassedOver(name):
			out.Bad = append(out.Bad, differingKeyring(name))
		case c.deep:
			same, err := b.isKeyring(ctx, name)
			if err != nil {
				return err
			}
			if !same {
				out.Bad = append(out.Bad, differingKeyring(name))
			}
		}
		out.Bytes += int64(len(b.ring.Bytes))
	}
	if b.head != nil {
		if err := c.containers(ctx, b, &out); err != nil {
			return err
		}
	}
	return c.tell(b, &out)
}

// differingKeyring says that one of the two objects of a keyring is not like the other.
func differingKeyring(name set.Name) badObject {
	return badObject{name.String(), string(fault.PayloadTampered), "it differs from the other keyring of the epoch", archive.ID{}}
}

// isPassedOver reports whether an object could not be opened as the keyring.
func (b *backupSet) isPassedOver(name set.Name) bool {
	return slices.ContainsFunc(b.ring.PassedOver, func(p set.PassedOver) bool { return p.Name == name.String() })
}

// isKeyring reports whether an object has the bytes of the keyring that was opened.
func (b *backupSet) isKeyring(ctx context.Context, name set.Name) (bool, error) {
	back := make([]byte, len(b.ring.Bytes)+1) // an object that is longer has other bytes
	n, err := b.store.ReadAt(ctx, name.String(), back, 0)
	if err != nil && err != io.EOF {
		return false, err
	}
	return bytes.Equal(back[:n], b.ring.Bytes), nil
}

// containers checks what the head lists, and the head.
func (c *checkCommand) containers(ctx context.Context, b *backupSet, out *checkJSON) error {
	unread := b.head.Load(ctx)
	if unread != nil && fault.NameOf(unread) == "" {
		return unread
	}
	out.Generation = b.head.Number
	all := append(slices.Clone(b.head.Own.Stored), archive.Stored{ID: b.head.ID, Generation: b.head.Number, Epoch: b.head.Index.Epoch, Length: b.head.Length})
	slices.SortFunc(all, func(x, y archive.Stored) int { return cmp.Compare(set.NameOf(x).String(), set.NameOf(y).String()) })
	for _, x := range all {
		out.Bytes += x.Length
	}
	bar := &progress{}
	if c.deep {
		bar = newProgress("checking", out.Bytes)
	}
	defer bar.finish()
	for _, x := range all {
		out.Objects++
		err := c.container(ctx, b, x)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		bar.add(x.Length)
		name := fault.NameOf(err)
		switch {
		case err == nil:
		case name == "":
			return err
		default:
			var named *fault.Error
			detail := err.Error()
			if errors.As(err, &named) {
				detail = named.Detail
			}
			detail = strings.ReplaceAll(detail, set.NameOf(x).String(), "it")
			out.Bad = append(out.Bad, badObject{set.NameOf(x).String(), string(name), detail, x.ID})
		}
	}
	if unread != nil && len(out.Bad) == 0 { // no container is to blame
		return b.advise(unread)
	}
	return b.affected(ctx, out)
}

// container checks one container. Errors: missing_container, payload_tampered, those of
// fetching one, those of the store.
func (c *checkCommand) container(ctx context.Context, b *backupSet, x archive.Stored) error {
	name := set.NameOf(x)
	object, ok := b.objects.Has(name)
	switch {
	case !ok:
		return fault.New(fault.MissingContainer, "the store does not have it")
	case object.Size != x.Length:
		return fault.New(fault.PayloadTampered, "it has %d bytes, listed are %d", object.Size, x.Length)
	}
	if b.head.List == nil {
		if err := b.segments(ctx, x.ID); err != nil {
			return err
		}
	}
	if c.deep {
		return c.deepen(ctx, b, x)
	}
	if x.ID == b.head.ID { // nothing lists it; its index has been authenticated
		return nil
	}
	object, err := b.store.Stat(ctx, name.String())
	if err == nil && object.SHA256 != nil && *object.SHA256 != x.Digest {
		err = fault.New(fault.PayloadTampered, "the store has another checksum of it than is listed")
	}
	return err
}

// segments reads what of the list of files of the newest generation lies in a container.
func (b *backupSet) segments(ctx context.Context, id archive.ID) error {
	for _, ref := range b.head.Index.Segments {
		if ref.Container != id {
			continue
		}
		if _, err := b.head.Segment(ctx, ref); err != nil {
			return err
		}
	}
	return nil
}

// deepen authenticates every byte of a container. Without a list of files, what is read is
// compared with the listed digest instead; nothing lists that of the head, whose index was read.
func (c *checkCommand) deepen(ctx context.Context, b *backupSet, x archive.Stored) error {
	switch {
	case b.head.List != nil:
	case x.ID == b.head.ID:
		return nil
	default:
		is, err := store.Holds(ctx, b.store, set.NameOf(x).String(), x.Length, x.Digest)
		if err == nil && !is {
			err = fault.New(fault.PayloadTampered, "it has other bytes than are listed")
		}
		return err
	}
	f, err := os.CreateTemp("", ".coffer-check-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	frames, err := b.head.Fetch(ctx, x.ID, f)
	if err != nil {
		return err
	}
	return frames.Verify()
}

func (c *checkCommand) tell(b *backupSet, out *checkJSON) error {
	if c.asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
			return err
		}
	}
	how := "are there"
	if c.deep {
		how = "are there, and every byte is sound"
	}
	if len(out.Bad) == 0 {
		display.Note("%s: %s (%s) %s", b.name, display.Count(out.Objects, "object"), display.Size(out.Bytes), how)
		if b.isWrittenHere() && c.deep && len(b.device.Damaged) > 0 {
			return b.noteDamage(nil, true)
		}
		return nil
	}
	for _, o := range out.Bad {
		display.Note("%s: %s: %s", o.Name, o.Error, o.Text)
	}
	const most = 10
	for i, f := range out.Affected {
		if i == most {
			display.Note("and %s; --json names all", display.Count(len(out.Affected)-most, "more file"))
			break
		}
		display.Note("needs what is missing or damaged: %s of %s", display.Name(f.Path), generationsText(f.Generations))
	}
	more, err := c.remedy(b, out.Bad)
	if err != nil {
		return err
	}
	lost := fmt.Sprintf("%s of the newest generation, %d, %s damaged or missing", display.Count(out.Files, "file"), out.Generation, isOrAre(out.Files))
	if b.head != nil && b.head.List == nil {
		lost = fmt.Sprintf("the list of files of the newest generation, %d, is damaged or missing, and nothing of it can be restored", out.Generation)
	}
	text := fmt.Sprintf("%d of %s not as the backup lists them; %s", len(out.Bad), display.Count(out.Objects, "object"), lost)
	return advisedError{fault.New(fault.Name(out.Bad[0].Error), "%s", text), more}
}

// generationsText names some generations.
func generationsText(numbers []uint64) string {
	if len(numbers) == 1 {
		return fmt.Sprintf("generation %d", numbers[0])
	}
	var all []string
	for _, n := range numbers {
		all = append(all, fmt.Sprint(n))
	}
	return "generations " + strings.Join(all, ", ")
}
