package device

// RunDigests returns the digests of a file of a run that was interrupted, nil if it has none.
func (m *Memory) RunDigests(path string) ([]byte, error) {
	var all []byte
	err := m.view(func(tx transaction) (err error) {
		all, err = tx.get(runDigests, path)
		return err
	})
	return all, err
}
