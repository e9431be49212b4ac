package reference

import (
	"encoding/binary"
	"errors"

	"github.com/coffer-format/coffer/ref/extract"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

func keyParse(in struct {
	Text string
	UTF8 octets
},
) (result, error) {
	k, err := key.Parse(in.Text + string(in.UTF8)) // one of them is empty
	return result{output: vectors.Object{"key": toHex(k[:])}}, err
}

func keyFormat(in struct{ Key octets32 }) (result, error) {
	k := key.Key(in.Key)
	return result{output: vectors.Object{"text": k.Text(), "fingerprint": k.Check().Fingerprint()}}, nil
}

func keyDerive(in struct {
	Key   octets32
	Label string
},
) (result, error) {
	derived := new(key.Key(in.Key)).Derive(in.Label)
	return result{output: vectors.Object{"derived": toHex(derived[:])}}, nil
}

func keyRepair(in struct {
	Key      octets32
	KeyCheck octets32 `json:"key_check"`
},
) (result, error) {
	k, ok := key.Repair(new(key.Key(in.Key)), key.Check(in.KeyCheck))
	if !ok {
		return result{output: vectors.Object{"key": nil}}, nil
	}
	return result{output: vectors.Object{"key": toHex(k[:])}}, nil
}

func passwordPrepare(in struct{ Password octets }) (result, error) {
	prepared, err := password.Prepare(in.Password.bytes())
	return result{output: vectors.Object{"prepared": toHex(prepared.Bytes())}}, err
}

func slotOpen(in struct {
	Slot   octets
	Secret secret
},
) (result, error) {
	s, err := in.Secret.forSlot()
	if err != nil {
		return result{}, err
	}
	slots, err := slot.Parse(in.Slot.bytes())
	if err != nil {
		return result{}, err
	}
	if len(slots) != 1 {
		return result{}, errors.New("the input is not one slot")
	}
	if err := slot.CheckLimits(slots); err != nil {
		return result{}, err
	}
	var r result
	if inputKey, ok := inputKey(slots[0], in.Secret); ok {
		r.intermediates = vectors.Object{"context": toHex([]byte(slot.Context(slots[0]))), "input_key": toHex(inputKey)}
	}
	k, err := s.Open(slots)
	r.output = vectors.Object{"key": toHex(k[:])}
	return r, err
}

// inputKey returns the input key of a slot's sealed key, if the secret is of
// the slot's kind.
func inputKey(s slot.Slot, secret secret) ([]byte, bool) {
	switch s := s.(type) {
	case *slot.Password:
		prepared, err := password.Prepare(secret.Password.bytes())
		if secret.Kind != "password" || err != nil {
			return nil, false
		}
		inputKey, err := s.InputKey(prepared)
		return inputKey, err == nil
	case *slot.Vault:
		return slot.VaultInputKey(secret.ExportKey.bytes()), secret.Kind == "vault"
	case *slot.Passkey:
		return slot.PasskeyInputKey(secret.PRF[:]), secret.Kind == "passkey"
	}
	return nil, false
}

// describeSlot returns a slot as the op header.read does.
func describeSlot(s slot.Slot) (vectors.Object, error) {
	encoded, err := slot.Marshal([]slot.Slot{s})
	if err != nil {
		return nil, err
	}
	o := vectors.Object{"type": int(binary.BigEndian.Uint16(encoded)), "body": toHex(encoded[4:])}
	switch s := s.(type) {
	case *slot.Password:
		o["salt"], o["sealed_key"] = toHex(s.Salt[:]), toHex(s.SealedKey[:])
		o["memory_kib"], o["passes"], o["lanes"] = s.Params.MemoryKiB, s.Params.Passes, s.Params.Lanes
	case *slot.Vault:
		o["vault"], o["credential"], o["sealed_key"] = toHex(s.Vault[:]), toHex(s.Credential[:]), toHex(s.SealedKey[:])
	case *slot.Passkey:
		o["salt"], o["sealed_key"] = toHex(s.Salt[:]), toHex(s.SealedKey[:])
		o["rp_id"], o["credential"] = s.RPID, toHex(s.Credential)
	}
	return o, nil
}

func pathPortable(in struct {
	Paths    []string
	Platform string
},
) (result, error) {
	platform := map[string]extract.Platform{"posix": extract.Posix, "apple": extract.Apple, "windows": extract.Windows}[in.Platform]
	return result{output: vectors.Object{"names": extract.PortableNames(in.Paths, platform)}}, nil
}
