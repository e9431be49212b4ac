// Package mutants measures how strong the conformance suite is. It derives
// mutants of the reference from its source, mechanically, and lets the suite
// judge each: one that the suite calls conformant shows what it does not check.
// README.md has the operators, and what is left out.
package mutants

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Mutant is the reference with one change to its source.
type Mutant struct {
	ID          string `json:"id"`                    // package, function, operator and the line, its change between « and »
	Description string `json:"description,omitempty"` // of what was written by hand: what is wrong
	Breaks      string `json:"breaks,omitempty"`      // and which requirements
	Package     string `json:"package"`
	Operator    string `json:"operator"`
	File        string `json:"file"` // in the source tree
	Line        int    `json:"line"`
	Original    string `json:"original"`
	Replacement string `json:"replacement"`
	Encoder     bool   `json:"encoder"` // of what seals; else of what opens

	offset int // of the original in the file, in bytes
}

// Packages are those of the reference that mutants are made of, in the order of
// the layers.
var Packages = []string{"wire", "nfc", "key", "password", "cobblestone", "slot", "header", "archive", "keyring", "container", "salvage", "extract", "set",
	"opaque", "vault", "vault/record", "vault/client"}

// leftOut are files that no answer depends on, or that answers cannot reach.
var leftOut = []string{
	"password/weak.go",  // advice for people
	"archive/stream.go", // no op reads an entry as a stream

	// What a vault keeps in a file, which the vaults of the protocol do not have.
	"vault/record/encoding.go",
	"vault/record/sound.go",
}

// unseen are functions that do nothing but what requirements ask of which no case
// can show anything, and these requirements, which vectors.Excuses has.
var unseen = map[string]string{
	"key.New":                      "KEY-1 KEY-2",
	"archive.Writer.copy":          "ARC-16 ARC-17",
	"archive.source.Read":          "ARC-16 ARC-17",
	"salvage.Salvage.WriteContent": "SLV-13",
	"archive.MostContent":          "ARC-90",
	"archive.MostPlaces":           "ARC-90",
	"set.IsMerged":                 "SET-30",
	"set.SegmentLength":            "SET-30",
	"opaque.ClientState.Erase":     "VLT-44",
	"opaque.Scalar.erase":          "VLT-44",
	"opaque.keys.erase":            "VLT-44",
	"vault/client.Open":            "VLT-2 VLT-3 VLT-55",
	"vault/client.Vault.Close":     "VLT-2",
	"vault/client.Vault.overHTTP":  "VLT-54 VLT-55",
}

// uncalled are functions that nothing behind the protocol calls, unless to make a text for people.
var uncalled = []string{
	"opaque.ParseScalar", "opaque.Scalar.Bytes", "opaque.Identity", "opaque.ParseKE3", "opaque.DrawServerRandom", "opaque.ServerFinish",
	"vault.Names", "vault.IDOf", "vault.Statement.InSession", "vault.Token.Sign",
	"vault/client.Recovered.Proof", "vault/client.sessionProof.of", "vault/client.sessionProof.prove", "vault/client.Left.Wait",
}

// talk are the functions that make texts for people, and those that give up.
var talk = regexp.MustCompile(`^(String|Error|Unwrap|Format|LogValue|MarshalText|name|describe|err[A-Z]\w*|malformed|missing|nameIn|nameLoss|withPassedOver|Abort)$`)

// makesError are the calls whose arguments are texts for people.
var makesError = regexp.MustCompile(`^(fault\.New|fmt\.Errorf|errors\.New|malformed|missing|panic|errors\.Is|errors\.As)$`)

// anError are the results that are errors by their names.
var anError = regexp.MustCompile(`^(\w+\.)?err([A-Z]\w*\(.*\))?$`)

// Derive returns the mutants of the reference whose repository lies in the
// folder source, always in the same order.
func Derive(source string) ([]Mutant, error) {
	var all []Mutant
	for _, pkg := range Packages {
		files, err := filepath.Glob(filepath.Join(source, "ref", pkg, "*.go"))
		if err != nil {
			return nil, err
		}
		slices.Sort(files)
		for _, file := range files {
			name := pkg + "/" + filepath.Base(file)
			if strings.HasSuffix(file, "_test.go") || slices.Contains(leftOut, name) {
				continue
			}
			found, err := fromFile(file, pkg)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s is not a checkout of Coffer: it has no ref folder with source", source)
	}
	return all, nil
}

func fromFile(path, pkg string) ([]Mutant, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	d := &deriver{fset: fset, text: text, file: "ref/" + pkg + "/" + filepath.Base(path), pkg: pkg}
	for _, decl := range tree.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			d.function(decl)
		case *ast.GenDecl:
			if decl.Tok == token.CONST || decl.Tok == token.VAR {
				d.where, d.encoder = "declarations", false
				d.values(decl)
			}
		}
	}
	nameByText(d.found, text)
	return d.found, nil
}

// deriver walks a file.
type deriver struct {
	fset    *token.FileSet
	text    []byte
	file    string
	pkg     string
	where   string // the function, with its receiver's type
	encoder bool
	found   []Mutant
}

func (d *deriver) function(f *ast.FuncDecl) {
	if f.Body == nil || talk.MatchString(f.Name.Name) {
		return
	}
	d.where = nameOf(f)
	name := d.pkg + "." + d.where
	if _, ok := unseen[name]; ok || slices.Contains(uncalled, name) {
		return
	}
	d.encoder = encodes(d.file, d.where)
	d.earlyReturn(f)
	d.statements(f.Body)
}

// nameOf returns the name of a function, with its receiver's type.
func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	return strings.Trim(types.ExprString(f.Recv.List[0].Type), "*") + "." + f.Name.Name
}

// encoders are the functions that run only when something is sealed or written.
var encoders = regexp.MustCompile(`(^|\.)(New|Seal|seal|Marshal|marshal|Frame|fields|Text|Padded|NewWriter|New(Password|Vault|Passkey)|` +
	`Bytes|indexFrame|recordSize|NewArchiveWriter|SealKeyring|begin|WithSlots|computeDigest|computeMAC|SealedSize|Prefix)$`)

// encoding are the files that only writers of sets need.
var encoding = []string{"ref/archive/writer_set.go", "ref/set/blocks.go", "ref/set/commit.go", "ref/set/epoch.go", "ref/set/pack.go", "ref/set/run.go", "ref/set/segments.go"}

// encodes is the published rule that tells the encoder's mutants from the
// decoder's: the file writer.go and those of writers of sets, the path set that a writer
// keeps, and encoders. Those of a vault are neither's.
func encodes(file, where string) bool {
	return !ofVault(file) && (strings.HasSuffix(file, "/writer.go") || slices.Contains(encoding, file) || strings.HasPrefix(where, "pathSet.") || encoders.MatchString(where))
}

// ofVault reports whether a file is of what clients and vaults do.
func ofVault(file string) bool {
	return strings.HasPrefix(file, "ref/vault/") || strings.HasPrefix(file, "ref/opaque/")
}

// change adds a mutant: the source of node is replaced.
func (d *deriver) change(operator string, node ast.Node, replacement string) {
	d.replace(operator, node.Pos(), node.End(), replacement)
}

func (d *deriver) replace(operator string, from, to token.Pos, replacement string) {
	start, end := d.fset.Position(from), d.fset.Position(to)
	d.found = append(d.found, Mutant{
		ID:      fmt.Sprintf("%s.%s/%s", d.pkg, d.where, operator),
		Package: d.pkg, Operator: operator, File: d.file, Line: start.Line, Encoder: d.encoder,
		Original: string(d.text[start.Offset:end.Offset]), Replacement: replacement, offset: start.Offset,
	})
}

func (d *deriver) source(n ast.Node) string {
	return string(d.text[d.fset.Position(n.Pos()).Offset:d.fset.Position(n.End()).Offset])
}

// apply returns the mutant's file.
func (m Mutant) apply(text []byte) []byte {
	out := append([]byte(nil), text[:m.offset]...)
	out = append(out, m.Replacement...)
	return append(out, text[m.offset+len(m.Original):]...)
}
