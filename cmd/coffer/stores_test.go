package main

import (
	"os"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/coffer-format/coffer/cmd/internal/workdir"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/store/s3/s3test"
)

// A backup goes through its life in a folder, in a bucket of a real server, and through rclone.
func TestStores(t *testing.T) {
	thorough.Only(t)
	for _, kind := range []struct {
		name  string
		start func(t *testing.T)
		store func(work string) string
	}{
		{"folder", nil, func(work string) string { return work + "/store" }},
		{"bucket", s3test.Start, func(string) string { return "s3://" + s3test.Bucket + "/phone" }},
		{"rclone", needRclone, func(work string) string { return "rclone::local:" + work + "/remote" }},
	} {
		t.Run(kind.name, func(t *testing.T) {
			if kind.start != nil {
				kind.start(t)
			}
			workdir.Scripts(t, "testdata/stores", func(env *testscript.Env) error {
				for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT_URL_S3"} {
					env.Setenv(name, os.Getenv(name))
				}
				env.Setenv("COFFER_STATE", env.WorkDir+"/state")
				env.Setenv("STORE", kind.store(env.WorkDir))
				return nil
			}, nil)
		})
	}
}

func needRclone(t *testing.T) {
	if _, err := exec.LookPath("rclone"); err != nil {
		t.Skip("there is no rclone")
	}
}
