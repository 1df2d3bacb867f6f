package tencentcloud

import (
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"
)

// verdict says what to do after a failed attempt.
type verdict int

const (
	final   verdict = iota // asking again gives the same answer
	again                  // it may pass: wait, then ask again
	slower                 // the rate: everybody waits, then asks again
	reclock                // the clock is off: correct it, then ask again, once
	renew                  // the token: ask for another credential, then again, once
)

// codes is the retry table: exact codes, never prefixes, since a family says
// little (OperationTooOften is a rate error among the authorisation errors, and
// CdnInterfaceError reads like an internal error among the parameter errors).
// A code that is not listed is final: it speaks of the request, the account or
// the credential, none of which changes by asking again.
var codes = map[string]verdict{
	"RequestLimitExceeded":                              slower,
	"RequestLimitExceeded.IPLimitExceeded":              slower,
	"RequestLimitExceeded.UinLimitExceeded":             slower,
	"RequestLimitExceeded.GlobalRegionUinLimitExceeded": slower,
	"LimitExceeded.CdnHostOpTooOften":                   slower,
	"UnauthorizedOperation.OperationTooOften":           slower,

	"ServiceUnavailable":                again,
	"InternalError":                     again,
	"InternalError.CamSystemError":      again,
	"InternalError.CdnConfigError":      again,
	"InternalError.CdnDbError":          again,
	"InternalError.CdnQuerySystemError": again,
	"InternalError.CdnSystemError":      again,
	"InternalError.Error":               again,
	"InternalError.ProxyServer":         again,
	"InternalError.RouteError":          again,

	"AuthFailure.SignatureExpire": reclock,
	"AuthFailure.TokenFailure":    renew,
}

// judge decides on the error of one attempt, which has been decoded by then:
// the service sends most of its errors with the HTTP status 200.
func judge(e *Error) verdict {
	if v, listed := codes[e.Code]; listed {
		return v
	}
	if e.HTTPStatus == http.StatusTooManyRequests {
		return slower
	}
	if e.HTTPStatus >= 500 {
		return again // whatever the body: a gateway's page, or nothing
	}
	if e.Code != "" {
		return final
	}
	var bad *AnswerError
	switch {
	case errors.Is(e.Cause, errTooLarge):
		return final // it would be as large again
	case e.HTTPStatus != 0 && e.HTTPStatus != http.StatusOK:
		return final // a redirect, or a 4xx that no API 3.0 service sends: a wrong endpoint
	case errors.As(e.Cause, &bad):
		return again
	case neverPasses(e.Cause):
		return final
	}
	return again // the network, before or after the request went out: it only reads
}

// neverPasses tells the faults on the way that waiting does not mend.
func neverPasses(err error) bool {
	var (
		dns         *net.DNSError
		proxy       *ProxyError
		header      *HeaderError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       *net.OpError
	)
	switch {
	case errors.As(err, &dns):
		return dns.IsNotFound
	case errors.As(err, &proxy):
		return proxy.HTTPStatus < 500
	case errors.As(err, &header), errors.As(err, &certificate), errors.As(err, &record):
		return true
	case errors.As(err, &alert) && alert.Op == "remote error": // how crypto/tls marks what the other side refused
		return true
	}
	return errors.Is(err, http.ErrSchemeMismatch)
}

const (
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 20 * time.Second
)

// backoff is exponential with full jitter, so that callers who failed together
// do not come back together. retries counts from 1.
func backoff(retries int) time.Duration {
	ceiling := maxBackoff
	if retries < 7 { // 500 ms << 6 is beyond the ceiling
		ceiling = min(ceiling, firstBackoff<<(retries-1))
	}
	return rand.N(ceiling) + time.Millisecond
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
