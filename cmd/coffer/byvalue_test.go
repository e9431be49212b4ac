package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// No function takes a secret by value, nor anything that has one in it: a traceback
// shows the first bytes of arrays. What takes other arrays is listed here.
func TestNoSecretByValue(t *testing.T) {
	var files []*ast.File
	for _, dir := range []string{"../../ref", "../../cmd"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if d != nil && d.IsDir() && (d.Name() == "store" || d.Name() == "history") {
				return fs.SkipDir // stores, and models of histories, see nothing that is secret
			}
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			files = append(files, file)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	public := []string{"key.Check", "archive.ID", "archive.Index", "archive.Place", "archive.Stored", "device.Sealed", "set.Memory",
		"vault.ID", "vault.AccountID", "vault.Credential", "vault.Registration", "vault.Session"}
	arrays := map[string]bool{} // other types that are arrays or have one in them
	isArray := func(file *ast.File, typ ast.Expr) bool {
		switch typ := typ.(type) {
		case *ast.ArrayType:
			return typ.Len != nil
		case *ast.Ident:
			return arrays[file.Name.Name+"."+typ.Name]
		case *ast.SelectorExpr:
			return arrays[typ.X.(*ast.Ident).Name+"."+typ.Sel.Name]
		}
		return false
	}
	for before := -1; before < len(arrays); {
		before = len(arrays)
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				spec, ok := n.(*ast.TypeSpec)
				if !ok {
					return true
				}
				has := isArray(file, spec.Type)
				if s, ok := spec.Type.(*ast.StructType); ok {
					has = slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool { return isArray(file, f.Type) })
				}
				if name := file.Name.Name + "." + spec.Name.Name; has && !slices.Contains(public, name) {
					arrays[name] = true
				}
				return true
			})
		}
	}
	if !arrays["key.Key"] || !arrays["keyring.OldKey"] || !arrays["container.Container"] {
		t.Fatalf("the types of secrets are not among %v", arrays)
	}
	var got []string
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			name := "a function"
			var taken []*ast.Field
			switch n := n.(type) {
			case *ast.FuncDecl:
				if name = n.Name.Name; n.Recv != nil {
					taken = n.Recv.List
				}
				taken = append(taken, n.Type.Params.List...)
			case *ast.FuncLit:
				taken = n.Type.Params.List
			}
			for _, f := range taken {
				if isArray(file, f.Type) {
					got = append(got, file.Name.Name+"."+name)
				}
			}
			return true
		})
	}
	slices.Sort(got)
	want := []string{
		"backup.allKept", "backup.know", "backup.reconcile", "backup.remember", // SHA-256 of a commit
		"device.BySet",                                                   // a set's id
		"key.Format", "key.LogValue", "key.MarshalText", "record.Format", // of the value, so that no value is printed
		"set.Following", "set.Make", "set.checkDigest", // a writer's id, SHA-256 of objects
		"slot.NewPasskey", "slot.NewVault", // what stands in the slot
		"storage.PutNew", // the digest of what a store is given
		"vault.Format",   // of the value
	}
	if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
		t.Error(diff)
	}
}
