package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"time"
)

// schema is what messengers keep: messages in the order of their arrival, an index over
// random ids, one over chats and times, and an index of the words.
const schema = `
PRAGMA page_size = 4096;
PRAGMA journal_mode = WAL;
CREATE TABLE messages (
  id INTEGER PRIMARY KEY, guid TEXT NOT NULL, chat INTEGER NOT NULL, sender INTEGER NOT NULL,
  sent INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0, text TEXT NOT NULL);
CREATE UNIQUE INDEX messages_guid ON messages (guid);
CREATE INDEX messages_chat ON messages (chat, sent);
CREATE VIRTUAL TABLE words USING fts5 (text, content = 'messages', content_rowid = 'id');
CREATE TRIGGER messages_words AFTER INSERT ON messages BEGIN
  INSERT INTO words (rowid, text) VALUES (new.id, new.text);
END;
`

// messenger backs up a database every night, from a snapshot that keeps its pages in place:
// sqlite3's .backup, which is the backup API. (VACUUM INTO orders all pages anew.)
func messenger(b *bench) {
	check(os.Mkdir(b.path("snapshot"), 0o700))
	w := &writer{random: rand.New(rand.NewPCG(1, 2)), sent: 1_700_000_000}
	w.vocabulary()
	b.sql(func(to io.Writer) {
		fmt.Fprint(to, schema, "BEGIN;\n")
		w.messages(to, *messages)
		fmt.Fprint(to, "COMMIT;\n")
	})
	b.snapshot()
	fmt.Printf("a database of %s with %d messages\n", mib(b.size("snapshot")), *messages)
	stored, took := b.backUp("snapshot")
	fmt.Printf("the first backup: %s stored, %v, %s of memory\n", mib(stored), took.took.Round(time.Millisecond), mib(took.memory))
	sum, most := int64(0), int64(0)
	for night := range *nights {
		b.sql(func(to io.Writer) { w.messages(to, *perDay) }) // each in a transaction of its own
		b.snapshot()
		stored, took := b.backUp("snapshot")
		fmt.Printf("night %d: %s stored, %v, %s of memory\n", night+1, mib(stored), took.took.Round(time.Millisecond), mib(took.memory))
		sum, most = sum+stored, max(most, stored)
	}
	fmt.Printf("%d messages a night: %s stored in the mean of %d nights, at most %s\n", *perDay, mib(sum/int64(*nights)), *nights, mib(most))
	b.restore("snapshot")
	const ask = "PRAGMA integrity_check;\nINSERT INTO words (words) VALUES ('integrity-check');\nSELECT count(*) FROM messages;\n"
	out, _ := b.command(strings.NewReader(ask), "sqlite3", "-bail", "restored/messages.db")
	fmt.Printf("integrity check, and the number of messages: %s\n", strings.Join(strings.Fields(string(out)), ", "))
}

// sql runs statements on the database. They are passed on as they are made, since the memory
// of this program counts as that of those which it runs.
func (b *bench) sql(statements func(to io.Writer)) {
	from, to := io.Pipe()
	go func() {
		buffered := bufio.NewWriter(to)
		fmt.Fprint(buffered, ".bail on\nPRAGMA synchronous = OFF;\n")
		statements(buffered)
		buffered.Flush()
		to.Close()
	}()
	b.command(from, "sqlite3", "messages.db")
}

func (b *bench) snapshot() {
	b.command(nil, "sqlite3", "messages.db", ".backup snapshot/messages.db")
}

// writer writes messages.
type writer struct {
	random *rand.Rand
	words  []string
	zipf   *rand.Zipf
	sent   int64
}

// vocabulary makes words, of which some are frequent and most are not.
func (w *writer) vocabulary() {
	for range 60_000 {
		word := make([]byte, 2+w.random.IntN(9))
		for i := range word {
			word[i] = 'a' + byte(w.random.IntN(26))
		}
		w.words = append(w.words, string(word))
	}
	w.zipf = rand.NewZipf(w.random, 1.1, 8, uint64(len(w.words)-1))
}

// messages writes statements that insert messages.
func (w *writer) messages(to io.Writer, n int) {
	for range n {
		w.sent += w.random.Int64N(600)
		fmt.Fprintf(to, "INSERT INTO messages (guid, chat, sender, sent, text) VALUES ('%016x%016x', %d, %d, %d, '", w.random.Uint64(), w.random.Uint64(), w.random.IntN(200), w.random.IntN(500), w.sent)
		for i := range 4 + w.random.IntN(60) {
			if i > 0 {
				io.WriteString(to, " ")
			}
			io.WriteString(to, w.words[w.zipf.Uint64()])
		}
		io.WriteString(to, "');\n")
	}
}
