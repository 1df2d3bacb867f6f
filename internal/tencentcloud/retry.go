package tencentcloud

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// verdict says what to do after a failed attempt.
type verdict int

const (
	final      verdict = iota // a retry would meet the same
	retry                     // it may pass: wait, then retry
	retryFew                  // it may pass, but hardly does: retry at most webPageRetries times
	slowDown                  // the request rate: everybody waits, then retries
	fixClock                  // the clock is off: correct it, then retry, once
	renewToken                // the token: get another credential, then retry, once
)

// webPageRetries is for a login page in the place of the API: it may be gone in
// a moment, but rather waits for somebody to log in.
const webPageRetries = 2

// The retry table. A family counts with all its sub-codes, as documented; any
// other code is exact, since most families say little (OperationTooOften is
// about the rate, among codes about permissions). What is not listed is final:
// it is about the request, the account or the credential, none of which a retry
// changes. A product adds its own codes with Config.RateCodes.
var (
	families = map[string]verdict{
		"InternalError":        retry,
		"RequestLimitExceeded": slowDown,
	}
	codes = map[string]verdict{
		"ServiceUnavailable":          retry,
		"AuthFailure.SignatureExpire": fixClock,
		"AuthFailure.TokenFailure":    renewToken,
	}
)

// judge decides on the error of one attempt. The body has been decoded by then:
// the service sends most of its errors with the HTTP status 200.
func judge(e *Error, rateCodes []string) verdict {
	family, _, _ := strings.Cut(e.Code, ".")
	if v := cmp.Or(codes[e.Code], families[family]); v != final {
		return v
	}
	switch response, unusable := errors.AsType[*ResponseError](e.Cause); {
	case slices.Contains(rateCodes, e.Code), e.HTTPStatus == http.StatusTooManyRequests:
		return slowDown
	case e.HTTPStatus >= 500, e.HTTPStatus == http.StatusRequestTimeout:
		return retry // whatever the body: a gateway's page, or nothing
	case e.Code != "":
		return final
	case unusable:
		return map[ResponseKind]verdict{Malformed: retry, WebPage: retryFew}[response.Kind]
	case neverPasses(e.Cause):
		return final
	}
	return retry // the network, before or after the request was sent: it only reads
}

// neverPasses reports network faults that waiting does not cure.
func neverPasses(err error) bool {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns.IsNotFound
	}
	if proxy, ok := errors.AsType[*ProxyError](err); ok {
		return proxy.HTTPStatus < 500
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return true // how crypto/tls marks what the other side rejected
	}
	return errors.As(err, new(*HeaderError)) || errors.As(err, new(*tls.CertificateVerificationError)) ||
		errors.As(err, new(tls.RecordHeaderError)) || errors.Is(err, http.ErrSchemeMismatch)
}

const (
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 20 * time.Second
)

// backoff is exponential with full jitter, so that callers who failed together
// do not come back together. retries counts from 1.
func backoff(retries int) time.Duration {
	doublings := min(retries-1, 10) // more would overflow
	return rand.N(min(maxBackoff, firstBackoff<<doublings)) + time.Millisecond
}

// retryAfter reads the Retry-After header: seconds, or a date by the server's
// clock, which the Date header tells. Zero when there is none.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(seconds, 0), 24*60*60)) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return max(at.Sub(now), 0)
}

// Sleep waits for a duration, or until the context ends, and returns the
// context's error.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return ctx.Err() // also if both ended at once
}
