package folder

import (
	"io/fs"
	"os"
	"regexp"
	"time"
)

const (
	tempPrefix = ".new-"
	tempSuffix = ".tmp"
	// staleAfter is how long nothing has been written to a file that a run was killed over. A
	// run that stands still for longer loses its file, fails, and can put it again: a lock
	// would be seen by no other machine.
	staleAfter = 24 * time.Hour
)

var ownTemp = regexp.MustCompile(`^\.new-[A-Z2-7]{26}\.tmp$`)

// removeStale removes the temporary files that killed runs have left. How old they are
// the clock of the file system says, which is the only one that all writers share.
func (s *Store) removeStale() error {
	name := tempName()
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer s.root.Remove(name)
	defer f.Close()
	now, err := f.Stat()
	if err != nil {
		return err
	}
	entries, err := s.entries()
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && isStale(info, now.ModTime()) {
			s.root.Remove(entry.Name()) // one that stays takes space, and nothing else
		}
	}
	return nil
}

func isStale(info fs.FileInfo, now time.Time) bool {
	return ownTemp.MatchString(info.Name()) && info.Mode().IsRegular() && now.Sub(info.ModTime()) > staleAfter
}
