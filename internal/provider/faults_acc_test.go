package provider_test

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// oncePerPage injects a fault into the first request for each page: another one for each, beginning with the first.
func oncePerPage(faults ...*cdnsim.Fault) func(int, cdnsim.Request) *cdnsim.Fault {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(_ int, r cdnsim.Request) *cdnsim.Fault {
		mu.Lock()
		defer mu.Unlock()
		if page := jsonText(r.Params); !seen[page] {
			seen[page] = true
			return faults[(len(seen)-1)%len(faults)]
		}
		return nil
	}
}

// always injects a fault into every request for push tasks.
func always(fault *cdnsim.Fault) func(int, cdnsim.Request) *cdnsim.Fault {
	return func(_ int, r cdnsim.Request) *cdnsim.Fault {
		if r.Action == "DescribePushTasks" {
			return fault
		}
		return nil
	}
}

// A fault that passes is survived, whichever page of a long list it hits: the list is complete.
func TestAccFaults_passing(t *testing.T) {
	t.Parallel()
	kinds := []*cdnsim.Fault{
		cdnsim.APIError("InternalError.CdnDbError", "Internal data error."), cdnsim.Page(502), cdnsim.Close(), cdnsim.Cut(),
		cdnsim.Empty(), cdnsim.Page(429), cdnsim.Body("text/html", "<html>please log in</html>"), cdnsim.Body("", `{"Response":{}}`),
		cdnsim.Stall(), cdnsim.APIError("UnauthorizedOperation.OperationTooOften", "Too many calling attempts."),
	}
	for first := range kinds {
		t.Run(string(kinds[first].Kind)+" first", func(t *testing.T) {
			t.Parallel()
			ordered := slices.Concat(kinds[first:], kinds[:first])
			s := simulate(t, cdnsim.Options{Tasks: rows(90), MaxLimit: 20, Faults: oncePerPage(ordered...)})
			p := attached(t, s.block(keys+`request_timeout = "2s"`)+lookUp)
			p.apply().must(t)
			got := p.attributes("data.tencentcdn_push_tasks.t")
			if !slices.Equal(urls(t, got), wantURLs(0, 90)) {
				t.Errorf("rows are %v", urls(t, got))
			}
			equal(t, "total_count", got["total_count"], `90`)
			// Five pages of 20, each with a row of the one before.
			if n := len(s.pushTasks()); n != 10 {
				t.Errorf("%d requests, want each of 5 pages twice:\n%s", n, strings.Join(s.received(), "\n"))
			}
		})
	}
}

// A compressed response, which nobody requested, is as good as another.
func TestAccFaults_gzip(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{Tasks: rows(3), Faults: always(cdnsim.Gzip())})
	p := attached(t, s.config(lookUp))
	p.apply().must(t)
	if got := urls(t, p.attributes("data.tencentcdn_push_tasks.t")); !slices.Equal(got, wantURLs(0, 3)) {
		t.Errorf("rows are %v", got)
	}
}

// What lasts is explained: what was requested, what came back, and what to do about it.
func TestAccFaults_final(t *testing.T) {
	t.Parallel()
	const window = `
data "tencentcdn_push_tasks" "t" {
  start_time = "2026-11-24 00:00:00"
  keyword    = "www.example.com"
}
`
	const retries = "\nmax_retries = 1\n"
	wrongID := strings.Replace(keys, "AKIDEXAMPLE", "AKIDOTHER", 1)
	wrongKey := strings.Replace(keys, "EXAMPLEKEY", "OTHERKEY", 1)
	for name, c := range map[string]struct {
		fault    *cdnsim.Fault
		block    string
		data     string
		at       string // the line that the error points at; the data source itself if it is empty
		says     []string
		attempts int
	}{
		"no permission": {
			fault: cdnsim.APIError("UnauthorizedOperation.CdnCamUnauthorized", "No CAM policy is configured."),
			says: []string{`task_id = "1533031853231313311"`, "UnauthorizedOperation.CdnCamUnauthorized", "No CAM policy is configured.",
				"cdn:DescribePushTasks", "QcloudCDNReadOnlyAccess"},
			attempts: 1,
		},
		"not activated": {
			fault:    cdnsim.APIError("ResourceNotFound.CdnUserNotExists", "该用户未开通CDN"),
			says:     []string{"ResourceNotFound.CdnUserNotExists", "该用户未开通CDN", "Activate it in the CDN console"},
			attempts: 1,
		},
		"unknown domain": {
			fault: cdnsim.APIError("ResourceNotFound.CdnHostNotExists", "Unable to find the domain name."),
			data:  window, at: `keyword    = "www.example.com"`,
			says:     []string{`keyword = "www.example.com"`, "ResourceNotFound.CdnHostNotExists", "accelerated domain"},
			attempts: 1,
		},
		"date": {
			fault: cdnsim.APIError("InvalidParameter.CdnStatInvalidDate", "Invalid date."),
			data:  window, at: `start_time = "2026-11-24 00:00:00"`,
			says:     []string{"InvalidParameter.CdnStatInvalidDate", "30 days", "UTC+8"},
			attempts: 1,
		},
		"unknown code": {
			fault:    cdnsim.APIError("FailedOperation.Mystery", "Nobody knows."),
			says:     []string{"FailedOperation.Mystery", "Nobody knows."},
			attempts: 1,
		},
		"wrong id":  {block: wrongID, says: []string{"AuthFailure.SecretIdNotFound", "TENCENTCLOUD_SECRET_ID"}, attempts: 1},
		"wrong key": {block: wrongKey, says: []string{"AuthFailure.SignatureFailure", "TENCENTCLOUD_SECRET_KEY"}, attempts: 1},
		"internal": {
			fault: cdnsim.APIError("InternalError.CdnSystemError", "System error."), block: keys + retries,
			says:     []string{"InternalError.CdnSystemError", "System error.", "contact support with the RequestId"},
			attempts: 2,
		},
		"rate": {
			fault: cdnsim.APIError("RequestLimitExceeded", "Too many."), block: keys + retries,
			says:     []string{"RequestLimitExceeded", "20 requests a second", "requests_per_second"},
			attempts: 2,
		},
		"gateway": {
			fault: cdnsim.Page(502), block: keys + retries,
			says:     []string{"HTTP:", "502", "gateway"},
			attempts: 2,
		},
		"empty":  {fault: cdnsim.Empty(), block: keys + retries, says: []string{"the response from 127.0.0.1", "could not be parsed"}, attempts: 2},
		"closed": {fault: cdnsim.Close(), block: keys + retries, says: []string{"EOF", "connection"}, attempts: 2},
		"redirect": {
			fault:    cdnsim.Redirect(302, "https://login.example.com/"),
			says:     []string{"302", "Redirects are not followed", "endpoint"},
			attempts: 1,
		},
		"huge":    {fault: cdnsim.Huge(65), says: []string{"larger than 64 MiB"}, attempts: 1},
		"request": {fault: cdnsim.Stall(), block: keys + retries + `request_timeout = "300ms"`, says: []string{"request_timeout"}, attempts: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := cdnsim.Options{Tasks: rows(1)}
			if c.fault != nil {
				o.Faults = always(c.fault)
			}
			s := simulate(t, o)
			block, data := c.block, c.data
			if block == "" {
				block = keys
			}
			if data == "" {
				data = lookUp
			}
			d := attached(t, s.block(block)+data).plan().failure(t)
			if d.Summary != "Cannot read push tasks" || d.Address != "data.tencentcdn_push_tasks.t" {
				t.Errorf("the error is %q of %s", d.Summary, d.Address)
			}
			if at := c.at; at != "" && d.code() != at || at == "" && d.code() != `data "tencentcdn_push_tasks" "t" {` {
				t.Errorf("it points at %s", d.code())
			}
			requests := s.pushTasks()
			if len(requests) != c.attempts {
				t.Fatalf("%d requests, want %d", len(requests), c.attempts)
			}
			says(t, d.Detail, append(c.says, "tencentcdn_push_tasks", "DescribePushTasks", requests[len(requests)-1].Answer.RequestID)...)
			if told := strings.Contains(d.Detail, "Attempts:  2"); told != (c.attempts == 2) {
				t.Errorf("it says %q of the attempts", d.Detail)
			}
		})
	}
}

// Faults on the way are told in words, with the host.
func TestAccFaults_network(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	secure := httptest.NewUnstartedServer(cdnsim.New(cdnsim.Options{}))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it would tell of the handshake that is to fail
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := simulate(t, cdnsim.Options{})
	for name, c := range map[string]struct {
		endpoint string
		says     []string
	}{
		"refused":     {"http://" + closed, []string{closed + " refused the connection", "endpoint"}},
		"no name":     {"https://cdn.invalid", []string{"cdn.invalid", "cannot be resolved", "endpoint and domain"}},
		"certificate": {secure.URL, []string{"certificate", "does not trust", "SSL_CERT_FILE"}},
		"no TLS":      {strings.Replace(plain.url, "http://", "https://", 1), []string{"does not speak TLS"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			block := fmt.Sprintf("provider \"tencentcdn\" {\n%s\nendpoint = %q\nmax_retries = 1\n}\n", keys, c.endpoint)
			d := attached(t, requiredProvider+block+lookUp).plan().failure(t)
			says(t, d.Summary+"\n"+d.Detail, append(c.says, "Cannot read push tasks", `task_id = "1533031853231313311"`)...)
		})
	}
}

// The time for a read holds whatever the service does, and the error tells what the time went into.
func TestAccFaults_deadline(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{Faults: cdnsim.Sequence("DescribePushTasks",
		cdnsim.APIError("InternalError.CdnDbError", "Internal data error."), cdnsim.Stall(), cdnsim.Stall())})
	began := time.Now()
	d := attached(t, s.config(strings.Replace(lookUp, "\n}", "\ntimeouts {\nread = \"1s\"\n}\n}", 1))).plan().failure(t)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	says(t, d.Summary+"\n"+d.Detail, "Cannot read push tasks", "InternalError.CdnDbError", "Internal data error.", "timeout for the whole read is 1s", "timed out", "timeouts")
}

// A clock that is 47 minutes off is corrected by the service's, once, and remembered.
func TestAccFaults_clock(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{47 * time.Minute, -47 * time.Minute} {
		t.Run(skew.String(), func(t *testing.T) {
			t.Parallel()
			s := simulate(t, cdnsim.Options{Tasks: rows(45), MaxLimit: 20, ClockSkew: skew})
			p := attached(t, s.config(lookUp))
			p.apply().must(t)
			if got := urls(t, p.attributes("data.tencentcdn_push_tasks.t")); !slices.Equal(got, wantURLs(0, 45)) {
				t.Errorf("rows are %v", got)
			}
			counts := s.Counts()
			if counts.ByCode["AuthFailure.SignatureExpire"] != 1 || counts.Requests != 4 {
				t.Errorf("%d of %d requests were refused for their time, want 1 of 4", counts.ByCode["AuthFailure.SignatureExpire"], counts.Requests)
			}
		})
	}
}
