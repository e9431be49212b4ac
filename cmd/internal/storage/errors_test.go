package storage

import (
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/minio/minio-go/v7"
)

func TestExplainFolder(t *testing.T) {
	for cause, want := range map[error]string{
		syscall.ENOSPC: "/a%s is full",
		syscall.EDQUOT: "no more",
		syscall.EROFS:  "only be read",
		syscall.EACCES: "no access to the folder /a%s",
		syscall.EIO:    "does not answer as it should",
		syscall.EFBIG:  "/a%s cannot be used: ",
	} {
		explained(t, explainFolder("/a%s", &fs.PathError{Op: "openat", Path: "c", Err: cause}), want, "")
	}
}

func TestExplainNetwork(t *testing.T) {
	encrypted := httptest.NewUnstartedServer(http.NotFoundHandler())
	encrypted.Config.ErrorLog = log.New(io.Discard, "", 0)
	encrypted.StartTLS()
	t.Cleanup(encrypted.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	cutting := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(cutting.Close)
	for url, want := range map[string]string{
		"http://nosuch.invalid": "the name of SERVER is not found",
		"http://127.0.0.1:1":    "nothing answers at SERVER",
		encrypted.URL:           "certificate",
		strings.Replace(plain.URL, "http:", "https:", 1): "not encrypted as its address says",
		cutting.URL: "the connection to SERVER was cut",
	} {
		_, err := http.Get(url)
		if got := ExplainNetwork("SERVER", err); got == nil || !strings.Contains(got.Text, want) || got.Advice == "" {
			t.Errorf("%v: %+v, want %q", err, got, want)
		}
	}
	for err, want := range map[error]string{
		fmt.Errorf("dial: %w", syscall.ENETUNREACH): "no network that leads to SERVER",
		http.ErrHandlerTimeout:                      "",
	} {
		got := ExplainNetwork("SERVER", err)
		if want == "" && got != nil || want != "" && (got == nil || !strings.Contains(got.Text, want)) {
			t.Errorf("%v: %+v", err, got)
		}
	}
}

func TestExplainS3(t *testing.T) {
	for _, test := range []struct {
		status       int
		code         string
		text, advice string
	}{
		{403, "AccessDenied", "SERVER denies access to the bucket b", "allow"},
		{403, "", "SERVER denies access to the bucket b", "allow"},
		{403, "RequestTimeTooSkewed", "clock", "set the clock"},
		{400, "ExpiredToken", "session token", "log in again"},
		{301, "PermanentRedirect", "another region", "which is eu-west-1"},
		{507, "", "is full", "room"},
		{503, "SlowDown", "too much to do", "later"},
		{405, "MethodNotAllowed", "refuses", ""},
	} {
		answer := minio.ErrorResponse{StatusCode: test.status, Code: test.code, Region: "eu-west-1", Message: "a message"}
		explained(t, explainS3("SERVER", "b", fmt.Errorf("it failed: %w", answer)), test.text, test.advice)
	}
}

func TestExplainRclone(t *testing.T) {
	for said, want := range map[string]string{
		"dial tcp: lookup a.example: no such host":                              "name of the server of drive",
		"googleapi: Error 403: The user's quota exceeded, storageQuotaExceeded": "drive is full",
		"googleapi: Error 403: userRateLimitExceeded":                           "too much to do",
		"couldn't fetch token - maybe it has expired?":                          "log in again",
		"googleapi: Error 403: Insufficient Permission":                         "drive denies access",
		"open /a: no space left on device":                                      "drive is full",
		"something new 4031":                                                    "drive cannot be used: something new",
	} {
		explained(t, explainRclone("drive:a", fmt.Errorf("%s", said)), want, "")
	}
	if got := remoteName(":webdav,user=me,pass=secret:a"); got != "webdav" {
		t.Errorf("the name of a remote without one: %q", got)
	}
}
