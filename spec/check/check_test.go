package check

import "testing"

// The repository has none of the problems that "coffer spec check" looks for.
func TestRepository(t *testing.T) {
	problems, summary, err := Run("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
	t.Logf("%+v", summary)
}
