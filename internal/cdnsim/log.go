package cdnsim

import (
	"maps"
	"net/http"
	"slices"
	"time"
)

// Request is one entry of the log: a request and its response.
type Request struct {
	Number int       // 1-based, over all actions and metadata requests
	Time   time.Time // of arrival, on the real clock

	Method, Path, Host string
	Action, Version    string // X-TC-Action and X-TC-Version; "" for metadata
	Service            string // of the credential scope; "" without a signature
	SecretID, Token    string
	SignedHeaders      []string
	Timestamp          int64 // X-TC-Timestamp, Unix seconds; 0 if it is not a number

	UserAgent     string
	RequestClient string // X-TC-RequestClient
	Language      string // X-TC-Language
	Region        string // X-TC-Region
	ContentType   string
	Header        http.Header // all of it; read-only

	Params map[string]any // the body's object, integers as json.Number; nil if it is not an object
	Body   []byte

	Answer Answer // zero until the response is sent
}

// Answer is the response to a request.
type Answer struct {
	Status    int       // HTTP status; 0 if nothing was sent
	Code      string    // the API's error code; "" for a success
	Rows      int       // rows in PushLogs
	Total     int       // rows that match, whatever TotalCount says
	RequestID string    // "" if the response has none
	Fault     FaultKind // "" if none was injected
	Bytes     int64     // of the body, as encoded
}

// Counts are the counters of a [Server], which LogLimit does not affect.
type Counts struct {
	Requests int
	Rows     int64
	Bytes    int64
	ByAction map[string]int // key "" is metadata
	ByCode   map[string]int // key "" is a success, or a fault without a code
	ByFault  map[FaultKind]int
}

func newCounts() Counts {
	return Counts{ByAction: map[string]int{}, ByCode: map[string]int{}, ByFault: map[FaultKind]int{}}
}

// Requests is the log: all requests that have their response, in the order of arrival, or the latest [Options.LogLimit].
func (s *Server) Requests() []Request {
	limit := s.Options().LogLimit
	s.logMu.Lock()
	defer s.logMu.Unlock()
	entries := slices.Clone(s.log)
	slices.SortFunc(entries, func(a, b Request) int { return a.Number - b.Number })
	if limit > 0 && len(entries) > limit {
		entries = entries[len(entries)-limit:]
	}
	return entries
}

// Counts is a copy of the counters.
func (s *Server) Counts() Counts {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	c := s.counts
	c.ByAction, c.ByCode, c.ByFault = maps.Clone(c.ByAction), maps.Clone(c.ByCode), maps.Clone(c.ByFault)
	return c
}

// ResetLog empties log and counters. Requests are numbered from 1 again.
func (s *Server) ResetLog() {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	s.log, s.counts, s.number = nil, newCounts(), 0
}

// record adds a request to the log.
func (s *Server) record(o *Options, req *Request) {
	s.keep(o, req)
	if o.OnRequest != nil {
		s.observerMu.Lock() // not logMu: the observer may read the log
		defer s.observerMu.Unlock()
		o.OnRequest(*req)
	}
}

func (s *Server) keep(o *Options, req *Request) {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	a := req.Answer
	s.counts.Requests++
	s.counts.Rows += int64(a.Rows)
	s.counts.Bytes += a.Bytes
	s.counts.ByAction[req.Action]++
	s.counts.ByCode[a.Code]++
	if a.Fault != "" {
		s.counts.ByFault[a.Fault]++
	}
	if o.LogLimit >= 0 {
		s.log = append(s.log, *req)
	}
	// Not for each request: moving all entries each time would be quadratic.
	if o.LogLimit > 0 && len(s.log) > 2*o.LogLimit {
		s.log = slices.Clone(s.log[len(s.log)-o.LogLimit:])
	}
}
