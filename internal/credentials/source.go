package credentials

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// Options say how a [Source] reaches what it needs.
type Options struct {
	// STS is how to call STS. Endpoint, RequestTimeout and Transport are
	// required; Service, Version, Region and Credentials are filled in. Without
	// a Limiter it gets one of 20 requests per second, which is STS's limit.
	STS tencentcloud.Config

	// MetadataEndpoint is where instance metadata is; nil means
	// http://metadata.tencentyun.com.
	MetadataEndpoint *url.URL

	// ReadFile is os.ReadFile if it is nil.
	ReadFile func(string) ([]byte, error)

	// Obtained, if set, is told of every credential that a source gave, for the
	// log. It may be called from several goroutines at once.
	Obtained func(context.Context, Obtained)
}

// Obtained is what can be told of a credential without telling secrets.
type Obtained struct {
	Source  string    // such as: assume_role (qcs::cam::uin/100000000001:roleName/reader)
	Expires time.Time // zero for one that does not expire
	Final   bool      // requests are signed with it, not just the call to the next source
}

// world is what is outside: services and files.
type world struct {
	call              func(context.Context, stsCall) (*issued, error)
	accountOf         func(context.Context, tencentcloud.CredentialSource) (string, error)
	metadata          *url.URL
	metadataTransport http.RoundTripper
	readFile          func(string) ([]byte, error)
	obtained          func(context.Context, Obtained)
}

// Source gives the credential of a [Plan]. It is a
// tencentcloud.CredentialSource. Nothing is read or asked before the first call
// of Credential.
type Source struct {
	hidden

	plan  *Plan
	world *world

	mu      sync.Mutex
	chain   *refresher        // the last of it; nil until it is needed
	account *flight[struct{}] // the check of the account; nil until it is needed, and after it failed
	region  func() string
}

var _ tencentcloud.CredentialSource = (*Source)(nil)

// New returns the source for a plan.
func New(plan *Plan, options Options) *Source {
	w := &world{
		metadata: options.MetadataEndpoint,
		readFile: options.ReadFile,
		obtained: options.Obtained,
		metadataTransport: &http.Transport{ // no proxy
			DisableKeepAlives: true, // it is asked about once an hour
		},
	}
	if w.metadata == nil {
		w.metadata = &url.URL{Scheme: "http", Host: "metadata.tencentyun.com"}
	}
	if w.readFile == nil {
		w.readFile = os.ReadFile
	}
	if w.obtained == nil {
		w.obtained = func(context.Context, Obtained) {}
	}
	s := &Source{plan: plan, world: w}
	s.region = sync.OnceValue(func() string {
		if plan.region == "" && plan.files != nil {
			return plan.files.region(w.readFile)
		}
		return plan.region
	})
	client := stsClient{config: options.STS, region: s.region}
	if client.config.Limiter == nil {
		client.config.Limiter = tencentcloud.NewLimiter(20)
	}
	w.call, w.accountOf = client.issue, client.account
	return s
}

// Region is that of the argument or the environment, or else the profile's; it
// is empty if there is none. It reads the profile's configuration file.
func (s *Source) Region() string { return s.region() }

// Credential returns a credential that is valid now. The error is an *Error.
func (s *Source) Credential(ctx context.Context) (tencentcloud.Credential, error) {
	chain, err := s.open()
	if err != nil {
		return tencentcloud.Credential{}, err
	}
	if err := s.checkAccount(ctx, chain); err != nil {
		return tencentcloud.Credential{}, err
	}
	return chain.Credential(ctx)
}

// Refused drops the credential c if it is still in use, and reports whether
// another one can be had.
func (s *Source) Refused(c tencentcloud.Credential) bool {
	s.mu.Lock()
	chain := s.chain
	s.mu.Unlock()
	return chain != nil && chain.Refused(c)
}

// open builds the chain. It reads the profile, to know whether it has a role.
func (s *Source) open() (*refresher, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chain != nil {
		return s.chain, nil
	}
	chain, role, problem := s.start()
	if problem != nil {
		return nil, problem
	}
	if role != nil {
		chain = s.link(role, chain)
	}
	for _, st := range s.plan.roles {
		chain = s.link(st, chain)
	}
	chain.final = true
	s.chain = chain
	return chain, nil
}

// link makes the next of the chain: a step that is called with previous.
func (s *Source) link(st step, previous tencentcloud.CredentialSource) *refresher {
	return &refresher{
		source: st.String(), renewable: !st.single(), obtained: s.world.obtained,
		fetch: func(ctx context.Context) (tencentcloud.Credential, error) { return st.fetch(ctx, s.world, previous) },
	}
}

// start is the first of the chain, and the profile's role if that is to be
// called next.
func (s *Source) start() (*refresher, step, *Error) {
	p := s.plan
	if p.first == nil {
		return s.base()
	}
	first := s.link(p.first, nil)
	if p.profile == nil {
		return first, nil, nil
	}
	file, problem := p.profile.read(s.world.readFile)
	if problem != nil {
		if problem.absent && !p.profile.asked {
			problem = nil
		}
		return first, nil, problem
	}
	role, problem := p.profile.role(file)
	return first, role, problem
}

// base is the source of keys that others gave out for long: arguments and
// variables, the profile, or the SDKs' file.
func (s *Source) base() (*refresher, step, *Error) {
	p, read := s.plan, s.world.readFile
	if p.keys != (pair{}) {
		keys := s.keysFrom("secret_id and secret_key", func() (pair, *Error) { return p.keys, nil })
		keys.renewable = false
		return keys, nil, nil
	}
	file, inProfile := p.profile.read(read)
	role, problem := p.profile.role(file)
	if inProfile == nil {
		_, inProfile = p.profile.keys(file)
	}
	switch {
	case problem != nil:
		return nil, nil, problem
	case inProfile == nil:
		return s.keysFrom(fmt.Sprintf("%v (%s)", p.profile, p.profile.credentialPath()), func() (pair, *Error) {
			file, problem := p.profile.read(read)
			if problem != nil {
				return pair{}, problem
			}
			return p.profile.keys(file)
		}), role, nil
	case !inProfile.absent || p.profile.asked:
		return nil, nil, inProfile
	}
	_, inShared := p.shared.read(read)
	switch {
	case inShared == nil:
		return s.keysFrom(fmt.Sprintf("credentials file (%s)", p.shared.path), func() (pair, *Error) { return p.shared.read(read) }), role, nil
	case !inShared.absent || p.shared.asked:
		return nil, nil, inShared
	}
	return nil, nil, notFound(p, inProfile, inShared)
}

// keysFrom is a source of keys that do not expire. It reads its file again when
// the service has refused them, in case they have been replaced.
func (s *Source) keysFrom(source string, read func() (pair, *Error)) *refresher {
	return &refresher{
		source: source, renewable: true, obtained: s.world.obtained,
		fetch: func(context.Context) (tencentcloud.Credential, error) {
			keys, problem := read()
			if problem != nil {
				return tencentcloud.Credential{}, problem
			}
			return keys.credential(), nil
		},
	}
}

// notFound lists every source that was looked at, and why it did not serve.
func notFound(p *Plan, inProfile, inShared *Error) *Error {
	looked := []Looked{
		{fmt.Sprintf("secret_id and secret_key (%s, %s)", envSecretID, envSecretKey), "not set"},
		{fmt.Sprintf("%v (profile, %s, shared_credentials_dir, %s)", p.profile, envProfile, envSharedCredentialsDir), inProfile.why()},
	}
	looked = append(looked, p.looked...)
	looked = append(looked, Looked{p.shared.String(), inShared.why()})
	return &Error{Problem: "no credentials were found", Remedy: "Set up one of these sources", Looked: looked}
}
