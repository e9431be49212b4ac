package etcdstore

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/storage/datadir"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"go.etcd.io/raft/v3/raftpb"
	"go.uber.org/zap"
	"google.golang.org/protobuf/proto"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/vaultd"
)

// raftLog is what the log of a member has durably: what it has promised to the others.
type raftLog struct {
	cluster, member uint64
	term            uint64 // the last that it has voted in
	before          uint64 // the index up to which the log is forgotten, since all is in the database
	entries         []*raftpb.Entry
}

// readLog reads the log of a member that is not running, or returns nil if there is none.
func readLog(path string, log *zap.Logger) (*raftLog, error) {
	folder := datadir.ToWALDir(path)
	if !wal.Exist(folder) {
		if filled, _ := filepath.Glob(filepath.Join(datadir.ToMemberDir(path), "*", "*")); len(filled) > 0 {
			return nil, fmt.Errorf("%w: %s has no log", vaultd.ErrDamaged, display.Name(path))
		}
		return nil, nil
	}
	h, err := parseLog(folder, log)
	if err != nil {
		return nil, fmt.Errorf("%w: the log of %s: %w", vaultd.ErrDamaged, display.Name(path), err)
	}
	return h, nil
}

func parseLog(folder string, log *zap.Logger) (*raftLog, error) {
	snapshots, err := wal.ValidSnapshotEntries(log, folder)
	if err != nil {
		return nil, err
	}
	if len(snapshots) == 0 {
		return nil, errors.New("it has no beginning")
	}
	last := snapshots[len(snapshots)-1]
	w, err := wal.OpenForRead(log, folder, last)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	metadata, state, entries, err := w.ReadAll()
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) { // the last record was being written
		return nil, err
	}
	var about etcdserverpb.Metadata
	if err := proto.Unmarshal(metadata, &about); err != nil {
		return nil, err
	}
	return &raftLog{about.GetClusterID(), about.GetNodeID(), state.GetTerm(), last.GetIndex(), entries}, nil
}

// has reports whether the log has an entry that was in force: at the same index, and not one
// that a later leader has replaced.
func (h *raftLog) has(index, term uint64) bool {
	if h.term < term {
		return false
	}
	if index <= h.before {
		return true
	}
	at := index - h.before - 1
	return at < uint64(len(h.entries)) && h.entries[at].GetTerm() >= term
}

// last is the index of the last entry.
func (h *raftLog) last() uint64 { return h.before + uint64(len(h.entries)) }
