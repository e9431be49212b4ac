package etcdstore

import (
	"context"
	"log/slog"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// quiet passes on what etcd warns of, without its details, which have keys in them, and so
// accounts. [VLT-59]
type quiet struct{ log *slog.Logger }

var _ zapcore.Core = quiet{}

// shown are the details that have nothing of an account.
var shown = map[string]bool{"error": true, "remote-peer-id": true, "local-member-id": true, "took": true, "expected-duration": true}

func logger(log *slog.Logger) *zap.Logger { return zap.New(quiet{log}) }

// Enabled implements zapcore.LevelEnabler.
func (quiet) Enabled(level zapcore.Level) bool { return level >= zapcore.WarnLevel }

// With implements zapcore.Core.
func (q quiet) With([]zapcore.Field) zapcore.Core { return q }

// Check implements zapcore.Core.
func (q quiet) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if q.Enabled(entry.Level) {
		return checked.AddCore(entry, q)
	}
	return checked
}

// Write implements zapcore.Core.
func (q quiet) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	level := slog.LevelWarn
	if entry.Level > zapcore.WarnLevel {
		level = slog.LevelError
	}
	values := zapcore.NewMapObjectEncoder()
	for _, f := range fields {
		if shown[f.Key] {
			f.AddTo(values)
		}
	}
	details := []slog.Attr{slog.String("what", entry.Message)}
	for name, value := range values.Fields {
		details = append(details, slog.Any(name, value))
	}
	q.log.LogAttrs(context.Background(), level, "etcd", details...)
	return nil
}

// Sync implements zapcore.Core.
func (quiet) Sync() error { return nil }
