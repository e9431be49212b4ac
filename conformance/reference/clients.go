package reference

import (
	"bytes"
	"context"
	"errors"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
	"github.com/coffer-format/coffer/vectors"
)

// asking is what the ops of a vault's client have in common.
type asking struct {
	Vault     octets32
	Token     octets
	Random    octets
	Answers   []*octets // null is no answer
	MemoryKiB *uint32   `json:"memory_kib"`
	Passes    *uint32
}

// talk is what a client says to the vault, and what it has heard.
type talk struct {
	*client.Vault
	random   *bytes.Reader
	answers  []*octets
	requests []any
}

// errNoAnswer is a request that gets no answer.
var errNoAnswer = errors.New("there is no answer")

func (a *asking) open() (*talk, error) {
	token, err := vault.ParseToken(a.Token.bytes())
	if err != nil {
		return nil, err
	}
	t := &talk{random: bytes.NewReader(a.Random.bytes()), answers: a.Answers, requests: []any{}}
	tokens := func(context.Context) (*vault.Token, error) { return token, nil }
	stretch := vault.Configuration().Stretch
	if a.MemoryKiB != nil && a.Passes != nil {
		stretch = opaque.Argon2id(*a.MemoryKiB, *a.Passes, 1)
	}
	t.Vault = client.Through(vault.ID(a.Vault), tokens, t.post, stretch)
	return t, nil
}

// post takes the next answer. What is asked after the last one is not recorded.
func (t *talk) post(_ context.Context, name string, request []byte) ([]byte, error) {
	if len(t.answers) == 0 {
		return nil, errNoAnswer
	}
	answer := t.answers[0]
	t.answers = t.answers[1:]
	t.requests = append(t.requests, vectors.Object{"name": name, "message": toHex(request)})
	if answer == nil {
		return nil, errNoAnswer
	}
	return answer.bytes(), nil
}

// ended returns the output of an op that ended with an error or nil. Fields that have no value are
// null.
func (t *talk) ended(err error, fields vectors.Object, nulls ...string) (result, error) {
	output := vectors.Object{"requests": t.requests, "outcome": "ok"}
	for _, name := range nulls {
		output[name] = nil
	}
	for name, value := range fields {
		output[name] = value
	}
	var wrong *client.WrongPassword
	var early *client.TooEarly
	switch {
	case err == nil:
	case errors.Is(err, client.ErrNoAnswer):
		output["outcome"] = "no_answer"
	case errors.As(err, &wrong):
		output["outcome"] = string(fault.WrongSecret)
		output["attempts"], output["wait_ms"] = wrong.Left.Attempts, wrong.Left.WaitMS
	case errors.As(err, &early):
		output["outcome"] = string(fault.VaultRefused)
		output["attempts"], output["wait_ms"] = early.Left.Attempts, early.Left.WaitMS
	case fault.NameOf(err) != "":
		output["outcome"] = string(fault.NameOf(err))
	default:
		return result{}, err
	}
	return result{output: output}, nil
}

type registering struct {
	asking
	Password octets
	Key      octets32
}

func vaultRegister(in registering) (result, error) {
	t, err := in.open()
	if err != nil {
		return result{}, err
	}
	nulls := []string{"credential", "export_key", "registration"}
	prepared, err := password.Prepare(in.Password.bytes())
	if err != nil {
		return t.ended(err, nil, nulls...)
	}
	made, err := t.Register(context.Background(), t.random, prepared, new(key.Key(in.Key)))
	if err != nil {
		return t.ended(err, nil, nulls...)
	}
	return t.ended(nil, vectors.Object{
		"credential": toHex(made.Secret.Credential[:]), "export_key": toHex(made.Secret.ExportKey[:]), "registration": toHex(made.Registration[:]),
	})
}

type recovering struct {
	asking
	Credential octets32
	Password   octets
}

func vaultRecover(in recovering) (result, error) {
	t, err := in.open()
	if err != nil {
		return result{}, err
	}
	nulls := []string{"export_key", "report", "attempts", "wait_ms"}
	prepared, err := password.Prepare(in.Password.bytes()) // [VLT-30]
	if err != nil {
		return t.ended(err, nil, nulls...)
	}
	recovered, err := t.Recover(context.Background(), t.random, vault.Credential(in.Credential), prepared)
	if err != nil {
		return t.ended(err, nil, nulls...)
	}
	fields := vectors.Object{"export_key": toHex(recovered.Secret.ExportKey[:])}
	if r := recovered.Report; r != nil {
		failed := []any{}
		for _, at := range r.Failed[:min(int(r.Failures), len(r.Failed))] {
			failed = append(failed, at)
		}
		fields["report"] = vectors.Object{"failures": r.Failures, "failed_ms": failed, "superseded_ms": r.Superseded}
	}
	return t.ended(nil, fields, nulls...)
}

type replacing struct {
	asking
	Credential   octets32
	Registration octets32
	Of           *octets32 // the record that the proof is of, or none
	Key          *octets32
}

func vaultCommit(in replacing) (result, error) {
	t, err := in.open()
	if err != nil {
		return result{}, err
	}
	var proof client.Proof
	if in.Of != nil && in.Key != nil {
		proof = client.Holding(new(key.Key(*in.Key)), vault.Credential(*in.Of))
	}
	return t.ended(t.Commit(context.Background(), vault.Credential(in.Credential), vault.Registration(in.Registration), proof), nil)
}

type destroying struct {
	asking
	Credential octets32
	Key        octets32
}

func vaultDestroy(in destroying) (result, error) {
	t, err := in.open()
	if err != nil {
		return result{}, err
	}
	return t.ended(t.Destroy(context.Background(), client.Holding(new(key.Key(in.Key)), vault.Credential(in.Credential))), nil)
}

type anchoring struct {
	asking
	Credential octets32
	Key        octets32
	Anchor     struct {
		SetID      octets `json:"set_id"`
		Epoch      uint64
		Generation uint64
		Head       octets32
	}
}

func vaultKeepAnchor(in anchoring) (result, error) {
	t, err := in.open()
	if err != nil {
		return result{}, err
	}
	anchor := &client.Anchor{SetID: [16]byte(in.Anchor.SetID.bytes()), Epoch: in.Anchor.Epoch, Generation: in.Anchor.Generation, Head: in.Anchor.Head}
	return t.ended(t.StoreAnchor(context.Background(), t.random, new(key.Key(in.Key)), vault.Credential(in.Credential), anchor), nil)
}

func vaultAnchor(in destroying) (result, error) {
	t, err := in.open()
	if err != nil {
		return result{}, err
	}
	anchor, err := t.Anchor(context.Background(), new(key.Key(in.Key)), vault.Credential(in.Credential))
	if err != nil || anchor == nil {
		return t.ended(err, nil, "anchor")
	}
	return t.ended(nil, vectors.Object{"anchor": vectors.Object{
		"set_id": toHex(anchor.SetID[:]), "epoch": anchor.Epoch, "generation": anchor.Generation, "head": toHex(anchor.Head[:]),
	}})
}
