package vaults

import (
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/ref/vault"
)

func ofProofs() []audit {
	return []audit{
		{"replaced-with-proof", "VLT-20 VLT-24", "A commit with a proof of the type management destroys the record that it replaces, and is answered again when it comes again.", func(w *world) {
			h := w.holder().enrol()
			next := h.another().pend()
			commit := next.commit(next.committing(h).Signed(h.management))
			for range 2 {
				next.expect(commit, vault.OK)
				h.isGone()
			}
			next.recovers()
		}},
		{"replaced-by-session", "VLT-20 VLT-28", "A proof of the type session holds once the third message has come, and until the session ends.", func(w *world) {
			h := w.holder().enrol()
			next := h.another().pend()
			open := h.tries(true)
			commit := func(f *first, want vault.Status) {
				next.commits(next.committing(h).InSession(f.login.SessionKey), want)
			}
			commit(open, vault.Stale)
			f := h.recovers()
			commit(open, vault.Stale)
			for _, bit := range []int{0, 255, 511} {
				proof := next.committing(h).InSession(f.login.SessionKey)
				proof.Value[bit/8] ^= 1 << (bit % 8)
				next.commits(proof, vault.Stale)
			}
			w.wait(vault.SessionTime - 1)
			ending := next.committing(h).InSession(f.login.SessionKey)
			w.wait(1)
			next.commits(ending, vault.Stale)
			commit(h.recovers(), vault.OK)
			h.isGone()
		}},
		{"wrong-proofs", "VLT-20", "A proof of which one field is another does not hold, and changes nothing.", func(w *world) {
			h, stranger := w.holder(), w.holder()
			h.enrol()
			stranger.enrol()
			next := h.another().pend()
			for _, proof := range wrongProofs(next.committing(h), h, stranger) {
				next.commits(proof, vault.Stale)
			}
			for _, proof := range append(wrongProofs(h.destroying(), h, stranger), vault.Proof{}) {
				h.destroys(proof, vault.Stale)
			}
			next.state()
			h.state()
		}},
		{"proofs-of-earlier", "VLT-20", "A proof of an earlier sequence of the account does not hold any more.", func(w *world) {
			h := w.holder().enrol()
			early := h.destroying().Signed(h.management)
			next := h.another().enrol()
			h.destroys(early, vault.Stale)
			h.state()
			h.destroys(h.destroying().Signed(h.management), vault.OK)
			h.isGone()
			next.recovers()
		}},
		{"live-again-by-key", "VLT-20", "Who holds K makes a superseded record live by a commit with a proof of it, and by nothing else.", func(w *world) {
			h := w.holder().enrol()
			f := h.recovers()
			thief := h.another().enrol()
			wrong := h.commit(h.committing(h).Signed(h.management))
			wrong.Registration[0] ^= 1
			h.expect(wrong, vault.Refused)
			for _, proof := range []vault.Proof{{}, h.committing(h).InSession(f.login.SessionKey), h.committing(h).Signed(thief.management), h.committing(thief).Signed(thief.management)} {
				h.commits(proof, vault.Stale)
			}
			ofThief := h.destroying()
			ofThief.Of = thief.credential
			h.destroys(ofThief.Signed(thief.management), vault.Stale)
			h.state()
			for range 2 { // the second one finds it live
				h.commits(h.committing(h).Signed(h.management), vault.OK)
				thief.state()
			}
			h.state()
		}},
		{"superseded-destroyed-by-live", "VLT-20", "A commit of the live record with a proof of a superseded one destroys that.", func(w *world) {
			h := w.holder().enrol()
			next := h.another().enrol()
			stale := next.committing(h).Signed(next.management)
			next.commits(stale, vault.Stale)
			next.commits(next.committing(h).Signed(h.management), vault.OK)
			h.isGone()
			next.state()
		}},
		{"destroyed", "VLT-20 VLT-24", "A record is destroyed with a proof of it, of either type, live or superseded.", func(w *world) {
			for _, superseded := range []bool{false, true} {
				for _, inSession := range []bool{false, true} {
					h := w.holder().enrol()
					f := h.recovers()
					if superseded {
						h.another().enrol()
					}
					proof := h.destroying().Signed(h.management)
					if inSession {
						proof = h.destroying().InSession(f.login.SessionKey)
					}
					h.destroys(proof, vault.OK)
					h.isGone()
				}
			}
		}},
		{"anchors", "VLT-15 VLT-20", "An anchor is kept whose version is greater, with the signature of its record, which may be superseded.", func(w *world) {
			h := w.holder().enrol()
			for _, superseded := range []bool{false, true} {
				if superseded {
					h.another().enrol()
				}
				h.anchors()
			}
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
func (h *holder) anchors() {
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
			h.expect(&vault.AnchorRequest{Version: try.request.Version, Anchor: try.request.Anchor, Proof: try.request.Proof}, try.want)
		}
		h.state()
	}
}
