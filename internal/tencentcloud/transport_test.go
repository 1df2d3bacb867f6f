package tencentcloud

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// connections counts the connections that a server is given.
type connections struct{ n atomic.Int32 }

func (c *connections) watch(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		c.n.Add(1)
	}
}

// serve starts a server, with TLS and HTTP/2 if wanted, that is quiet about
// clients which do not trust it.
func serve(t *testing.T, h http.Handler, secure, http2 bool) (*httptest.Server, *connections) {
	t.Helper()
	server, count := httptest.NewUnstartedServer(h), &connections{}
	server.Config.ConnState = count.watch
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = http2
	if secure {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server, count
}

// ownTransport is NewTransport's, trusting a server if it has a certificate.
func ownTransport(t *testing.T, server *httptest.Server) *http.Transport {
	t.Helper()
	transport := NewTransport()
	if server != nil && server.Certificate() != nil {
		transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		transport.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// One connection carries call after call, over HTTP/1 and HTTP/2, with and
// without TLS; and a slot of the limiter is free as soon as a request has been
// written, on a new connection and on a used one.
func TestConnectionsAreReused(t *testing.T) {
	for _, c := range []struct {
		name          string
		secure, http2 bool
	}{{"HTTP/1", false, false}, {"HTTP/1 with TLS", true, false}, {"HTTP/2", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			limiter := NewLimiter(20)
			sim := cdnsim.New(cdnsim.Options{Tasks: someTasks()})
			var protocol atomic.Int32
			var held atomic.Int32
			server, count := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				protocol.Store(int32(r.ProtoMajor))
				body, err := io.ReadAll(r.Body) // all has been written, and soon the client knows
				if err != nil {
					t.Error(err)
				}
				r.Body = io.NopCloser(strings.NewReader(string(body)))
				held.Store(int32(heldSlots(limiter)))
				sim.ServeHTTP(w, r)
			}), c.secure, c.http2)
			tr := newTrial(t, server.URL, ownTransport(t, server), func(config *Config) { config.Limiter = limiter })
			for range 5 {
				got, _, err := tr.list(t.Context())
				whole(t, got, err)
				if n := held.Load(); n != 0 {
					t.Errorf("%d slots are held while the answer is awaited", n)
				}
			}
			if n := count.n.Load(); n != 1 {
				t.Errorf("%d connections", n)
			}
			if want := map[bool]int32{false: 1, true: 2}[c.http2]; protocol.Load() != want {
				t.Errorf("HTTP/%d", protocol.Load())
			}
		})
	}
}

// heldSlots waits a little for all slots to be given back.
func heldSlots(l *Limiter) int {
	held := 0
	for range 500 {
		held = int(l.limit) - len(l.slots)
		if held == 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return held
}

// A connection that the server has closed meanwhile costs one more request, if
// it costs one at all.
func TestReusedConnectionEnds(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Tasks: someTasks()})
	var cut atomic.Bool
	server, count := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if cut.CompareAndSwap(true, false) {
			panic(http.ErrAbortHandler) // EOF for the client
		}
		sim.ServeHTTP(w, r)
	}), false, false)
	tr := newTrial(t, server.URL, ownTransport(t, server))
	got, _, err := tr.list(t.Context())
	whole(t, got, err)
	cut.Store(true)
	tr.attempts = nil
	got, _, err = tr.list(t.Context())
	whole(t, got, err)
	if len(tr.attempts) != 2 || count.n.Load() != 2 || len(sim.Requests()) != 2 {
		t.Errorf("%d attempts, %d connections, %d requests served", len(tr.attempts), count.n.Load(), len(sim.Requests()))
	}
	server.CloseClientConnections()
	got, _, err = tr.list(t.Context())
	whole(t, got, err)
	if n := len(sim.Requests()); n != 3 {
		t.Errorf("%d requests served", n)
	}
}

// refusing is an address where nobody listens.
func refusing(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// Real connections give the errors that TestNetworkFaults takes for granted.
func TestConnectionFaults(t *testing.T) {
	none := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	secure, secureCount := serve(t, none, true, false)
	plain, plainCount := serve(t, none, false, false)
	old := httptest.NewUnstartedServer(none)
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	oldCount := &connections{}
	old.Config.ConnState, old.Config.ErrorLog = oldCount.watch, log.New(io.Discard, "", 0)
	old.StartTLS()
	t.Cleanup(old.Close)

	var certificate *tls.CertificateVerificationError
	var op *net.OpError
	for _, c := range []struct {
		name, endpoint string
		is             func(error) bool
		count          *connections
		text           string
		attempts       int
	}{
		{"unknown authority", secure.URL, func(err error) bool { return errors.As(err, &certificate) }, secureCount, "certificate", 1},
		{"HTTP on the TLS port", strings.Replace(plain.URL, "http:", "https:", 1), func(err error) bool { return errors.Is(err, http.ErrSchemeMismatch) }, plainCount, "HTTP response to HTTPS client", 1},
		{"TLS 1.1", old.URL, func(err error) bool { return errors.As(err, &op) && op.Op == "remote error" }, oldCount, "protocol version", 1},
		{"refused", "http://" + refusing(t), func(err error) bool { return errors.As(err, &op) && op.Op == "dial" }, nil, "dial tcp", 2},
		{"no such name", "http://no-such-host.invalid", func(err error) bool { var dns *net.DNSError; return errors.As(err, &dns) }, nil, "no-such-host.invalid", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := newTrial(t, c.endpoint, ownTransport(t, nil), func(config *Config) { config.MaxRetries = 1 })
			got, _, err := tr.list(t.Context())
			e := failed(t, got, err)
			if !c.is(e) || !strings.Contains(e.Error(), c.text) {
				t.Errorf("got %#v: %v", e.Cause, e)
			}
			if c.attempts > 0 && e.Attempts != c.attempts {
				t.Errorf("%d attempts, want %d", e.Attempts, c.attempts)
			}
			if c.count != nil && c.count.n.Load() != 1 {
				t.Errorf("%d connections", c.count.n.Load())
			}
		})
	}
}

func TestTransportInsistsOnTLS(t *testing.T) {
	config := NewTransport().TLSClientConfig
	if config.MinVersion != tls.VersionTLS12 || config.InsecureSkipVerify {
		t.Errorf("got %+v", config)
	}
}

// A host with a port is signed as it is sent, and nothing of the endpoint but
// scheme and host is used.
func TestEndpoint(t *testing.T) {
	for _, c := range []struct{ endpoint, host string }{
		{"https://cdn.tencentcloudapi.com", "cdn.tencentcloudapi.com"},
		{"https://cdn.tencentcloudapi.com/", "cdn.tencentcloudapi.com"},
		{"https://CDN.Example.com:8443", "CDN.Example.com:8443"},
		{"http://127.0.0.1:8080", "127.0.0.1:8080"},
		{"http://[::1]:8080", "[::1]:8080"},
		{"https://cdn.example/some/path", "cdn.example"},
		{"https://user:password@cdn.example/?a=b#c", "cdn.example"},
	} {
		sim := cdnsim.New(cdnsim.Options{Tasks: someTasks()})
		got, _, err := newTrial(t, c.endpoint, sim.Transport()).list(t.Context())
		whole(t, got, err)
		if r := sim.Requests()[0]; r.Host != c.host || r.Path != "/" {
			t.Errorf("%s: sent to %s%s", c.endpoint, r.Host, r.Path)
		}
	}
}

// What goes out beside the signature.
func TestRequestHeader(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Tasks: someTasks()})
	got, _, err := newSimTrial(t, sim, func(c *Config) { c.Region, c.UserAgent = "ap-guangzhou", "agent/1" }).list(t.Context())
	whole(t, got, err)
	h := sim.Requests()[0].Header
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "agent/1",
		"X-TC-Action": "DescribePushTasks", "X-TC-Version": "2018-06-06", "X-TC-Region": "ap-guangzhou",
		"X-TC-Language": "en-US", "X-TC-RequestClient": "agent_1",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if _, sent := h["X-Tc-Token"]; sent {
		t.Error("a token was sent that there is not")
	}
}

// The actions of STS that come before there is a credential are not signed.
func TestAnonymous(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Tasks: someTasks()})
	got, _, err := newSimTrial(t, sim, func(c *Config) { c.Credentials = Anonymous }).list(t.Context())
	if e := failed(t, got, err); !strings.HasPrefix(e.Code, "AuthFailure.") {
		t.Errorf("got %v", e)
	}
	if r := sim.Requests()[0]; r.Header.Get("Authorization") != "SKIP" || r.Token != "" {
		t.Errorf("sent %q", r.Header)
	}
}

// A redirect is not followed, wherever it points: the signature stays here.
func TestRedirectTargetIsNotAsked(t *testing.T) {
	var asked atomic.Int32
	target, _ := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }), false, false)
	server, _ := serve(t, http.RedirectHandler(target.URL, http.StatusTemporaryRedirect), false, false)
	got, _, err := newTrial(t, server.URL, ownTransport(t, server)).list(t.Context())
	if e := failed(t, got, err); e.HTTPStatus != 307 || e.Attempts != 1 || asked.Load() != 0 {
		t.Errorf("got %v, the target was asked %d times", e, asked.Load())
	}
}
