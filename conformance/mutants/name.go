package mutants

import "strings"

// nameByText adds to the ids of a file's mutants the line that each changes, with
// what is replaced between « and ». Where two lines are alike, as many of the lines
// before them follow as tell them apart. So an id lasts as long as its code.
func nameByText(all []Mutant, text []byte) {
	more := make([]int, len(all)) // lines before
	for {
		same := map[string][]int{}
		for i, m := range all {
			id := m.ID + "/" + excerpt(text, m, more[i])
			same[id] = append(same[id], i)
		}
		clear := true
		for _, of := range same {
			if len(of) > 1 {
				clear = false
				for _, i := range of {
					more[i]++
				}
			}
		}
		if clear {
			break
		}
	}
	for i := range all {
		all[i].ID += "/" + excerpt(text, all[i], more[i])
	}
}

// excerpt returns the line that a mutant changes, on one line with so many
// non-empty lines before it. Of what spans several lines it has the first.
func excerpt(text []byte, m Mutant, before int) string {
	start := strings.LastIndexByte(string(text[:m.offset]), '\n') + 1
	for range before {
		if start > 0 {
			start = strings.LastIndexByte(string(text[:start-1]), '\n') + 1
		}
	}
	end := m.offset + len(m.Original)
	marked := string(text[start:m.offset]) + "«" + m.Original + "»"
	rest, _, _ := strings.Cut(string(text[end:]), "\n")
	return strings.Join(strings.Fields(marked+rest), " ")
}
