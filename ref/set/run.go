package set

import "fmt"

// State is where a run that adds a generation stands (spec section 17.3).
type State string

// The states in the order in which a run goes through them, and its ends.
const (
	StateKeyring    State = "keyring"
	StateCommits    State = "commits"
	StateContents   State = "contents"
	StateCommit     State = "commit"
	StateConfirm    State = "confirm"
	StateDone       State = "done"
	StateSuperseded State = "superseded"
	StateStale      State = "stale"
)

// Answer is what came back of what a state requests of the store.
type Answer string

// The answers.
const (
	AnswerOurs    Answer = "ours"
	AnswerOther   Answer = "other"
	AnswerGone    Answer = "gone"
	AnswerSame    Answer = "same"
	AnswerPending Answer = "pending"
	AnswerMade    Answer = "made"
	AnswerTaken   Answer = "taken"
	AnswerEnded   Answer = "ended"
	AnswerNone    Answer = "none"
)

type transition struct {
	state  State
	answer Answer
}

// transitions is the table of spec section 17.3.
var transitions = map[transition]State{
	{StateKeyring, AnswerOurs}:    StateCommits,
	{StateKeyring, AnswerOther}:   StateSuperseded,
	{StateKeyring, AnswerGone}:    StateStale,
	{StateCommits, AnswerSame}:    StateContents,
	{StateCommits, AnswerPending}: StateContents,
	{StateCommits, AnswerOther}:   StateSuperseded,
	{StateCommits, AnswerGone}:    StateStale,
	{StateContents, AnswerMade}:   StateCommit,
	{StateContents, AnswerNone}:   StateConfirm,
	{StateCommit, AnswerMade}:     StateConfirm,
	{StateCommit, AnswerTaken}:    StateCommits,
	{StateConfirm, AnswerSame}:    StateDone,
	{StateConfirm, AnswerOther}:   StateCommits,
	{StateConfirm, AnswerGone}:    StateCommit,
	{StateConfirm, AnswerEnded}:   StateKeyring,
}

// Next returns the state that follows on an answer. It panics for an answer that the state
// cannot get. [LIF-8]
func (s State) Next(a Answer) State {
	next, ok := transitions[transition{s, a}]
	if !ok {
		panic(fmt.Sprintf("set: internal error: the state %s has no answer %s", s, a))
	}
	return next
}

// Ended reports whether a run in this state has come to its end.
func (s State) Ended() bool {
	return s == StateDone || s == StateSuperseded || s == StateStale
}
