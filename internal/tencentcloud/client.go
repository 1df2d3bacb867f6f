// Package tencentcloud is a client of Tencent Cloud's API 3.0: it signs, sends,
// decodes, and tries again what is worth it. It knows no product.
package tencentcloud

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// Config says whom a Client speaks to, as whom, and with how much patience.
type Config struct {
	Endpoint       *url.URL // scheme and host; the rest is ignored, since the API is at / and only that is signed
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
	Rows       int // of a whole answer that lists rows
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
		var stop *Error
		if failure != nil {
			wait, stop = op.next(ctx, failure, &attempt)
		}
		if lister, ok := answer.(interface{ Rows() int }); ok && failure == nil {
			attempt.Rows = lister.Rows()
		}
		if c.config.Observe != nil {
			c.config.Observe(ctx, attempt)
		}
		if failure == nil {
			return Result{RequestID: attempt.RequestID, Attempts: attempt.Number}, nil
		}
		if stop == nil {
			stop = op.pause(ctx, wait)
		}
		if stop != nil {
			return Result{RequestID: stop.RequestID, Attempts: stop.Attempts}, stop
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

// Host is whom the client calls, with the port if the endpoint has one.
func (c *Client) Host() string { return c.config.Endpoint.Host }
