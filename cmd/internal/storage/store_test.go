package storage

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/s3/s3test"
	"github.com/coffer-format/coffer/ref/store/storetest"
)

func TestMain(m *testing.M) {
	thorough.InMemory()
	os.Exit(m.Run())
}

func open(t *testing.T, text string) *Store {
	t.Helper()
	address, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	s, err := address.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func put(ctx context.Context, s *Store, name, body string) error {
	return s.PutNew(ctx, name, strings.NewReader(body), int64(len(body)), sha256.Sum256([]byte(body)))
}

// What explains the errors of a store leaves alone what its contract says.
func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		if strings.HasSuffix(t.Name(), "/large_list") {
			thorough.Only(t)
		}
		return open(t, filepath.Join(t.TempDir(), "new"))
	})
}

// explained checks that an error says so, and what to do.
func explained(t *testing.T, err error, text, advice string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(e.Text, text) || !strings.Contains(e.Advice, advice) {
		t.Errorf("%#v: want %q and the advice %q", err, text, advice)
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "stick")
	address, err := Parse(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = address.Open(t.Context())
	explained(t, err, dir+" is not there", "connect")
	s := open(t, dir)
	if err := os.Rename(dir, dir+" moved"); err != nil {
		t.Fatal(err)
	}
	_, err = s.List(t.Context(), "")
	explained(t, err, dir+" is not there", "connect")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = address.Open(t.Context())
	explained(t, err, dir+" is not a folder", "give a folder")
	_, err = Address{folderKind, filepath.Join(dir, "a")}.Create(t.Context())
	explained(t, err, "is not a folder", "give a folder")
	_, err = Address{folderKind, dir + "s/a"}.Create(t.Context())
	explained(t, err, "is not there", "connect")
}

// roundTrip puts, reads, lists and deletes.
func roundTrip(t *testing.T, s *Store) {
	t.Helper()
	if err := put(t.Context(), s, "a", "body"); err != nil {
		t.Fatal(err)
	}
	if err := put(t.Context(), s, "a", "other"); !errors.Is(err, store.ErrExists) {
		t.Errorf("PutNew again: %v", err)
	}
	p := make([]byte, 9)
	if n, err := s.ReadAt(t.Context(), "a", p, 0); err != io.EOF || string(p[:n]) != "body" {
		t.Errorf("ReadAt: %q, %v", p[:n], err)
	}
	if all, err := s.List(t.Context(), ""); err != nil || len(all) != 1 {
		t.Errorf("List: %v, %v", all, err)
	}
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Error(err)
	}
	if _, err := s.Stat(t.Context(), "a"); !errors.Is(err, store.ErrMissing) {
		t.Errorf("Stat: %v", err)
	}
}

func TestS3(t *testing.T) {
	s3test.Start(t)
	s := open(t, "s3://"+s3test.Bucket+"/set")
	roundTrip(t, s)
	err := put(t.Context(), open(t, "s3://another"), "a", "body")
	explained(t, err, "no bucket another", "AWS_ENDPOINT_URL_S3")
	t.Setenv("AWS_REGION", "eu-west-1")
	_, err = open(t, "s3://"+s3test.Bucket).List(t.Context(), "")
	explained(t, err, "another region", "AWS_REGION")
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	_, err = open(t, "s3://"+s3test.Bucket).List(t.Context(), "")
	explained(t, err, "secret access key", "AWS_SECRET_ACCESS_KEY")
	t.Setenv("AWS_ACCESS_KEY_ID", "unknown")
	_, err = open(t, "s3://"+s3test.Bucket).List(t.Context(), "")
	explained(t, err, "does not know the access key", "AWS_ACCESS_KEY_ID")
}

// needRclone skips a test where the program is not installed, and gives it no configuration.
func needRclone(t *testing.T) (config string) {
	t.Helper()
	if _, err := exec.LookPath("rclone"); err != nil {
		t.Skip(err)
	}
	config = filepath.Join(t.TempDir(), "rclone.conf")
	t.Setenv("RCLONE_CONFIG", config)
	return config
}

func TestRclone(t *testing.T) {
	thorough.NotShort(t)
	needRclone(t)
	dir := filepath.Join(t.TempDir(), "new")
	s := open(t, "rclone::local:"+dir)
	roundTrip(t, s)
	if err := os.WriteFile(dir+"/file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, "rclone::local:"+dir+"/file").List(t.Context(), "")
	explained(t, err, "not a folder", "give a folder")
	_, err = open(t, "rclone:drive:Backups").List(t.Context(), "")
	explained(t, err, "nothing of the name drive", "rclone config")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.List(ctx, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("List after Ctrl-C: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	_, err = Address{rcloneKind, "drive:Backups"}.Open(t.Context())
	explained(t, err, "rclone is not installed", "drive")
}

// A server that rclone does not reach; rclone tries for a while.
func TestRcloneUnreachable(t *testing.T) {
	thorough.Only(t)
	needRclone(t)
	_, err := open(t, `rclone::webdav,url="http://127.0.0.1:1/":a`).List(t.Context(), "")
	explained(t, err, "nothing answers at the address of webdav", "port")
}

// The configuration of rclone may be encrypted; nobody is asked for its password.
func TestRclonePassword(t *testing.T) {
	config := needRclone(t)
	if err := os.WriteFile(config, []byte("# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\n"+strings.Repeat("A", 120)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, "rclone:drive:").List(t.Context(), "")
	explained(t, err, "has a password", "RCLONE_CONFIG_PASS")
}

// A body that cannot be read is no fault of the store's.
func TestUnreadableBody(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "new"))
	f, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var e *Error
	if err := s.PutNew(t.Context(), "a", f, 1, [32]byte{}); err == nil || errors.As(err, &e) {
		t.Errorf("PutNew: %v", err)
	}
}
