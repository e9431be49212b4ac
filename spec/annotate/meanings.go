package annotate

import (
	"fmt"
	"strconv"
	"time"

	"github.com/coffer-format/coffer/spec/grammar"
)

// meaning is what a field of the grammar says, what is required of it and how its
// value is shown.
type meaning struct {
	phrase string
	rule   string // the id of a requirement on the field
	as     show
}

// show is a way to show a value.
type show int

const (
	plain  show = iota // a number; nothing for bytes
	text               // bytes that are UTF-8
	moment             // a time of an archive
	clock              // a time of a vault
)

// meanings are those of all fields of the grammar, by structure and field, except
// the ones that have parts.
var meanings = map[string]meaning{
	"Header.magic":     {phrase: "what every container begins with", rule: "HDR-6"},
	"Header.version":   {phrase: "version of the format", rule: "HDR-8"},
	"Header.purpose":   {phrase: "what the payload is", rule: "HDR-14"},
	"Header.key_check": {phrase: "tells which key the container wants", rule: "HDR-18"},
	"Header.digest":    {phrase: "finds accidents, and no attack", rule: "HDR-13"},
	"Header.mac":       {phrase: "authenticates the header and binds it to its payload", rule: "HDR-19"},

	"Slot.type": {phrase: "which secret opens the slot", rule: "SLT-2"},

	"PasswordSlot.salt":       {phrase: "salt of Argon2id", rule: "SLT-12"},
	"PasswordSlot.memory_kib": {phrase: "KiB of memory that Argon2id takes", rule: "SLT-10"},
	"PasswordSlot.passes":     {phrase: "passes of Argon2id", rule: "SLT-10"},
	"PasswordSlot.lanes":      {phrase: "lanes of Argon2id", rule: "SLT-10"},
	"VaultSlot.vault":         {phrase: "digest of the vault's root key", rule: "SLT-15"},
	"VaultSlot.credential":    {phrase: "identifier of the record at the vault", rule: "SLT-15"},
	"PasskeySlot.salt":        {phrase: "input of the passkey's PRF", rule: "SLT-18"},
	"PasskeySlot.rp_id":       {phrase: "relying party of the passkey", rule: "SLT-16", as: text},
	"PasskeySlot.credential":  {phrase: "credential id of the passkey", rule: "SLT-19"},

	"Frame.type":         {phrase: "type of the frame", rule: "ARC-1"},
	"Entry.path":         {phrase: "path of the entry", rule: "ARC-5", as: text},
	"Entry.kind":         {phrase: "kind of the entry", rule: "ARC-3"},
	"Entry.modified_ms":  {phrase: "when the entry was modified", rule: "ARC-83", as: moment},
	"Entry.size":         {phrase: "bytes of content", rule: "ARC-26"},
	"EntryFrame.content": {phrase: "content of the entry", rule: "ARC-86"},
	"PaddingFrame.n":     {phrase: "bytes of padding", rule: "ARC-8"},
	"PaddingFrame.zeros": {phrase: "padding", rule: "ARC-10"},
	"Run.first":          {phrase: "number of the run's first block", rule: "ARC-88"},
	"Run.count":          {phrase: "blocks of the run", rule: "ARC-88"},
	"PieceFrame.content": {phrase: "content of the runs' blocks", rule: "ARC-86"},
	"Place.container":    {phrase: "id of the container with a frame of the entry", rule: "ARC-24"},
	"Place.offset":       {phrase: "offset of the entry's frame in the plaintext", rule: "ARC-15"},
	"Path":               {phrase: "path of an entry that was removed", rule: "ARC-39", as: text},

	"Stored.container_id": {phrase: "id of another container of the set", rule: "ARC-91"},
	"Stored.generation":   {phrase: "number of the backup that it commits, 0 for another container", rule: "SET-20"},
	"Stored.epoch":        {phrase: "number of the keyring with its key", rule: "ARC-91"},
	"Stored.length":       {phrase: "bytes of the container", rule: "ARC-94"},
	"Stored.digest":       {phrase: "SHA-256 of the container", rule: "SET-20"},

	"SegmentRef.container": {phrase: "id of the container with the segment", rule: "ARC-20"},
	"SegmentRef.offset":    {phrase: "offset of the segment frame in the plaintext", rule: "ARC-23"},
	"SegmentRef.length":    {phrase: "bytes of the segment frame", rule: "ARC-40"},
	"Index.set_id":         {phrase: "id of the backup set, zero outside one", rule: "ARC-21"},
	"Index.generation":     {phrase: "number of the backup in its set", rule: "ARC-21"},
	"Index.epoch":          {phrase: "number of the set's keyring", rule: "ARC-21"},
	"Index.created_ms":     {phrase: "when the archive was made", rule: "ARC-83", as: moment},
	"Index.complete":       {phrase: "1 if the segments name every entry", rule: "ARC-19"},
	"Index.previous":       {phrase: "id of the container before in the set", rule: "ARC-78"},
	"Index.producer":       {phrase: "what made the archive", rule: "ARC-19", as: text},

	"Keyring.set_id":     {phrase: "id of the backup set", rule: "KRG-2"},
	"Keyring.epoch":      {phrase: "number of the keyring in its set", rule: "KRG-7"},
	"Keyring.writer":     {phrase: "who writes in this epoch", rule: "KRG-8"},
	"Keyring.created_ms": {phrase: "when the keyring was made", rule: "KRG-10", as: moment},
	"Keyring.generation": {phrase: "number of the last backup before it", rule: "KRG-9"},
	"Keyring.head":       {phrase: "SHA-256 of the container that commits that backup", rule: "KRG-9"},
	"OldKey.epoch":       {phrase: "last epoch in which the key was the set's", rule: "KRG-3"},
	"OldKey.key":         {phrase: "a key that was the set's before", rule: "KRG-4"},
}

// epoch is the number of 1970-01-01T00:00:00Z.
const epoch = 1 << 51

// valueOf returns the value of a field as a person reads it. Text is quoted, so
// that it can be shown anywhere.
func valueOf(n *grammar.Node, as show) string {
	switch {
	case n.Length == 0:
		return ""
	case n.Type.Kind == grammar.Enum:
		if name := n.Type.ValueName(n.Number); name != "" {
			return fmt.Sprintf("%d %s", n.Number, name)
		}
		return fmt.Sprintf("%d, not assigned", n.Number)
	case n.Type.Kind == grammar.Number && as == moment && n.Number == 0:
		return "0, not known"
	case n.Type.Kind == grammar.Number && as == moment && n.Number < epoch:
		return fmt.Sprintf("%d = 2^51 - %d, %s", n.Number, epoch-n.Number, dateOf(int64(n.Number)-epoch))
	case n.Type.Kind == grammar.Number && as == moment:
		return fmt.Sprintf("%d = 2^51 + %d, %s", n.Number, n.Number-epoch, dateOf(int64(n.Number)-epoch))
	case n.Type.Kind == grammar.Number && as == clock && n.Number == 0:
		return "0, none"
	case n.Type.Kind == grammar.Number && as == clock:
		return fmt.Sprintf("%d, %s", n.Number, dateOf(int64(n.Number)))
	case n.Type.Kind == grammar.Number:
		return strconv.FormatUint(n.Number, 10)
	case as == text:
		return strconv.Quote(string(n.Data))
	}
	return ""
}

// dateOf returns the date of a number of milliseconds since 1970.
func dateOf(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }
