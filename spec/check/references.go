package check

import (
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/coffer-format/coffer/spec"
)

var (
	anyHeading = regexp.MustCompile(`^#{1,4} ([0-9]+)(\.[0-9]+)?\.? `)
	notInSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	link       = regexp.MustCompile(`\]\(([^)]*)\)`)
)

// checkReferences: every chapter, section, heading and file that the chapters and
// their README refer to exists, and sections count up.
func (r *repository) checkReferences() {
	chapters, sections, anchors := map[string]bool{}, map[string]bool{}, map[string]bool{}
	files := r.spec.Files
	if text, err := fs.ReadFile(r.files, "spec/README.md"); err == nil {
		files = append(files[:len(files):len(files)], spec.File{Name: "README.md", Text: string(text)})
	}
	for _, f := range files {
		next := 1 // the section
		for _, b := range spec.Blocks(f.Text) {
			if !strings.HasPrefix(b.Text, "#") {
				continue
			}
			anchors[f.Name+"#"+slug(strings.TrimLeft(b.Text, "# "))] = true
			m := anyHeading.FindStringSubmatch(b.Text)
			if m == nil {
				continue
			}
			if m[2] == "" {
				chapters[m[1]] = true
				next = 1
			} else if m[2] != "."+strconv.Itoa(next) {
				r.report("spec/"+f.Name, b.Line, "section %s%s stands where %s.%d should", m[1], m[2], m[1], next)
			} else {
				next++
			}
			sections[m[1]+m[2]] = true
			if !strings.HasPrefix(strings.TrimLeft(f.Name, "0"), m[1]+"-") {
				r.report("spec/"+f.Name, b.Line, "the heading %q is of another chapter", b.Text)
			}
		}
	}
	for _, f := range files {
		name := "spec/" + f.Name
		for _, b := range spec.Blocks(f.Text) {
			for _, reference := range spec.References(b.Text) {
				known, what := sections, "section"
				if reference.Chapter {
					known, what = chapters, "chapter"
				}
				if !known[reference.Target] {
					r.report(name, b.Line, "there is no %s %s", what, reference.Target)
				}
			}
			for _, m := range link.FindAllStringSubmatch(b.Text, -1) {
				r.checkLink(f.Name, b.Line, m[1], anchors)
			}
		}
	}
}

func (r *repository) checkLink(file string, line int, target string, anchors map[string]bool) {
	if strings.Contains(target, "://") {
		return
	}
	name, anchor, hasAnchor := strings.Cut(target, "#")
	if name == "" {
		name = file
	}
	if _, err := fs.Stat(r.files, path.Join("spec", name)); err != nil {
		r.report("spec/"+file, line, "there is no file %s", name)
	} else if hasAnchor && !anchors[name+"#"+anchor] {
		r.report("spec/"+file, line, "there is no heading %s", target)
	}
}

// slug is the anchor that Markdown renderers commonly give a heading.
func slug(heading string) string {
	kept := notInSlug.ReplaceAllString(strings.ToLower(heading), "")
	return strings.ReplaceAll(kept, " ", "-")
}
