package cdnsim

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Server is the simulated service. Make one with [New].
type Server struct {
	mu                sync.Mutex // guards the fields up to the next mutex
	opts              Options
	rows              []*row // in the order of opts
	active            []*row // those whose status will change
	appearing         bool   // a row has a ListedAfter
	seq               int
	history           [][]*row // rows as they were before the latest changes, oldest first, for replicas that lag
	found             map[foundKey][]*row
	principals        map[string]*principal // by secret id
	issued            []Credential
	quota             map[quotaKey][]time.Time
	pushTasksRequests int // DescribePushTasks requests that reached Options.Before

	logMu  sync.Mutex
	log    []Request
	counts Counts
	number int

	observerMu sync.Mutex // held while Options.OnRequest runs
}

// New makes a Server.
func New(o Options) *Server {
	s := &Server{
		opts: o, found: map[foundKey][]*row{}, principals: map[string]*principal{},
		quota: map[quotaKey][]time.Time{}, counts: newCounts(),
	}
	accounts := append([]Account{{SecretID: DefaultSecretID, SecretKey: DefaultSecretKey}}, o.Accounts...)
	for _, a := range accounts {
		s.principals[a.SecretID] = permanent(a)
	}
	s.Add(o.Tasks...)
	s.opts.Tasks = nil // they are in rows now
	s.history = nil    // nothing has changed yet
	return s
}

// Options is a copy of the switches as they are now, without Tasks.
func (s *Server) Options() Options {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opts
}

// Configure changes switches of a running Server. Requests in flight may still see the old ones. Tasks and Accounts
// take no effect here, and change must not call the Server.
func (s *Server) Configure(change func(*Options)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.opts)
	for _, rows := range append(slices.Clone(s.history), s.rows) {
		for _, r := range rows {
			r.encoded = nil // the encoding depends on the switches
		}
	}
	s.sortRows()
	s.refresh()
}

// Now is the time on the simulator's clock.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.opts.ClockSkew)
}

// ServeHTTP serves the CDN API and STS at POST /, and the instance metadata below /latest/meta-data/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o := s.Options()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequestSize+1))
	req := s.newRequest(r, body)
	if err != nil { // the client is gone
		s.send(r.Context(), w, &o, req, &response{close: true})
		return
	}
	a := s.decide(r.Context(), &o, r, req)
	s.send(r.Context(), w, &o, req, a)
}

// newRequest numbers a request and records its fields.
func (s *Server) newRequest(r *http.Request, body []byte) *Request {
	s.logMu.Lock()
	s.number++
	n := s.number
	s.logMu.Unlock()
	h := r.Header
	req := &Request{
		Number: n, Time: time.Now(), Method: r.Method, Path: r.URL.Path, Host: r.Host,
		Action: h.Get("X-TC-Action"), Version: h.Get("X-TC-Version"), Token: h.Get("X-TC-Token"),
		UserAgent: h.Get("User-Agent"), RequestClient: h.Get("X-TC-RequestClient"), Language: h.Get("X-TC-Language"),
		Region: h.Get("X-TC-Region"), ContentType: h.Get("Content-Type"), Header: h.Clone(),
		Params: looseParams(body), Body: body,
	}
	req.Timestamp, _ = strconv.ParseInt(h.Get("X-TC-Timestamp"), 10, 64) // 0 if it is invalid
	if auth, err := parseAuthorization(h.Get("Authorization")); err == nil {
		req.SecretID, req.Service, req.SignedHeaders = auth.secretID, auth.service, auth.signedHeaders
	}
	return req
}

// decide makes the response: checks signature and quota, then injects a fault or serves the request.
func (s *Server) decide(ctx context.Context, o *Options, r *http.Request, req *Request) *response {
	if sleep(ctx, o.NetworkLatency) != nil {
		return &response{close: true}
	}
	serve, err := s.admit(o, r, req)
	if err != nil {
		return s.later(ctx, o, errorResponse(err))
	}
	var fault *Fault
	if o.Faults != nil {
		fault = o.Faults(req.Number, *req)
	}
	if fault == nil {
		return s.later(ctx, o, serve())
	}
	if sleep(ctx, fault.Delay) != nil {
		return &response{close: true, fault: fault.Kind}
	}
	var truth *response
	if fault.needsTruth() {
		truth = serve()
	}
	return s.later(ctx, o, fault.apply(truth))
}

// later delays a response by the latency and by its own delay.
func (s *Server) later(ctx context.Context, o *Options, a *response) *response {
	if sleep(ctx, o.Latency+a.delay) != nil {
		return &response{close: true, fault: a.fault}
	}
	return a
}

// admit returns the function that serves a request, or the error that it is refused with.
func (s *Server) admit(o *Options, r *http.Request, req *Request) (serve func() *response, err *apiError) {
	if strings.HasPrefix(r.URL.Path, metadataPrefix) {
		return func() *response { return s.metadata(o, r) }, nil
	}
	if r.URL.Path != "/" {
		return func() *response {
			return &response{status: http.StatusNotFound, contentType: "text/html", body: gatewayPage(http.StatusNotFound)}
		}, nil
	}
	if err := checkForm(r, req); err != nil {
		return nil, err
	}
	who, err := s.authenticate(r, req)
	if err != nil {
		return nil, err
	}
	act, err := findAction(req)
	if err != nil {
		return nil, err
	}
	account := ""
	if who != nil {
		account = who.account
	}
	if !s.acquireQuota(o, quotaKey{account, req.Action}) {
		return nil, failure(codeRequestLimitExceeded, "The number of requests exceeds the frequency limit.")
	}
	return func() *response { return s.serveAction(o, act, who, req) }, nil
}

// serveAction serves a request that is authentic and within the quota.
func (s *Server) serveAction(o *Options, act *action, who *principal, req *Request) *response {
	if req.Action != actionPushTasks {
		return s.perform(o, act, call{who: who, region: req.Region}, req)
	}
	s.mu.Lock()
	s.pushTasksRequests++
	n := s.pushTasksRequests
	s.mu.Unlock()
	if o.Before != nil {
		o.Before(s, n)
	}
	a := s.perform(o, act, call{who: who, region: req.Region, replica: o.replica(n, req)}, req)
	if o.Delay != nil {
		a.delay = o.Delay(n, *req)
	}
	return a
}

func (s *Server) perform(o *Options, act *action, c call, req *Request) *response {
	if o.Literal != nil {
		return &response{body: o.Literal}
	}
	p, err := parseParams(req.Body, act.params)
	if err != nil {
		return errorResponse(err)
	}
	c.params = p
	a, err := act.serve(s, o, c)
	if err != nil {
		return errorResponse(err)
	}
	return a
}
