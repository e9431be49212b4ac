package opaque

import (
	"bytes"
	"errors"
	"testing"
)

// fuzzParser looks for bytes that a parser takes for a message of another encoding, or
// refuses otherwise than by ErrDeserialize.
func fuzzParser(f *testing.F, name string, further func(message)) {
	for _, k := range kinds {
		if k.name != name {
			continue
		}
		f.Add(samples()[name])
		f.Add(make([]byte, k.size))
		f.Fuzz(func(t *testing.T, b []byte) {
			m, err := k.parse(b)
			switch {
			case err != nil && !errors.Is(err, ErrDeserialize):
				t.Error(err)
			case err == nil && !bytes.Equal(m.Bytes(), b):
				t.Errorf("%x is written %x", b, m.Bytes())
			case err == nil:
				further(m)
			}
		})
		return
	}
	f.Fatalf("nothing is called %s", name)
}

func nothingFurther(message) {}

// FuzzRegistrationRequest has a server answer what it parsed.
func FuzzRegistrationRequest(f *testing.F) {
	s := newServer(1)
	fuzzParser(f, "RegistrationRequest", func(m message) {
		must(ParseRegistrationResponse(s.CreateRegistrationResponse(m.(*RegistrationRequest), credential).Bytes()))
	})
}

// FuzzRegistrationResponse has a client make a record of what it parsed.
func FuzzRegistrationResponse(f *testing.F) {
	random := must(DrawRegistrationRandom(source(2)))
	fuzzParser(f, "RegistrationResponse", func(m message) {
		record, _, err := config.FinalizeRegistrationRequest(password, random, m.(*RegistrationResponse), identities)
		must(ParseRegistrationRecord(must(record, err).Bytes()))
	})
}

// FuzzRegistrationRecord has a server use what it parsed.
func FuzzRegistrationRecord(f *testing.F) {
	l, _ := newLogin()
	fuzzParser(f, "RegistrationRecord", func(m message) {
		l.record = m.(*RegistrationRecord)
		l.run()
	})
}

// FuzzKE1 has a server answer what it parsed.
func FuzzKE1(f *testing.F) {
	l, _ := newLogin()
	random := must(DrawServerRandom(source(3)))
	fuzzParser(f, "KE1", func(m message) {
		ke2, _, err := config.GenerateKE2(l.keys, l.record, credential, identities, m.(*KE1), random)
		must(ParseKE2(must(ke2, err).Bytes()))
	})
}

// FuzzKE2 has a client that never asked for it finish with what it parsed.
func FuzzKE2(f *testing.F) {
	_, state, err := GenerateKE1(password, must(DrawClientRandom(source(11))))
	must(state, err)
	fuzzParser(f, "KE2", func(m message) {
		if _, _, _, err := config.GenerateKE3(state, identities, m.(*KE2)); err == nil {
			panic("the client believed it")
		}
	})
}

func FuzzKE3(f *testing.F)     { fuzzParser(f, "KE3", nothingFurther) }
func FuzzElement(f *testing.F) { fuzzParser(f, "Element", nothingFurther) }
func FuzzScalar(f *testing.F)  { fuzzParser(f, "Scalar", nothingFurther) }
