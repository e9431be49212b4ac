package vaultd

import (
	"crypto/sha256"
	"sync"

	"github.com/coffer-format/coffer/ref/vault"
)

// maxTokens is of how many tokens a vault remembers that they are signed.
const maxTokens = 100_000

// signed remembers, for some keys, tokens that Holds has found good: a client asks several
// times with one, and a signature takes as long to verify as a third of a recovery. Its memory
// is bounded as that of an allowance.
type signed struct {
	mu         sync.Mutex
	young, old map[[sha256.Size]byte]bool
}

// holds is Token.Holds. [VLT-7]
func (s *signed) holds(t *vault.Token, id *vault.ID, keys *Keys, now uint64) bool {
	digest := sha256.Sum256(t.Bytes())
	if s.knows(&digest) {
		return now >= t.NotBefore && now < t.NotAfter // all else was found good
	}
	if !t.Holds(*id, keys.Services, now) {
		return false
	}
	s.remember(&digest)
	return true
}

func (s *signed) knows(digest *[sha256.Size]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.young[*digest] || s.old[*digest]
}

func (s *signed) remember(digest *[sha256.Size]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.young == nil || len(s.young) >= maxTokens/2 {
		s.young, s.old = map[[sha256.Size]byte]bool{}, s.young
	}
	s.young[*digest] = true
}
