package vault

// The lengths of fields in bytes.
const (
	idSize         = 32
	accountSize    = 32
	credentialSize = 32
	nonceSize      = 16 // of a token
	digestSize     = 32 // SHA-256
	publicKeySize  = 32 // Ed25519
	signatureSize  = 64 // Ed25519, and as long as a MAC
	macSize        = 64 // HMAC-SHA-512
)

// The limits of a token and of an account. Times are in milliseconds.
const (
	MaxTokenTime   = 86400000                 // for which a token is valid [VLT-7]
	MaxAttempts    = 10                       // of a record that becomes live, or succeeds (spec section 18.6)
	SessionTime    = 600000                   // from the first message to the end of a session [VLT-25]
	PendingTime    = 24 * 60 * 60 * 1000      // from the registration to the commit
	SupersededTime = 90 * 24 * 60 * 60 * 1000 // for which a superseded record answers
	MaxSuperseded  = 8                        // superseded records when a commit without proof comes
	Tombstones     = 16                       // destroyed records that are remembered [VLT-24]
)

// waits are those after one attempt, two, and so on.
var waits = [MaxAttempts]uint64{0, 0, 60000, 300000, 900000, 3600000, 14400000, 43200000, 86400000, 600000}

// Wait returns how many milliseconds pass between the last of so many attempts, at most
// MaxAttempts, and the next, or, after MaxAttempts, the end of the record. It is 0 for none
// (spec section 18.6).
func Wait(gone int) uint64 {
	if gone == 0 {
		return 0
	}
	return waits[gone-1]
}
