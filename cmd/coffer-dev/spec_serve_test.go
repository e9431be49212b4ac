package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/cmd/internal/room"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// serving starts a server of one page and returns its address.
func serving(t *testing.T, address string) *net.TCPAddr {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("nothing can listen here: %v", err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	host, _, _ := net.SplitHostPort(address)
	server := roomServer(net.JoinHostPort(host, port), roomHandler(t.Context(), source{}, map[string][]byte{"index.html": []byte("the page")}))
	t.Cleanup(func() { server.Close() })
	go server.Serve(listener)
	return listener.Addr().(*net.TCPAddr)
}

// Only the names of this computer, with the right port, reach the pages: a name that
// somebody else lets lead here does not, nor does a request without one.
func TestServedHosts(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "0.0.0.0:0"} {
		at := serving(t, address)
		if status, answer := raw(t, at, "GET / HTTP/1.1\r\nHost: "+shownAddress(at)+"\r\nConnection: close\r\n\r\n"); status != http.StatusOK {
			t.Errorf("the address that is shown: %s", answer)
		}
		for host, want := range map[string]int{
			"127.0.0.1:PORT":           http.StatusOK,
			"localhost:PORT":           http.StatusOK,
			"LocalHost:PORT":           http.StatusOK,
			"[::1]:PORT":               http.StatusOK,
			"127.0.0.1":                http.StatusMisdirectedRequest,
			"localhost:1":              http.StatusMisdirectedRequest,
			"evil.example:PORT":        http.StatusMisdirectedRequest,
			"evil.example":             http.StatusMisdirectedRequest,
			"localhost.evil.test:PORT": http.StatusMisdirectedRequest,
			"192.0.2.1:PORT":           http.StatusMisdirectedRequest,
			"0.0.0.0:PORT":             http.StatusMisdirectedRequest,
			":PORT":                    http.StatusMisdirectedRequest,
			"":                         http.StatusMisdirectedRequest,
		} {
			host = strings.ReplaceAll(host, "PORT", fmt.Sprint(at.Port))
			status, _ := raw(t, at, "GET / HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n")
			if status != want {
				t.Errorf("%s, Host %q: status %d, want %d", address, host, status, want)
			}
		}
		if status, _ := raw(t, at, "GET / HTTP/1.0\r\n\r\n"); status != http.StatusMisdirectedRequest {
			t.Errorf("%s, no Host: status %d", address, status)
		}
	}
}

// raw sends a request as it is and returns the answer.
func raw(t *testing.T, at *net.TCPAddr, request string) (status int, answer string) {
	t.Helper()
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", at.Port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(string(all), "HTTP/1.%d %d", new(int), &status); err != nil {
		t.Fatalf("%q: %v", all, err)
	}
	return status, string(all)
}

// Pages are read and nothing else is done; every answer has the headers that keep other
// sites out, and the policy is that of the page.
func TestServedMethods(t *testing.T) {
	t.Parallel()
	at := serving(t, "127.0.0.1:0")
	want := http.Header{
		"Content-Security-Policy":      {room.Policy + "; frame-ancestors 'none'"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Referrer-Policy":              {"no-referrer"},
		"X-Content-Type-Options":       {"nosniff"},
	}
	for _, c := range []struct {
		method, path string
		status       int
		body         string
	}{
		{http.MethodGet, "/", http.StatusOK, "the page"},
		{http.MethodHead, "/", http.StatusOK, ""},
		{http.MethodGet, "/nothing.html", http.StatusNotFound, "404 page not found\n"},
		{http.MethodPost, "/", http.StatusMethodNotAllowed, "the pages can be read only\n"},
		{http.MethodPut, "/nothing.html", http.StatusMethodNotAllowed, "the pages can be read only\n"},
		{http.MethodOptions, "/", http.StatusMethodNotAllowed, "the pages can be read only\n"},
		{http.MethodDelete, "/" + room.DecoderName, http.StatusMethodNotAllowed, "the pages can be read only\n"},
	} {
		request, err := http.NewRequest(c.method, fmt.Sprintf("http://%s%s", at, c.path), nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != c.status || string(body) != c.body {
			t.Errorf("%s %s: status %d, %q, %v", c.method, c.path, answer.StatusCode, body, err)
		}
		got := http.Header{}
		for name := range want {
			got[name] = answer.Header[name]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s: %s", c.method, c.path, diff)
		}
		if allow := answer.Header.Get("Allow"); (allow == "GET, HEAD") != (c.status == http.StatusMethodNotAllowed) {
			t.Errorf("%s %s: Allow is %q", c.method, c.path, allow)
		}
	}
}

// Who never ends the header of a request keeps no connection.
func TestServedSlowly(t *testing.T) {
	thorough.Only(t)
	t.Parallel()
	at := serving(t, "127.0.0.1:0")
	conn, err := net.Dial("tcp", at.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "); err != nil {
		t.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the connection is still open: %v", err)
	}
}
