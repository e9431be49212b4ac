package device

import (
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/vault"
)

// Vault is a vault as the holder has named it, and how a token is got for the holder's account.
// Neither the password nor a token is kept. [LIF-2]
type Vault struct {
	Address string          // "https://" and what follows
	Root    [32]byte        // the public root key
	Account vault.AccountID // with which records are registered [VLT-9]

	// One of them says where a token comes from.
	TokenFile    string // absolute
	TokenCommand string // of the shell
}

// Record is a record at a vault. Until it is committed, a device has to know what it has
// registered. [VLT-44]
type Record struct {
	Vault        Vault
	Credential   vault.Credential
	Registration vault.Registration // zeros if another device has made it
	Key          key.Key            // K of the keyring with its slot, which proves that one may end it
	Pending      bool               // no commit was answered with ok, and none can be any more [VLT-43]
}

type storedVault struct {
	Address      string `json:"address"`
	Root         hex32  `json:"root"`
	Account      hex32  `json:"account"`
	TokenFile    string `json:"token_file,omitempty"`
	TokenCommand string `json:"token_command,omitempty"`
}

type storedRecord struct {
	Vault        storedVault `json:"vault"`
	Credential   hex32       `json:"credential"`
	Registration hex32       `json:"registration"`
	Key          hex32       `json:"key"`
	Pending      bool        `json:"pending,omitempty"`
}

func storeRecord(r *Record) *storedRecord {
	if r == nil {
		return nil
	}
	v := &r.Vault
	return &storedRecord{
		storedVault{v.Address, hex32(v.Root), hex32(v.Account), v.TokenFile, v.TokenCommand},
		hex32(r.Credential), hex32(r.Registration), hex32(r.Key), r.Pending,
	}
}

func (s *storedRecord) record() *Record {
	if s == nil {
		return nil
	}
	v := &s.Vault
	return &Record{
		Vault{v.Address, v.Root, vault.AccountID(v.Account), v.TokenFile, v.TokenCommand},
		vault.Credential(s.Credential), vault.Registration(s.Registration), key.Key(s.Key), s.Pending,
	}
}
