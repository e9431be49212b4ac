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
	"github.com/coffer-format/coffer/ref/container"
)

func newListCommand() *cobra.Command {
	var secret secretFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list FILE",
		Short: "List what is in a container",
		Long: `List the files in a container: size, time of the last change, kind and path. A
path with characters that do not show is quoted.

With --json, programs get the key's fingerprint, when and by what the container was
made, and as entries the path of each file, its kind and its size in bytes. Paths are as
they are, and times in milliseconds since 1970, negative before and null if not known.

Only the index is read; "coffer verify" checks the contents.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeContainer,
		RunE: func(cmd *cobra.Command, args []string) error {
			return list(cmd.Context(), &secret, args[0], asJSON)
		},
	}
	secret.register(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func list(ctx context.Context, secret *secretFlags, path string, asJSON bool) error {
	in, c, r, err := secret.openArchive(ctx, path)
	if err != nil {
		return err
	}
	defer in.Close()
	out := bufio.NewWriter(program.Stdout)
	if asJSON {
		if err := listJSON(out, c, r); err != nil {
			return err
		}
		return out.Flush()
	}
	records := r.Entries()
	fmt.Fprintf(out, "%s: %s, %s, %s\n", in, display.Count(len(records), "file"), display.Size(total(records)), origin(r.Index()))
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

// listJSON prints one entry after the other: there can be a million.
func listJSON(out *bufio.Writer, c *container.Container, r *archive.Reader) error {
	var part bytes.Buffer
	if err := display.JSON(&part, archiveOf(c, r)); err != nil {
		return err
	}
	const end = "]\n}\n"
	out.Write(bytes.TrimSuffix(part.Bytes(), []byte(end)))
	between := "\n    "
	for _, rec := range r.Entries() {
		part.Reset()
		if err := display.JSON(&part, entryOf(rec, c.Header.ContainerID())); err != nil {
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

// archiveOf says all but the entries.
func archiveOf(c *container.Container, r *archive.Reader) archiveJSON {
	x, id := r.Index(), c.Header.ContainerID()
	all := archiveJSON{
		Container:  fmt.Sprintf("%x", id),
		Key:        c.Key.Check().Fingerprint(),
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
