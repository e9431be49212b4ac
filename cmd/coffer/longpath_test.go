package main

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/nfc"
)

// Whatever is too long gets a path that a container takes; different paths stay
// different, and what lies in one folder stays in one.
func TestShorterPath(t *testing.T) {
	part := gopter.CombineGens(gen.IntRange(1, 255), gen.OneConstOf("a", "é", "写", "%FF")).Map(func(v []any) string {
		return strings.Repeat(v[1].(string), 1+v[0].(int)/len(v[1].(string)))
	})
	properties := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(4))
	properties.Property("possible, different, together", prop.ForAll(func(parts []string, names []string) string {
		dir := path.Join(parts...) + "d" + strings.Repeat("/deep", 250)
		if len(dir) <= archive.MaxPathSize {
			return "the folder is not long"
		}
		seen := map[string]string{}
		var folders []string
		for _, name := range names {
			long := dir + "/" + name
			short := shorterPath(long)
			if err := archive.CheckPath(short); err != nil {
				return err.Error()
			}
			if other, ok := seen[short]; ok && other != long {
				return "two paths become " + short
			}
			seen[short] = long
			folders = append(folders, path.Dir(short))
		}
		if len(slices.Compact(folders)) > 1 {
			return "one folder becomes two"
		}
		if nfc.String(dir) == dir && len(names) > 0 && shorterPath("x"+dir+"/"+names[0]) == shorterPath(dir+"/"+names[0]) {
			return "two folders become one"
		}
		return ""
	}, gen.SliceOf(part), gen.SliceOf(part)))
	properties.TestingRun(t)
}
