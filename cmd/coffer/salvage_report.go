package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/inspect"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/salvage"
)

func (s *salvageCommand) print(found *salvage.Salvage, in *input) error {
	out := bufio.NewWriter(program.Stdout)
	if s.asJSON {
		if err := display.JSON(out, toSalvageJSON(found)); err != nil {
			return err
		}
		return out.Flush()
	}
	// What is at fault comes last, where a person sees it first.
	sums := map[salvage.Status]string{}
	for _, status := range []salvage.Status{salvage.Whole, salvage.Damaged, salvage.Missing} {
		n, unconfirmed, size := 0, 0, int64(0)
		for e := range found.Entries() {
			if e.Status != status {
				continue
			}
			if status != salvage.Whole || s.verbose {
				printFound(out, e, found.Unread != nil)
			}
			n++
			if !e.Confirmed {
				unconfirmed++
			}
			size += e.Record.Entry.Size
		}
		sums[status] = fmt.Sprintf("%d %s (%s)", n, status, display.Size(size))
		if status == salvage.Whole && unconfirmed > 0 { // [SLV-6]
			sums[status] = fmt.Sprintf("%d %s (%s, %d unconfirmed)", n, status, display.Size(size), unconfirmed)
		}
	}
	for _, off := range found.Unsafe { // [SLV-8]
		fmt.Fprintf(out, "left out: the entry at offset %d has a path that no correct program writes\n", off)
	}
	fmt.Fprintf(out, "%s: %s, %s, %s\n", in, sums[salvage.Whole], sums[salvage.Damaged], sums[salvage.Missing])
	if found.Appended > 0 { // [SLV-35]
		fmt.Fprintf(out, "Appended after the end of the container: %s. Nothing is lost by that.\n", display.Count(int(found.Appended), "byte"))
	}
	if found.Unread != nil { // [ERR-7]
		fmt.Fprintf(out, "The disk does not deliver all of it (%v). What it does not deliver counts as lost here, and may be whole in another copy.\n", newfile.Cause(found.Unread))
	}
	switch {
	case found.Indexed:
		fmt.Fprintln(out, "The index is whole: these are all the files.")
	case found.EndReached: // [SLV-11]
		fmt.Fprintln(out, "The index is lost, and the list of files was found after them: these are all the files.")
	case found.WalkEnd >= found.Size(): // what the last file claims is not there
		fmt.Fprintln(out, "The index is lost. Files were looked for from the beginning to the end of what is there; there may have been more.")
	default:
		fmt.Fprintf(out, "The index is lost. Files were looked for from the beginning up to offset %d; there may have been more.\n", found.WalkEnd)
	}
	return out.Flush()
}

func printFound(out *bufio.Writer, e salvage.Found, unread bool) {
	entry := e.Record.Entry
	fmt.Fprintf(out, "%-8s%10s  %s", e.Status, display.Size(entry.Size), display.Name(entry.Path))
	if !e.Confirmed { // [SLV-6]
		fmt.Fprint(out, "  (unconfirmed)")
	}
	if e.Status == salvage.Damaged { // [SLV-10]
		what := "lost"
		if unread {
			what = "lost or not delivered"
		}
		fmt.Fprintf(out, "  (%s: %s)", what, ranges(e.Lost, entry.Size))
	}
	fmt.Fprintln(out)
}

// ranges lists ranges of a file's bytes, and of many the first ones.
func ranges(lost []salvage.Range, size int64) string {
	const most = 4
	var list []string
	for i, r := range lost {
		if i == most {
			list = append(list, fmt.Sprintf("and %d more ranges", len(lost)-most))
			break
		}
		if r.Offset+r.Length == size {
			list = append(list, fmt.Sprintf("%d to the end", r.Offset))
			break
		}
		list = append(list, fmt.Sprintf("%d to %d", r.Offset, r.Offset+r.Length-1))
	}
	return "bytes " + strings.Join(list, ", ")
}

// salvageJSON is what "salvage --json" prints.
type salvageJSON struct {
	Indexed    bool           `json:"indexed"`
	EndReached bool           `json:"end_reached"`
	WalkEnd    *int64         `json:"walk_end"` // null if the index was read
	Unsafe     []int64        `json:"unsafe"`   // offsets of entries left out
	Appended   int64          `json:"appended"` // bytes after the end of the container
	Entries    []foundJSON    `json:"entries"`
	Fault      *inspect.Fault `json:"fault"`
	Unread     bool           `json:"unread"` // the disk did not deliver all of the container
}

type foundJSON struct {
	entryJSON
	Offset    int64          `json:"offset"`
	Status    salvage.Status `json:"status"`
	Confirmed bool           `json:"confirmed"`
	Lost      []rangeJSON    `json:"lost"`
}

type rangeJSON struct {
	Offset int64 `json:"offset"`
	Length int64 `json:"length"`
}

func toSalvageJSON(found *salvage.Salvage) salvageJSON {
	j := salvageJSON{Indexed: found.Indexed, EndReached: found.EndReached, Unsafe: append([]int64{}, found.Unsafe...), Appended: found.Appended, Entries: []foundJSON{}, Unread: found.Unread != nil}
	if !found.Indexed {
		j.WalkEnd = &found.WalkEnd
	}
	if found.Fault != nil {
		f := inspect.FaultOf(found.Fault)
		j.Fault = &f
	}
	for e := range found.Entries() {
		entry := foundJSON{
			entryJSON: entryJSON{Path: e.Record.Entry.Path, Kind: e.Record.Entry.Kind.String(), ModifiedMS: timeJSON(e.Record.Entry.ModifiedMS), Size: e.Record.Entry.Size},
			Offset:    e.Record.Places[0].Offset,
			Status:    e.Status,
			Confirmed: e.Confirmed,
			Lost:      []rangeJSON{},
		}
		for _, r := range e.Lost {
			entry.Lost = append(entry.Lost, rangeJSON{r.Offset, r.Length})
		}
		j.Entries = append(j.Entries, entry)
	}
	return j
}
