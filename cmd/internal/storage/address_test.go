package storage

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	here := t.TempDir()
	t.Chdir(here)
	for _, test := range []struct {
		text string
		kind kind
		want string // what String returns
	}{
		{"a", folderKind, filepath.Join(here, "a")},
		{"a/b/../c//", folderKind, filepath.Join(here, "a", "c")},
		{"a/b:c", folderKind, filepath.Join(here, "a", "b:c")},
		{".", folderKind, here},
		{"/", folderKind, "/"},
		{"/mnt/stick/Back ups", folderKind, "/mnt/stick/Back ups"},
		{"./s3:a", folderKind, filepath.Join(here, "s3:a")},
		{"./s3://a", folderKind, filepath.Join(here, "s3:", "a")},
		{"./~", folderKind, filepath.Join(here, "~")},
		{"a~", folderKind, filepath.Join(here, "a~")},
		{"s3://bucket", s3Kind, "s3://bucket"},
		{"s3://bucket/", s3Kind, "s3://bucket"},
		{"s3://bucket//a/../b c/", s3Kind, "s3://bucket/b%20c"},
		{"rclone:drive:", rcloneKind, "rclone:drive:"},
		{"rclone:drive:/", rcloneKind, "rclone:drive:/"},
		{"rclone:drive:a/b//", rcloneKind, "rclone:drive:a/b"},
		{"rclone::local:/tmp/a", rcloneKind, "rclone::local:/tmp/a"},
		{`rclone::webdav,url="https://example.org/":a`, rcloneKind, `rclone::webdav,url="https://example.org/":a`},
	} {
		got, err := Parse(test.text)
		if err != nil || got.kind != test.kind || got.String() != test.want {
			t.Errorf("Parse(%q): %+v, %v; want %s", test.text, got, err, test.want)
			continue
		}
		t.Chdir("/")
		if again, err := Parse(got.String()); err != nil || again != got {
			t.Errorf("Parse(%q) again, from another folder: %+v, %v", test.text, again, err)
		}
		t.Chdir(here)
	}
}

// What is no address says what to write instead.
func TestParseMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "rclone:NAME:PATH",
		"s3:bucket":              "./s3:bucket for a folder",
		"s3://":                  "s3://BUCKET/PREFIX",
		"s3://key:secret@bucket": "s3://BUCKET/PREFIX",
		"S3://bucket":            "small letters",
		"https://example.org/b":  "AWS_ENDPOINT_URL_S3",
		"file:///home/a":         "write the path",
		"sftp://host/a":          "rclone config",
		"drive:Backups":          "write rclone:drive:Backups for rclone, or ./drive:Backups for a folder",
		"rclone:drive":           "rclone:NAME:PATH",
		"rclone:":                "rclone:NAME:PATH",
		"rclone::":               "rclone:NAME:PATH",
		"rclone://drive/a":       "rclone:NAME:PATH",
		"rclone:drive:a]b":       `without "]"`,
		"~/Backups":              "./~/Backups for a folder",
		"a\x00b":                 "not a path",
	} {
		if got, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q): %+v, %v; want %q", text, got, err, want)
		}
	}
}
