package vault

import "github.com/coffer-format/coffer/ref/opaque"

// The lengths of the answers in bytes.
const (
	StateAnswerSize    = 1 + 1 + 1 + 8 + 8 + credentialSize + 8 + AnchorSize
	RegisterAnswerSize = 1 + opaque.RegistrationResponseSize
	StoreAnswerSize    = 1
	CommitAnswerSize   = 1 + 8
	RecoverAnswerSize  = 1 + 1 + 8 + opaque.KE2Size
	FinishAnswerSize   = 1 + ReportSize + macSize
	DestroyAnswerSize  = 1 + 8
	AnchorAnswerSize   = 1 + 8
)

// Answer is one of the structures of spec section 18.5 that a vault sends. Its fields are
// zeros where the chapter has no value for them [VLT-15].
type Answer interface {
	// Says returns how the vault answers.
	Says() *Outcome
	structure
	decodes() bool // whether the numbers of its enums have names
}

// Outcome is what every answer begins with.
type Outcome struct{ Status Status }

// Says returns the outcome.
func (o *Outcome) Says() *Outcome { return o }

func (o *Outcome) fields(c codec) { c.uint8((*uint8)(&o.Status)) }

func (o *Outcome) decodes() bool { return int(o.Status) < len(statusNames) }

// StateAnswer answers a StateRequest.
type StateAnswer struct {
	Outcome
	State    RecordState
	Attempts uint8
	Wait     uint64 // in milliseconds
	Sequence uint64
	Live     Credential
	Version  uint64
	Anchor   [AnchorSize]byte
}

func (a *StateAnswer) fields(c codec) {
	a.Outcome.fields(c)
	c.uint8((*uint8)(&a.State))
	c.uint8(&a.Attempts)
	c.uint64(&a.Wait)
	c.uint64(&a.Sequence)
	c.bytes(a.Live[:])
	c.uint64(&a.Version)
	c.bytes(a.Anchor[:])
}

func (a *StateAnswer) decodes() bool {
	return int(a.State) < len(stateNames) && a.Outcome.decodes()
}

// RegisterAnswer answers a RegisterRequest.
type RegisterAnswer struct {
	Outcome
	Response [opaque.RegistrationResponseSize]byte // RegistrationResponse
}

func (a *RegisterAnswer) fields(c codec) {
	a.Outcome.fields(c)
	c.bytes(a.Response[:])
}

// StoreAnswer answers a StoreRequest.
type StoreAnswer struct{ Outcome }

// CommitAnswer answers a CommitRequest.
type CommitAnswer struct {
	Outcome
	Sequence uint64
}

func (a *CommitAnswer) fields(c codec) {
	a.Outcome.fields(c)
	c.uint64(&a.Sequence)
}

// RecoverAnswer answers a RecoverRequest. Whoever has it can try one password.
type RecoverAnswer struct {
	Outcome
	Attempts uint8
	Wait     uint64 // in milliseconds
	KE2      [opaque.KE2Size]byte
}

func (a *RecoverAnswer) fields(c codec) {
	a.Outcome.fields(c)
	c.uint8(&a.Attempts)
	c.uint64(&a.Wait)
	c.bytes(a.KE2[:])
}

// FinishAnswer answers a FinishRequest.
type FinishAnswer struct {
	Outcome
	Report Report
	MAC    [macSize]byte
}

func (a *FinishAnswer) fields(c codec) {
	a.Outcome.fields(c)
	a.Report.fields(c)
	c.bytes(a.MAC[:])
}

// DestroyAnswer answers a DestroyRequest.
type DestroyAnswer struct {
	Outcome
	Sequence uint64
}

func (a *DestroyAnswer) fields(c codec) {
	a.Outcome.fields(c)
	c.uint64(&a.Sequence)
}

// AnchorAnswer answers an AnchorRequest.
type AnchorAnswer struct {
	Outcome
	Version uint64
}

func (a *AnchorAnswer) fields(c codec) {
	a.Outcome.fields(c)
	c.uint64(&a.Version)
}
