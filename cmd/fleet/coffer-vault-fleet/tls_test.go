package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/ref/vault"
)

// authority signs the certificates of members.
type authority struct {
	f    *fixture
	cert *x509.Certificate
	key  ed25519.PrivateKey
}

func newAuthority(f *fixture) *authority {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	f.Check(err)
	a := &authority{f: f, key: key}
	a.cert = a.sign(key, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

func (a *authority) sign(key ed25519.PrivateKey, c *x509.Certificate) *x509.Certificate {
	a.f.T.Helper()
	c.SerialNumber, c.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: "a test"}
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	by := a.cert
	if by == nil {
		by = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by, key.Public(), a.key)
	a.f.Check(err)
	signed, err := x509.ParseCertificate(der)
	a.f.Check(err)
	return signed
}

// write writes the files of members at some addresses.
func (a *authority) write(ips []net.IP) {
	a.f.T.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	a.f.Check(err)
	signed := a.sign(key, &x509.Certificate{IPAddresses: ips, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}})
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	a.f.Check(err)
	a.f.Write("member.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}))
	a.f.Write("member.crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed.Raw}))
	a.f.Write("authority.crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}))
}

// The members speak TLS with each other, and answer nobody there who has no certificate of
// theirs; at SIGINT they end. [VLT-65]
func TestMembersSpeakTLS(t *testing.T) {
	f := newFixture(t).fleet(3, "https", "--member-certificate", "member.crt", "--member-key", "member.pem", "--member-authority", "authority.crt")
	var members string
	for i, arg := range f.members[0].args {
		if arg == "--members" {
			members = f.members[0].args[i+1]
		}
	}
	ips := []net.IP{net.IPv4(127, 0, 0, 1)} // from where they ask
	var addresses []*url.URL
	for member := range strings.SplitSeq(members, ",") {
		address, err := url.Parse(member[2:])
		f.Check(err)
		addresses, ips = append(addresses, address), append(ips, net.ParseIP(address.Hostname()))
	}
	newAuthority(f).write(ips)
	f.startAll()
	client := f.client()
	client.Timeout = time.Minute
	h := f.holder(client, 0)
	_, err := h.Enrol()
	f.Check(err)
	_, _, err = f.at(h, client, 1).Recover(h.Password)
	f.Check(err)
	if state, err := f.at(h, client, 2).State(); err != nil || state.State != vault.Live {
		t.Errorf("%v, %v", state, err)
	}
	stranger := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for _, url := range []string{addresses[0].String() + "/members", "http://" + addresses[0].Host + "/members"} {
		if response, err := stranger.Get(url); err == nil && response.StatusCode == http.StatusOK {
			t.Errorf("%s answers a stranger: %s", url, response.Status)
		}
	}
	for i, m := range f.members {
		if i == 2 { // that the majority has gone is no reason to stay
			continue
		}
		if status, log := m.end(os.Interrupt); status != 0 {
			t.Errorf("member %d has ended with status %d: %s", i, status, log)
		}
	}
	if status, log := f.members[2].end(os.Interrupt); status != 0 {
		t.Errorf("the last member has ended with status %d: %s", status, log)
	}
}
