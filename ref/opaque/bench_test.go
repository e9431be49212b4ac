package opaque

import "testing"

// BenchmarkServer is what a server computes for a recovery: the answer to KE1, and the
// check of KE3.
func BenchmarkServer(b *testing.B) {
	l, _ := newLogin()
	random := source(1)
	clientRandom, serverRandom := must(DrawClientRandom(random)), must(DrawServerRandom(random))
	ke1, clientState, _ := GenerateKE1(password, clientRandom)
	first, record := ke1.Bytes(), l.record.Bytes()
	ke2, _, _ := config.GenerateKE2(l.keys, l.record, credential, identities, ke1, serverRandom)
	ke3, _, _, err := config.GenerateKE3(clientState, identities, ke2)
	last := must(ke3, err).Bytes()
	b.ReportAllocs()
	for b.Loop() {
		_, state, err := config.GenerateKE2(l.keys, must(ParseRegistrationRecord(record)), credential, identities, must(ParseKE1(first)), serverRandom)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := ServerFinish(state, must(ParseKE3(last))); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkClient is what a client computes for a recovery: KE1, and KE3 of the answer.
// Stretching the password comes on top, which takes hundreds of times as long.
func BenchmarkClient(b *testing.B) { benchmarkClient(b, Identity) }

// BenchmarkClientWithArgon2id stretches the password with 64 MiB and 3 passes.
func BenchmarkClientWithArgon2id(b *testing.B) { benchmarkClient(b, Argon2id(64<<10, 3, 1)) }

func benchmarkClient(b *testing.B, stretch func([]byte) []byte) {
	c := &Config{Stretch: stretch, Context: config.Context}
	s := newServer(1)
	record, _ := register(c, s, identities, 2)
	random := source(1)
	clientRandom, serverRandom := must(DrawClientRandom(random)), must(DrawServerRandom(random))
	ke1, _, _ := GenerateKE1(password, clientRandom)
	ke2, _, err := c.GenerateKE2(s, record, credential, identities, ke1, serverRandom)
	answer := must(ke2, err).Bytes()
	b.ReportAllocs()
	for b.Loop() {
		_, state, err := GenerateKE1(password, clientRandom)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, _, err := c.GenerateKE3(state, identities, must(ParseKE2(answer))); err != nil {
			b.Fatal(err)
		}
	}
}
