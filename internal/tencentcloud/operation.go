package tencentcloud

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// operation is one call through all its attempts.
type operation[T any] struct {
	client   *Client
	action   string
	payload  []byte
	attempts int              // requests so far
	last     *Error           // of the latest attempt that the service or the network failed
	cured    map[verdict]bool // what is tried once in a call, and has been
}

// attempt is one request with what the next one depends on.
type attempt[T any] struct {
	Attempt
	fields     *T     // after a success
	failure    *Error // else
	exchanged  bool   // the service or the network decided; else the context ended first, or there is no credential
	credential Credential
	signature  string
	skew       time.Duration // of the clock that it was signed by
	header     http.Header   // of the response
}

// try makes one attempt: rate, credential, signature, response.
func (op *operation[T]) try(ctx context.Context) *attempt[T] {
	a := &attempt[T]{Attempt: Attempt{Action: op.action, Number: op.attempts + 1}}
	a.failure, a.exchanged = op.exchange(ctx, a)
	if a.failure != nil {
		if a.exchanged {
			a.failure = a.failure.redact(op.secrets(a))
			a.Code, a.RequestID = a.failure.Code, a.failure.RequestID
		}
		a.Err = op.complete(a.failure)
	}
	return a
}

// secrets are all that the other side may have seen of an attempt, or quote.
func (op *operation[T]) secrets(a *attempt[T]) []string {
	secrets := append([]string{a.credential.SecretKey, a.credential.Token, a.signature}, op.client.config.Secrets...)
	if a.credential.Token != "" {
		secrets = append(secrets, a.credential.SecretID) // STS issued it with the token, unlike the id of a permanent key
	}
	return secrets
}

// complete adds to an error what it has of the call.
func (op *operation[T]) complete(e *Error) *Error {
	e.Action, e.Host, e.Attempts = op.action, op.client.config.Endpoint.Host, op.attempts
	return e
}

// exchange sends the request as soon as the rate allows and reads the response.
func (op *operation[T]) exchange(ctx context.Context, a *attempt[T]) (failure *Error, exchanged bool) {
	config := &op.client.config
	sent, err := config.Limiter.Wait(ctx)
	if err != nil {
		return op.interrupted(err), false
	}
	defer sent()
	a.credential, err = config.Credentials.Credential(ctx)
	if err != nil {
		return &Error{Cause: err}, false
	}
	op.attempts++
	start := time.Now()
	defer func() { a.Took = time.Since(start) }()
	attemptCtx, cancel := context.WithTimeout(ctx, config.RequestTimeout)
	defer cancel()
	request, err := op.sign(httptrace.WithClientTrace(attemptCtx, &httptrace.ClientTrace{
		// After an error nothing has left, and net/http may write it again to
		// another connection.
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				sent()
			}
		},
	}), a)
	if err != nil {
		return &Error{Cause: err}, true
	}
	failure = op.send(request, a)
	switch {
	case failure == nil:
		config.Limiter.Accepted()
	case failure.HTTPStatus != 0: // a complete response
	case ctx.Err() != nil:
		return op.interrupted(ctx.Err()), false
	case attemptCtx.Err() != nil:
		failure.Cause = &TimeoutError{After: config.RequestTimeout}
	}
	return failure, true
}

// send returns nil after a success. An error without an HTTP status is one of
// the network.
func (op *operation[T]) send(request *http.Request, a *attempt[T]) *Error {
	response, err := op.client.http.Do(request)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // without the method and address, which Error has in its own words
		}
		return &Error{Cause: err}
	}
	defer func() { _ = response.Body.Close() }()
	a.header, a.HTTPStatus = response.Header, response.StatusCode
	r, err := readResponse[T](response.Body)
	failure := &Error{HTTPStatus: response.StatusCode, RequestID: r.RequestID}
	contentType := cmp.Or(response.Header.Get("Content-Type"), "no Content-Type")
	html := strings.HasPrefix(strings.ToLower(contentType), "text/html")
	switch {
	case err == nil && r.Error != nil:
		failure.Code, failure.Message = r.Error.Code, r.Error.Message
	case response.StatusCode != http.StatusOK:
		failure.Cause = &ResponseError{Kind: NotAPI, Problem: "not a response of the API (" + contentType + ")"}
	case err != nil && request.Context().Err() != nil:
		return &Error{Cause: err}
	case err != nil && html:
		failure.Cause = &ResponseError{Kind: WebPage, Problem: request.Host + " returned a web page instead of the API's JSON"}
	case err != nil:
		failure.Cause = err
	default:
		a.fields, a.RequestID = &r.Fields, Redact(r.RequestID, op.secrets(a)...)
		if list, ok := any(a.fields).(interface{ Len() int }); ok {
			a.Rows = list.Len()
		}
		return nil
	}
	return failure
}

// interrupted is the error when the context ends, or will end, before there is
// a response. It keeps what the latest attempt met: the reason for the delay.
func (op *operation[T]) interrupted(context error) *Error {
	e := &Error{}
	if op.last != nil {
		*e = *op.last
	}
	e.Cause = &DeadlineError{Context: context, Last: e.Cause}
	return op.complete(e)
}

// sign builds the request of one attempt. Its timestamp is that of now: one
// signed before a pause would carry the time of the first attempt.
func (op *operation[T]) sign(ctx context.Context, a *attempt[T]) (*http.Request, error) {
	config := &op.client.config
	endpoint := url.URL{Scheme: config.Endpoint.Scheme, Host: config.Endpoint.Host, Path: "/"}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.String(), bytes.NewReader(op.payload))
	if err != nil {
		return nil, err
	}
	a.skew = time.Duration(op.client.skew.Load())
	at := time.Now().Add(a.skew)
	authorize := "SKIP"
	if config.Credentials != Anonymous {
		headers := []header{{"content-type", "application/json"}, {"host", request.Host}}
		authorize = authorization(a.credential, at, config.Service, headers, op.payload)
		_, a.signature, _ = strings.Cut(authorize, "Signature=")
	}
	for _, h := range []header{
		{"Content-Type", "application/json"},
		{"Accept", "application/json"},
		{"User-Agent", config.UserAgent},
		{"X-TC-Action", op.action},
		{"X-TC-Version", config.Version},
		{"X-TC-Timestamp", timestamp(at)},
		{"X-TC-Region", config.Region},
		{"X-TC-Language", "en-US"},
		{"X-TC-RequestClient", op.client.requestClient},
		{"X-TC-Token", a.credential.Token},
		{"Authorization", authorize},
	} {
		// net/http would refuse to send it, and call that a fault of the network.
		if strings.ContainsFunc(h.value, unicode.IsControl) {
			return nil, &HeaderError{Name: h.name}
		}
		if h.value != "" {
			request.Header.Set(h.name, h.value)
		}
	}
	return request, nil
}

// next decides what follows an attempt: it sets RetryIn, or returns the error
// to end the call with.
func (op *operation[T]) next(ctx context.Context, a *attempt[T]) *Error {
	config := &op.client.config
	if a.failure == nil || !a.exchanged {
		return a.failure
	}
	op.last = a.failure
	pause := retryAfter(a.header, time.Now())
	wait := max(backoff(op.attempts), pause)
	retries := config.MaxRetries
	switch v := judge(a.failure, config.RateCodes); v {
	case slowDown:
		config.Limiter.Refused(pause)
	case fixClock, renewToken:
		if op.cured[v] || v == fixClock && !op.correctClock(a) || v == renewToken && !config.Credentials.Refused(a.credential) {
			return a.failure
		}
		op.cured[v] = true
		wait = 0
	case retryFew:
		retries = min(retries, webPageRetries)
	case final:
		return a.failure
	}
	if op.attempts > retries {
		a.failure.Passing = true
		return a.failure
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return op.interrupted(context.DeadlineExceeded)
	}
	a.RetryIn = wait
	return nil
}

// minSkew is the least difference between the clocks that can be the reason for
// an expired signature. The service allows five minutes; a difference below one
// minute means that something else is wrong.
const minSkew = time.Minute

// correctClock sets the signing clock by the Date header of the response and
// reports whether that can help. Of many requests that were refused together,
// the one that moved the clock says so in its attempt.
func (op *operation[T]) correctClock(a *attempt[T]) bool {
	date, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return false
	}
	skew := time.Until(date)
	old := time.Duration(op.client.skew.Swap(int64(skew)))
	if moved := skew - old; moved.Abs() >= minSkew {
		a.ClockMoved = moved
	}
	return (skew - a.skew).Abs() >= minSkew
}
