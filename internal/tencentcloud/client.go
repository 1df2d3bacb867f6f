// Package tencentcloud is a client of Tencent Cloud's API 3.0: it signs, sends,
// decodes, and tries again what is worth it. It knows no product.
package tencentcloud

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// Config says whom a Client speaks to, as whom, and with how much patience.
type Config struct {
	Endpoint       *url.URL // scheme and host
	Service        string   // the product's name in the credential scope, such as cdn
	Version        string   // of the product's API, such as 2018-06-06
	Region         string   // sent if it is set; CDN does without
	Credentials    CredentialSource
	UserAgent      string
	RequestClient  string            // X-TC-RequestClient: at most 128 of 0-9 a-z A-Z - _ space , ; .
	MaxRetries     int               // attempts after the first
	RequestTimeout time.Duration     // of one attempt, from connecting to the answer's last byte
	Limiter        *Limiter          // shared by all that share the quota
	Transport      http.RoundTripper // NewTransport's, shared for its connections

	// Observe, if set, is told of every attempt when it has ended. It is called
	// from many goroutines at once.
	Observe func(context.Context, Attempt)
}

// Attempt is what can be told of one attempt without telling secrets.
type Attempt struct {
	Action     string
	Number     int // from 1
	Rows       int // of an answer that lists rows
	HTTPStatus int
	Code       string
	RequestID  string
	Took       time.Duration
	Err        error         // nil after a success
	RetryIn    time.Duration // when the next attempt follows; zero for the last one
	ClockMoved time.Duration // how far the signing clock was corrected after this attempt
}

// Result is what comes with every answer beside its own fields.
type Result struct {
	RequestID string
	Attempts  int
}

// Client calls the actions of one product. It is safe for concurrent use.
type Client struct {
	config Config
	http   http.Client
	skew   atomic.Int64 // nanoseconds to add to the machine's clock
}

// NewClient returns a client for the configuration.
func NewClient(config Config) *Client {
	return &Client{config: config, http: http.Client{
		Transport: config.Transport,
		// A redirect would carry the signature to wherever it points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// NewTransport returns a transport for all clients of a provider. Proxies and
// extra certificate authorities come from the usual environment variables.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns = 0 // the number for each host is the bound
	t.MaxIdleConnsPerHost = 64
	t.IdleConnTimeout = 50 * time.Second // the service hangs up after about 60 s; be first
	return t
}

// Call sends params, encoded as JSON, to an action and returns the decoded
// answer. The error is an *Error; the answer is nil with it.
func Call[T any, A interface {
	*T
	Answer
}](ctx context.Context, c *Client, action string, params any) (*T, Result, error) {
	var whole A
	result, err := c.call(ctx, action, params, func() Answer {
		whole = new(T) // each attempt starts anew, so that nothing of a cut answer stays
		return whole
	})
	if err != nil {
		return nil, result, err
	}
	return whole, result, nil
}

func (c *Client) call(ctx context.Context, action string, params any, newAnswer func() Answer) (Result, error) {
	payload, err := encode(params)
	if err != nil {
		return Result{}, &Error{Action: action, Host: c.config.Endpoint.Host, Cause: err}
	}
	op := &operation{client: c, action: action, payload: payload}
	for {
		answer := newAnswer()
		attempt, failure := op.try(ctx, answer)
		var wait time.Duration
		var stop error
		if failure != nil {
			wait, stop = op.next(ctx, failure, &attempt)
		}
		if lister, ok := answer.(interface{ Rows() int }); ok {
			attempt.Rows = lister.Rows()
		}
		if c.config.Observe != nil {
			c.config.Observe(ctx, attempt)
		}
		if failure == nil {
			return Result{RequestID: attempt.RequestID, Attempts: attempt.Number}, nil
		}
		if stop == nil {
			stop = op.pause(ctx, failure, wait)
		}
		if stop != nil {
			return Result{RequestID: failure.RequestID, Attempts: failure.Attempts}, stop
		}
	}
}

// encode leaves URLs as they are; encoding/json would escape their ampersands.
func encode(params any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(params); err != nil {
		return nil, fmt.Errorf("the parameters cannot be encoded: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// operation is one call through all its attempts.
type operation struct {
	client    *Client
	action    string
	payload   []byte
	attempts  int
	used      Credential    // what the latest attempt was signed with
	skew      time.Duration // of the clock that the latest attempt was signed by
	header    http.Header   // of the latest answer
	reclocked bool
	renewed   bool
	last      error // what the latest attempt met
}

// try makes one attempt: rate, credential, signature, answer.
func (op *operation) try(ctx context.Context, answer Answer) (Attempt, *Error) {
	c := op.client
	attempt := Attempt{Action: op.action, Number: op.attempts + 1}
	fail := func(failure *Error) (Attempt, *Error) {
		failure.Action, failure.Host, failure.Attempts = op.action, c.config.Endpoint.Host, op.attempts
		attempt.Code, attempt.RequestID, attempt.HTTPStatus = failure.Code, failure.RequestID, failure.HTTPStatus
		attempt.Err = failure
		return attempt, failure
	}
	sent, err := c.config.Limiter.Wait(ctx)
	if err != nil {
		return fail(&Error{Cause: &DeadlineError{Context: err, Last: op.last}})
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
		WroteRequest: func(httptrace.WroteRequestInfo) { sent() },
	})
	request, err := op.sign(attemptCtx, credential)
	if err != nil {
		return envelope{}, &Error{Cause: err}
	}
	response, err := c.http.Do(request)
	if err != nil {
		return envelope{}, &Error{Cause: networkError(ctx, attemptCtx, err, c.config.RequestTimeout)}
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
		failure.Cause = networkError(ctx, attemptCtx, err, c.config.RequestTimeout)
	case err != nil:
		failure.Cause = err
	default:
		return reply, nil
	}
	return envelope{}, failure
}

// sign builds the request of one attempt. Its timestamp is that of now: one
// signed before a pause would carry the time of the first attempt.
func (op *operation) sign(ctx context.Context, credential Credential) (*http.Request, error) {
	config := &op.client.config
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, config.Endpoint.JoinPath("/").String(), bytes.NewReader(op.payload))
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
		set("Authorization", authorization(credential, at, config.Service, headers, op.payload))
	}
	return request, nil
}

// next decides on a failed attempt: how long to wait for the next one, or the
// error to end with.
func (op *operation) next(ctx context.Context, failure *Error, attempt *Attempt) (time.Duration, error) {
	c := op.client
	op.last = failure
	// A credential that cannot be had, a cancelled context, and what was never
	// sent are not for this table.
	if op.attempts < attempt.Number || ctx.Err() != nil {
		return 0, failure
	}
	v := judge(failure)
	wait := max(backoff(op.attempts), retryAfter(op.header, time.Now()))
	switch v {
	case slower:
		c.config.Limiter.Refused(retryAfter(op.header, time.Now()))
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
		failure.Cause = &DeadlineError{Context: context.DeadlineExceeded, Last: failure.Cause}
		return 0, failure
	}
	attempt.RetryIn = wait
	return wait, nil
}

// pause waits for the next attempt. The error, if the context ends first, keeps
// what the last attempt met.
func (op *operation) pause(ctx context.Context, failure *Error, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		failure.Cause = &DeadlineError{Context: ctx.Err(), Last: failure.Cause}
		return failure
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

// networkError tells a timeout of one attempt from the end of the whole call.
func networkError(ctx, attemptCtx context.Context, err error, timeout time.Duration) error {
	switch {
	case ctx.Err() != nil:
		return &DeadlineError{Context: ctx.Err()}
	case errors.Is(attemptCtx.Err(), context.DeadlineExceeded):
		return &TimeoutError{After: timeout}
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the method and address, which Error has in its own words
	}
	return err
}

// TimeoutError says that one attempt took longer than the request timeout.
type TimeoutError struct{ After time.Duration }

func (e *TimeoutError) Error() string { return fmt.Sprintf("no answer within %v", e.After) }

func contentType(h http.Header) string {
	if value := h.Get("Content-Type"); value != "" {
		return value
	}
	return "no Content-Type"
}
