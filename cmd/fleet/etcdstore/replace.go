package etcdstore

import (
	"fmt"
	"net/http"
	"slices"
)

// Handlers are what the operator can ask besides what every vault answers: POST /replace/NAME
// takes a member out that has lost its store, or whose store was set back, and has another one
// expected at its address, which brings nothing with it. It can be asked again if it fails.
func (s *store) Handlers() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{"POST /replace/{name}": s.replace}
}

func (s *store) replace(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	urls, is := s.peers[name]
	if !is {
		http.Error(w, "there is no such member", http.StatusNotFound)
		return
	}
	found, err := s.client.MemberList(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	expected := false
	for _, m := range found.Members {
		switch {
		case !slices.Equal(m.PeerURLs, urls):
		case m.Name == "": // it has not run yet
			expected = true
		case m.ID == uint64(s.etcd.Server.MemberID()):
			http.Error(w, "that is this member: ask another", http.StatusConflict)
			return
		default:
			if _, err := s.client.MemberRemove(r.Context(), m.ID); err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
		}
	}
	if !expected {
		if _, err := s.client.MemberAdd(r.Context(), urls); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
	}
	fmt.Fprintf(w, "the members expect a new %s: remove the store and the guard there, and start it with --join\n", name)
}
