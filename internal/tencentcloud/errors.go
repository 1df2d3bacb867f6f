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
	Cause      error  // the network, the answer's form, or the context; nil when Code says it all
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
var errTooLarge = fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)

// DeadlineError says that the time for the whole read was up. Last is what the
// latest attempt met, so that the reason for the delay is not lost; nil when
// the time was up before anything was tried.
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
