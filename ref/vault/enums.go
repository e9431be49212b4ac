package vault

import "fmt"

// Status is how a vault answers.
type Status uint8

// The statuses (spec section 18.5).
const (
	OK Status = iota
	Waiting
	Unknown
	Gone
	Refused
	Stale
	Full
	BadToken
	Malformed
)

var statusNames = [...]string{"ok", "wait", "unknown", "destroyed", "refused", "stale", "full", "token", "malformed"}

func (s Status) String() string { return nameIn(statusNames[:], uint8(s)) }

// RecordState is where a record stands.
type RecordState uint8

// The states (spec section 18.6).
const (
	None RecordState = iota
	Pending
	Live
	Superseded
	Destroyed
)

var stateNames = [...]string{"none", "pending", "live", "superseded", "destroyed"}

func (s RecordState) String() string { return nameIn(stateNames[:], uint8(s)) }

// ProofType says what a proof is made with.
type ProofType uint8

// The types (spec section 18.5).
const (
	NoProof ProofType = iota
	ManagementProof
	SessionProof
)

var proofNames = [...]string{"none", "management", "session"}

func (t ProofType) String() string { return nameIn(proofNames[:], uint8(t)) }

func nameIn(names []string, value uint8) string {
	if int(value) < len(names) {
		return names[value]
	}
	return fmt.Sprint(value)
}
