package annotate

import (
	"fmt"
	"strconv"
	"time"

	"github.com/coffer-format/coffer/spec/grammar"
)

// meaning is what a field of the grammar says, and how its value is shown.
type meaning struct {
	phrase string
	as     show
}

// show is a way to show a value.
type show int

const (
	plain  show = iota // a number; nothing for bytes
	text               // bytes that are UTF-8
	moment             // a time
)

// meanings are those of all fields of the grammar, by structure and field, except
// the ones that have parts.
var meanings = map[string]meaning{
	"Header.magic":     {phrase: "what every container begins with"},
	"Header.version":   {phrase: "version of the format"},
	"Header.purpose":   {phrase: "what the payload is"},
	"Header.key_check": {phrase: "tells which key the container wants"},
	"Header.digest":    {phrase: "tells an accident from an attack"},
	"Header.mac":       {phrase: "authenticates the header and binds it to its payload"},

	"Slot.type": {phrase: "which secret opens the slot"},

	"PasswordSlot.salt":       {phrase: "salt of Argon2id"},
	"PasswordSlot.memory_kib": {phrase: "KiB of memory that Argon2id takes"},
	"PasswordSlot.passes":     {phrase: "passes of Argon2id"},
	"PasswordSlot.lanes":      {phrase: "lanes of Argon2id"},
	"VaultSlot.vault":         {phrase: "digest of the vault's public key"},
	"VaultSlot.credential":    {phrase: "identifier of the record at the vault"},
	"PasskeySlot.salt":        {phrase: "input of the passkey's PRF"},
	"PasskeySlot.rp_id":       {phrase: "relying party of the passkey", as: text},
	"PasskeySlot.credential":  {phrase: "credential id of the passkey"},

	"Frame.type":         {phrase: "type of the frame"},
	"Entry.path":         {phrase: "path of the entry", as: text},
	"Entry.kind":         {phrase: "kind of the entry"},
	"Entry.modified_ms":  {phrase: "when the entry was modified", as: moment},
	"Entry.size":         {phrase: "bytes of content"},
	"EntryFrame.content": {phrase: "content of the entry"},
	"PaddingFrame.n":     {phrase: "bytes of padding"},
	"PaddingFrame.zeros": {phrase: "padding"},
	"Run.first":          {phrase: "number of the run's first block"},
	"Run.count":          {phrase: "blocks of the run"},
	"PieceFrame.content": {phrase: "content of the runs' blocks"},
	"Place.container":    {phrase: "id of the container with a frame of the entry"},
	"Place.offset":       {phrase: "offset of the entry's frame in the plaintext"},
	"Path":               {phrase: "path of an entry that was removed", as: text},

	"Stored.container_id": {phrase: "id of another container of the set"},
	"Stored.generation":   {phrase: "number of the backup that it commits, 0 for another container"},
	"Stored.epoch":        {phrase: "number of the keyring with its key"},
	"Stored.length":       {phrase: "bytes of the container"},
	"Stored.digest":       {phrase: "SHA-256 of the container"},

	"SegmentRef.container": {phrase: "id of the container with the segment"},
	"SegmentRef.offset":    {phrase: "offset of the segment frame in the plaintext"},
	"SegmentRef.length":    {phrase: "bytes of the segment frame"},
	"Index.set_id":         {phrase: "id of the backup set, zero outside one"},
	"Index.generation":     {phrase: "number of the backup in its set"},
	"Index.epoch":          {phrase: "number of the set's keyring"},
	"Index.created_ms":     {phrase: "when the archive was made", as: moment},
	"Index.complete":       {phrase: "1 if the segments name every entry"},
	"Index.previous":       {phrase: "id of the container before in the set"},
	"Index.producer":       {phrase: "what made the archive", as: text},

	"Keyring.set_id":     {phrase: "id of the backup set"},
	"Keyring.epoch":      {phrase: "number of the keyring in its set"},
	"Keyring.writer":     {phrase: "who writes in this epoch"},
	"Keyring.created_ms": {phrase: "when the keyring was made", as: moment},
	"Keyring.generation": {phrase: "number of the last backup before it"},
	"Keyring.head":       {phrase: "SHA-256 of the container that commits that backup"},
	"OldKey.epoch":       {phrase: "last epoch in which the key was the set's"},
	"OldKey.key":         {phrase: "a key that was the set's before"},
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
	case n.Type.Kind == grammar.Number && as == moment:
		return fmt.Sprintf("%d %s", n.Number, time.UnixMilli(int64(n.Number)-epoch).UTC().Format("2006-01-02T15:04:05.000Z"))
	case n.Type.Kind == grammar.Number:
		return strconv.FormatUint(n.Number, 10)
	case as == text:
		return strconv.Quote(string(n.Data))
	}
	return ""
}
