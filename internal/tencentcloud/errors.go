package tencentcloud

import (
	"errors"
	"fmt"
	"strings"
)

// Error is why a call failed. It is the one error type of this package.
type Error struct {
	Action     string // what was asked, such as DescribePushTasks
	Host       string // whom it was asked of
	Code       string // the service's error code; empty when it sent none
	Message    string // the service's own words, in whatever language it chose
	RequestID  string // for a ticket; empty when no answer could be read
	HTTPStatus int    // of the last answer; 0 when there was none
	Attempts   int    // how many times it was asked, 0 when it could not be
	Passing    bool   // it may pass, but did not within the retries

	// Cause is nil when Code says it all. Otherwise it is, or wraps, one of
	//   - *DeadlineError: the context ended; Code and the rest are of the latest attempt before
	//   - *TimeoutError: the last attempt took longer than the request timeout
	//   - *AnswerError: an answer came that is not one of the API, or is too large
	//   - *ProxyError, *HeaderError
	//   - *net.DNSError, *tls.CertificateVerificationError, tls.RecordHeaderError,
	//     http.ErrSchemeMismatch, *net.OpError (its Op is "proxyconnect" on the way
	//     to a proxy, "remote error" for a TLS alert), io.EOF or another error of net/http
	//   - what the CredentialSource said, when Attempts is 0 or the credential had to be renewed
	Cause error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Action)
	switch {
	case e.Code != "":
		fmt.Fprintf(&b, ": %s: %s", e.Code, e.Message)
	case e.HTTPStatus != 0 && e.HTTPStatus != 200:
		fmt.Fprintf(&b, ": HTTP status %d", e.HTTPStatus)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (RequestId %s)", e.RequestID)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " after %d attempts", e.Attempts)
	}
	return b.String()
}

// Unwrap gives the cause, so that errors.Is finds a cancelled context.
func (e *Error) Unwrap() error { return e.Cause }

// minSecret is the fewest bytes that are taken for a secret. A shorter one is
// none, and is part of many a word.
const minSecret = 6

// hide blots secrets out of everything that the other side has said, should it
// quote the request.
func (e *Error) hide(secrets ...string) {
	blot := func(text string) string {
		for _, secret := range secrets {
			if len(secret) >= minSecret {
				text = strings.ReplaceAll(text, secret, "(hidden)")
			}
		}
		return text
	}
	e.Code, e.Message, e.RequestID = blot(e.Code), blot(e.Message), blot(e.RequestID)
	if e.Cause == nil {
		return
	}
	if text := e.Cause.Error(); text != blot(text) {
		e.Cause = &AnswerError{Problem: blot(text)}
	}
}

// IsCode reports whether err is an answer of the service with one of the codes.
func IsCode(err error, codes ...string) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.Code == code {
			return true
		}
	}
	return false
}

// AnswerError says that an answer came which is not one of API 3.0: cut,
// empty, HTML, or JSON of another shape.
type AnswerError struct {
	Problem string
	Cause   error
}

func (e *AnswerError) Error() string {
	if e.Cause == nil {
		return e.Problem
	}
	return e.Problem + ": " + e.Cause.Error()
}

// Unwrap gives what the decoder said.
func (e *AnswerError) Unwrap() error { return e.Cause }

// errTooLarge ends the reading of an answer that does not end by itself.
var errTooLarge = &AnswerError{Problem: fmt.Sprintf("the answer is larger than %d MiB, or a single value in it larger than %d MiB",
	maxAnswer>>20, maxValue>>20)}

// DeadlineError says that the time for the whole read was up. Last is the Cause
// of the latest attempt before, so that the reason for the delay is not lost;
// nil when there was none, or the service's Code is the reason.
type DeadlineError struct {
	Context error // context.DeadlineExceeded, or what cancelled the call
	Last    error
}

func (e *DeadlineError) Error() string {
	if e.Last == nil {
		return e.Context.Error()
	}
	return e.Context.Error() + "; the last attempt met: " + e.Last.Error()
}

// Unwrap gives both, the context's error first.
func (e *DeadlineError) Unwrap() []error {
	if e.Last == nil {
		return []error{e.Context}
	}
	return []error{e.Context, e.Last}
}
