package etcdstore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/transport"
	"go.etcd.io/etcd/client/pkg/v3/types"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdserver"
	"go.etcd.io/etcd/server/v3/etcdserver/api/rafthttp"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3client"
	"go.uber.org/zap"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/vaultd"
	"github.com/coffer-format/coffer/ref/vault"
)

// Options say what a member of a fleet is.
type Options struct {
	Name        string
	Peers       string // of all members, with this one: "a=https://10.0.0.1:2380,b=https://…"
	Listen      string // the address for the other members, or "" for that in Peers
	Certificate string // files: of this member, for the others
	Key         string
	Authorities string // who has signed the certificates of the members, and nothing else
	Path        string // the folder of the store; is made if it is not there
	Guard       string // outside of it
	NewGuard    bool   // whether the guard was lost
	Join        bool   // whether the member was added to a fleet that runs
	Vault       vault.ID
	Stored      func(group int, number uint64) // is told how many changes the guard has learned of, and the index of the log
	Log         *slog.Logger

	adjust func(*embed.Config) // in tests
}

const (
	maxStore = 8 << 30 // bytes of the database
	forget   = "1"     // of each account this many states are kept, and those that came after the last look, every five minutes
)

// Open starts a member of a fleet, and returns when a majority of the members runs, or the
// context is done. Errors say what to do: the store was set back, the guard was lost [VLT-57],
// the member was not added, or the fleet is one of another vault.
func Open(ctx context.Context, o *Options) (vaultd.Store, error) {
	log := logger(o.Log)
	config, peers, err := o.config(log)
	if err != nil {
		return nil, err
	}
	if err := o.checkFolders(); err != nil {
		return nil, err
	}
	g := guard{o.Guard}
	h, err := readLog(o.Path, log)
	if err != nil {
		return nil, err
	}
	if err := g.check(h, o.NewGuard); err != nil {
		return nil, err
	}
	if h == nil && o.Join {
		if err := mayJoin(config, peers, log); err != nil {
			return nil, err
		}
	}
	if _, err := g.read(); errors.Is(err, vaultd.ErrNoGuard) { // a crash may come between the store and its guard
		if err := g.write(&kept{}); err != nil {
			return nil, fmt.Errorf("the guard cannot be written: %w", err)
		}
	}
	running, err := embed.StartEtcd(config)
	if err != nil {
		return nil, inWords(err)
	}
	s := &store{etcd: running, client: v3client.New(running.Server), peers: map[string][]string{}, marks: newMarks(), guard: g, stored: o.Stored}
	for name, urls := range peers {
		s.peers[name] = urls.StringSlice()
	}
	if err := s.begin(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// inWords says what to do about a member that etcd does not start.
func inWords(err error) error {
	if strings.Contains(err.Error(), "has already been bootstrapped") {
		return fmt.Errorf("this member has lost its store, and the others know it: %s", anew)
	}
	return err
}

// begin waits for the fleet, and makes sure that it is one of this vault.
func (s *store) begin(ctx context.Context, o *Options) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	select {
	case <-s.etcd.Server.ReadyNotify():
	case <-s.etcd.Server.StopNotify():
		return errRemoved
	case err := <-s.etcd.Err():
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
	known, err := s.guard.read()
	if err != nil {
		return err
	}
	s.last = kept{uint64(s.etcd.Server.Cluster().ID()), uint64(s.etcd.Server.MemberID()), known.Term, known.Index}
	for {
		of, err := s.client.Txn(ctx).If(clientv3.Compare(clientv3.CreateRevision(vaultKey), "=", 0)).
			Then(clientv3.OpPut(vaultKey, string(o.Vault[:]))).Else(clientv3.OpGet(vaultKey)).Commit()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case s.Err() != nil:
			return s.Err()
		case err != nil:
			time.Sleep(retryAfter) // no majority yet
			continue
		case !of.Succeeded && string(of.Responses[0].GetResponseRange().Kvs[0].Value) != string(o.Vault[:]):
			return errors.New("the fleet is one of another vault than the certificate: each root key has its own fleet")
		}
		s.parts.Go(func() { s.marks.follow(background, s.client) })
		s.parts.Go(func() { s.keep(background) })
		return nil
	}
}

// checkFolders says where a store or a guard cannot be.
func (o *Options) checkFolders() error {
	for _, path := range []string{o.Path, o.Guard} {
		if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
			return fmt.Errorf("there is no folder %s to have %s in: make it, or give another", display.Name(filepath.Dir(path)), display.Name(filepath.Base(path)))
		}
	}
	store, err := filepath.Abs(o.Path)
	if err != nil {
		return err
	}
	folder, err := filepath.Abs(filepath.Dir(o.Guard))
	if err != nil {
		return err
	}
	if apart, err := filepath.Rel(store, folder); err == nil && filepath.IsLocal(apart) {
		return errors.New("the guard is in the folder of the store, and would be set back with it: give another folder, best on another disk")
	}
	return nil
}

// config is what etcd is told.
func (o *Options) config(log *zap.Logger) (*embed.Config, types.URLsMap, error) {
	peers, err := types.NewURLsMap(o.Peers)
	if err != nil {
		return nil, nil, fmt.Errorf("the members are given as NAME=URL,NAME=URL: %w", err)
	}
	own := peers[o.Name]
	if len(own) != 1 {
		return nil, nil, fmt.Errorf("the members have no %s with one address: give this member the name of one of them", display.Name(o.Name))
	}
	c := embed.NewConfig()
	c.Name, c.Dir = o.Name, o.Path
	c.InitialCluster, c.InitialClusterToken = o.Peers, hex.EncodeToString(o.Vault[:])
	if o.Join {
		c.ClusterState = embed.ClusterStateFlagExisting
	}
	listen := own[0]
	if o.Listen != "" {
		listen.Host = o.Listen
	}
	c.ListenPeerUrls, c.AdvertisePeerUrls = []url.URL{listen}, own
	c.ListenClientUrls, c.AdvertiseClientUrls = nil, own // nobody asks etcd but the vault; those that have one were started before
	switch own[0].Scheme {
	case "https": // [VLT-65]
		c.PeerTLSInfo = transport.TLSInfo{CertFile: o.Certificate, KeyFile: o.Key, TrustedCAFile: o.Authorities, ClientCertAuth: true}
		c.TlsMinVersion = "TLS1.3"
		if o.Certificate == "" || o.Key == "" || o.Authorities == "" {
			return nil, nil, errors.New("the members speak TLS: give the certificate of this one, its key, and the authority that has signed those of the members")
		}
	case "http":
		if host := listen.Hostname(); host != "localhost" && host != "::1" && !strings.HasPrefix(host, "127.") {
			return nil, nil, errors.New("what the members tell each other is secret: give https addresses; http is for members on one machine, to try it out")
		}
	}
	c.QuotaBackendBytes = maxStore
	c.AutoCompactionMode, c.AutoCompactionRetention = embed.CompactorModeRevision, forget
	c.ZapLoggerBuilder = embed.NewZapLoggerBuilder(log)
	c.Metrics = ""
	if o.adjust != nil {
		o.adjust(c)
	}
	return c, peers, nil
}

// mayJoin refuses a member that has been in the fleet, and has lost its store: it would forget
// what it has promised under the same name. [VLT-64]
func mayJoin(c *embed.Config, peers types.URLsMap, log *zap.Logger) error {
	way, err := rafthttp.NewRoundTripper(c.PeerTLSInfo, roundTime)
	if err != nil {
		return err
	}
	var others []string
	for name, urls := range peers {
		if name != c.Name {
			others = append(others, urls.StringSlice()...)
		}
	}
	fleet, err := etcdserver.GetClusterFromRemotePeers(log, others, way)
	if err != nil {
		return fmt.Errorf("no other member answers, and only they know whether this one may join: %w", err)
	}
	for _, m := range fleet.Members() {
		if len(m.PeerURLs) == 1 && m.PeerURLs[0] == peers[c.Name][0].String() {
			if m.IsStarted() {
				return fmt.Errorf("the others know this member as one that has run, and it has no store any more: %s", anew)
			}
			return nil
		}
	}
	return fmt.Errorf("the others do not expect this member: at one of them, POST /replace/%s first", c.Name)
}
