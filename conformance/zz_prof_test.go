package conformance

import ("io";"testing";"context")

func TestProf(t *testing.T) {
	s, err := NewSuite(7)
	if err != nil { t.Fatal(err) }
	r, err := s.Run(context.Background(), Options{Out: io.Discard, Timeout: DefaultTimeout})
	if err != nil { t.Fatal(err) }
	t.Log(r.Conformant)
	type tt struct{ id string; d int64 }
}
