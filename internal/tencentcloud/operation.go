package tencentcloud

import (
	"bytes"
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
type operation struct {
	client    *Client
	action    string
	payload   []byte
	attempts  int
	used      Credential    // what the latest attempt was signed with
	signature string        // of the latest attempt
	skew      time.Duration // of the clock that the latest attempt was signed by
	header    http.Header   // of the latest answer
	reclocked bool
	renewed   bool
	last      *Error // what the latest attempt met
	overtaken bool   // the context ended before the attempt did
}

// try makes one attempt: rate, credential, signature, answer.
func (op *operation) try(ctx context.Context, answer Answer) (Attempt, *Error) {
	c := op.client
	attempt := Attempt{Action: op.action, Number: op.attempts + 1}
	fail := func(failure *Error) (Attempt, *Error) {
		failure.Action, failure.Host, failure.Attempts = op.action, c.config.Endpoint.Host, op.attempts
		attempt.Err = failure
		if !op.overtaken { // else they are those of an earlier attempt
			attempt.Code, attempt.RequestID, attempt.HTTPStatus = failure.Code, failure.RequestID, failure.HTTPStatus
		}
		return attempt, failure
	}
	sent, err := c.config.Limiter.Wait(ctx)
	if err != nil {
		return fail(op.overtake(err))
	}
	defer sent()
	credential, err := c.config.Credentials.Credential(ctx)
	if err != nil {
		return fail(&Error{Cause: err})
	}
	op.attempts++
	op.used = credential
	start := time.Now()
	reply, failure := op.send(ctx, credential, answer, sent)
	attempt.Took = time.Since(start)
	if failure != nil {
		failure.hide(credential.SecretKey, credential.Token, op.signature)
		if credential.Token != "" {
			failure.hide(credential.SecretID) // part of what STS answered, unlike the id of a permanent key
		}
		return fail(failure)
	}
	c.config.Limiter.Accepted()
	attempt.RequestID, attempt.HTTPStatus = reply.requestID, http.StatusOK
	return attempt, nil
}

// send signs and sends the request and reads the whole answer.
func (op *operation) send(ctx context.Context, credential Credential, answer Answer, sent func()) (envelope, *Error) {
	c := op.client
	op.header = nil
	attemptCtx, cancel := context.WithTimeout(ctx, c.config.RequestTimeout)
	defer cancel()
	attemptCtx = httptrace.WithClientTrace(attemptCtx, &httptrace.ClientTrace{
		// After an error nothing has left, and net/http may write it again to
		// another connection.
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				sent()
			}
		},
	})
	request, err := op.sign(attemptCtx, credential)
	if err != nil {
		return envelope{}, &Error{Cause: err}
	}
	response, err := c.http.Do(request)
	if err != nil {
		return envelope{}, op.broken(ctx, attemptCtx, err)
	}
	defer func() { _ = response.Body.Close() }()
	op.header = response.Header
	reply, err := decodeAnswer(response.Body, answer)
	failure := &Error{HTTPStatus: response.StatusCode, RequestID: reply.requestID}
	switch {
	case reply.err != nil && err == nil:
		failure.Code, failure.Message = reply.err.code, reply.err.message
	case response.StatusCode != http.StatusOK:
		failure.Cause = &AnswerError{Problem: "the answer is not one of the API (" + contentType(response.Header) + ")"}
	case err != nil && attemptCtx.Err() != nil:
		return envelope{}, op.broken(ctx, attemptCtx, err)
	case err != nil:
		failure.Cause = err
	default:
		return reply, nil
	}
	return envelope{}, failure
}

// broken is the error of an attempt whose request or answer did not get
// through. It tells a timeout of the attempt from the end of the whole call.
func (op *operation) broken(ctx, attemptCtx context.Context, err error) *Error {
	switch {
	case ctx.Err() != nil:
		return op.overtake(ctx.Err())
	case errors.Is(attemptCtx.Err(), context.DeadlineExceeded):
		return &Error{Cause: &TimeoutError{After: op.client.config.RequestTimeout}}
	}
	return &Error{Cause: withoutURL(err)}
}

// overtake is the error when the context ends, or will end, before there is an
// answer. It keeps what the latest attempt met: the reason for the delay.
func (op *operation) overtake(context error) *Error {
	op.overtaken = true
	failure := &Error{}
	if op.last != nil {
		*failure = *op.last
	}
	failure.Action, failure.Host, failure.Attempts = op.action, op.client.config.Endpoint.Host, op.attempts
	failure.Cause = &DeadlineError{Context: context, Last: failure.Cause}
	return failure
}

// sign builds the request of one attempt. Its timestamp is that of now: one
// signed before a pause would carry the time of the first attempt.
func (op *operation) sign(ctx context.Context, credential Credential) (*http.Request, error) {
	config := &op.client.config
	endpoint := url.URL{Scheme: config.Endpoint.Scheme, Host: config.Endpoint.Host, Path: "/"}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.String(), bytes.NewReader(op.payload))
	if err != nil {
		return nil, err
	}
	op.skew = time.Duration(op.client.skew.Load())
	at := time.Now().Add(op.skew)
	headers := []header{{"content-type", "application/json"}, {"host", request.Host}}
	set := func(name, value string) {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	set("Content-Type", "application/json")
	set("Accept", "application/json")
	set("User-Agent", config.UserAgent)
	set("X-TC-Action", op.action)
	set("X-TC-Version", config.Version)
	set("X-TC-Timestamp", timestamp(at))
	set("X-TC-Region", config.Region)
	set("X-TC-Language", "en-US")
	set("X-TC-RequestClient", config.RequestClient)
	set("X-TC-Token", credential.Token)
	if config.Credentials == Anonymous {
		set("Authorization", "SKIP")
	} else {
		value := authorization(credential, at, config.Service, headers, op.payload)
		_, op.signature, _ = strings.Cut(value, "Signature=")
		set("Authorization", value)
	}
	return request, sendable(request.Header)
}

// sendable finds what net/http would refuse to send, and call a fault of the
// network.
func sendable(h http.Header) error {
	for name, values := range h {
		if strings.ContainsFunc(values[0], unicode.IsControl) {
			return &HeaderError{Name: name}
		}
	}
	return nil
}

// next decides on a failed attempt: how long to wait for the next one, or the
// error to end with.
func (op *operation) next(ctx context.Context, failure *Error, attempt *Attempt) (time.Duration, *Error) {
	c := op.client
	// A credential that cannot be had, and the context's end, are not for the table.
	if op.overtaken || op.attempts < attempt.Number {
		return 0, failure
	}
	op.last = failure
	asked := retryAfter(op.header, time.Now())
	wait := max(backoff(op.attempts), asked)
	switch judge(failure) {
	case slower:
		c.config.Limiter.Refused(asked)
	case reclock:
		if !op.correctClock(attempt) {
			return 0, failure
		}
		wait = 0
	case renew:
		if op.renewed || !c.config.Credentials.Refused(op.used) {
			return 0, failure
		}
		op.renewed = true
		wait = 0
	case final:
		return 0, failure
	}
	if op.attempts > c.config.MaxRetries {
		failure.Passing = true
		return 0, failure
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return 0, op.overtake(context.DeadlineExceeded)
	}
	attempt.RetryIn = wait
	return wait, nil
}

// pause waits for the next attempt.
func (op *operation) pause(ctx context.Context, wait time.Duration) *Error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return op.overtake(ctx.Err())
	}
}

// minSkew is the least difference between the clocks that can be the reason for
// an expired signature. The service allows five minutes; a difference below one
// minute means that something else is wrong.
const minSkew = time.Minute

// correctClock sets the signing clock by the Date header of the latest answer,
// once in a call, and reports whether that can help. Of many requests that were
// refused together, the one that moved the clock says so in its attempt.
func (op *operation) correctClock(attempt *Attempt) bool {
	date, err := http.ParseTime(op.header.Get("Date"))
	if err != nil || op.reclocked {
		return false
	}
	op.reclocked = true
	skew := time.Until(date)
	old := time.Duration(op.client.skew.Swap(int64(skew)))
	if moved := skew - old; moved.Abs() >= minSkew {
		attempt.ClockMoved = moved
	}
	return (skew - op.skew).Abs() >= minSkew
}
