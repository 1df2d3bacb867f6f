package tencentcloud

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// listing is a response of DescribePushTasks, as far as these tests need it.
type listing struct{ PushLogs rows }

type rows struct {
	urls   []string // one for each row
	listed bool
}

func (r *rows) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var list []struct{ Url string }
	err := json.UnmarshalDecode(dec, &list)
	r.listed = true
	for _, row := range list {
		r.urls = append(r.urls, row.Url)
	}
	return err
}

func (l *listing) Len() int { return len(l.PushLogs.urls) }

func (l *listing) Validate() error {
	if !l.PushLogs.listed {
		return errors.New(`it has no "PushLogs"`)
	}
	return nil
}

// trial is a client with what it has told of its attempts.
type trial struct {
	*Client
	mu       sync.Mutex
	attempts []Attempt
}

// newTrial returns a client of the endpoint. The functions change its
// configuration.
func newTrial(t *testing.T, endpoint string, transport http.RoundTripper, change ...func(*Config)) *trial {
	t.Helper()
	at, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	tr := &trial{}
	config := Config{
		Endpoint: at, Service: "cdn", Version: "2018-06-06",
		Credentials: Static(Credential{SecretID: cdnsim.DefaultSecretID, SecretKey: cdnsim.DefaultSecretKey}),
		UserAgent:   "test/1",
		MaxRetries:  8, RequestTimeout: 30 * time.Second, Limiter: NewLimiter(20), Transport: transport,
		Observe: func(_ context.Context, a Attempt) {
			tr.mu.Lock()
			defer tr.mu.Unlock()
			tr.attempts = append(tr.attempts, a)
		},
	}
	for _, f := range change {
		f(&config)
	}
	tr.Client = NewClient(config)
	return tr
}

// newSimTrial returns a client of a simulator in memory.
func newSimTrial(t *testing.T, sim *cdnsim.Server, change ...func(*Config)) *trial {
	t.Helper()
	return newTrial(t, "https://cdn.tencentcloudapi.com", sim.Transport(), change...)
}

// someTasks are three rows that the query of list finds.
func someTasks() []cdnsim.Task {
	return []cdnsim.Task{
		{TaskID: "1", URL: "https://www.example.com/a", Status: cdnsim.StatusDone},
		{TaskID: "1", URL: "https://www.example.com/b", Status: cdnsim.StatusDone},
		{TaskID: "1", URL: "https://www.example.com/c?x=1&y=<2>", Status: cdnsim.StatusFail},
	}
}

// list asks for the rows of someTasks.
func (tr *trial) list(ctx context.Context) (*listing, string, error) {
	return Call[listing](ctx, tr.Client, "DescribePushTasks", map[string]any{"TaskId": "1", "Limit": 100})
}

// whole fails the test unless the answer holds all of someTasks.
func whole(t *testing.T, got *listing, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(got.PushLogs.urls) != len(someTasks()) {
		t.Fatalf("got %q", got.PushLogs.urls)
	}
}

// failed returns the error of a call that had to fail.
func failed(t *testing.T, got *listing, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %+v and the error %v, want an *Error", got, err)
	}
	if got != nil {
		t.Errorf("got a result beside the error: %+v", got)
	}
	return e
}

// always injects a fault into every request.
func always(f *cdnsim.Fault) func(int, cdnsim.Request) *cdnsim.Fault {
	return func(int, cdnsim.Request) *cdnsim.Fault { return f }
}

// transportFunc is a transport of one function.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
