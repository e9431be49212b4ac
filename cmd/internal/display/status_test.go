package display

import (
	"os"
	"path/filepath"
	"testing"
)

// What is written while a status line is shown takes its place, and a question keeps it away
// until it is answered.
func TestStatus(t *testing.T) {
	path := filepath.Join(t.TempDir(), "terminal")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	defer func(before *os.File) { os.Stderr = before }(os.Stderr)
	os.Stderr = f

	ShowStatus("a third")
	ShowStatus("half")
	Note("a note")
	letGo := HoldStatus()
	ShowStatus("over the question")
	letGo()
	ShowStatus("all")
	ClearStatus()
	ClearStatus()

	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := clearLine + "a third" + clearLine + "half" + clearLine + "a note\n" + clearLine + "all" + clearLine
	if string(got) != want {
		t.Errorf("written: %q, want %q", got, want)
	}
}
