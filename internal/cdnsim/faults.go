package cdnsim

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"math/rand/v2"
	"sync"
	"time"
)

// FaultKind names what goes wrong.
type FaultKind string

const (
	FaultAPIError FaultKind = "api-error" // an error of the API in the body
	FaultPage     FaultKind = "page"      // an HTML page, as a gateway sends it
	FaultClose    FaultKind = "close"     // the connection closes before any response
	FaultCut      FaultKind = "cut"       // the connection closes in the middle of the true response
	FaultEmpty    FaultKind = "empty"     // no body
	FaultBody     FaultKind = "body"      // a literal body
	FaultGzip     FaultKind = "gzip"      // the true response, gzip-encoded although the client did not accept that
	FaultStall    FaultKind = "stall"     // no response until the client gives up
	FaultRedirect FaultKind = "redirect"  // to another URL
	FaultHuge     FaultKind = "huge"      // a valid response with a huge string in it
)

// Fault is what happens to a request instead of its true response. The functions below make the usual ones; change
// their fields before use. A Fault may be used for many requests.
type Fault struct {
	Kind FaultKind

	Code, Message string        // of FaultAPIError; need not be UTF-8
	RequestID     string        // of FaultAPIError; "" means a random one each time
	Status        int           // HTTP status; 0 means 200, 502 for FaultPage, 302 for FaultRedirect
	RetryAfter    string        // header Retry-After; "" means none
	Body          []byte        // of FaultBody
	ContentType   string        // of FaultBody; "" means application/json
	Location      string        // of FaultRedirect
	MiB           int           // of FaultHuge: size of the body
	Delay         time.Duration // before it happens
}

// APIError is an error of the API, as the JSON body of a 200.
func APIError(code, message string) *Fault {
	return &Fault{Kind: FaultAPIError, Code: code, Message: message}
}

// Page is a gateway's HTML page with this HTTP status, such as 502.
func Page(status int) *Fault { return &Fault{Kind: FaultPage, Status: status} }

// Close closes the connection before any response.
func Close() *Fault { return &Fault{Kind: FaultClose} }

// Cut sends half of the true response.
func Cut() *Fault { return &Fault{Kind: FaultCut} }

// Empty sends no body.
func Empty() *Fault { return &Fault{Kind: FaultEmpty} }

// Body sends this body.
func Body(contentType, body string) *Fault {
	return &Fault{Kind: FaultBody, ContentType: contentType, Body: []byte(body)}
}

// Gzip sends the true response gzip-encoded.
func Gzip() *Fault { return &Fault{Kind: FaultGzip} }

// Stall never responds.
func Stall() *Fault { return &Fault{Kind: FaultStall} }

// Redirect sends the client to another URL.
func Redirect(status int, location string) *Fault {
	return &Fault{Kind: FaultRedirect, Status: status, Location: location}
}

// Huge sends valid JSON of at least this many MiB.
func Huge(mib int) *Fault { return &Fault{Kind: FaultHuge, MiB: mib} }

// Sequence injects its faults into the first requests of an action, in this order; nil is no fault. The action "" means
// requests of any kind. Use it for one Server only.
func Sequence(action string, faults ...*Fault) func(n int, r Request) *Fault {
	var mu sync.Mutex
	next := 0
	return func(_ int, r Request) *Fault {
		mu.Lock()
		defer mu.Unlock()
		if next >= len(faults) || action != "" && r.Action != action {
			return nil
		}
		next++
		return faults[next-1]
	}
}

// RandomFaults injects, with a probability of rate per request, a fault that a client can safely retry: API errors,
// gateway pages, closed connections. Which request gets which fault depends only on seed and the request's number.
func RandomFaults(rate float64, seed uint64) func(n int, r Request) *Fault {
	kinds := []func() *Fault{
		func() *Fault { return APIError("InternalError", "internal error") },
		func() *Fault { return APIError("InternalError.CdnSystemError", "System error.") },
		func() *Fault { return APIError("InternalError.CdnDbError", "Internal data error.") },
		func() *Fault { return APIError("InternalError.UnknownError", "Unknown error.") },
		func() *Fault { return APIError("RequestLimitExceeded", "The request rate is too high.") },
		func() *Fault { return APIError("RequestLimitExceeded.Gateway", "The request rate is too high.") },
		func() *Fault { return APIError("LimitExceeded.CdnHostOpTooOften", "Operations are too frequent.") },
		func() *Fault { return Page(408) },
		func() *Fault { return Page(502) },
		func() *Fault { return Page(503) },
		func() *Fault { return Page(504) },
		Close, Cut, Empty,
	}
	return func(n int, _ Request) *Fault {
		random := rand.New(rand.NewPCG(seed, uint64(n))) //nolint:gosec // requests are counted from 1
		if random.Float64() >= rate {
			return nil
		}
		return kinds[random.IntN(len(kinds))]()
	}
}

// apply makes the faulty response. Only some faults need the true one.
func (f *Fault) apply(truth *response) *response {
	a := &response{status: f.Status, retryAfter: f.RetryAfter, fault: f.Kind}
	if truth != nil {
		a.delay = truth.delay
	}
	switch f.Kind {
	case FaultAPIError:
		faulty := errorResponseWith(cmp.Or(f.RequestID, newRequestID()), failure(f.Code, f.Message))
		a.code, a.requestID, a.body = faulty.code, faulty.requestID, faulty.body
	case FaultPage:
		if a.status == 0 {
			a.status = 502
		}
		a.contentType, a.body = "text/html", gatewayPage(a.status)
	case FaultBody:
		a.contentType, a.body = f.ContentType, f.Body
	case FaultRedirect:
		if a.status == 0 {
			a.status = 302
		}
		a.location, a.contentType, a.body = f.Location, "text/html", gatewayPage(a.status)
	case FaultHuge:
		a.hugeMiB, a.requestID = f.MiB, newRequestID()
	case FaultCut:
		a.body, a.cut, a.requestID = truth.body, true, truth.requestID
	case FaultGzip:
		a.body, a.gzip, a.requestID = gzipped(truth.body), true, truth.requestID
		a.code, a.rows, a.total = truth.code, truth.rows, truth.total
	case FaultClose:
		a.close = true
	case FaultStall:
		a.stall = true
	}
	return a
}

// needsTruth reports whether the fault needs the true response.
func (f *Fault) needsTruth() bool { return f.Kind == FaultCut || f.Kind == FaultGzip }

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(body) //nolint:errcheck // a bytes.Buffer accepts everything
	w.Close()     //nolint:errcheck // likewise
	return b.Bytes()
}
