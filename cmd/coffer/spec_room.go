package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/room"
)

func newSpecServeCommand() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "serve [ROOT]",
		Short: "Show the specification in a browser, beside its code and its vectors",
		Long: `Show the specification in a browser, beside its code and its vectors, until it is
interrupted. ROOT is the root of the repository (default: this folder), which is
read once. The decoder of the pages is compiled by the go command when a page
first asks for it.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return serveRoom(cmd.Context(), repository(args), address)
		},
	}
	cmd.Flags().StringVar(&address, "addr", "127.0.0.1:7325", "listen on `HOST:PORT`; port 0 takes one that is free")
	return cmd
}

func serveRoom(ctx context.Context, root, address string) error {
	pages, err := room.Build(root)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("%w; --addr takes another address", err)
	}
	server := &http.Server{Handler: roomHandler(ctx, root, pages), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	fmt.Printf("http://%s/\n", listener.Addr())
	fmt.Fprintln(os.Stderr, "Ctrl-C ends it.")
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// roomHandler answers with the pages, and with the decoder once it is compiled.
func roomHandler(ctx context.Context, root string, pages map[string][]byte) http.Handler {
	decoder := sync.OnceValues(func() ([]byte, error) { return room.Decoder(ctx, root) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		if name == "" || strings.HasSuffix(name, "/") {
			name += "index.html"
		}
		data, ok := pages[name]
		if name == room.DecoderName {
			var err error
			if data, err = decoder(); err != nil {
				note("%v", err)
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		} else if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Write(data)
	})
}

func newSpecHTMLCommand() *cobra.Command {
	var root string
	cmd := &cobra.Command{
		Use:   "html DIR",
		Short: "Write the pages of \"coffer spec serve\" to a folder, for a browser or a web server",
		Long: `Write the pages of "coffer spec serve" to the new folder DIR. They need no server:
DIR/index.html can be opened from the disk. The go command compiles their decoder.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return writeRoom(cmd.Context(), root, args[0]) },
	}
	cmd.Flags().StringVar(&root, "root", ".", "the root of the repository")
	return cmd
}

// writeRoom writes the pages beside dir, which gets its name when all are there.
func writeRoom(ctx context.Context, root, dir string) error {
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("%s exists already: name a folder that does not", shown(dir))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	pages, err := room.Build(root)
	if err != nil {
		return err
	}
	if pages[room.DecoderName], err = room.Decoder(ctx, root); err != nil {
		return err
	}
	begun, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".coffer-html-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(begun)
	if err := os.Chmod(begun, 0o755); err != nil {
		return err
	}
	for name, data := range pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		file := filepath.Join(begun, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
	if err := os.Rename(begun, dir); err != nil {
		return err
	}
	fmt.Println(filepath.Join(dir, "index.html"))
	return nil
}
