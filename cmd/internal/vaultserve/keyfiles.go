package vaultserve

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/vaultd"
)

// keyFiles are the files of the keys that a vault can replace while it runs.
type keyFiles struct {
	channel, certificate string
	services             []string
}

func (k *keyFiles) read() (*vaultd.Keys, error) {
	private, err := ReadPrivate(k.channel)
	if err != nil {
		return nil, err
	}
	encoded, err := blockOf(k.certificate, CertificateBlock, "certificate")
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(encoded)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", display.Name(k.certificate), err)
	}
	root, err := ReadPublic(k.certificate) // "coffer-vault sign" adds it
	if err != nil {
		return nil, err
	}
	var services []ed25519.PublicKey
	for _, path := range k.services {
		service, err := ReadPublic(path)
		if err != nil {
			return nil, err
		}
		services = append(services, service)
	}
	return &vaultd.Keys{
		Root:     root,
		Channel:  tls.Certificate{Certificate: [][]byte{encoded}, PrivateKey: private, Leaf: leaf},
		Services: services,
	}, nil
}

const (
	lookEvery = 10 * time.Second // at the files
	warnEvery = 24 * time.Hour   // that the certificate ends
)

// watch replaces the keys when their files have changed, or at SIGHUP. Keys that cannot be
// used are logged, and those that there are stay.
func (k *keyFiles) watch(ctx context.Context, service *vaultd.Service, log *slog.Logger) {
	hangups := make(chan os.Signal, 1)
	if len(hangup) > 0 {
		signal.Notify(hangups, hangup...)
		defer signal.Stop(hangups)
	}
	look, warn := time.NewTicker(lookEvery), time.NewTicker(warnEvery)
	defer look.Stop()
	defer warn.Stop()
	last := k.changed()
	for {
		select {
		case <-ctx.Done():
			return
		case <-warn.C:
			service.WarnOfEnd()
			continue
		case <-hangups:
		case <-look.C:
			if k.changed() == last {
				continue
			}
		}
		last = k.changed()
		keys, err := k.read()
		if err == nil {
			err = service.Replace(keys)
		}
		if err != nil {
			log.Error("the keys have changed, and cannot be used; those that there were stay", "error", err.Error())
			continue
		}
		log.Info("the keys were read again", "certificate_ends", keys.Channel.Leaf.NotAfter.UTC())
	}
}

// changed tells by times and sizes whether the files are what they were.
func (k *keyFiles) changed() string {
	text := ""
	for _, path := range append([]string{k.channel, k.certificate}, k.services...) {
		if info, err := os.Stat(path); err == nil {
			text += fmt.Sprint(info.ModTime().UnixNano(), info.Size(), " ")
		}
	}
	return text
}
