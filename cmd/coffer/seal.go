package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/slot"
)

// defaultName is how standard input is called in a container unless the holder says.
const defaultName = "stdin"

type sealCommand struct {
	secret                                        secretFlags
	output, stdinName                             string
	force, keepGoing, verbose, allowWeak, showKey bool

	files  int   // sealed
	size   int64 // of their contents
	left   int   // files that could not be read
	unread int   // folders
	single bool  // there is nothing else to seal
}

func newSealCommand() *cobra.Command {
	var s sealCommand
	cmd := &cobra.Command{
		Use:   "seal FOLDER | FILE... | -",
		Short: "Seal files into a container",
		Long: `Seal files into a container: the contents of one folder, or several files and
folders under their own names.

The container opens with a password, which is asked for twice, or with a
64-digit key from "coffer key" (--key-file). A password can be guessed by whoever
has the container: take a long one. Nobody can recover a lost secret.

Links, special files and empty folders are not sealed, nor are containers beside the
new one or with its key; they are named. A container is not replaced by one with
nothing in it. With - standard input is sealed, as one file. A character that a
container does not allow in a name (control characters, backslash, what is not
UTF-8) is stored as %XX.`,
		Example: `  coffer seal -o monday.coffer Messages
  coffer seal --key-file key.txt -o monday.coffer Messages
  coffer seal --key-file key.txt -o - Messages | ssh host 'cat > monday.coffer'
  pg_dump chats | coffer seal --key-file key.txt -o monday.coffer --name chats.sql -`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.run(cmd.Context(), args)
		},
	}
	s.secret.register(cmd)
	f := cmd.Flags()
	f.StringVarP(&s.output, "output", "o", "", "write the container to `FILE` (- is standard output; default: FOLDER.coffer)")
	f.BoolVar(&s.force, "force", false, "replace the container if it exists; no other file is replaced")
	f.BoolVar(&s.keepGoing, "keep-going", false, "leave out files that cannot be read, and end with status 1")
	f.BoolVarP(&s.verbose, "verbose", "v", false, "name everything that is not sealed")
	f.StringVar(&s.stdinName, "name", defaultName, "the `NAME` under which standard input is sealed")
	f.BoolVar(&s.allowWeak, "allow-weak", false, "accept a weak password")
	f.BoolVar(&s.showKey, "show-key", false, "show the container's 64-digit key, which opens it without the password")
	return cmd
}

func (s *sealCommand) run(ctx context.Context, args []string) error {
	first := slices.Index(args, "-")
	if first < 0 && s.stdinName != defaultName {
		return program.Usagef("--name is for standard input, which is not sealed without -")
	}
	if first >= 0 {
		switch {
		case slices.Contains(args[first+1:], "-"):
			return program.Usagef("standard input is sealed once: give one -")
		case s.secret.keyFile == "-" || s.secret.passwordFile == "-":
			return program.Usagef("standard input cannot be sealed and be the secret")
		case s.output == "":
			return program.Usagef("standard input has no name: give -o FILE")
		case term.IsTerminal(int(os.Stdin.Fd())):
			return program.Usagef("what is typed is not sealed: give a file, or send standard input from one")
		}
	}
	if s.output == "" {
		if len(args) > 1 {
			return program.Usagef("several files have no name together: give -o FILE")
		}
		abs, err := filepath.Abs(args[0])
		if err != nil {
			return err
		}
		s.output = filepath.Base(abs) + ".coffer"
	}
	found, err := collect(args, s.output, s.stdinName)
	if err != nil {
		return err
	}
	out, err := newfile.Create(s.output, s.force, containerMode)
	if err != nil {
		return orForce(err)
	}
	defer out.Abandon()
	var used inUse
	s.secret.use(&used)
	if first >= 0 {
		used.add("-", "the input")
	}
	if err := mayReplace(out, s.output, used, isContainer); err != nil {
		return err
	}
	s.single = len(found.sources)+len(found.failed) == 1
	for _, err := range found.failed {
		if err := s.leaveOut(err); err != nil {
			return err
		}
	}
	if len(found.sources) == 0 {
		found.left.tell(s.verbose)
		return errNothing
	}
	k, slots, err := s.key(ctx)
	if err != nil {
		return err
	}

	w, err := parallel.Containers.NewArchiveWriter(calledOffWriter{ctx, out}, rand.Reader, &k, slots, archive.StandAlone(milliseconds(time.Now().UnixMilli()), "coffer "+program.Number)) // [ARC-80]
	if err != nil {
		return err
	}
	bar := newProgress("sealing", found.size)
	err = s.addAll(ctx, w, found, &k, bar)
	bar.finish()
	if err == nil && s.files == 0 {
		found.left.tell(s.verbose)
		err = errNothing
	}
	if err != nil {
		w.Abort()
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := out.Commit(); err != nil {
		return orForce(err)
	}
	s.summarize(found, &k)
	if s.left > 0 || s.unread > 0 {
		return program.ExitError(program.Refused)
	}
	return nil
}

// errNothing keeps a container from being replaced by an empty one: a drive that is not
// mounted is an empty folder.
var errNothing = errors.New("there was nothing to seal, and nothing was written: is the source what you mean, is it mounted, and may you read it?")

// orForce adds what to do about a file that exists.
func orForce(err error) error {
	var exists newfile.ExistsError
	if errors.As(err, &exists) {
		return fmt.Errorf("%w: give another name, or --force to replace it", err)
	}
	return err
}

// key returns the container's key and the slots that open it, too.
func (s *sealCommand) key(ctx context.Context) (key.Key, []slot.Slot, error) {
	if s.secret.keyFile != "" {
		k, err := readKey(ctx, s.secret.keyFile, nil)
		return k, nil, err
	}
	prepared, err := newPassword(ctx, s.secret.passwordFile, s.allowWeak, "--key-file or --password-file")
	if err != nil {
		return key.Key{}, nil, err
	}
	k, err := key.New(rand.Reader) // [KEY-2] [CON-7]
	if err != nil {
		return key.Key{}, nil, err
	}
	password, err := slot.NewPassword(rand.Reader, &k, prepared, slot.DefaultParams)
	return k, []slot.Slot{password}, err
}

// leaveOut decides about a file that cannot be read.
func (s *sealCommand) leaveOut(err error) error {
	switch {
	case s.single:
		return fmt.Errorf("%w; nothing was sealed", err)
	case !s.keepGoing:
		return fmt.Errorf("%w; nothing was sealed, --keep-going seals the other files", err)
	}
	display.Note("not sealed: %s", program.InWords(err))
	var folder folderError
	if errors.As(err, &folder) {
		s.unread++
	} else {
		s.left++
	}
	return nil
}

func (s *sealCommand) addAll(ctx context.Context, w *container.ArchiveWriter, found *collection, k *key.Key, bar *progress) error {
	var folder fs.FileInfo
	if s.output != "-" {
		folder, _ = os.Stat(filepath.Dir(s.output))
	}
	files := readAhead(ctx, found.sources, k.Check(), bar)
	defer files.close()
	for src := range files.each() {
		switch {
		case src.container == sameKeyContainer:
			found.left.add(ownContainer, src.file)
			continue
		case src.container == someContainer && isIn(src.file, folder):
			found.left.add(besideContainer, src.file)
			continue
		}
		err := s.add(w, src)
		var abandoned *archive.AbandonedError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &abandoned):
			err = s.leaveOut(fmt.Errorf("%s: %w", display.Name(src.file), newfile.Cause(abandoned.Err)))
		case err == nil:
			s.files++
			s.size += src.entry.Size
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// add seals one file. One that turns out to be shorter or longer than its size gets a
// second try; of one that becomes longer, what it had is sealed.
func (s *sealCommand) add(w *container.ArchiveWriter, f *openFile) error {
	if f.err != nil {
		return &archive.AbandonedError{Path: f.entry.Path, Err: f.err}
	}
	err := w.Add(f.entry, f)
	if errors.Is(err, archive.ErrShort) || errors.Is(err, errLonger) {
		if err := f.again(); err != nil {
			return &archive.AbandonedError{Path: f.entry.Path, Err: err}
		}
		err = w.Add(f.entry, f)
	}
	if err == nil && (f.altered || f.changed()) {
		display.Note("%s has changed while it was read: it is sealed as it was read", display.Name(f.file))
	}
	return err
}
