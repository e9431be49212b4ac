package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/slot"
)

func newInspectCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "inspect CONTAINER",
		Short: "Show the header and the layout of a container, without a secret",
		Long: `Show the header and the layout of a container. This needs no secret, and so none
of it is authenticated: whoever stored the file may have changed it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := openInput(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			h, faults, err := header.Examine(in, in.size)
			if err != nil {
				return err
			}
			report := inspection(h, in.size, faults)
			if asJSON {
				err = writeJSON(os.Stdout, report)
			} else {
				report.print(os.Stdout)
			}
			if err == nil && len(faults) > 0 {
				err = faults[0]
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// inspected is what can be said of a container without a secret.
type inspected struct {
	Authenticated bool            `json:"authenticated"` // always false [HDR-16]
	Faults        []inspectedFlaw `json:"faults"`
	Version       int             `json:"version"`
	Purpose       string          `json:"purpose"`
	KeyCheck      string          `json:"key_check"`
	Fingerprint   string          `json:"fingerprint"`
	Slots         []inspectedSlot `json:"slots"`
	Digest        string          `json:"digest"`
	MAC           string          `json:"mac"`
	ContainerID   string          `json:"container_id"`
	Size          int64           `json:"size"`
	HeaderSize    int64           `json:"header_size"`
	PayloadSize   int64           `json:"payload_size"`
	Chunks        int64           `json:"chunks"`
	PlaintextSize int64           `json:"plaintext_size"` // -1 if the payload's length is impossible
}

type inspectedFlaw struct {
	Name   fault.Name `json:"name"`
	Detail string     `json:"detail"`
}

type inspectedSlot struct {
	Type       string `json:"type"`
	Number     uint16 `json:"number"`
	MemoryKiB  uint32 `json:"memory_kib,omitempty"`
	Passes     uint32 `json:"passes,omitempty"`
	Lanes      uint8  `json:"lanes,omitempty"`
	Vault      string `json:"vault,omitempty"`
	RPID       string `json:"rp_id,omitempty"`
	Credential string `json:"credential,omitempty"`
}

func inspection(h *header.Header, size int64, faults []error) *inspected {
	r := &inspected{
		Faults:      []inspectedFlaw{},
		Version:     header.Version,
		Purpose:     h.Purpose.String(),
		KeyCheck:    fmt.Sprintf("%x", h.KeyCheck),
		Fingerprint: h.KeyCheck.Fingerprint(),
		Slots:       inspectSlots(h.Slots),
		Digest:      fmt.Sprintf("%x", h.Digest),
		MAC:         fmt.Sprintf("%x", h.MAC),
		ContainerID: fmt.Sprintf("%x", h.ContainerID()),
		Size:        size,
		HeaderSize:  h.Size(),
		PayloadSize: size - h.Size(),
	}
	for _, f := range faults {
		r.Faults = append(r.Faults, inspectedFlaw{fault.NameOf(f), f.Error()})
	}
	r.Chunks = (r.PayloadSize - cobblestone.PrefixSize + cobblestone.SealedChunkSize - 1) / cobblestone.SealedChunkSize
	plaintext, err := cobblestone.PlaintextSize(r.PayloadSize)
	if err != nil {
		plaintext = -1
	}
	r.PlaintextSize = plaintext
	return r
}

func inspectSlots(slots []slot.Slot) []inspectedSlot {
	list := []inspectedSlot{}
	for _, s := range slots {
		i := inspectedSlot{Type: s.Type().String(), Number: uint16(s.Type())}
		switch s := s.(type) {
		case *slot.Password:
			i.MemoryKiB, i.Passes, i.Lanes = s.Params.MemoryKiB, s.Params.Passes, s.Params.Lanes
		case *slot.Vault:
			i.Vault, i.Credential = fmt.Sprintf("%x", s.Vault), fmt.Sprintf("%x", s.Credential)
		case *slot.Passkey:
			i.RPID, i.Credential = s.RPID, fmt.Sprintf("%x", s.Credential)
		}
		list = append(list, i)
	}
	return list
}

// String returns a slot's line for a person.
func (s inspectedSlot) String() string {
	switch {
	case s.MemoryKiB > 0:
		return fmt.Sprintf("%s (Argon2id: %s, %d passes, %d lanes)", s.Type, bytesText(int64(s.MemoryKiB)*1024), s.Passes, s.Lanes)
	case s.Vault != "":
		return fmt.Sprintf("%s %s, record %s", s.Type, s.Vault, s.Credential)
	case s.RPID != "":
		return fmt.Sprintf("%s of %s, credential %s", s.Type, s.RPID, s.Credential)
	}
	return s.Type
}

func (r *inspected) print(w io.Writer) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-14s %s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintln(w, "Not authenticated: whoever stored this file may have changed what follows.")
	fmt.Fprintln(w)
	row("version", "%d", r.Version)
	row("purpose", "%s", r.Purpose)
	row("key", "%s", r.Fingerprint)
	row("container id", "%s", r.ContainerID)
	if len(r.Slots) == 0 {
		row("slots", "none: the 64-digit key opens it")
	}
	for i, s := range r.Slots {
		row(fmt.Sprintf("slot %d", i+1), "%s", s)
	}
	fmt.Fprintln(w)
	row("header", "%d bytes", r.HeaderSize)
	row("payload", "%d bytes at %d, in %d chunks", r.PayloadSize, r.HeaderSize, r.Chunks)
	if r.PlaintextSize >= 0 {
		row("plaintext", "%d bytes, padding included", r.PlaintextSize)
	}
	for _, f := range r.Faults {
		row("fault", "%s", f.Detail)
	}
}
