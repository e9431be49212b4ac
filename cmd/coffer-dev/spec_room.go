package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/room"
)

func newSpecHTMLCommand() *cobra.Command {
	var root string
	cmd := &cobra.Command{
		Use:   "html DIR",
		Short: "Write the pages of \"coffer-dev spec serve\" to a folder, for a browser or a web server",
		Long: `Write the pages of "coffer-dev spec serve" to the new folder DIR. They need no server:
DIR/index.html can be opened from the disk. The go command compiles their decoder.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			from, err := openSource(root)
			if err != nil {
				return err
			}
			return writeRoom(cmd.Context(), from, args[0])
		},
	}
	addRoot(cmd, &root)
	return cmd
}

// writeRoom writes the pages beside dir, which gets its name when all are there.
func writeRoom(ctx context.Context, from source, dir string) error {
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("%s exists already: name a folder that does not", display.Name(dir))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	pages, err := room.Build(from)
	if err != nil {
		return err
	}
	if pages[room.DecoderName], err = from.decoder(ctx); err != nil {
		return err
	}
	made, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".coffer-html-")
	if err != nil {
		return err
	}
	newfile.Begun(made)
	defer newfile.Ended(made)
	defer os.RemoveAll(made)
	if err := os.Chmod(made, 0o755); err != nil {
		return err
	}
	for name, data := range pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		file := filepath.Join(made, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
	if err := os.Rename(made, dir); err != nil {
		return err
	}
	fmt.Fprintln(program.Stdout, filepath.Join(dir, "index.html"))
	return nil
}
