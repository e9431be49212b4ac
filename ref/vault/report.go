package vault

import (
	"crypto/hmac"

	"github.com/coffer-format/coffer/ref/opaque"
)

// ReportSize is the length of a Report in bytes.
const ReportSize = 4 + 8*MaxAttempts + 8

// Report tells the holder what others have tried (spec section 18.8). Times are in
// milliseconds since 1970-01-01T00:00:00Z.
type Report struct {
	Failures   uint32
	Failed     [MaxAttempts]uint64 // the first Failures, in ascending order, then zeros
	Superseded uint64              // or 0
}

func (r *Report) fields(c codec) {
	c.uint32(&r.Failures)
	for i := range r.Failed {
		c.uint64(&r.Failed[i])
	}
	c.uint64(&r.Superseded)
}

// MAC authenticates the report with the session key. [VLT-38]
func (r *Report) MAC(sessionKey opaque.Secret) [macSize]byte {
	return macOf(sessionKey, append([]byte(labelPrefix+labelReport), encode(r)...))
}

// Authentic reports whether mac is that of the report, in time that does not depend on
// where they differ. [VLT-38] [CON-8]
func (r *Report) Authentic(sessionKey opaque.Secret, mac *[macSize]byte) bool {
	want := r.MAC(sessionKey)
	return hmac.Equal(want[:], mac[:])
}
