package coffer_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/coffer-format/coffer/ref/coffer"
)

// A program that opens a backup and prints its messages.
func Example() {
	backup, err := coffer.Open(monday(), coffer.Password("correct horse battery staple"))
	if err != nil {
		log.Fatal(err)
	}
	defer backup.Close()
	for _, entry := range backup.Entries() {
		if entry.Kind != coffer.Messages {
			continue
		}
		messages, err := fs.ReadFile(backup, entry.Path)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s, %s:\n%s", entry.Path, entry.Modified.Format(time.DateOnly), messages)
	}
	// Output:
	// Messages/ada.txt, 2026-03-01:
	// Ada: are you there?
	// Me: always.
}

// Whoever has the 64-digit key needs no password.
func ExampleOpen_digits() {
	digits := readPaper()
	backup, err := coffer.Open(monday(), coffer.Digits(digits))
	if err != nil {
		log.Fatal(err)
	}
	defer backup.Close()
	fmt.Println(len(backup.Entries()), "entries")
	// Output: 2 entries
}

func ExampleOpen_wrongPassword() {
	_, err := coffer.Open(monday(), coffer.Password("correct horse"))
	switch {
	case errors.Is(err, coffer.ErrWrongSecret):
		fmt.Println("that is not the password")
	case errors.Is(err, coffer.ErrDamagedHeader):
		fmt.Println("the file is damaged")
	}
	// Output: that is not the password
}

// A passkey gives its output for the salt that the container names.
func ExamplePasskeys() {
	f, err := os.Open(monday())
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		log.Fatal(err)
	}
	passkeys, err := coffer.Passkeys(f, info.Size())
	if err != nil {
		log.Fatal(err)
	}
	passkey := passkeys[0]
	passkey.Output = askAuthenticator(passkey.RPID, passkey.Credential, passkey.Salt)
	backup, err := coffer.Read(f, info.Size(), passkey)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(passkey.RPID, "opens", len(backup.Entries()), "entries")
	// Output: chat.example opens 2 entries
}

// An entry is read as a stream of any length.
func ExampleBackup_Open() {
	backup, err := coffer.Open(monday(), coffer.Password("correct horse battery staple"))
	if err != nil {
		log.Fatal(err)
	}
	defer backup.Close()
	photo, err := backup.Open("Media/sunrise.jpg")
	if err != nil {
		log.Fatal(err)
	}
	defer photo.Close()
	n, err := io.Copy(io.Discard, photo)
	fmt.Println(n, err)
	// Output: 100000 <nil>
}

// A backup is a file system of package io/fs.
func ExampleBackup() {
	backup, err := coffer.Open(monday(), coffer.Password("correct horse battery staple"))
	if err != nil {
		log.Fatal(err)
	}
	defer backup.Close()
	if err := backup.Verify(); err != nil {
		log.Fatal(err)
	}
	fs.WalkDir(backup, ".", func(name string, d fs.DirEntry, err error) error {
		fmt.Println(d)
		return err
	})
	// Output:
	// d ./
	// d Media/
	// - sunrise.jpg
	// d Messages/
	// - ada.txt
}

func ExampleCreate() {
	folder, err := os.MkdirTemp("", "coffer-example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	w, err := coffer.Create(filepath.Join(folder, "monday.coffer"), coffer.Options{
		Password: "correct horse battery staple",
		Producer: "example 1.0",
	})
	if err != nil {
		log.Fatal(err)
	}
	defer w.Abort() // does nothing after Close
	err = w.AddBytes(coffer.Entry{
		Path:     "Messages/ada.txt",
		Kind:     coffer.Messages,
		Modified: time.Date(2026, 3, 1, 8, 30, 0, 0, time.UTC),
	}, []byte("Ada: are you there?\nMe: always.\n"))
	if err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	paper := w.Key().Text() // to be kept away from the file
	fmt.Println("keep these", len(strings.Join(strings.Fields(paper), "")), "digits")
	// Output: keep these 64 digits
}

// The files of a folder.
func ExampleWriter_AddFS() {
	folder, err := os.MkdirTemp("", "coffer-example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	if err := os.WriteFile(filepath.Join(folder, "ada.txt"), []byte("Ada: hello\n"), 0o600); err != nil {
		log.Fatal(err)
	}
	var sealed strings.Builder
	w, err := coffer.NewWriter(&sealed, coffer.Options{})
	if err != nil {
		log.Fatal(err)
	}
	if err := w.AddFS(os.DirFS(folder)); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	backup, err := coffer.Read(strings.NewReader(sealed.String()), int64(sealed.Len()), w.Key())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(backup.Entries()[0].Path)
	// Output: ada.txt
}
