package etcdstore

import (
	"bytes"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
)

// network is between the members: each has a proxy before it, at the address that the others
// know, and the network is parted by who speaks to whom.
type network struct {
	mu    sync.Mutex
	part  []int          // of each member; those of one part reach each other
	from  map[string]int // the members, by how they call themselves
	links map[*link]bool
}

type link struct {
	who  string // asks
	to   int
	ends [2]net.Conn
}

func (l *link) close() {
	for _, end := range l.ends {
		end.Close()
	}
}

func newNetwork(members int) *network {
	return &network{part: make([]int, members), from: map[string]int{}, links: map[*link]bool{}}
}

// divide puts each member into a part.
func (n *network) divide(parts ...int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	copy(n.part, parts)
	for l := range n.links {
		if !n.open(l) {
			l.close()
		}
	}
}

// join makes the network whole again.
func (n *network) join() { n.divide(make([]int, len(n.part))...) }

// named says how a member calls itself.
func (n *network) named(name string, member int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.from[name] = member
}

// open reports whether there can be a link. Who does not say who it is, as one that wants to
// join, reaches all, as long as the network is whole.
func (n *network) open(l *link) bool {
	if from, is := n.from[l.who]; is {
		return n.part[from] == n.part[l.to]
	}
	return !slices.ContainsFunc(n.part, func(part int) bool { return part != n.part[0] })
}

// add remembers a link, if there can be one.
func (n *network) add(l *link) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.open(l) {
		n.links[l] = true
		return true
	}
	return false
}

func (n *network) remove(l *link) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.links, l)
}

// proxy brings what comes to an address to a member, and returns the address.
func (n *network) proxy(t testing.TB, to int, target string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go n.connect(conn, to, target)
		}
	}()
	return listener.Addr().String()
}

func (n *network) connect(conn net.Conn, to int, target string) {
	defer conn.Close()
	var head []byte
	for chunk := make([]byte, 4096); !bytes.Contains(head, []byte("\r\n\r\n")); {
		read, err := conn.Read(chunk)
		if err != nil || len(head) > 1<<16 {
			return
		}
		head = append(head, chunk[:read]...)
	}
	if strings.HasPrefix(string(head), "GET /raft/probing") { // it does not say who asks
		return
	}
	who := ""
	if _, after, is := strings.Cut(string(head), "X-Server-From: "); is {
		who, _, _ = strings.Cut(after, "\r\n")
	}
	other, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	l := &link{who: who, to: to, ends: [2]net.Conn{conn, other}}
	defer l.close()
	if !n.add(l) {
		return
	}
	defer n.remove(l)
	if _, err := other.Write(head); err != nil {
		return
	}
	go func() {
		defer l.close()
		io.Copy(other, conn)
	}()
	io.Copy(conn, other)
}
