package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/backup"
	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
)

type pruneCommand struct {
	backup  backupCommand
	forget  bool
	abandon bool
}

func newPruneCommand() *cobra.Command {
	var p pruneCommand
	cmd := &cobra.Command{
		Use:   "prune STORE",
		Short: "Delete what no generation of a backup needs any more",
		Long: `Delete what no generation that is kept has needed for 24 hours and two generations,
which every "coffer backup" does, too. Nothing else is ever deleted.

A message that was deleted is still in a container with others that are not. With
--forget, what lies in such containers is sealed again from the files that were backed
up last, and no earlier generation is kept, so that these containers are deleted after
24 hours and two more runs. Copies that a provider has kept are beyond reach.

What a backup that was interrupted has stored so far waits for the next one, which goes
on with it. With --abandon it is deleted at once: a store that is full has room again.`,
		Example: `  coffer prune /media/stick/backup
  coffer prune --forget /media/stick/backup`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.run(cmd.Context(), args[0])
		},
	}
	f := cmd.Flags()
	f.BoolVar(&p.forget, "forget", false, "see to it that nothing remains of what was deleted from the files")
	f.BoolVar(&p.abandon, "abandon", false, "delete what an interrupted backup of this device has stored so far")
	f.BoolVar(&p.backup.allowLoss, "allow-loss", false, "with --forget, go on even if most of what there was is gone")
	f.BoolVar(&p.backup.allowOpen, "allow-open", false, "with --forget, back up databases that are in use")
	f.BoolVar(&p.backup.asJSON, "json", false, "print what was done as JSON")
	cmd.MarkFlagsMutuallyExclusive("forget", "abandon")
	return cmd
}

func (p *pruneCommand) run(ctx context.Context, storeText string) error {
	return withMemory(ctx, storeText, func(s *namedStore, m *device.Memory) error {
		if p.forget {
			meta, err := m.Meta()
			if err != nil {
				return err
			}
			if len(meta.Paths) == 0 {
				return fmt.Errorf(`this device has not backed anything up since it turned this backup on: run "coffer backup %s PATH..." first`, display.Name(storeText))
			}
			p.backup.forget = true
			return p.backup.backUp(ctx, s, m, storeText, meta.Paths)
		}
		report, err := backup.Prune(ctx, s, m, backup.Options{Settle: settleTime, Abandon: p.abandon})
		if err != nil {
			return explainBackup(err, storeText)
		}
		return p.tell(report)
	})
}

// pruneJSON is what --json prints without --forget.
type pruneJSON struct {
	Generation uint64   `json:"generation"`
	Deleted    int      `json:"deleted"`
	Unknown    []string `json:"unknown"`
}

// belong returns "1 container belongs" or "2 containers belong".
func belong(n int) string {
	if n == 1 {
		return "1 container belongs"
	}
	return display.Count(n, "container") + " belong"
}

func (p *pruneCommand) tell(r *backup.Report) error {
	tellTidied(r)
	if n := len(r.Unknown); n > 0 {
		display.Note("%s to no generation, as a backup leaves that was interrupted, or another device: %s; --json names them", belong(n), `"coffer backup" goes on with its own, and "coffer prune --abandon" deletes those`)
	}
	display.Note("%s deleted", display.Count(r.Deleted, "object"))
	if !p.backup.asJSON {
		return nil
	}
	return json.NewEncoder(os.Stdout).Encode(pruneJSON{r.Generation, r.Deleted, append([]string{}, r.Unknown...)})
}
