package vaultd

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/record"
)

const checksumSize = 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Seal returns an account as a store keeps it: with a checksum, over its identifier, too, since
// a database checks its own pages in part.
func Seal(a *record.Account) []byte {
	encoded := a.Bytes()
	return binary.BigEndian.AppendUint32(encoded, checksum(&a.ID, encoded))
}

// Unseal returns the account that Seal has made a value of, or a new one if there is no value.
// Errors: ErrDamaged, those of record.Parse.
func Unseal(id *vault.AccountID, value []byte) (*record.Account, error) {
	if value == nil {
		return record.New(*id), nil
	}
	n := len(value) - checksumSize
	if n < 0 || binary.BigEndian.Uint32(value[n:]) != checksum(id, value[:n]) {
		return nil, fmt.Errorf("%w: an account has another checksum", ErrDamaged)
	}
	account, err := record.Parse(value[:n])
	if err == nil && account.ID != *id {
		err = ErrDamaged
	}
	return account, err
}

func checksum(id *vault.AccountID, encoded []byte) uint32 {
	return crc32.Update(crc32.Checksum(id[:], castagnoli), castagnoli, encoded)
}
