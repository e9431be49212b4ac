package cobblestone

import (
	"encoding/hex"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The lengths of spec section 4.4 and the values of section 4.8 are those that
// this package computes.
func TestTablesOfTheSpecification(t *testing.T) {
	text, err := os.ReadFile("../../spec/04-cobblestone.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := regexp.MustCompile(`(?m)^## `).Split(string(text), -1)
	rows := func(title string) (found [][]string) {
		for _, section := range sections {
			if strings.HasPrefix(section, title) {
				for _, row := range regexp.MustCompile(`(?m)^\| (.*) \|$`).FindAllStringSubmatch(section, -1) {
					found = append(found, strings.Split(row[1], " | "))
				}
			}
		}
		return found
	}

	lengths := 0
	for _, row := range rows("4.4 ") {
		n, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil {
			continue // a row of the other table
		}
		lengths++
		if row[1] != strconv.FormatInt(n/ChunkSize+1, 10) || row[2] != strconv.FormatInt(sealedSize(n), 10) {
			t.Errorf("a plaintext of %d bytes: %v", n, row)
		}
	}
	example := map[string]string{}
	for _, row := range rows("4.8 ") {
		example[row[0]] = row[1]
	}
	value := func(name string) []byte {
		b, err := hex.DecodeString(example[name])
		if err != nil || len(b) == 0 {
			t.Fatalf("%s: %q", name, example[name])
		}
		return b
	}
	context := strings.Trim(example["context"], `"`)
	d := Derive(value("input key"), value("salt"), context)
	got := map[string][]byte{"key": d.Key[:], "base nonce": d.BaseNonce[:], "commitment": d.Commitment[:]}
	for name := range example {
		if i, ok := strings.CutPrefix(name, "nonce of chunk "); ok {
			n, err := strconv.ParseInt(i, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			nonce := NewCipher(&d).nonce(n)
			got[name] = nonce[:]
		}
		if plaintext, ok := strings.CutPrefix(name, "sealed chunk of "); ok {
			plaintext = strings.Trim(plaintext, `"`)
			got[name] = Seal(value("input key"), value("salt"), context, []byte(plaintext))[PrefixSize:]
		}
	}
	for name, b := range got {
		if hex.EncodeToString(b) != example[name] {
			t.Errorf("%s: %x, the specification says %s", name, b, example[name])
		}
	}
	if lengths != 10 || len(got) != 9 {
		t.Errorf("%d lengths and %d values were found", lengths, len(got))
	}
}
