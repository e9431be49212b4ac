package channel

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"testing"
	"time"
)

func newKey(t *testing.T) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return public, private
}

// answers has a server and a client speak, and returns what the client says of the server.
func answers(t *testing.T, server, client *tls.Config) error {
	t.Helper()
	a, b := net.Pipe()
	go func() {
		defer a.Close()
		c := tls.Server(a, server)
		c.Write([]byte("hello"))
	}()
	defer b.Close()
	c := tls.Client(b, client)
	p := make([]byte, 5)
	_, err := io.ReadFull(c, p)
	return err
}

func serving(chain [][]byte, key any) *tls.Config {
	return Server(func() (*tls.Certificate, error) {
		return &tls.Certificate{Certificate: chain, PrivateKey: key}, nil
	})
}

// A client speaks to whoever has a channel key that the root key has certified, and to nobody
// else, whatever else is in the certificate or beside it.
func TestChannel(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	rootPublic, root := newKey(t)
	_, otherRoot := newKey(t)
	channelPublic, channel := newKey(t)
	_, thief := newKey(t)
	certify := func(root ed25519.PrivateKey, key ed25519.PublicKey, from time.Time, validity time.Duration) []byte {
		t.Helper()
		der, err := Certify(root, key, from, validity)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	// foreign makes a certificate that Certify would not make.
	foreign := func(key, signer any, from time.Time, validity time.Duration) []byte {
		t.Helper()
		template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: from.Add(validity), IsCA: true, BasicConstraintsValid: true}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key, signer)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	good := certify(root, channelPublic, now.Add(-time.Hour), MaxValidity)
	byChannel := foreign(channelPublic, channel, now, time.Hour)
	for name, c := range map[string]struct {
		server *tls.Config
		want   error
	}{
		"certified":                   {serving([][]byte{good}, channel), nil},
		"certified, with others":      {serving([][]byte{good, byChannel}, channel), nil},
		"in its first second":         {serving([][]byte{certify(root, channelPublic, now, time.Hour)}, channel), nil},
		"in its last second":          {serving([][]byte{certify(root, channelPublic, now.Add(-time.Hour), time.Hour)}, channel), nil},
		"of another root":             {serving([][]byte{certify(otherRoot, channelPublic, now, time.Hour)}, channel), ErrUntrusted},
		"of another root, with one":   {serving([][]byte{certify(otherRoot, channelPublic, now, time.Hour), good}, channel), ErrUntrusted},
		"of the channel itself":       {serving([][]byte{byChannel, good}, channel), ErrUntrusted},
		"ended":                       {serving([][]byte{certify(root, channelPublic, now.Add(-2*time.Hour), time.Hour)}, channel), ErrUntrusted},
		"not begun":                   {serving([][]byte{certify(root, channelPublic, now.Add(time.Second), time.Hour)}, channel), ErrUntrusted},
		"for too long":                {serving([][]byte{foreign(channelPublic, root, now, MaxValidity+time.Second)}, channel), ErrUntrusted},
		"of a key of another kind":    {serving([][]byte{foreign(&ec.PublicKey, root, now, time.Hour)}, ec), ErrUntrusted},
		"signed in another way":       {serving([][]byte{foreign(channelPublic, ec, now, time.Hour)}, channel), ErrUntrusted},
		"of the root itself":          {serving([][]byte{foreign(rootPublic, root, now, time.Hour)}, root), nil},
		"without the key":             {serving([][]byte{good}, thief), io.EOF},
		"by an earlier TLS":           {&tls.Config{MaxVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{good}, PrivateKey: channel}}}, io.EOF},
		"with a client's certificate": {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if c.server == nil {
				c.server = serving([][]byte{good}, channel)
				c.server.ClientAuth = tls.RequestClientCert
			}
			err := answers(t, c.server, Client(rootPublic, func() time.Time { return now }))
			switch {
			case c.want == nil && err != nil, c.want != nil && err == nil, c.want == ErrUntrusted && !errors.Is(err, ErrUntrusted):
				t.Errorf("the client says %v, not %v", err, c.want)
			}
		})
	}
	if err := answers(t, serving([][]byte{good}, channel), &tls.Config{MaxVersion: tls.VersionTLS12, InsecureSkipVerify: true}); err == nil {
		t.Error("the server takes TLS 1.2")
	}
	for _, validity := range []time.Duration{0, -1, MaxValidity + 1} {
		if _, err := Certify(root, channelPublic, now, validity); err == nil {
			t.Errorf("a channel key is certified for %v", validity)
		}
	}
}
