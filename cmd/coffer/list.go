package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
)

func newListCommand() *cobra.Command {
	var flags setFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list FILE|STORE",
		Short: "List what is in a container or a backup",
		Long: `List the files in a container, or in a generation of the backup in a store, the newest
unless another one is named: size, time of the last change, kind and path. A path with
characters that do not show is quoted.

With --json, programs get the key's fingerprint, when and by what the container was
made, and as entries the path of each file, its kind and its size in bytes. Paths are as
they are, and times in milliseconds since 1970, negative before and null if not known.

Only the index is read; "coffer verify" checks the contents.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeContainer,
		RunE: func(cmd *cobra.Command, args []string) error {
			if isStore(cmd.Context(), args[0]) {
				return listSet(cmd.Context(), &flags, args[0], asJSON)
			}
			if flags.generation != 0 || flags.at != "" || flags.stale || flags.vault.given() {
				return program.Usagef("%s is not a store with a backup: --generation, --at, --stale and --vault are about one", display.Name(args[0]))
			}
			return list(cmd.Context(), &flags.secret, args[0], asJSON)
		},
	}
	flags.register(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func list(ctx context.Context, secret *secretFlags, path string, asJSON bool) error {
	in, c, r, err := secret.openArchive(ctx, path)
	if err != nil {
		return err
	}
	defer in.Close()
	return listing{in.String(), r.List, c.Header.ContainerID(), c.Key.Check()}.print(asJSON)
}

// listSet lists a generation of a backup.
func listSet(ctx context.Context, flags *setFlags, text string, asJSON bool) error {
	b, err := openSet(ctx, text, flags)
	if err != nil {
		return err
	}
	defer b.close()
	g, err := b.choose(ctx, flags)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s: generation %d", b.name, g.Number)
	return listing{name, g.List, g.ID, b.ring.Key.Check()}.print(asJSON)
}

// listing is what is listed.
type listing struct {
	name string // for a person
	*archive.List
	container archive.ID // of the index
	key       key.Check
}

func (l listing) print(asJSON bool) error {
	out := bufio.NewWriter(program.Stdout)
	if asJSON {
		if err := l.json(out); err != nil {
			return err
		}
		return out.Flush()
	}
	records := l.Entries()
	fmt.Fprintf(out, "%s: %s, %s, %s\n", l.name, display.Count(len(records), "file"), display.Size(total(records)), origin(l.Index()))
	for _, rec := range records {
		e := rec.Entry
		fmt.Fprintf(out, "%10s  %-16s  %-8v  %s\n", display.Size(e.Size), timeText(e.ModifiedMS), e.Kind, display.Name(e.Path))
	}
	return out.Flush()
}

// archiveJSON is what "list --json" prints. The names are those of the spec.
type archiveJSON struct {
	Container  string      `json:"container"`
	Key        string      `json:"key"` // its fingerprint
	CreatedMS  *int64      `json:"created_ms"`
	Producer   string      `json:"producer"`
	SetID      string      `json:"set_id,omitempty"`
	Generation uint64      `json:"generation,omitempty"`
	Epoch      uint64      `json:"epoch,omitempty"`
	Complete   bool        `json:"complete"`
	Entries    []entryJSON `json:"entries"`
}

type entryJSON struct {
	Path       string   `json:"path"`
	Kind       string   `json:"kind"`
	ModifiedMS *int64   `json:"modified_ms"`
	Size       int64    `json:"size"`
	Containers []string `json:"containers,omitempty"` // others in which parts of it lie
}

// json prints one entry after the other: there can be a million.
func (l listing) json(out *bufio.Writer) error {
	var part bytes.Buffer
	if err := display.JSON(&part, l.archive()); err != nil {
		return err
	}
	const end = "]\n}\n"
	out.Write(bytes.TrimSuffix(part.Bytes(), []byte(end)))
	between := "\n    "
	for _, rec := range l.Entries() {
		part.Reset()
		if err := display.JSON(&part, entryOf(rec, l.container)); err != nil {
			return err
		}
		out.WriteString(between)
		out.Write(bytes.ReplaceAll(bytes.TrimSpace(part.Bytes()), []byte("\n"), []byte("\n    ")))
		between = ",\n    "
	}
	if between[0] == ',' {
		out.WriteString("\n  ")
	}
	_, err := out.WriteString(end)
	return err
}

// archive says all but the entries.
func (l listing) archive() archiveJSON {
	x := l.Index()
	all := archiveJSON{
		Container:  fmt.Sprintf("%x", l.container),
		Key:        l.key.Fingerprint(),
		CreatedMS:  timeJSON(x.CreatedMS),
		Producer:   x.Producer,
		Generation: x.Generation,
		Epoch:      x.Epoch,
		Complete:   x.Complete,
		Entries:    []entryJSON{},
	}
	if !x.StandAlone() {
		all.SetID = fmt.Sprintf("%x", x.SetID)
	}
	return all
}

func entryOf(rec archive.Record, id archive.ID) entryJSON {
	e := entryJSON{Path: rec.Entry.Path, Kind: rec.Entry.Kind.String(), ModifiedMS: timeJSON(rec.Entry.ModifiedMS), Size: rec.Entry.Size}
	for _, place := range rec.Places {
		if name := fmt.Sprintf("%x", place.Container); place.Container != id && !slices.Contains(e.Containers, name) {
			e.Containers = append(e.Containers, name)
		}
	}
	return e
}
