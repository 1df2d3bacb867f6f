package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// quota is what the service grants: requests per second.
const quota = 20

var (
	pages = []int{20, 100, 1000}
	sizes = []int{2_000, 10_000}
)

// read reads a list to its end and returns how many rows it has.
type read func(context.Context, cdn.Query) (int, error)

// reader sets up a client and gives its read. page is what a list is cut to:
// the SDK's user must know it, ours finds out.
type reader func(endpoint *url.URL, transport http.RoundTripper, page, perSecond int) (read, error)

var readers = []struct {
	name   string
	reader reader
}{{"sdk", sdkReader}, {"ours", ourReader}}

func sdkReader(endpoint *url.URL, transport http.RoundTripper, page, _ int) (read, error) {
	client, err := SDK(endpoint, transport)
	return func(ctx context.Context, q cdn.Query) (int, error) {
		tasks, err := SDKPushTasks(ctx, client, q, int64(page))
		return len(tasks), err
	}, err
}

func ourReader(endpoint *url.URL, transport http.RoundTripper, _, perSecond int) (read, error) {
	service := Service(endpoint, transport, perSecond)
	return func(ctx context.Context, q cdn.Query) (int, error) {
		result, err := service.PushTasks(ctx, q)
		return len(result.Tasks), err
	}, nil
}

// everything is a query that all generated rows match.
var everything = cdn.Query{StartTime: "1999-01-01 00:00:00"}

// counter counts requests.
type counter struct {
	next     http.RoundTripper
	requests atomic.Int64
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.requests.Add(1)
	return c.next.RoundTrip(r)
}

// TestPagingTime measures in virtual time, and so exactly, what an enforced
// quota makes of a read: how many requests, and how long. With -v it prints
// what a benchmark would.
func TestPagingTime(t *testing.T) {
	for _, latency := range []time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond} {
		for _, size := range sizes {
			for _, page := range pages {
				fewest := (size + page - 1) / page
				for _, r := range readers {
					requests, took := pagingTime(t, r.reader, latency, size, page)
					if testing.Verbose() {
						fmt.Printf("BenchmarkPagingTime/latency=%v/tasks=%d/page=%d/client=%s 1 %.3f virtual-s/op "+
							"%d requests/op %.3f bound-s/op %d fewest-requests/op %.3f fewest-bound-s/op\n",
							latency, size, page, r.name, took.Seconds(), requests, (forced(requests) + latency).Seconds(),
							fewest, (forced(fewest) + latency).Seconds())
					}
					if r.name != "ours" {
						continue
					}
					// Of each page, one row or a hundredth is read twice. Apart from the rest are
					// the first page, which tells the size, and what comes last.
					if most := fewest + fewest/(page-1) + 4; requests > most {
						t.Errorf("%d tasks in pages of %d took %d requests, more than %d", size, page, requests, most)
					}
					most := 3 * latency
					if requests > quota { // it binds: the read comes within a tenth of its bound
						most = (forced(requests) + latency) * 11 / 10
					}
					if took > most {
						t.Errorf("%d tasks in pages of %d at %v took %v, more than %v", size, page, latency, took, most)
					}
				}
			}
		}
	}
}

// forced is the time before the last of so many requests may be sent. The first
// second is free.
func forced(requests int) time.Duration {
	return time.Duration((requests-1)/quota) * time.Second
}

func pagingTime(t *testing.T, r reader, latency time.Duration, size, page int) (requests int, took time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		server := cdnsim.New(cdnsim.Options{
			Tasks: cdnsim.Generate(size, time.Now()), MaxLimit: page, QuotaPerSecond: quota, Latency: latency, LogLimit: -1,
		})
		wire := &counter{next: server.Transport()}
		read, err := r(&url.URL{Scheme: "http", Host: "127.0.0.1"}, wire, page, quota)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		rows, err := read(t.Context(), everything)
		if err != nil || rows != size {
			t.Fatalf("%d rows, want %d: %v", rows, size, err)
		}
		requests, took = int(wire.requests.Load()), time.Since(start)
	})
	return requests, took
}

// BenchmarkPaging measures what the reading process spends, without latency and
// quota: the simulator is a process of its own, and its cost is not counted.
func BenchmarkPaging(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "cdnsim")
	if err := Build(b.Context(), "internal/cmd/cdnsim", binary); err != nil {
		b.Fatal(err)
	}
	for _, size := range sizes {
		for _, page := range pages {
			simulator, err := StartSimulator(b.Context(), binary, os.Stderr, "-quota=0",
				"-tasks="+strconv.Itoa(size), "-max-limit="+strconv.Itoa(page))
			if err != nil {
				b.Fatal(err)
			}
			for _, r := range readers {
				b.Run(fmt.Sprintf("tasks=%d/page=%d/client=%s", size, page, r.name), func(b *testing.B) {
					benchmarkPaging(b, r.reader, simulator.Endpoint, size, page)
				})
			}
			simulator.Stop()
		}
	}
}

func benchmarkPaging(b *testing.B, r reader, endpoint *url.URL, size, page int) {
	read, err := r(endpoint, tencentcloud.NewTransport(), page, NoQuota)
	if err != nil {
		b.Fatal(err)
	}
	perTask(b, size, func(ctx context.Context) (int, error) { return read(ctx, everything) })
}

// perTask runs a read as a benchmark and reports what it costs for each row.
func perTask(b *testing.B, size int, read func(context.Context) (int, error)) {
	before := Spent()
	for b.Loop() {
		if rows, err := read(b.Context()); err != nil || rows != size {
			b.Fatalf("%d rows, want %d: %v", rows, size, err)
		}
	}
	spent := Spent().Less(before)
	tasks := float64(b.N) * float64(size)
	b.ReportMetric(float64(spent.CPU.Nanoseconds())/tasks, "cpu-ns/task")
	b.ReportMetric(float64(spent.Allocations)/tasks, "allocs/task")
	b.ReportMetric(float64(spent.Bytes)/tasks, "B/task")
}
