package main

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/room"
)

func newSpecServeCommand() *cobra.Command {
	var root, address string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the specification in a browser, beside its code and its vectors",
		Long: `Show the specification in a browser, beside its code and its vectors, until it is
interrupted. They are those of a checkout, which is read once, or else those that
the program carries. The go command compiles the decoder of the pages when a page
first asks for it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			from, err := openSource(root)
			if err != nil {
				return err
			}
			return serveRoom(cmd.Context(), from, address)
		},
	}
	addRoot(cmd, &root)
	cmd.Flags().StringVar(&address, "addr", "127.0.0.1:7325", "listen on `HOST:PORT`; port 0 takes one that is free")
	return cmd
}

func serveRoom(ctx context.Context, from source, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("%w; --addr takes another address", err)
	}
	defer listener.Close()
	pages, err := room.Build(from)
	if err != nil {
		return err
	}
	server := roomServer(address, roomHandler(ctx, from, pages))
	context.AfterFunc(ctx, func() { server.Close() })
	fmt.Fprintf(program.Stdout, "http://%s/\n", shownAddress(listener.Addr().(*net.TCPAddr)))
	fmt.Fprintln(os.Stderr, "Ctrl-C ends it.")
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// shownAddress returns where a browser on this computer finds the server.
func shownAddress(at *net.TCPAddr) string {
	if at.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", at.Port)
	}
	return at.String()
}

// roomServer lets pages be read under the address that the holder gave, and by nobody
// who has another site's page ask for them.
func roomServer(address string, pages http.Handler) *http.Server {
	given, _, _ := net.SplitHostPort(address) // it has been listened on
	return &http.Server{Handler: guarded(given, pages), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 14}
}

// roomHeaders are sent with every answer. The pages have the policy themselves, but for
// what only a header can say.
var roomHeaders = map[string]string{
	"Content-Security-Policy":      room.Policy + "; frame-ancestors 'none'",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
}

// guarded passes on what reads pages under a name that means this server.
func guarded(given string, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range roomHeaders {
			w.Header().Set(name, value)
		}
		switch {
		case !isOwnHost(r, given):
			http.Error(w, "this server does not have that name: use the address that \"coffer-dev spec serve\" has printed", http.StatusMisdirectedRequest)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the pages can be read only", http.StatusMethodNotAllowed)
		default:
			pages.ServeHTTP(w, r)
		}
	})
}

// isOwnHost reports whether a request names this computer, the address that it came
// to, or the name that was given to listen on. Any other name could be somebody's who
// lets it lead here, to read the pages with a page of their own (DNS rebinding).
func isOwnHost(r *http.Request, given string) bool {
	at, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return false
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil { // none is the one of HTTP
		host, port = strings.Trim(r.Host, "[]"), "80"
	}
	if port != fmt.Sprint(at.Port) {
		return false
	}
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || ip.Equal(at.IP)
	}
	return strings.EqualFold(host, "localhost") || host != "" && strings.EqualFold(host, given)
}

// decoder compiles the decoder of the pages.
func (s source) decoder(ctx context.Context) ([]byte, error) {
	dir, remove, err := s.folder()
	if err != nil {
		return nil, err
	}
	defer remove()
	return room.Decoder(ctx, dir)
}

// roomHandler answers with the pages, and with the decoder once it is compiled.
func roomHandler(ctx context.Context, from source, pages map[string][]byte) http.Handler {
	decoder := sync.OnceValues(func() ([]byte, error) { return from.decoder(ctx) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		if name == "" || strings.HasSuffix(name, "/") {
			name += "index.html"
		}
		data, ok := pages[name]
		if name == room.DecoderName {
			var err error
			if data, err = decoder(); err != nil {
				display.Note("%v", err)
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		} else if lost, there := pages[room.LostName]; !ok && there {
			w.Header().Set("Content-Type", mime.TypeByExtension(".html"))
			w.WriteHeader(http.StatusNotFound)
			w.Write(lost)
			return
		} else if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		w.Write(data)
	})
}
