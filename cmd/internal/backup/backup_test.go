package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/cmd/internal/usage"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// noise is content that differs from all other.
func noise(r *rand.Rand, n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return p
}

// edit changes the files of a folder as a day does: some bytes here and there, growth, new
// files, others gone or under another name.
func (w *world) edit(r *rand.Rand, day int) {
	names := sortedNames(w.contents())
	for _, name := range names {
		path := filepath.Join(w.dir, filepath.FromSlash(name))
		content, err := os.ReadFile(path)
		if err != nil {
			w.t.Fatal(err)
		}
		switch r.IntN(8) {
		case 0:
			os.Remove(path)
		case 1:
			os.Rename(path, path+"m")
		case 2:
			w.write(name, append(content, noise(r, r.IntN(9000))...))
		case 3, 4:
			if len(content) > 0 {
				for range 1 + r.IntN(3) {
					content[r.IntN(len(content))]++
				}
			}
			w.write(name, content)
		case 5:
			w.write(name, content[:r.IntN(len(content)+1)])
		case 6:
			w.write(name, content) // only its time
		}
	}
	for i := range r.IntN(4) {
		size := []int{0, 1, 4096, 70000, 300000, 700000}[r.IntN(6)]
		w.write(fmt.Sprintf("%d/%d-%d", r.IntN(3), day, i), noise(r, size))
	}
}

func sortedNames(contents map[string]string) []string {
	var names []string
	for name := range contents {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Whatever happens to the files, each generation that is kept restores as the files were then.
func TestEveryGenerationRestores(t *testing.T) {
	thorough.NotShort(t)
	parameters := gopter.DefaultTestParameters()
	parameters.MinSuccessfulTests = thorough.Number(2, 4)
	parameters.MaxShrinkCount = 3
	properties := gopter.NewProperties(parameters)
	properties.Property("generations", prop.ForAll(func(seed uint64) (string, error) {
		r := rand.New(rand.NewPCG(seed, 0))
		s := memory.New()
		w := newWorld(t, s)
		was := map[uint64]map[string]string{}
		for day := range 10 {
			w.edit(r, day)
			report, err := w.run(s)
			if err != nil {
				return "", fmt.Errorf("day %d: %w", day, err)
			}
			was[report.Generation] = w.contents()
			if err := checkHead(s, &w.k, w.contents()); err != nil {
				return fmt.Sprintf("day %d: %v", day, err), nil
			}
			if report.Unread != 0 || len(report.PassedOver) != 0 || report.Entries != len(w.contents()) {
				return fmt.Sprintf("day %d: %+v", day, report), nil
			}
		}
		head, err := open(s, &w.k)
		if err != nil {
			return "", err
		}
		kept := 0
		for _, x := range head.Earlier() {
			g, err := head.OpenEarlier(context.Background(), x.Generation)
			if err != nil {
				return "", err
			}
			switch err := checkGeneration(g, was[x.Generation]); {
			case err == nil:
				kept++
			case !errors.Is(err, fault.MissingContainer): // it is no longer kept
				return fmt.Sprintf("generation %d: %v", x.Generation, err), nil
			}
		}
		if kept < 6 {
			return fmt.Sprintf("%d earlier generations are kept", kept), nil
		}
		return "", nil
	}, gen.UInt64()))
	properties.TestingRun(t)
}

// What changes a little is stored as a little: of a large file the blocks that changed, of a
// renamed file nothing.
func TestOnlyChangesAreStored(t *testing.T) {
	s := memory.New()
	w := newWorld(t, s)
	r := rand.New(rand.NewPCG(1, 1))
	w.write("large", noise(r, 4<<20))
	w.write("moving", noise(r, 2<<20))
	first := w.mustRun(s)
	if first.New != 2 || first.Stored < 6<<20 {
		t.Fatalf("%+v", first)
	}
	content, _ := os.ReadFile(filepath.Join(w.dir, "large"))
	content[100]++
	content[3<<20]++
	w.write("large", content)
	os.Rename(filepath.Join(w.dir, "moving"), filepath.Join(w.dir, "moved"))
	second := w.mustRun(s)
	if second.Changed != 1 || second.Removed != 1 || second.Stored > 300<<10 {
		t.Errorf("a changed and a renamed file: %+v", second)
	}
	if err := checkHead(s, &w.k, w.contents()); err != nil {
		t.Error(err)
	}
	if !bytes.Equal([]byte(w.contents()["large"]), content) {
		t.Error("the test changed its file")
	}
}

// objectsOf returns the names that a store has, of a kind that is its first letter.
func objectsOf(t *testing.T, s store.Store, kind byte) []string {
	t.Helper()
	all, err := s.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range all {
		if o.Name[0] == kind {
			names = append(names, o.Name)
		}
	}
	return names
}

// What the store has lost is sealed again from the files, the list of entries, too.
func TestLostContainers(t *testing.T) {
	thorough.NotShort(t)
	s := memory.New()
	w := newWorld(t, s)
	r := rand.New(rand.NewPCG(2, 2))
	w.write("large", noise(r, 1<<20))
	for i := range 20 {
		w.write(fmt.Sprint(i), noise(r, 1000))
	}
	w.mustRun(s)
	w.write("new", noise(r, 10))
	w.mustRun(s)
	data := objectsOf(t, s, 'c')
	for _, name := range []string{data[0], data[len(data)-1], "g-0000000000000001.coffer"} {
		if err := s.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		report := w.mustRun(s)
		if !slices.Contains(report.Lost, name) || report.Repacked == 0 {
			t.Errorf("without %s: %+v", name, report)
		}
		if err := checkHead(s, &w.k, w.contents()); err != nil {
			t.Errorf("without %s: %v", name, err)
		}
	}
	if report := w.mustRun(s); report.Repacked != 0 {
		t.Errorf("nothing is lost: %+v", report)
	}
}

// However many nights there are, the containers stay few, and what is stored in proportion.
func TestContainersStayFew(t *testing.T) {
	thorough.NotShort(t)
	s := memory.New()
	w := newWorld(t, s)
	r := rand.New(rand.NewPCG(3, 3))
	w.write("large", noise(r, 3<<20))
	for night := range thorough.Number(60, 100) {
		w.write(fmt.Sprint(night), noise(r, 2000))
		w.mustRun(s)
	}
	if err := checkHead(s, &w.k, w.contents()); err != nil {
		t.Error(err)
	}
	if n := len(objectsOf(t, s, 'g')); n > mostSmall+2*8+4 {
		t.Errorf("%d commits", n)
	}
}

// Of what is to be forgotten nothing is left once the time of grace has passed: not of what was
// removed, nor of what was changed, nor of what an interrupted run has sealed.
func TestForget(t *testing.T) {
	thorough.NotShort(t)
	s := memory.New()
	w := newWorld(t, s)
	r := rand.New(rand.NewPCG(4, 4))
	w.write("secret", noise(r, 5000))
	w.write("other", noise(r, 150_000)) // so that most of their container counts afterwards, too
	w.write("large", noise(r, 1<<20))
	w.mustRun(s)
	os.Remove(filepath.Join(w.dir, "secret"))
	content := w.fileOf("large")
	content[5000]++
	w.write("large", content)
	w.mustRun(s)
	w.write("sealed and gone", noise(r, 150_000))
	w.write("sealed and still there", noise(r, 60_000))
	w.write("then sealed", noise(r, 150_000))
	w.interruptedRun(s)
	os.Remove(filepath.Join(w.dir, "sealed and gone"))
	opts := w.options()
	opts.Forget = true
	forgotten, err := Run(t.Context(), s, w.memory, w.sources(), opts)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		w.mustRun(s)
	}
	if err := checkHead(s, &w.k, w.contents()); err != nil {
		t.Error(err)
	}
	uses, err := usage.Of(t.Context(), s, &w.k)
	if err != nil {
		t.Fatal(err)
	}
	for kind, u := range uses {
		if u.Dead > 0 || kind == usage.Listed || kind == usage.Unlisted {
			t.Errorf("%s: %v", kind, u)
		}
	}
	head, err := open(s, &w.k)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range head.Earlier() {
		if x.Generation < forgotten.Generation {
			t.Errorf("generation %d is still there", x.Generation)
		}
	}
}
