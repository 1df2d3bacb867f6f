package tencentcloud

import (
	"errors"
	"fmt"
	"slices"
)

// Error is why a call failed. It is the one error type of this package.
type Error struct {
	Action     string // such as DescribePushTasks
	Host       string // the endpoint
	Code       string // the service's error code; empty when it sent none
	Message    string // the service's own words, in whatever language it chose
	RequestID  string // for support; empty when no response could be read
	HTTPStatus int    // of the last response; 0 when there was none
	Attempts   int    // requests made, 0 when none could be
	Passing    bool   // it may pass, but did not within the retries

	// Cause is nil when Code says it all. Otherwise it is, or wraps, one of
	//   - *DeadlineError: the context ended; Code and the rest are of the latest attempt before
	//   - *TimeoutError: the last attempt took longer than the request timeout
	//   - *ResponseError: the response cannot be used; its Kind says why
	//   - *ProxyError, *HeaderError
	//   - *net.DNSError, *tls.CertificateVerificationError, tls.RecordHeaderError,
	//     http.ErrSchemeMismatch, *net.OpError (its Op is "proxyconnect" on the way
	//     to a proxy, "remote error" for a TLS alert), io.EOF or another error of net/http
	//   - the error of the CredentialSource, when Attempts is 0 or the credential had to be renewed
	Cause error
}

func (e *Error) Error() string {
	text := e.Action
	switch {
	case e.Code != "":
		text += ": " + e.Code + ": " + e.Message
	case e.HTTPStatus != 0 && e.HTTPStatus != 200:
		text += fmt.Sprintf(": HTTP status %d", e.HTTPStatus)
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	if e.RequestID != "" {
		text += " (RequestId " + e.RequestID + ")"
	}
	if e.Attempts > 1 {
		text += fmt.Sprintf(" after %d attempts", e.Attempts)
	}
	return text
}

// Unwrap gives the cause, so that errors.Is finds a canceled context.
func (e *Error) Unwrap() error { return e.Cause }

// IsCode reports whether err is an error of the service with one of the codes.
func IsCode(err error, codes ...string) bool {
	var e *Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code)
}

// ResponseKind says what is wrong with a response.
type ResponseKind int

const (
	NotAPI    ResponseKind = iota // the HTTP status is not 200, and the body holds no error of the API: a gateway, a redirect, another service
	WebPage                       // HTML with the HTTP status 200: a login page or captive portal
	Malformed                     // cut, empty, JSON of another shape, or incomplete
	TooLarge                      // above the limits of this package; a retry would meet the same
)

// ResponseError says that a response came which cannot be used.
type ResponseError struct {
	Kind    ResponseKind
	Problem string
	Cause   error // more about the problem; may be nil
}

func (e *ResponseError) Error() string {
	if e.Cause == nil {
		return e.Problem
	}
	return e.Problem + ": " + e.Cause.Error()
}

// Unwrap gives the cause, so that errors.Is finds what broke the connection.
func (e *ResponseError) Unwrap() error { return e.Cause }

func malformed(problem string, cause error) *ResponseError {
	return &ResponseError{Kind: Malformed, Problem: problem, Cause: cause}
}

// errTooLarge ends the reading of a response that does not end by itself.
var errTooLarge = &ResponseError{Kind: TooLarge, Problem: fmt.Sprintf(
	"the response is larger than %d MiB, or a single value in it is larger than %d MiB", maxResponse>>20, maxValue>>20)}

// DeadlineError says that the context ended. Last is the Cause of the latest
// attempt before, so that the reason for the delay is not lost; nil when there
// was none, or the service's Code is the reason.
type DeadlineError struct {
	Context error // context.DeadlineExceeded, or what canceled the call
	Last    error
}

func (e *DeadlineError) Error() string {
	if e.Last == nil {
		return e.Context.Error()
	}
	return e.Context.Error() + "; the previous attempt failed: " + e.Last.Error()
}

// Unwrap gives the context's error.
func (e *DeadlineError) Unwrap() error { return e.Context }
