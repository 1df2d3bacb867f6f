package credentials

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// Options say how a [Source] reaches what it needs.
type Options struct {
	// STS is how to call STS. Endpoint, RequestTimeout and Transport are
	// required; Service, Version, Region, Credentials and Limiter are filled in.
	STS tencentcloud.Config

	// MetadataEndpoint is where instance metadata is.
	MetadataEndpoint *url.URL

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

// deps is what is outside: services and files.
type deps struct {
	client            stsClient
	metadata          *url.URL
	metadataTransport http.RoundTripper
	readFile          readFile
	obtained          func(context.Context, Obtained)
}

// Source gives the credential of a [Plan]. It is a
// tencentcloud.CredentialSource. It reads no file and sends no request before
// the first call of Credential.
type Source struct {
	redacted

	plan   *Plan
	deps   *deps
	region func() string

	mu      sync.Mutex
	signer  *refresher // of the source that signs the requests; nil until it is needed
	account struct {
		known bool
		err   error
		check singleflight.Group
	}
}

var _ tencentcloud.CredentialSource = (*Source)(nil)

// New returns the source for a plan.
func New(plan *Plan, options Options) *Source {
	d := &deps{
		metadata: options.MetadataEndpoint,
		readFile: os.ReadFile,
		obtained: options.Obtained,
		metadataTransport: &http.Transport{ // no proxy
			DisableKeepAlives: true, // there is a request about once an hour
		},
	}
	s := &Source{plan: plan, deps: d, region: sync.OnceValue(func() string {
		if plan.region == "" && plan.profile != nil {
			return plan.profile.region(d.readFile)
		}
		return plan.region
	})}
	options.STS.Limiter = tencentcloud.NewLimiter(20) // STS's limit
	d.client = stsClient{config: options.STS, region: s.region}
	return s
}

// Region is that of the argument or the environment, or else the profile's; it
// is empty if there is none. It reads the profile's configuration file.
func (s *Source) Region() string { return s.region() }

// Credential returns a credential that is valid now. The error is an *Error.
func (s *Source) Credential(ctx context.Context) (tencentcloud.Credential, error) {
	signer, err := s.open()
	if err != nil {
		return tencentcloud.Credential{}, err
	}
	if err := s.checkAccount(ctx, signer); err != nil {
		return tencentcloud.Credential{}, err
	}
	return signer.Credential(ctx)
}

// Refused drops the credential c if it is still in use, and reports whether
// another one is available.
func (s *Source) Refused(c tencentcloud.Credential) bool {
	signer := s.opened()
	return signer != nil && signer.Refused(c)
}

// Origin says where the credential that signs the requests comes from, and each
// of id, key and token if they were given: the argument, variable or file. It is
// for the user whose credential is rejected, starts in lower case, and has no
// full stop at its end. It is empty before the first call of Credential.
func (s *Source) Origin() string {
	if signer := s.opened(); signer != nil {
		return signer.whence()
	}
	return ""
}

func (s *Source) opened() *refresher {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signer
}

// open finds the sources that count: the first that is set, the one that it is
// called with, and so on to one that needs no caller. It looks for files.
func (s *Source) open() (*refresher, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.signer != nil {
		return s.signer, nil
	}
	var found []*candidate
	var tried []Tried
	for _, c := range s.plan.candidates {
		why := c.unset
		if why == "" && c.find != nil {
			switch problem := c.find(s.deps.readFile); {
			case problem != nil && !problem.absent:
				return nil, problem
			case problem != nil:
				why = problem.why()
			}
		}
		if why == "" {
			found = append(found, c)
			why = "set, but it has to be called with the credential of another source"
			if c.alone {
				s.signer = s.chain(found)
				return s.signer, nil
			}
		}
		tried = append(tried, Tried{cmp.Or(c.label, c.name), why})
	}
	slices.Reverse(tried) // the simplest sources first
	return nil, &Error{Problem: "no credentials were found", Remedy: "Set up one of these sources", Tried: tried}
}

// chain links each source to the one that it is called with, the last one to none.
func (s *Source) chain(found []*candidate) *refresher {
	var caller *refresher
	for i, c := range slices.Backward(found) {
		from := caller
		caller = &refresher{
			source: c.name, origin: cmp.Or(c.origin, c.name), caller: from, renewable: !c.once, final: i == 0, obtained: s.deps.obtained,
			fetch: func(ctx context.Context) (tencentcloud.Credential, error) { return c.fetch(ctx, s.deps, from) },
		}
	}
	return caller
}
