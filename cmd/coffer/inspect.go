package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/slot"
)

func newInspectCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show a container's header and layout, without a secret",
		Long: `Show what a container says of itself without its secret: which key it wants, which
secrets open it, and where its parts lie. Nothing of this is authenticated.

A header with a fault is shown as far as it can be, and the status is 1.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return inspect(cmd.Context(), args[0], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func inspect(ctx context.Context, path string, asJSON bool) error {
	in, err := openInput(ctx, path)
	if err != nil {
		return err
	}
	defer in.Close()
	h, faults, err := header.Examine(in, in.size)
	if err != nil {
		return err
	}
	d := describe(h, in.size, faults)
	out := bufio.NewWriter(os.Stdout)
	if asJSON {
		err = printJSON(out, d)
	} else {
		d.print(out, in)
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil && len(faults) > 0 {
		err = faults[0]
	}
	return err
}

// containerJSON is what "inspect" shows. The names are those of the spec.
type containerJSON struct {
	Authenticated bool        `json:"authenticated"` // always false: [HDR-16]
	Size          int64       `json:"size"`
	Version       int         `json:"version"`
	Purpose       string      `json:"purpose"`
	Key           string      `json:"key"` // its fingerprint
	KeyCheck      string      `json:"key_check"`
	Container     string      `json:"container"`
	Slots         []slotJSON  `json:"slots"` // null if they do not decode
	Parts         []partJSON  `json:"parts"`
	Chunks        int64       `json:"chunks"`
	Plaintext     *int64      `json:"plaintext"` // length in bytes; null if the payload is cut
	Faults        []faultJSON `json:"faults"`
}

type slotJSON struct {
	Type       string `json:"type"`
	Number     uint16 `json:"number"` // of the type
	MemoryKiB  uint32 `json:"memory_kib,omitempty"`
	Passes     uint32 `json:"passes,omitempty"`
	Lanes      uint8  `json:"lanes,omitempty"`
	Vault      string `json:"vault,omitempty"`
	RPID       string `json:"rp_id,omitempty"`
	Credential string `json:"credential,omitempty"`
	BodySize   *int   `json:"body_size,omitempty"` // of an unknown type
}

type partJSON struct {
	Part   string `json:"part"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
}

type faultJSON struct {
	Name   fault.Name `json:"name"`
	Detail string     `json:"detail"`
}

func describe(h *header.Header, size int64, faults []error) *containerJSON {
	d := &containerJSON{
		Size:      size,
		Version:   header.Version,
		Purpose:   h.Purpose.String(),
		Key:       h.KeyCheck.Fingerprint(),
		KeyCheck:  fmt.Sprintf("%x", h.KeyCheck),
		Container: fmt.Sprintf("%x", h.ContainerID()),
		Faults:    []faultJSON{},
	}
	for _, err := range faults {
		d.Faults = append(d.Faults, toFaultJSON(err))
	}
	slotsSize := h.Size() - fixedHeader
	if len(h.Slots) > 0 || slotsSize == 0 {
		d.Slots = []slotJSON{}
	}
	for _, s := range h.Slots {
		d.Slots = append(d.Slots, toSlotJSON(s))
	}
	at := int64(0)
	part := func(name string, length int64) {
		d.Parts = append(d.Parts, partJSON{name, at, length})
		at += length
	}
	for _, p := range headerParts {
		length := p.length
		if p.name == "slots" {
			length = slotsSize
		}
		part(p.name, length)
	}
	chunks := size - h.Size() - cobblestone.PrefixSize
	d.Chunks = (chunks + cobblestone.SealedChunkSize - 1) / cobblestone.SealedChunkSize
	part("chunks", chunks)
	if plain, err := cobblestone.PlaintextSize(size - h.Size()); err == nil {
		d.Plaintext = &plain
	}
	return d
}

// headerParts are the parts of a container before its chunks (spec section 7.1).
var headerParts = []struct {
	name   string
	length int64
}{
	{"magic", 8}, {"version", 2}, {"purpose", 1}, {"key check", 32}, {"length of slots", 2},
	{"slots", -1}, {"digest", 8}, {"MAC", 64},
	{"payload salt", cobblestone.SaltSize}, {"payload commitment", cobblestone.CommitmentSize},
}

// fixedHeader is the length of a header without its slots.
const fixedHeader = 117

func toFaultJSON(err error) faultJSON {
	detail := strings.TrimPrefix(err.Error(), string(fault.NameOf(err))+": ")
	return faultJSON{fault.NameOf(err), detail}
}

func toSlotJSON(s slot.Slot) slotJSON {
	j := slotJSON{Type: "unknown", Number: uint16(s.Type())}
	switch s := s.(type) {
	case *slot.Password:
		j.Type, j.MemoryKiB, j.Passes, j.Lanes = "password", s.Params.MemoryKiB, s.Params.Passes, s.Params.Lanes
	case *slot.Vault:
		j.Type, j.Vault, j.Credential = "vault", fmt.Sprintf("%x", s.Vault), fmt.Sprintf("%x", s.Credential)
	case *slot.Passkey:
		j.Type, j.RPID, j.Credential = "passkey", s.RPID, fmt.Sprintf("%x", s.Credential)
	case *slot.Unknown:
		n := len(s.Body)
		j.BodySize = &n
	}
	return j
}

func (d *containerJSON) print(out *bufio.Writer, in *input) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(out, "  %-11s%s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(out, "%s: %d bytes (%s). Nothing of this is authenticated without a secret:\n\n", in, d.Size, sizeText(d.Size)) // [HDR-16]
	row("version", "%d", d.Version)
	row("purpose", "%s", d.Purpose)
	row("key", "%s", d.Key)
	row("container", "%s", d.Container)
	if d.Plaintext != nil {
		row("plaintext", "%d bytes in %s", *d.Plaintext, count(int(d.Chunks), "chunk"))
	} else {
		row("plaintext", "cut, in %s", count(int(d.Chunks), "chunk"))
	}
	switch {
	case d.Slots == nil:
		row("opens with", "the 64-digit key; the slots do not decode")
	default:
		row("opens with", "the 64-digit key")
		for i, s := range d.Slots {
			row("", "%s", s.line(i))
		}
	}
	fmt.Fprintf(out, "\n  %12s  %12s  part\n", "offset", "length")
	for _, p := range d.Parts {
		fmt.Fprintf(out, "  %12d  %12d  %s\n", p.Offset, p.Length, p.Part)
	}
}

// line describes slot i for a person, who counts from 1.
func (s slotJSON) line(i int) string {
	text := fmt.Sprintf("slot %d: ", i+1)
	switch s.Type {
	case "password":
		return text + fmt.Sprintf("a password (Argon2id with %d KiB, %s, %s)", s.MemoryKiB, passes(s.Passes), count(int(s.Lanes), "lane"))
	case "vault":
		return text + fmt.Sprintf("a password through the vault %s, credential %s", short(s.Vault), short(s.Credential))
	case "passkey":
		return text + fmt.Sprintf("a passkey of %s, credential %s", shown(s.RPID), short(s.Credential))
	}
	return text + fmt.Sprintf("of type %d, which this program does not know, with %d bytes", s.Number, *s.BodySize)
}

func passes(n uint32) string {
	if n == 1 {
		return "1 pass"
	}
	return fmt.Sprintf("%d passes", n)
}

// short cuts a long identifier.
func short(hex string) string {
	if len(hex) > 16 {
		return hex[:16] + "..."
	}
	return hex
}
