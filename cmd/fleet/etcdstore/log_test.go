package etcdstore

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/coffer-format/coffer/ref/vault"
)

// What etcd says of a request is not logged: an account is in it. [VLT-59]
func TestLog(t *testing.T) {
	var b bytes.Buffer
	log := logger(slog.New(slog.NewJSONHandler(&b, nil)))
	log.With(zap.String("key", "account/1")).Warn("slow", zap.String("request", "account/2"), zap.Error(errors.New("why")), zap.Strings("member", []string{"account/3"}))
	log.Info("account/4")
	if s := b.String(); strings.Contains(s, "account") || !strings.Contains(s, `"what":"slow"`) || !strings.Contains(s, `"error":"why"`) {
		t.Error(s)
	}
}

// A fleet belongs to one root key.
func TestOtherVault(t *testing.T) {
	tr := newTrial(t, 1)
	tr.start(0)
	tr.stop(0)
	tr.members[0].options.Vault = vault.ID{9}
	tr.refused(0, "one of another vault")
}
