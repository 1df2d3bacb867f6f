package tencentcloud

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// withStatus gives a fault another HTTP status.
func withStatus(status int, f *cdnsim.Fault) *cdnsim.Fault {
	f.Status = status
	return f
}

// What passes is survived, at the cost of one more request. What lasts ends
// the call, at once if it must last, and says what was met.
func TestFaults(t *testing.T) {
	json := "application/json"
	for _, c := range []struct {
		name    string
		fault   *cdnsim.Fault
		passes  bool
		problem string // of the last error if the fault lasts
	}{
		{"408 page", cdnsim.Page(408), true, "HTTP status 408"},
		{"429 page", cdnsim.Page(429), true, "HTTP status 429"},
		{"500 page", cdnsim.Page(500), true, "HTTP status 500"},
		{"502 page", cdnsim.Page(502), true, "HTTP status 502: not a response of the API (text/html)"},
		{"503 page", cdnsim.Page(503), true, "HTTP status 503"},
		{"504 page", cdnsim.Page(504), true, "HTTP status 504"},
		{"599 and nothing", withStatus(599, cdnsim.Empty()), true, "HTTP status 599"},
		{"500 with a final code", withStatus(500, cdnsim.APIError("InvalidParameter", "no")), true, "InvalidParameter: no"},
		{"429 with a final code", withStatus(429, cdnsim.APIError("InvalidParameter", "no")), true, "InvalidParameter: no"},
		{"503 with a success", withStatus(503, cdnsim.Body(json, `{"Response":{"PushLogs":[],"RequestId":"r"}}`)), true, "HTTP status 503"},
		{"403 with a passing code", withStatus(403, cdnsim.APIError("InternalError", "oh")), true, "InternalError: oh"},
		{"400 page", cdnsim.Page(400), false, "HTTP status 400"},
		{"403 page", cdnsim.Page(403), false, "HTTP status 403"},
		{"404 page", cdnsim.Page(404), false, "HTTP status 404"},
		{"404 with a final code", withStatus(404, cdnsim.APIError("InvalidAction", "no")), false, "InvalidAction: no"},

		{"closed before the answer", cdnsim.Close(), true, "EOF"},
		{"cut", cdnsim.Cut(), true, "the response could not be parsed"},
		{"empty", cdnsim.Empty(), true, "the response could not be parsed"},
		{"stalled", cdnsim.Stall(), true, "no response within 30s"},
		{"text", cdnsim.Body("text/plain", "OK"), true, "the response could not be parsed"},
		{"another object", cdnsim.Body(json, `{"status":"UP"}`), true, `the response has no "Response"`},
		{"an array", cdnsim.Body(json, `[{"Response":{}}]`), true, "the response could not be parsed"},
		{"null", cdnsim.Body(json, `null`), true, `the response has no "Response"`},
		{"no RequestId", cdnsim.Body(json, `{"Response":{"PushLogs":[]}}`), true, `the response has no "RequestId"`},
		{"no list", cdnsim.Body(json, `{"Response":{"RequestId":"r"}}`), true, `the response is incomplete: it has no "PushLogs"`},
		{"an error without a code", cdnsim.Body(json, `{"Response":{"Error":{"Message":"m"},"RequestId":"r"}}`), true, `no "Code"`},

		{"301", cdnsim.Redirect(301, "https://elsewhere.example/"), false, "HTTP status 301"},
		{"302", cdnsim.Redirect(302, "https://elsewhere.example/"), false, "HTTP status 302"},
		{"303", cdnsim.Redirect(303, "https://elsewhere.example/"), false, "HTTP status 303"},
		{"307", cdnsim.Redirect(307, "https://elsewhere.example/"), false, "HTTP status 307"},
		{"308", cdnsim.Redirect(308, "/"), false, "HTTP status 308"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := cdnsim.New(cdnsim.Options{Tasks: someTasks(), Faults: cdnsim.Sequence("", c.fault)})
				tr := newSimTrial(t, sim)
				got, _, err := tr.list(t.Context())
				if !c.passes {
					once(t, sim, failed(t, got, err), c.problem)
					return
				}
				whole(t, got, err)
				if n := len(sim.Requests()); n != 2 || len(tr.attempts) != 2 {
					t.Errorf("%d requests and %d attempts, want 2", n, len(tr.attempts))
				}
			})
			synctest.Test(t, func(t *testing.T) {
				sim := cdnsim.New(cdnsim.Options{Tasks: someTasks(), Faults: always(c.fault)})
				tr := newSimTrial(t, sim, func(c *Config) { c.MaxRetries = 3 })
				got, _, err := tr.list(t.Context())
				e := failed(t, got, err)
				if !c.passes {
					once(t, sim, e, c.problem)
					return
				}
				if n := len(sim.Requests()); n != 4 || e.Attempts != 4 || !e.Passing {
					t.Errorf("%d requests, %d attempts, passing %v; want 4, 4, true", n, e.Attempts, e.Passing)
				}
				if !strings.Contains(e.Error(), c.problem) || !strings.HasSuffix(e.Error(), " after 4 attempts") {
					t.Errorf("got %s\nwant %s", e, c.problem)
				}
			})
		})
	}
}

// A web page in the place of the API is a login page or a captive portal, which
// may be gone in a moment. The error says so, and nothing of JSON's characters.
func TestWebPage(t *testing.T) {
	for name, contentType := range map[string]string{"plain": "text/html", "with a charset": "Text/HTML; charset=utf-8"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				page := cdnsim.Body(contentType, "<!DOCTYPE html><title>Log in</title>")
				sim := cdnsim.New(cdnsim.Options{Tasks: someTasks(), Faults: always(page)})
				got, _, err := newSimTrial(t, sim).list(t.Context())
				e := failed(t, got, err)
				var bad *ResponseError
				if !errors.As(e, &bad) || bad.Kind != WebPage || e.Attempts != 3 || len(sim.Requests()) != 3 || !e.Passing {
					t.Errorf("got %v after %d requests", e, len(sim.Requests()))
				}
				if want := "DescribePushTasks: cdn.tencentcloudapi.com returned a web page instead of the API's JSON after 3 attempts"; e.Error() != want {
					t.Errorf("got  %v\nwant %s", e, want)
				}
			})
			synctest.Test(t, func(t *testing.T) {
				page := cdnsim.Body(contentType, "<html></html>")
				sim := cdnsim.New(cdnsim.Options{Tasks: someTasks(), Faults: cdnsim.Sequence("", page, page)})
				tr := newSimTrial(t, sim)
				got, _, err := tr.list(t.Context())
				whole(t, got, err)
				if len(tr.attempts) != 3 {
					t.Errorf("%d attempts", len(tr.attempts))
				}
			})
		})
	}
	// Where fewer retries are allowed, there are fewer.
	synctest.Test(t, func(t *testing.T) {
		sim := cdnsim.New(cdnsim.Options{Faults: always(cdnsim.Body("text/html", "<html></html>"))})
		got, _, err := newSimTrial(t, sim, func(c *Config) { c.MaxRetries = 1 }).list(t.Context())
		if e := failed(t, got, err); e.Attempts != 2 {
			t.Errorf("got %v", e)
		}
	})
	// What is JSON of the API is taken, whatever a proxy has made of its type.
	sim := cdnsim.New(cdnsim.Options{Faults: always(cdnsim.Body("text/html", success))})
	tr := newSimTrial(t, sim)
	got, _, err := tr.list(t.Context())
	if err != nil || len(got.PushLogs.urls) != 2 || len(tr.attempts) != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
}

// once expects that a fault ended the call at its first request.
func once(t *testing.T, sim *cdnsim.Server, e *Error, problem string) {
	t.Helper()
	if n := len(sim.Requests()); n != 1 || e.Attempts != 1 || e.Passing {
		t.Errorf("%d requests, %d attempts, passing %v; want 1, 1, false", n, e.Attempts, e.Passing)
	}
	if !strings.Contains(e.Error(), problem) {
		t.Errorf("got %s\nwant %s", e, problem)
	}
}

// No retries means no retries.
func TestMaxRetriesOfZero(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := cdnsim.New(cdnsim.Options{Faults: always(cdnsim.Page(502))})
		tr := newSimTrial(t, sim, func(c *Config) { c.MaxRetries = 0 })
		got, _, err := tr.list(t.Context())
		if e := failed(t, got, err); e.Attempts != 1 || len(sim.Requests()) != 1 {
			t.Errorf("%d requests, %v", len(sim.Requests()), e)
		}
	})
}

// What the network says decides too: only what waiting cannot mend is final.
func TestNetworkFaults(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, c := range []struct {
		name   string
		err    error
		passes bool
	}{
		{"refused", dial(syscall.ECONNREFUSED), true},
		{"unreachable", dial(syscall.ENETUNREACH), true},
		{"reset", &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}, true},
		{"broken pipe", &net.OpError{Op: "write", Net: "tcp", Err: syscall.EPIPE}, true},
		{"EOF", io.EOF, true},
		{"cut", io.ErrUnexpectedEOF, true},
		{"name server silent", dial(&net.DNSError{Err: "i/o timeout", Name: "x", IsTimeout: true}), true},
		{"name server failing", dial(&net.DNSError{Err: "server misbehaving", Name: "x", IsTemporary: true}), true},
		{"no such name", dial(&net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}), false},
		{"certificate", &tls.CertificateVerificationError{Err: errors.New("expired")}, false},
		{"not TLS", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, false},
		{"HTTP on the TLS port", http.ErrSchemeMismatch, false},
		{"TLS refused", &net.OpError{Op: "remote error", Err: errors.New("tls: handshake failure")}, false},
		{"proxy refused", &net.OpError{Op: "proxyconnect", Net: "tcp", Err: syscall.ECONNREFUSED}, true},
		{"proxy wants a password", &ProxyError{Proxy: "p:1", HTTPStatus: 407}, false},
		{"proxy forbids", &ProxyError{Proxy: "p:1", HTTPStatus: 403}, false},
		{"proxy overloaded", &ProxyError{Proxy: "p:1", HTTPStatus: 503}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				requests := 0
				tr := newTrial(t, "https://cdn.example", transportFunc(func(*http.Request) (*http.Response, error) {
					requests++
					return nil, c.err
				}), func(c *Config) { c.MaxRetries = 2 })
				got, _, err := tr.list(t.Context())
				e := failed(t, got, err)
				want := 1
				if c.passes {
					want = 3
				}
				if requests != want || e.Attempts != want || e.Passing != c.passes {
					t.Errorf("%d requests, %d attempts, passing %v; want %d", requests, e.Attempts, e.Passing, want)
				}
				if !errors.Is(e, c.err) || e.Host != "cdn.example" || strings.Contains(e.Error(), "Post") {
					t.Errorf("got %v", e)
				}
			})
		})
	}
}

// A value that HTTP does not allow is not a fault of the network, though
// net/http reports it as one.
func TestCredentialThatCannotBeSent(t *testing.T) {
	for _, c := range []Credential{
		{SecretID: "AKIDEXAMPLE\n", SecretKey: "EXAMPLEKEY"},
		{SecretID: "AKIDEXAMPLE", SecretKey: "EXAMPLEKEY", Token: "tokentoken\r\n"},
	} {
		sim := cdnsim.New(cdnsim.Options{})
		tr := newSimTrial(t, sim, func(config *Config) { config.Credentials = Static(c) })
		got, _, err := tr.list(t.Context())
		e := failed(t, got, err)
		var header *HeaderError
		if !errors.As(e, &header) || len(sim.Requests()) != 0 || e.Attempts != 1 {
			t.Errorf("got %v after %d requests", e, len(sim.Requests()))
		}
		if strings.Contains(e.Error(), "AKID") || strings.Contains(e.Error(), "tokentoken") {
			t.Errorf("%v tells the value", e)
		}
	}
}

// The source's own error is the cause, and nothing was asked.
func TestCredentialThatCannotBeHad(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{})
	broken := errors.New("the file is gone")
	tr := newSimTrial(t, sim, func(c *Config) {
		c.Credentials = sourceFunc(func(context.Context) (Credential, error) { return Credential{}, broken })
	})
	got, _, err := tr.list(t.Context())
	e := failed(t, got, err)
	if !errors.Is(e, broken) || e.Attempts != 0 || len(sim.Requests()) != 0 {
		t.Errorf("got %v after %d attempts and %d requests", e, e.Attempts, len(sim.Requests()))
	}
	if len(tr.attempts) != 1 || tr.attempts[0].RetryIn != 0 || !errors.Is(tr.attempts[0].Err, broken) {
		t.Errorf("told %+v", tr.attempts)
	}
}

// A request that is not made takes nothing from the rate.
func TestRequestThatIsNotMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := newSimTrial(t, cdnsim.New(cdnsim.Options{}), func(c *Config) {
			c.Limiter = NewLimiter(1)
			c.Credentials = sourceFunc(func(context.Context) (Credential, error) { return Credential{}, errors.New("none") })
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for range 3 {
			if _, _, err := tr.list(ctx); errors.Is(err, context.DeadlineExceeded) {
				t.Fatal("the slot of the call before was never given back")
			}
		}
	})
}

// sourceFunc is a source that never has another credential.
type sourceFunc func(context.Context) (Credential, error)

func (f sourceFunc) Credential(ctx context.Context) (Credential, error) { return f(ctx) }
func (sourceFunc) Refused(Credential) bool                              { return false }

// Parameters that are no JSON never leave.
func TestParametersThatCannotBeEncoded(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{})
	got, _, err := Call[listing](t.Context(), newSimTrial(t, sim).Client, "DescribePushTasks", func() {})
	if e := failed(t, got, err); e.Attempts != 0 || len(sim.Requests()) != 0 || !strings.Contains(e.Error(), "cannot be encoded") {
		t.Errorf("got %v", e)
	}
}

// A gzip-encoded answer is whole, and costs no request.
func TestGzip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := cdnsim.New(cdnsim.Options{Tasks: someTasks(), Faults: always(cdnsim.Gzip())})
		got, _, err := newSimTrial(t, sim).list(t.Context())
		whole(t, got, err)
		if n := len(sim.Requests()); n != 1 {
			t.Errorf("%d requests", n)
		}
	})
}

// An answer that is too large ends the call: it would be as large again. The
// limit holds for what gzip makes of it, too.
func TestTooLargeAnswer(t *testing.T) {
	zeros := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		space := make([]byte, 1<<20)
		for i := range space {
			space[i] = ' '
		}
		for range 65 {
			if _, err := z.Write(space); err != nil {
				return // the client has had enough
			}
		}
		z.Close()
	}
	for name, handler := range map[string]http.Handler{
		"value": cdnsim.New(cdnsim.Options{Faults: always(cdnsim.Huge(65))}), "gzip": http.HandlerFunc(zeros),
	} {
		t.Run(name, func(t *testing.T) {
			server, count := serve(t, handler, false, false)
			tr := newTrial(t, server.URL, ownTransport(t, server))
			got, _, err := tr.list(t.Context())
			e := failed(t, got, err)
			var bad *ResponseError
			if !errors.As(e, &bad) || bad.Kind != TooLarge || e.Attempts != 1 || e.Passing || count.n.Load() != 1 {
				t.Errorf("got %v after %d attempts", e, e.Attempts)
			}
			if want := "DescribePushTasks: the response is larger than 64 MiB, or a single value in it is larger than 1 MiB"; !strings.HasPrefix(e.Error(), want) {
				t.Errorf("got %v", e)
			}
		})
	}
}
