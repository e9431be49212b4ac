package vaults

import (
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/ref/vault"
)

func ofProofs() []audit {
	return []audit{
		{"replaced-with-proof", "VLT-20 VLT-24", "A commit with a proof of the type management destroys the record that it replaces, and is answered again when it comes again.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			next := h.another()
			if err := next.pend(); err != nil {
				return err
			}
			commit := next.commit(next.committing(h).Signed(h.management))
			for range 2 {
				if _, err := next.expect("commit", commit, vault.OK); err != nil {
					return err
				}
				if err := h.isGone(); err != nil {
					return err
				}
			}
			_, err := next.recovers()
			return err
		}},
		{"replaced-by-session", "VLT-20 VLT-28", "A proof of the type session holds once the third message has come, and until the session ends.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			next := h.another()
			if err := next.pend(); err != nil {
				return err
			}
			open, err := h.tries(true)
			if err != nil {
				return err
			}
			commit := func(f *first, want vault.Status) error {
				_, err := next.expect("commit", next.commit(next.committing(h).InSession(f.login.SessionKey)), want)
				return err
			}
			if err := commit(open, vault.Stale); err != nil {
				return err
			}
			f, err := h.recovers()
			if err != nil {
				return err
			}
			if err := commit(open, vault.Stale); err != nil {
				return err
			}
			for _, bit := range []int{0, 255, 511} {
				proof := next.committing(h).InSession(f.login.SessionKey)
				proof.Value[bit/8] ^= 1 << (bit % 8)
				if _, err := next.expect("commit", next.commit(proof), vault.Stale); err != nil {
					return err
				}
			}
			if err := w.wait(vault.SessionTime - 1); err != nil {
				return err
			}
			ending := next.committing(h).InSession(f.login.SessionKey)
			if err := w.wait(1); err != nil {
				return err
			}
			if _, err := next.expect("commit", next.commit(ending), vault.Stale); err != nil {
				return err
			}
			if f, err = h.recovers(); err != nil {
				return err
			}
			if err := commit(f, vault.OK); err != nil {
				return err
			}
			return h.isGone()
		}},
		{"wrong-proofs", "VLT-20", "A proof of which one field is another does not hold, and changes nothing.", func(w *world) error {
			h, stranger := w.holder(), w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			if err := stranger.enrol(); err != nil {
				return err
			}
			next := h.another()
			if err := next.pend(); err != nil {
				return err
			}
			for _, proof := range wrongProofs(next.committing(h), h, stranger) {
				if _, err := next.expect("commit", next.commit(proof), vault.Stale); err != nil {
					return err
				}
			}
			for _, proof := range append(wrongProofs(h.destroying(), h, stranger), vault.Proof{}) {
				if _, err := h.expect("destroy", &vault.DestroyRequest{Proof: proof}, vault.Stale); err != nil {
					return err
				}
			}
			if err := next.state(); err != nil {
				return err
			}
			return h.state()
		}},
		{"proofs-of-earlier", "VLT-20", "A proof of an earlier sequence of the account does not hold any more.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			early := h.destroying().Signed(h.management)
			next := h.another()
			if err := next.enrol(); err != nil {
				return err
			}
			if _, err := h.expect("destroy", &vault.DestroyRequest{Proof: early}, vault.Stale); err != nil {
				return err
			}
			if err := h.state(); err != nil {
				return err
			}
			if _, err := h.expect("destroy", &vault.DestroyRequest{Proof: h.destroying().Signed(h.management)}, vault.OK); err != nil {
				return err
			}
			if err := h.isGone(); err != nil {
				return err
			}
			_, err := next.recovers()
			return err
		}},
		{"live-again-by-key", "VLT-20", "Who holds K makes a superseded record live by a commit with a proof of it, and by nothing else.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			f, err := h.recovers()
			if err != nil {
				return err
			}
			thief := h.another()
			if err := thief.enrol(); err != nil {
				return err
			}
			wrong := h.commit(h.committing(h).Signed(h.management))
			wrong.Registration[0] ^= 1
			if _, err := h.expect("commit", wrong, vault.Refused); err != nil {
				return err
			}
			for _, proof := range []vault.Proof{{}, h.committing(h).InSession(f.login.SessionKey), h.committing(h).Signed(thief.management), h.committing(thief).Signed(thief.management)} {
				if _, err := h.expect("commit", h.commit(proof), vault.Stale); err != nil {
					return err
				}
			}
			ofThief := h.destroying()
			ofThief.Of = thief.credential
			if _, err := h.expect("destroy", &vault.DestroyRequest{Proof: ofThief.Signed(thief.management)}, vault.Stale); err != nil {
				return err
			}
			if err := h.state(); err != nil {
				return err
			}
			for range 2 { // the second one finds it live
				if _, err := h.expect("commit", h.commit(h.committing(h).Signed(h.management)), vault.OK); err != nil {
					return err
				}
				if err := thief.state(); err != nil {
					return err
				}
			}
			return h.state()
		}},
		{"superseded-destroyed-by-live", "VLT-20", "A commit of the live record with a proof of a superseded one destroys that.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			next := h.another()
			if err := next.enrol(); err != nil {
				return err
			}
			stale := next.committing(h).Signed(next.management)
			if _, err := next.expect("commit", next.commit(stale), vault.Stale); err != nil {
				return err
			}
			if _, err := next.expect("commit", next.commit(next.committing(h).Signed(h.management)), vault.OK); err != nil {
				return err
			}
			if err := h.isGone(); err != nil {
				return err
			}
			return next.state()
		}},
		{"destroyed", "VLT-20 VLT-24", "A record is destroyed with a proof of it, of either type, live or superseded.", func(w *world) error {
			for _, superseded := range []bool{false, true} {
				for _, inSession := range []bool{false, true} {
					h := w.holder()
					if err := h.enrol(); err != nil {
						return err
					}
					f, err := h.recovers()
					if err != nil {
						return err
					}
					if superseded {
						if err := h.another().enrol(); err != nil {
							return err
						}
					}
					proof := h.destroying().Signed(h.management)
					if inSession {
						proof = h.destroying().InSession(f.login.SessionKey)
					}
					if _, err := h.expect("destroy", &vault.DestroyRequest{Proof: proof}, vault.OK); err != nil {
						return err
					}
					if err := h.isGone(); err != nil {
						return err
					}
				}
			}
			return nil
		}},
		{"anchors", "VLT-15 VLT-20", "An anchor is kept whose version is greater, with the signature of its record, which may be superseded.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			for _, superseded := range []bool{false, true} {
				if superseded {
					if err := h.another().enrol(); err != nil {
						return err
					}
				}
				if err := h.anchors(); err != nil {
					return err
				}
			}
			return nil
		}},
	}
}

// wrongProofs are proofs of a statement with another field, key or type.
func wrongProofs(s *vault.Statement, h, stranger *holder) []vault.Proof {
	var all []vault.Proof
	for _, change := range []func(s *vault.Statement){
		func(s *vault.Statement) {
			s.Operation = map[vault.Operation]vault.Operation{vault.Commit: vault.Destroy, vault.Destroy: vault.Commit}[s.Operation]
		},
		func(s *vault.Statement) { s.Vault[0] ^= 1 },
		func(s *vault.Statement) { s.Account[31] ^= 1 },
		func(s *vault.Statement) { s.Sequence++ },
		func(s *vault.Statement) { s.Sequence-- },
		func(s *vault.Statement) { s.Credential[0] ^= 1 },
		func(s *vault.Statement) { s.Registration[31] ^= 1 },
	} {
		other := *s
		change(&other)
		all = append(all, other.Signed(h.management))
	}
	ofAnother := s.Signed(h.management)
	ofAnother.Of = stranger.credential
	signedForAnother := *s
	signedForAnother.Of = stranger.credential
	otherOf := signedForAnother.Signed(h.management)
	otherOf.Of = s.Of
	asSession := s.Signed(h.management)
	asSession.Type = vault.SessionProof
	flipped := s.Signed(h.management)
	flipped.Value[drawn.OneOf(h.w.r, 0, 31, 32, 62)] ^= 1
	ofNoSession := s.InSession(make([]byte, 64))
	return append(all, ofAnother, otherOf, signedForAnother.Signed(stranger.management), asSession, flipped, ofNoSession, s.Signed(stranger.management))
}

// anchors keeps anchors, and others in vain.
func (h *holder) anchors() error {
	version := uint64(1)
	if r := h.w.model.accounts[h.account]; r != nil {
		for i := range r.Records {
			version += r.Records[i].Version
		}
	}
	for _, step := range []uint64{0, 1, 1 << 30} {
		version += step
		kept := h.anchor(version)
		forged, later, moved := h.anchor(version+1), h.anchor(version+1), h.anchor(version+1)
		forged.Anchor[100] ^= 1
		later.Version++
		moved.Proof = h.anchor(version + 1).Proof
		for _, try := range []struct {
			request *vault.AnchorRequest
			want    vault.Status
		}{{kept, vault.OK}, {kept, vault.OK}, {h.anchor(version), vault.Stale}, {h.anchor(version - 1), vault.Stale}, {forged, vault.Stale}, {later, vault.Stale}, {moved, vault.Stale}} {
			if _, err := h.expect("anchor", &vault.AnchorRequest{Version: try.request.Version, Anchor: try.request.Anchor, Proof: try.request.Proof}, try.want); err != nil {
				return err
			}
		}
		if err := h.state(); err != nil {
			return err
		}
	}
	return nil
}
