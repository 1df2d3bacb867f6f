package tencentcloud

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// NewTransport returns a transport for all clients of a provider. Proxies and
// extra certificate authorities come from the usual environment variables.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // as documented
	t.MaxIdleConns = 0                                   // the number for each host is the bound
	t.MaxIdleConnsPerHost = 64
	t.IdleConnTimeout = 50 * time.Second // the service closes idle connections after about 60 s; be first
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	t.Proxy = environmentProxy()
	t.OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, _ *http.Request, response *http.Response) error {
		if response.StatusCode == http.StatusOK {
			return nil
		}
		return &ProxyError{Proxy: proxy.Host, HTTPStatus: response.StatusCode}
	}
	return t
}

// environmentProxy finds the proxy of a request as http.ProxyFromEnvironment
// does. But where that would bypass the proxy because its variable is not a URL,
// or take a part of it for the host, the request fails.
func environmentProxy() func(*http.Request) (*url.URL, error) {
	const standIn = "stand-in.invalid" // shows whether NO_PROXY exempts the request
	config := httpproxy.FromEnvironment()
	for _, value := range []*string{&config.HTTPProxy, &config.HTTPSProxy} {
		if *value != "" && proxyURL(*value) == nil {
			*value = standIn
		}
	}
	find := config.ProxyFunc()
	return func(request *http.Request) (*url.URL, error) {
		proxy, err := find(request.URL)
		if scheme := request.URL.Scheme; proxy != nil && proxy.Host == standIn {
			variable := strings.ToUpper(scheme) + "_PROXY"
			if os.Getenv(variable) == "" {
				variable = scheme + "_proxy"
			}
			return nil, &ProxyError{Variable: variable}
		}
		return proxy, err
	}
}

// proxyURL reads the value of a proxy variable: a URL, or host and port. It is
// nil for anything else.
func proxyURL(value string) *url.URL {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	proxy, err := url.Parse(value)
	if err != nil || proxy.Hostname() == "" {
		return nil
	}
	return proxy
}

// proxySecrets are the passwords of the environment's proxies, also in the form
// of the Proxy-Authorization header.
func proxySecrets() []string {
	var secrets []string
	config := httpproxy.FromEnvironment()
	for _, value := range []string{config.HTTPProxy, config.HTTPSProxy} {
		if proxy := proxyURL(value); proxy != nil && proxy.User != nil {
			password, _ := proxy.User.Password()
			basic := base64.StdEncoding.EncodeToString([]byte(proxy.User.Username() + ":" + password))
			secrets = append(secrets, password, basic)
		}
	}
	return secrets
}

// ProxyError says that a proxy of the environment rejected a request, or that
// Variable does not hold the URL of one.
type ProxyError struct {
	Proxy      string // host and port
	HTTPStatus int    // the proxy's
	Variable   string // such as HTTPS_PROXY or https_proxy
}

func (e *ProxyError) Error() string {
	if e.Variable != "" {
		return fmt.Sprintf("the value of the environment variable %s is not a URL; "+
			"special characters in a password must be percent-encoded", e.Variable)
	}
	return fmt.Sprintf("the proxy %s responded with HTTP status %d", e.Proxy, e.HTTPStatus)
}

// TimeoutError says that one attempt took longer than the request timeout.
type TimeoutError struct{ After time.Duration }

func (e *TimeoutError) Error() string { return fmt.Sprintf("no response within %v", e.After) }

// HeaderError says that a request could not be sent because of a header's value,
// which it does not tell: most likely it is a secret with a line break.
type HeaderError struct{ Name string }

func (e *HeaderError) Error() string {
	return "the value of the header " + e.Name + " contains a line break or another control character"
}
