//go:build !windows && !darwin

// Go looks for SSL_CERT_FILE everywhere but on Windows and macOS.

package tencentcloud

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// inEnvironment makes one call in a process with the variables and no others.
func inEnvironment(t *testing.T, endpoint string, variables ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append([]string{childVariable + "=" + endpoint}, variables...)
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return string(output)
}

// authority writes a server's certificate to a file.
func authority(t *testing.T, server *httptest.Server) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCertificateAuthoritiesOfTheEnvironment(t *testing.T) {
	server, _ := serve(t, cdnsim.New(cdnsim.Options{Tasks: someTasks()}), true, true)
	file := authority(t, server)
	if got := inEnvironment(t, server.URL, "SSL_CERT_FILE="+file); !strings.HasPrefix(got, "https://www.example.com/a ") {
		t.Errorf("got %s", got)
	}
	if got := inEnvironment(t, server.URL); !strings.Contains(got, "certificate signed by unknown authority") {
		t.Errorf("got %s", got)
	}
}

func TestProxiesOfTheEnvironment(t *testing.T) {
	// Go passes loopback addresses by any proxy; the proxy knows where to go.
	server, _ := serve(t, cdnsim.New(cdnsim.Options{Tasks: someTasks()}), true, false)
	file := authority(t, server)
	const endpoint = "https://example.com" // a name in the test server's certificate
	for _, c := range []struct {
		name   string
		status int
		want   string
		asked  int32
	}{
		{"passes", 200, "https://www.example.com/a ", 1},
		{"wants a password", 407, "responded with HTTP status 407", 1},
		{"forbids", 403, "responded with HTTP status 403", 1},
		{"overloaded", 503, "responded with HTTP status 503 after 2 attempts", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			proxy, asked := tunnel(t, c.status, server.Listener.Addr().String())
			address := strings.Replace(proxy.URL, "http://", "http://user:proxy-password@", 1)
			got := inEnvironment(t, endpoint, "HTTPS_PROXY="+address, "SSL_CERT_FILE="+file)
			if !strings.Contains(got, c.want) || asked.Load() != c.asked {
				t.Errorf("asked %d times, got %s", asked.Load(), got)
			}
			if strings.Contains(got, "proxy-password") {
				t.Errorf("told the proxy's password: %s", got)
			}
		})
	}
	got := inEnvironment(t, endpoint, "HTTPS_PROXY=http://user:proxy-password@"+refusing(t))
	if !strings.Contains(got, "proxyconnect") || !strings.HasPrefix(got, "error: ") || strings.Contains(got, "proxy-password") {
		t.Errorf("nobody there: got %s", got)
	}
	// NO_PROXY is heeded: the name is looked for directly.
	if got := inEnvironment(t, "https://cdn.invalid", "HTTPS_PROXY=http://127.0.0.1:1", "NO_PROXY=.invalid"); !strings.Contains(got, "lookup cdn.invalid") {
		t.Errorf("got %s", got)
	}
}

// tunnel is a proxy: it answers CONNECT, and plain requests, as the status says.
func tunnel(t *testing.T, status int, to string) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if status != http.StatusOK || r.Method != http.MethodConnect {
			w.WriteHeader(status)
			return
		}
		out, err := net.Dial("tcp", to)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = out.Close() }()
		in, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = in.Close() }()
		io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n") //nolint:errcheck // the client would be gone
		var both sync.WaitGroup
		both.Go(func() { io.Copy(out, in); out.Close() }) //nolint:errcheck // ends when either side does
		both.Go(func() { io.Copy(in, out); in.Close() })  //nolint:errcheck // likewise
		both.Wait()
	}))
	t.Cleanup(proxy.Close)
	return proxy, &asked
}

// The value of a proxy variable that is not a URL is an error that names the
// variable and quotes nothing: net/http would connect past the proxy, or to a
// part of the value. NO_PROXY, and loopback addresses, come first.
func TestProxyVariableThatIsNoURL(t *testing.T) {
	const direct, other = "dialed cdn.invalid:443", "https://cdn.invalid"
	for _, c := range []struct{ name, variable, value, endpoint, noProxy, want string }{
		{"percent sign", "HTTPS_PROXY", "http://svc:MARKER%ss@proxy:8080", other, "", "HTTPS_PROXY"},
		{"carriage return", "HTTPS_PROXY", "http://svc:MARKER@proxy:8080\r", other, "", "HTTPS_PROXY"},
		{"slash", "HTTPS_PROXY", "http://svc:MARKER/x@proxy:8080", other, "", "HTTPS_PROXY"},
		{"blank", "HTTPS_PROXY", "http://svc:MARKER@host name:1", other, "", "HTTPS_PROXY"},
		{"no host", "HTTPS_PROXY", "http://", other, "", "HTTPS_PROXY"},
		{"lower case", "https_proxy", "http://svc:MARKER%ss@proxy:8080", other, "", "https_proxy"},
		{"for HTTP", "HTTP_PROXY", "http://svc:MARKER%ss@proxy:8080", "http://cdn.invalid", "", "HTTP_PROXY"},
		{"for HTTP in lower case", "http_proxy", "svc:MARKER%ss@proxy:8080", "http://cdn.invalid", "", "http_proxy"},
		{"of the other scheme", "HTTP_PROXY", "http://svc:MARKER%ss@proxy:8080", other, "", direct},
		{"exempt", "HTTPS_PROXY", "http://svc:MARKER%ss@proxy:8080", other, ".invalid", direct},
		{"another is exempt", "HTTPS_PROXY", "http://svc:MARKER%ss@proxy:8080", other, ".example", "HTTPS_PROXY"},
		{"loopback", "HTTPS_PROXY", "http://svc:MARKER%ss@proxy:8080", "https://127.0.0.1:1", "", "dialed 127.0.0.1:1"},
		{"a URL", "HTTPS_PROXY", "http://svc:MARKER%25ss@proxy:8080", other, "", "dialed proxy:8080"},
		{"host and port", "https_proxy", "proxy:8080", other, "", "dialed proxy:8080"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "no_proxy", "REQUEST_METHOD"} {
				t.Setenv(name, "")
			}
			t.Setenv("NO_PROXY", c.noProxy)
			t.Setenv(c.variable, c.value)
			transport := ownTransport(t, nil)
			transport.DialContext = func(_ context.Context, _, address string) (net.Conn, error) {
				return nil, errors.New("dialed " + address)
			}
			tr := newTrial(t, c.endpoint, transport, func(config *Config) { config.MaxRetries = 0 })
			got, _, err := tr.list(t.Context())
			e := failed(t, got, err)
			var proxy *ProxyError
			invalid := strings.Contains(strings.ToLower(c.want), "_proxy")
			if errors.As(e, &proxy) != invalid || invalid && (proxy.Variable != c.want || e.Attempts != 1 || e.Passing) {
				t.Errorf("got %v", e)
			}
			want := c.want
			if invalid {
				want = "DescribePushTasks: the value of the environment variable " + c.want +
					" is not a URL; special characters in a password must be percent-encoded"
			}
			if text := e.Error(); !strings.Contains(text, want) || strings.Contains(text, "MARKER") || strings.Contains(text, "svc") {
				t.Errorf("got %s\nwant %s", text, want)
			}
		})
	}
}
