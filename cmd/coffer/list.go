package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/ref/archive"
)

func newListCommand() *cobra.Command {
	var secret secretFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list CONTAINER",
		Short: "Show which files a container holds",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, r, err := openArchive(args[0], &secret)
			if err != nil {
				return err
			}
			defer in.Close()
			out := bufio.NewWriter(os.Stdout)
			if asJSON {
				err = listJSON(out, r)
			} else {
				list(out, r)
			}
			if err != nil {
				return err
			}
			return out.Flush()
		},
	}
	secret.register(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func list(w io.Writer, r *archive.Reader) {
	var size int64
	for _, rec := range r.Entries() {
		size += rec.Entry.Size
	}
	fmt.Fprintf(w, "%s, %s: %s\n\n", count(len(r.Entries()), "file"), bytesText(size), about(r.Index()))
	if len(r.Entries()) == 0 {
		return
	}
	fmt.Fprintf(w, "%12s  %-19s  %-8s  %s\n", "BYTES", "MODIFIED", "KIND", "NAME")
	for _, rec := range r.Entries() {
		e := rec.Entry
		fmt.Fprintf(w, "%12d  %-19s  %-8s  %s\n", e.Size, timeText(e.ModifiedMS), e.Kind, shown(e.Path))
	}
}

// listed is an entry in JSON; names and units are those of spec chapter 8.
type listed struct {
	Path       string `json:"path"`
	Kind       string `json:"kind"`
	ModifiedMS uint64 `json:"modified_ms"`
	Size       int64  `json:"size"`
}

func listJSON(w io.Writer, r *archive.Reader) error {
	index := r.Index()
	entries := []listed{}
	for _, rec := range r.Entries() {
		e := rec.Entry
		entries = append(entries, listed{e.Path, e.Kind.String(), e.ModifiedMS, e.Size})
	}
	return writeJSON(w, map[string]any{
		"set_id":     fmt.Sprintf("%x", index.SetID),
		"generation": index.Generation,
		"epoch":      index.Epoch,
		"created_ms": index.CreatedMS,
		"complete":   index.Complete,
		"previous":   fmt.Sprintf("%x", index.Previous),
		"producer":   index.Producer,
		"entries":    entries,
	})
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
