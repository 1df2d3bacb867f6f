// Package tencentcloud is a client of Tencent Cloud's API 3.0: it signs, sends,
// decodes, and retries what may pass. It knows no product.
package tencentcloud

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Config says which service a Client calls, as whom, and with how much patience.
type Config struct {
	Endpoint       *url.URL // scheme and host; the rest is ignored, since the API is at / and only that is signed
	Service        string   // the product's name in the credential scope, such as cdn
	Version        string   // of the product's API, such as 2018-06-06
	Region         string   // sent if it is set; CDN does without
	Credentials    CredentialSource
	UserAgent      string            // also sent as X-TC-RequestClient
	MaxRetries     int               // attempts after the first
	RequestTimeout time.Duration     // of one attempt, from connecting to the last byte of the response
	Limiter        *Limiter          // shared by all that share the quota
	Transport      http.RoundTripper // NewTransport's, shared for its connections

	// RateCodes are the product's own codes for too many requests. Those of any
	// product are known.
	RateCodes []string

	// Secrets are those among the parameters. Like the credential's, they are
	// redacted from everything that the service says.
	Secrets []string

	// Observe, if set, is called after every attempt, from many goroutines at once.
	Observe func(context.Context, Attempt)
}

// Attempt is what can be told of one attempt without telling secrets.
type Attempt struct {
	Action     string
	Number     int // from 1
	Rows       int // of a complete response, if its fields have a method Len() int
	HTTPStatus int // 0 without a response
	Code       string
	RequestID  string
	Took       time.Duration
	Err        error         // nil after a success
	RetryIn    time.Duration // when the next attempt follows; zero for the last one
	ClockMoved time.Duration // how far the signing clock was corrected after this attempt
}

// Client calls the actions of one product. It is safe for concurrent use.
type Client struct {
	config        Config
	requestClient string // the User-Agent as X-TC-RequestClient
	http          http.Client
	skew          atomic.Int64 // nanoseconds to add to the machine's clock
}

// NewClient returns a client for the configuration.
func NewClient(config Config) *Client {
	config.Secrets = append(proxySecrets(), config.Secrets...)
	return &Client{config: config, requestClient: requestClient(config.UserAgent), http: http.Client{
		Transport: config.Transport,
		// A redirect would carry the signature to wherever it points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Call sends params, encoded as JSON, to an action and returns the RequestId and
// the other fields of its response, decoded into a struct with JSON tags. In it, a
// string also accepts a number and an int64 also accepts a string; both may be
// pointers, nil for null or missing. If *T has a method Validate() error, a
// response that does not pass it counts as incomplete, and is retried.
//
// The error is an *Error; the fields are nil with it.
func Call[T any](ctx context.Context, c *Client, action string, params any) (fields *T, requestID string, err error) {
	op := &operation[T]{client: c, action: action, cured: map[verdict]bool{}}
	if op.payload, err = json.Marshal(params, jsontext.AllowInvalidUTF8(true)); err != nil {
		return nil, "", op.complete(&Error{Cause: fmt.Errorf("the parameters cannot be encoded: %w", err)})
	}
	for {
		a := op.try(ctx)
		failure := op.next(ctx, a)
		if c.config.Observe != nil {
			c.config.Observe(ctx, a.Attempt)
		}
		switch {
		case a.Err == nil:
			return a.fields, a.RequestID, nil
		case failure != nil:
			return nil, "", failure
		}
		_ = Sleep(ctx, a.RetryIn) // if the context ends, the next attempt says so
	}
}

// Host is whom the client calls, with the port if the endpoint has one.
func (c *Client) Host() string { return c.config.Endpoint.Host }
