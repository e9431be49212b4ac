package spec

import (
	"strings"
	"testing"
)

// References are found with their words, and those to other documents are not.
func TestReferences(t *testing.T) {
	for text, want := range map[string]string{
		"see section 3.2, and Chapter 12":                       "section 3.2 -> 3.2; Chapter 12 -> chapter 12",
		"chapters 2 to 11":                                      "chapters 2 -> chapter 2; 11 -> chapter 11",
		"sections 3.2, 7 and\n14.1":                             "sections 3.2 -> 3.2; 7 -> 7; 14.1 -> 14.1",
		"(12.8) after section\n4.4":                             "12.8 -> 12.8; section\n4.4 -> 4.4",
		"RFC 8446, section 3, and section 2.4":                  "section 2.4 -> 2.4",
		"the sections, 3.2 MiB, [HDR-4] and subsection 1 of it": "",
	} {
		var got []string
		for _, r := range References(text) {
			target := r.Target
			if r.Chapter {
				target = "chapter " + target
			}
			got = append(got, text[r.From:r.To]+" -> "+target)
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%q: %q instead of %q", text, strings.Join(got, "; "), want)
		}
	}
}
