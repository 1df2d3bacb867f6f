package tencentcloud

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// NewTransport returns a transport for all clients of a provider. Proxies and
// extra certificate authorities come from the usual environment variables.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // as documented
	t.MaxIdleConns = 0                                   // the number for each host is the bound
	t.MaxIdleConnsPerHost = 64
	t.IdleConnTimeout = 50 * time.Second // the service hangs up after about 60 s; be first
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	t.OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode == http.StatusOK {
			return nil
		}
		return &ProxyError{Proxy: proxy.Host, HTTPStatus: answer.StatusCode}
	}
	return t
}

// ProxyError says that the proxy of the environment refused to pass a request on.
type ProxyError struct {
	Proxy      string // host and port
	HTTPStatus int    // what the proxy answered
}

func (e *ProxyError) Error() string {
	return fmt.Sprintf("the proxy %s answered with HTTP status %d", e.Proxy, e.HTTPStatus)
}

// TimeoutError says that one attempt took longer than the request timeout.
type TimeoutError struct{ After time.Duration }

func (e *TimeoutError) Error() string { return fmt.Sprintf("no answer within %v", e.After) }

// HeaderError says that a request could not be sent for a value of its header,
// which it does not tell: most likely it is a secret with a line break.
type HeaderError struct{ Name string }

func (e *HeaderError) Error() string {
	return "the value of the header " + e.Name + " holds a line break or another control character"
}

// withoutURL drops the method and address, which Error has in its own words.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func contentType(h http.Header) string {
	if value := h.Get("Content-Type"); value != "" {
		return value
	}
	return "no Content-Type"
}
