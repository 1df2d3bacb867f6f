package cdn

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

func TestMain(m *testing.M) {
	for name, value := range map[string]string{"rapid.checks": cases, "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// epoch is when the tasks of the tests were submitted, to the second.
var epoch = time.Date(2026, 11, 24, 12, 0, 0, 0, Zone)

// month is a query for all of them.
var month = Query{StartTime: "2026-11-01 00:00:00", EndTime: "2026-11-30 23:59:59"}

// clientOf returns a client that reaches a simulator, or another transport, in
// memory.
func clientOf(transport http.RoundTripper, change func(*tencentcloud.Config)) *tencentcloud.Client {
	config := tencentcloud.Config{
		Endpoint:  &url.URL{Scheme: "https", Host: "cdn.tencentcloudapi.com"},
		Service:   Name,
		Version:   Version,
		RateCodes: RateCodes,
		Credentials: tencentcloud.Static(tencentcloud.Credential{
			SecretID: cdnsim.DefaultSecretID, SecretKey: cdnsim.DefaultSecretKey,
		}),
		MaxRetries:     2,
		RequestTimeout: time.Minute,
		Limiter:        tencentcloud.NewLimiter(1000),
		Transport:      transport,
	}
	if change != nil {
		change(&config)
	}
	return tencentcloud.NewClient(config)
}

func serviceOf(sim *cdnsim.Server, parallel int) *Service {
	return NewService(clientOf(sim.Transport(), nil), parallel)
}

// numbered makes n tasks that differ in URL, a second apart, the newest first.
func numbered(n int) []cdnsim.Task {
	tasks := make([]cdnsim.Task, n)
	for i := range tasks {
		at := epoch.Add(-time.Duration(i) * time.Second)
		tasks[i] = cdnsim.Task{
			TaskID: "1533031853231313311", URL: fmt.Sprintf("https://www.example.com/%d", i),
			Status: StatusDone, Percent: 100, Area: "mainland", CreateTime: at, UpdateTime: at.Add(time.Minute),
		}
	}
	return tasks
}

// urls names tasks of a result by their URL.
func urls(tasks []Task) []string {
	names := make([]string, len(tasks))
	for i := range tasks {
		names[i] = deref(tasks[i].URL)
	}
	return names
}

// urlsOf names tasks of the simulator by their URL.
func urlsOf(tasks []cdnsim.Task) []string {
	names := make([]string, len(tasks))
	for i := range tasks {
		names[i] = tasks[i].URL
	}
	return names
}

// request is one page that was requested.
type request struct{ offset, limit int64 }

// asked lists offset and limit of every request in the simulator's log.
func asked(sim *cdnsim.Server) []request {
	var pages []request
	for _, r := range sim.Requests() {
		pages = append(pages, request{integerOf(r.Params["Offset"]), integerOf(r.Params["Limit"])})
	}
	return pages
}

func integerOf(v any) int64 {
	number, ok := v.(json.Number)
	if !ok {
		return 0
	}
	n, _ := number.Int64()
	return n
}

// read is PushTasks, which must succeed.
func read(t testing.TB, s *Service, q Query) Result {
	t.Helper()
	result, err := s.PushTasks(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// complete holds a result to what it says of itself.
func complete(t testing.TB, result Result, want bool) {
	t.Helper()
	if result.Complete != want {
		t.Errorf("complete: %v, want %v", result.Complete, want)
	}
}

func equal[T comparable](t testing.TB, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func noRetries(c *tencentcloud.Config) { c.MaxRetries = 0 }
