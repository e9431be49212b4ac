package room

import (
	"fmt"
	"strconv"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
	"github.com/coffer-format/coffer/ref/fault"
)

// backupWalk follows two nights of a backup: what is in the store, and what comes to it.
func backupWalk() (*walk, error) {
	s, err := newWalkSet()
	if err != nil {
		return nil, err
	}
	return s.walk()
}

// walk tells of the objects of the set.
func (s *walkSet) walk() (*walk, error) {
	w := &walk{
		Intro: `<p>A backup set is a folder of containers at a provider. Below are all objects of a small one in the order in which a device stores them: what a backup begins with, and two nights. The secret is the password <code>` + walkPassword + `</code>; each object is unfolded into its bytes and, since K is known here, into its plaintext. Chapter 16 says what the objects are, chapter 17 in which order a device stores them.</p>` +
			`<p>The reference wrote this set, as it writes any other, but for two things: what is drawn at random is the same each time, and data containers have the least size instead of 32 MiB.</p>`,
		End: `<section class="act" id="restore"><h2>And back</h2><p>To restore, a reader opens the keyring with the password. It takes the commit of the greatest generation that opens under K and has the keyring's set id and epoch: that is the head (section 16.3). The head names the segments, and these name the places of every entry; its list of stored containers gives the name of each container in which they lie: <code>g-</code> and the generation if it is not 0, <code>c-</code> and the container id otherwise (section 16.4). In each container one byte is then found as in <a href="` + walkPage + `">` + walkTitles[0].Title + `</a>, without its first part: K is known, and these containers have no slots, so their payloads begin at 117.</p></section>`,
	}
	for i, o := range s.objects {
		opened, err := openedWith(&s.k, o.bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.name, err)
		}
		layers, err := opened.Layers()
		if err != nil {
			return nil, err
		}
		if f := opened.Error; f != nil && f.Name != fault.MissingContainer { // a commit alone lacks the segments of others
			return nil, fmt.Errorf("%s: %s: %s", o.name, f.Name, f.Detail)
		}
		if i >= len(stories) {
			return nil, fmt.Errorf("nothing is told of %s", o.name)
		}
		a := act{Name: o.name, Digest: o.digest(), Layers: layers}
		a.Title, a.Section, a.Text = stories[i](s, layers)
		w.Acts = append(w.Acts, a)
	}
	return w, nil
}

// stories tell of each object of the set what it is for, and what it holds.
var stories = []func(*walkSet, []dissect.Layer) (title, section string, text []string){keyringStory, firstStory, dataStory, commitStory}

func keyringStory(_ *walkSet, layers []dissect.Layer) (title, section string, text []string) {
	return "Turning the backup on: the keyring", "16.2", []string{
		"The keyring is the one container of a set with slots: here one, in which the password seals K. No other object of the set opens with a password; all open with K.",
		fmt.Sprintf("Its plaintext says which set it is, that this is epoch %s, and which installation writes in it. Generation and head are zero, since there is no commit yet, and there are no old keys: another key, and with it another epoch, comes when the secret is changed.", value(layers, "keyring.epoch")),
		"It is stored before anything else, and again, byte for byte, under the name with .copy, which is not shown here again, since its loss would be the loss of all others.",
	}
}

func firstStory(s *walkSet, layers []dissect.Layer) (title, section string, text []string) {
	return "The first night: the commit of generation 1", "16.3", []string{
		fmt.Sprintf("Everything is new and fits into one container, so the commit is the only object of the night: %s (%s bytes), %d photos and %s, each whole, in an entry frame of its own. The segment lists them; the index names the segment, and complete is 1.", databasePath, dissect.Grouped(databaseSize), photosBefore, removedPath),
		fmt.Sprintf("The plaintext of a commit or a data container has at least 262\u202f144 bytes, so that one small night looks like another (section 8.3). The padding frame has the %s zeros that are missing.", value(layers, "padding.n")),
		"It is made only if there is no object of this name, and from then on the generation exists.",
	}
}

func dataStory(s *walkSet, layers []dissect.Layer) (title, section string, text []string) {
	return "The second night: a data container", "17.3", []string{
		fmt.Sprintf("Of %s (%s bytes, 3 blocks of 4\u202f096, the last with 100) only block %d has changed. Only it is stored, in a piece frame: its one run says first %s, count %s.", databasePath, dissect.Grouped(databaseSize), changedBlock, value(layers, "piece.runs[0].first"), value(layers, "piece.runs[0].count")),
		fmt.Sprintf("%s (%s bytes) is new, and all of it is here. Then there is no room for the next file, so the container is padded with %s zeros to the size that all data containers of this writer have. Its complete is 0: it commits nothing.", photoPath, dissect.Grouped(newPhotoSize), value(layers, "padding.n")),
		"It goes up first, in one request. Nothing refers to it yet, so a run that is interrupted here has changed nothing. Its segment lists the entries whose last frame lies in it, in case the commit is lost.",
	}
}

func commitStory(s *walkSet, layers []dissect.Layer) (title, section string, text []string) {
	older, newer := s.database[1].Places[0], s.database[1].Places[1]
	return "The second night: the commit of generation 2", "16.4", []string{
		fmt.Sprintf("%s (%s bytes) is small and new, and lies in the commit itself. The index names two segments, the oldest first: that of generation 1, with the %d photos that have not changed, and its own, with what has. Of a path that both list, the record in the later segment counts. So nothing is written again of what stays as it is.", smallPath, dissect.Grouped(smallSize), photosBefore),
		fmt.Sprintf("The record of %s has two places, the oldest first: the entry frame at %s of container %x… (the first commit), and the piece frame at %s of container %x… (the data container). Each block comes from the last place that has it: block %d from the second, blocks 0 and 2 from the first.", databasePath, dissect.Grouped(older.Offset), older.Container[:4], dissect.Grouped(newer.Offset), newer.Container[:4], changedBlock),
		fmt.Sprintf("%s is gone: its path is in removed, which takes the record of the first night out of the list. The frame of the first night stays where it is until no generation needs its container.", removedPath),
		"The stored containers are the two others that the generation needs, each with its id, its length and its SHA-256: compare them with those above. The generation beside each is 1 for the commit, which also makes it an earlier generation that can be restored, and 0 for the data container. Under K, the chunks authenticate themselves; once K is an old key, a container is opened only if it has the SHA-256 that is listed here, since whoever has found out the old secret could seal another.",
	}
}

// value returns the number in a field of an object, or of its plaintext.
func value(layers []dissect.Layer, name string) string {
	for _, l := range layers {
		for _, f := range l.Fields {
			if f.Name == name {
				n, _ := strconv.ParseInt(f.Value, 10, 64) // a number, as annotate writes it
				return dissect.Grouped(n)
			}
		}
	}
	panic(fmt.Sprintf("unreachable: there is no field %s", name)) // the reference has written it
}
