package backup

import (
	"context"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
)

// Prune deletes what no generation that is kept has needed for long enough, without making
// another one. The caller has locked the memory. Errors: as for Run.
func Prune(ctx context.Context, s store.Store, m *device.Memory, opts Options) (*Report, error) {
	r, err := newRun(ctx, s, m, nil, opts)
	if err != nil {
		return nil, err
	}
	state := set.StateKeyring
	for _, step := range []func() (set.Answer, error){r.keyring, r.commits} { // [LIF-24]
		answer, err := step()
		if err != nil {
			return nil, err
		}
		if state = state.Next(answer); state.Ended() {
			return nil, ended(state)
		}
	}
	r.report.Generation = r.meta.Generation
	if opts.Abandon {
		if err := r.abandonAll(); err != nil {
			return nil, err
		}
	}
	return &r.report, r.tidy()
}

// ended says why a run has ended without a generation.
func ended(state set.State) error {
	if state == set.StateSuperseded { // [LIF-12]
		return fault.New(fault.Superseded, "another device has taken this backup over, or has begun to, or a copy of this one writes to it: nothing was changed")
	}
	return fault.New(fault.StaleBackup, "the store does not have what this device stored there: nothing was changed") // [LIF-13]
}

// unknown notes data containers that neither a generation nor this device knows: what an interrupted
// run has left, or another device. Nothing deletes them but turning the backup off.
func (r *Report) unknown(o *set.Objects, known map[archive.ID]archive.Stored, doomed []device.Doomed) {
	for _, name := range o.Data {
		if _, ok := known[name.ID]; ok {
			continue
		}
		isDoomed := false
		for _, d := range doomed {
			isDoomed = isDoomed || d.ID == name.ID
		}
		if !isDoomed {
			r.Unknown = append(r.Unknown, name.String())
		}
	}
}
