package opaque

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/prop"
)

var (
	config     = &Config{Stretch: Identity, Context: []byte("a test")}
	identities = Identities{Client: []byte("ada"), Server: []byte("vault.example")}
	password   = []byte("correct horse battery staple")
	credential = []byte("credential 1")
)

// source is randomness for a test, the same for the same seed.
func source(seed uint64) *rand.ChaCha8 {
	return rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16), byte(seed >> 24)})
}

func newServer(seed uint64) *Server {
	keySeed, oprfSeed := new([Nseed]byte), new([Nh]byte)
	random := source(seed)
	random.Read(keySeed[:])
	random.Read(oprfSeed[:])
	private, public := DeriveDiffieHellmanKeyPair(keySeed)
	return &Server{private, public, oprfSeed}
}

// register runs a registration, through bytes.
func register(c *Config, s *Server, ids Identities, seed uint64) (*RegistrationRecord, Secret) {
	random := must(DrawRegistrationRandom(source(seed)))
	request := must(CreateRegistrationRequest(password, random))
	response := s.CreateRegistrationResponse(must(ParseRegistrationRequest(request.Bytes())), credential)
	record, exportKey, err := c.FinalizeRegistrationRequest(password, random, must(ParseRegistrationResponse(response.Bytes())), ids)
	return must(ParseRegistrationRecord(must(record, err).Bytes())), exportKey
}

// login is a login whose parties need not agree. Each message passes through wire.
type login struct {
	client, server       *Config
	clientIDs, serverIDs Identities
	password, credential []byte
	keys                 *Server
	record               *RegistrationRecord
	seed                 uint64
	wire                 func(name string, message []byte) []byte
}

func newLogin() (*login, Secret) {
	s := newServer(1)
	record, exportKey := register(config, s, identities, 2)
	return &login{
		client: config, server: config, clientIDs: identities, serverIDs: identities,
		password: password, credential: credential, keys: s, record: record, seed: 3,
		wire: func(_ string, message []byte) []byte { return message },
	}, exportKey
}

// run returns the export key and the session key, if both parties have the same. The
// error is the first of either party.
func (l *login) run() (exportKey, sessionKey Secret, err error) {
	random := source(l.seed)
	ke1, clientState, err := GenerateKE1(l.password, must(DrawClientRandom(random)))
	if err != nil {
		return nil, nil, err
	}
	received1, err := ParseKE1(l.wire("KE1", ke1.Bytes()))
	if err != nil {
		return nil, nil, err
	}
	ke2, serverState, err := l.server.GenerateKE2(l.keys, l.record, l.credential, l.serverIDs, received1, must(DrawServerRandom(random)))
	if err != nil {
		return nil, nil, err
	}
	received2, err := ParseKE2(l.wire("KE2", ke2.Bytes()))
	if err != nil {
		return nil, nil, err
	}
	ke3, sessionKey, exportKey, err := l.client.GenerateKE3(clientState, l.clientIDs, received2)
	if err != nil {
		if ke3 != nil || sessionKey != nil || exportKey != nil {
			panic("something was given out beside an error")
		}
		return nil, nil, err
	}
	received3, err := ParseKE3(l.wire("KE3", ke3.Bytes()))
	if err != nil {
		return nil, nil, err
	}
	servers, err := ServerFinish(serverState, received3)
	if err != nil {
		if servers != nil {
			panic("a session key was given out beside an error")
		}
		return nil, nil, err
	}
	if !bytes.Equal(sessionKey, servers) {
		return nil, nil, errors.New("two session keys")
	}
	return exportKey, sessionKey, nil
}

func (l *login) mustRun() {
	if _, _, err := l.run(); err != nil {
		panic(err)
	}
}

// With any password, identities, context and randomness a login gives the export key of
// the registration, both parties the same session key, and no two logins the same one.
func TestLogin(t *testing.T) {
	properties(t, 25, map[string]gopter.Prop{
		"the export key of the registration": prop.ForAll(func(pwd, context, client, server []byte, seed uint64) bool {
			c := &Config{Stretch: Identity, Context: context}
			ids := Identities{client, server}
			s := newServer(seed)
			random := must(DrawRegistrationRandom(source(seed + 1)))
			response := s.CreateRegistrationResponse(must(CreateRegistrationRequest(pwd, random)), credential)
			record, exportKey, err := c.FinalizeRegistrationRequest(pwd, random, response, ids)
			l := &login{c, c, ids, ids, pwd, credential, s, must(record, err), seed + 2, func(_ string, m []byte) []byte { return m }}
			got, sessionKey, err := l.run()
			if err != nil || !bytes.Equal(got, exportKey) || len(exportKey) != Nh || len(sessionKey) != Nx {
				return false
			}
			l.seed++
			got, another, err := l.run()
			return err == nil && bytes.Equal(got, exportKey) && !bytes.Equal(sessionKey, another)
		}, anyBytes, anyBytes, anyBytes, anyBytes, anyUint64),
	})
}

// Whatever the parties do not agree on, the client notices it, and the error says where.
func TestDisagreement(t *testing.T) {
	other := newServer(9)
	stretched := &Config{Stretch: func(msg []byte) []byte { return hash(msg) }, Context: config.Context}
	contextual := &Config{Stretch: Identity, Context: []byte("another test")}
	for name, test := range map[string]struct {
		change func(*login)
		want   error
	}{
		"wrong password":              {func(l *login) { l.password = []byte("correct horse battery stable") }, ErrEnvelopeRecovery},
		"empty password":              {func(l *login) { l.password = nil }, ErrEnvelopeRecovery},
		"other stretching":            {func(l *login) { l.client = stretched }, ErrEnvelopeRecovery},
		"other credential":            {func(l *login) { l.credential = []byte("credential 2") }, ErrEnvelopeRecovery},
		"other OPRF seed":             {func(l *login) { l.keys.OPRFSeed = other.OPRFSeed }, ErrEnvelopeRecovery},
		"other public key":            {func(l *login) { l.keys.PublicKey = other.PublicKey }, ErrEnvelopeRecovery},
		"other record":                {func(l *login) { l.record, _ = register(config, l.keys, identities, 8) }, nil},
		"client: other self":          {func(l *login) { l.clientIDs.Client = []byte("eve") }, ErrEnvelopeRecovery},
		"client: no self":             {func(l *login) { l.clientIDs.Client = nil }, ErrEnvelopeRecovery},
		"client: other server":        {func(l *login) { l.clientIDs.Server = []byte("evil.example") }, ErrEnvelopeRecovery},
		"client: no server":           {func(l *login) { l.clientIDs.Server = nil }, ErrEnvelopeRecovery},
		"client: swapped identities":  {func(l *login) { swap(&l.clientIDs) }, ErrEnvelopeRecovery},
		"server: other client":        {func(l *login) { l.serverIDs.Client = []byte("eve") }, ErrServerAuthentication},
		"server: no client":           {func(l *login) { l.serverIDs.Client = nil }, ErrServerAuthentication},
		"server: other self":          {func(l *login) { l.serverIDs.Server = []byte("evil.example") }, ErrServerAuthentication},
		"server: swapped identities":  {func(l *login) { swap(&l.serverIDs) }, ErrServerAuthentication},
		"both: swapped identities":    {func(l *login) { swap(&l.clientIDs); swap(&l.serverIDs) }, ErrEnvelopeRecovery},
		"moved between the two":       {func(l *login) { l.clientIDs = Identities{[]byte("adav"), []byte("ault.example")} }, ErrEnvelopeRecovery},
		"other context of the client": {func(l *login) { l.client = contextual }, ErrServerAuthentication},
		"other context of the server": {func(l *login) { l.server = contextual }, ErrServerAuthentication},
		"other private key":           {func(l *login) { l.keys.PrivateKey = other.PrivateKey }, ErrServerAuthentication},
	} {
		l, exportKey := newLogin()
		test.change(l)
		got, _, err := l.run()
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "other record" && bytes.Equal(got, exportKey) {
			t.Error("two registrations have one export key")
		}
	}
}

func swap(ids *Identities) { ids.Client, ids.Server = ids.Server, ids.Client }

// An identity that is left out is the public key, said or unsaid. [4]
func TestDefaultIdentities(t *testing.T) {
	l, _ := newLogin()
	l.record, _ = register(config, l.keys, Identities{}, 2)
	said := Identities{l.record.clientPublicKey.Bytes(), l.keys.PublicKey.Bytes()}
	for i, ids := range []Identities{{}, said, {Client: said.Client}, {Client: []byte{}, Server: said.Server}} {
		l.clientIDs, l.serverIDs = ids, Identities{}
		if _, _, err := l.run(); err != nil {
			t.Errorf("client, %d: %v", i, err)
		}
		l.clientIDs, l.serverIDs = Identities{}, ids
		if _, _, err := l.run(); err != nil {
			t.Errorf("server, %d: %v", i, err)
		}
	}
}

// A server that lost its memory, or another one with the same keys, answers the same
// message with the same randomness alike, and what it kept lies in two byte strings.
func TestServerRunsAgain(t *testing.T) {
	l, _ := newLogin()
	random := source(4)
	ke1, clientState, err := GenerateKE1(password, must(DrawClientRandom(random)))
	if err != nil {
		t.Fatal(err)
	}
	serverRandom := must(DrawServerRandom(random))
	var first []byte
	var state ServerState
	for range 2 {
		keys := &Server{must(ParseScalar(l.keys.PrivateKey.Bytes())), must(ParseElement(l.keys.PublicKey.Bytes())), l.keys.OPRFSeed}
		record := must(ParseRegistrationRecord(l.record.Bytes()))
		ke2, again, err := config.GenerateKE2(keys, record, credential, identities, must(ParseKE1(ke1.Bytes())), serverRandom)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first, state = ke2.Bytes(), *again
		}
		if !bytes.Equal(ke2.Bytes(), first) || !bytes.Equal(again.ExpectedClientMAC, state.ExpectedClientMAC) ||
			!bytes.Equal(again.SessionKey, state.SessionKey) {
			t.Error("the second run differs")
		}
	}
	// So is a client that tries its state twice.
	for range 2 {
		ke3, _, _, err := config.GenerateKE3(clientState, identities, must(ParseKE2(first)))
		if err != nil {
			t.Fatal(err)
		}
		stored := &ServerState{slices.Clone(state.ExpectedClientMAC), slices.Clone(state.SessionKey)}
		if _, err := ServerFinish(stored, ke3); err != nil {
			t.Error(err)
		}
		if _, err := ServerFinish(&ServerState{}, ke3); !errors.Is(err, ErrClientAuthentication) {
			t.Errorf("a server without a session: %v", err)
		}
	}
}

// A server that had the client register the identity for its public key cannot make the
// client compute with it.
func TestRegisteredIdentityElement(t *testing.T) {
	l, _ := newLogin()
	l.keys.PublicKey = &Element{*ristretto255.NewIdentityElement()}
	random := must(DrawRegistrationRandom(source(5)))
	response := l.keys.CreateRegistrationResponse(must(CreateRegistrationRequest(password, random)), credential)
	if _, err := ParseRegistrationResponse(response.Bytes()); !errors.Is(err, ErrDeserialize) {
		t.Errorf("the response: %v", err)
	}
	record, _, err := config.FinalizeRegistrationRequest(password, random, response, identities)
	l.record = must(record, err)
	if _, _, err := l.run(); !errors.Is(err, ErrDeserialize) {
		t.Errorf("the login: %v", err)
	}
}
