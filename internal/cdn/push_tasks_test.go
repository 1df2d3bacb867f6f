package cdn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// pagesOf lists what is asked for n pages from a first offset on.
func pagesOf(first, step, limit int64, n int) []request {
	pages := make([]request, n)
	for i := range pages {
		pages[i] = request{first + step*int64(i), limit}
	}
	return pages
}

// behind reads the second of the last row and what is behind it, where a bound may have cut the list.
var behind = request{0, 1000}

// What is asked for lists that hold still: no more than their length and the
// page size demand, but for what the overlap of neighbouring pages costs.
func TestPages(t *testing.T) {
	for _, c := range []struct {
		name    string
		rows    int
		options cdnsim.Options
		query   Query
		want    []request
	}{
		{name: "none", rows: 0, want: []request{{0, 1000}}},
		{name: "null", rows: 0, options: cdnsim.Options{NullLogs: true, NullTotal: true}, want: []request{{0, 1000}}},
		{name: "one page", rows: 499, want: []request{{0, 1000}}},
		{name: "one page that may be a bound", rows: 999, want: []request{{0, 1000}, behind}},
		{name: "a full page", rows: 1000, want: []request{{0, 1000}, {999, 1000}, behind}},
		{name: "two pages", rows: 1900, want: []request{{0, 1000}, {999, 1000}, behind}},
		{name: "cut to 100", rows: 1999, options: cdnsim.Options{MaxLimit: 100},
			want: append(append([]request{{0, 1000}}, pagesOf(99, 99, 1000, 20)...), behind)},
		{name: "cut to 20", rows: 1999, options: cdnsim.Options{MaxLimit: 20},
			want: append(append([]request{{0, 1000}}, pagesOf(19, 19, 1000, 105)...), behind)},
		{name: "refused to 200", rows: 300, options: cdnsim.Options{MaxLimit: 500, LimitMode: cdnsim.LimitRefused},
			want: []request{{0, 1000}, {0, 200}, {199, 200}}},
		{name: "refused to 20", rows: 30, options: cdnsim.Options{MaxLimit: 20, LimitMode: cdnsim.LimitRefused},
			want: []request{{0, 1000}, {0, 200}, {0, 20}, {19, 20}}},
		{name: "without a count", rows: 150, options: cdnsim.Options{MaxLimit: 100, Total: cdnsim.TotalNull},
			want: []request{{0, 1000}, {99, 1000}, {0, 1}, {0, 1000}, {0, 1000}}},
		{name: "limit within a page", rows: 50, query: Query{Limit: 7}, want: []request{{0, 7}}},
		{name: "limit over pages", rows: 500, options: cdnsim.Options{MaxLimit: 100}, query: Query{Offset: 10, Limit: 250},
			want: []request{{10, 250}, {109, 151}, {208, 52}}},
		{name: "limit of a refused size", rows: 500, options: cdnsim.Options{MaxLimit: 200, LimitMode: cdnsim.LimitRefused},
			query: Query{Limit: 300}, want: []request{{0, 300}, {0, 200}, {199, 101}}},
		{name: "offset behind the end", rows: 10, query: Query{Offset: 11}, want: []request{{11, 1000}}},
		{name: "limit behind the end", rows: 10, query: Query{Offset: 5, Limit: 100}, want: []request{{5, 100}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.options.Tasks = numbered(c.rows)
			sim := cdnsim.New(c.options)
			q := month
			q.Offset, q.Limit = c.query.Offset, c.query.Limit
			result := read(t, serviceOf(sim, 1), q)
			equal(t, "rows", urls(result.Tasks), part(urlsOf(numbered(c.rows)), q))
			complete(t, result, true)
			equal(t, "asked", asked(sim), c.want)
		})
	}
}

// What one read has learnt of the page size, the next one requests.
func TestPageSizeIsLearnt(t *testing.T) {
	for _, mode := range []cdnsim.LimitMode{cdnsim.LimitCut, cdnsim.LimitRefused} {
		sim := cdnsim.New(cdnsim.Options{Tasks: numbered(500), MaxLimit: 200, LimitMode: mode})
		service := serviceOf(sim, 1)
		read(t, service, month)
		sim.ResetLog()
		read(t, service, month)
		equal(t, "requested", asked(sim), append(pagesOf(0, 199, 200, 3), request{0, 200}))
	}
}

// A parameter error that no page size mends is the answer.
func TestParameterError(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{})
	_, err := serviceOf(sim, 1).PushTasks(t.Context(), Query{})
	if !tencentcloud.IsCode(err, "InvalidParameter.CdnParamError") || sim.Counts().Requests != 3 {
		t.Errorf("after %d requests: %v", sim.Counts().Requests, err)
	}
}

// A service that ignores Offset still gives a list whose window can be split.
func TestServiceThatIgnoresOffset(t *testing.T) {
	for _, mode := range []cdnsim.TotalMode{cdnsim.TotalTrue, cdnsim.TotalNull} {
		sim := cdnsim.New(cdnsim.Options{Tasks: numbered(1000), MaxLimit: 100, IgnoreOffset: true, Total: mode})
		result := read(t, serviceOf(sim, 4), month)
		equal(t, "rows", urls(result.Tasks), urlsOf(numbered(1000)))
		complete(t, result, true)
		if n := sim.Counts().Requests; n > 250 {
			t.Errorf("%d requests", n)
		}
	}
}

// The list of a single task id has no window that could be split.
func TestServiceThatStopsEarly(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Tasks: numbered(40), Total: cdnsim.TotalFixed, FixedTotal: 1_000_000_000, MaxLimit: 20})
	result := read(t, serviceOf(sim, 4), Query{TaskID: "1533031853231313311"})
	equal(t, "rows", urls(result.Tasks), urlsOf(numbered(40)))
	complete(t, result, false)
	if n := sim.Counts().Requests; n > 25 {
		t.Errorf("%d requests", n)
	}
}

// A count that is wrong is told from a bound without a search.
func TestWrongCount(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Tasks: numbered(40), Total: cdnsim.TotalFixed, FixedTotal: 45})
	result := read(t, serviceOf(sim, 1), month)
	equal(t, "rows", urls(result.Tasks), urlsOf(numbered(40)))
	complete(t, result, false)
	if n := sim.Counts().Requests; n > 4 {
		t.Errorf("%d requests: %v", n, asked(sim))
	}
}

// endless answers every request with rows that it has not had before.
type endless struct{ requests atomic.Int64 }

func (e *endless) RoundTrip(r *http.Request) (*http.Response, error) {
	var b strings.Builder
	n := e.requests.Add(1)
	for i := range 50 {
		fmt.Fprintf(&b, `%s{"TaskId":"1","Url":"https://www.example.com/%d/%d"}`, strings.Repeat(",", min(i, 1)), n, i)
	}
	body := `{"Response":{"PushLogs":[` + b.String() + `],"TotalCount":null,"RequestId":"r"}}`
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// A service whose pages never meet is a list that does not hold still.
func TestServiceThatNeverMeets(t *testing.T) {
	transport := &endless{}
	service := NewService(clientOf(transport, nil), 4)
	service.maxTasks = 2000
	_, err := service.PushTasks(t.Context(), Query{TaskID: "1"})
	if !errors.As(err, new(*TooLongError)) {
		t.Errorf("error %v", err)
	}
	if n := transport.requests.Load(); n > 1000 {
		t.Errorf("%d requests", n)
	}
}

// stuck answers every offset behind the first half with the second half.
type stuck struct{ requests atomic.Int64 }

func (s *stuck) RoundTrip(r *http.Request) (*http.Response, error) {
	s.requests.Add(1)
	var asked struct{ Offset int }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		return nil, err
	}
	var rows []string
	for i := range 50 {
		rows = append(rows, fmt.Sprintf(`{"TaskId":"1","Url":"https://www.example.com/%d"}`, min(asked.Offset, 50)+i))
	}
	body := `{"Response":{"PushLogs":[` + strings.Join(rows, ",") + `],"TotalCount":null,"RequestId":"r"}}`
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// A service that repeats its last page has no end that can be believed.
func TestServiceThatRepeatsItself(t *testing.T) {
	transport := &stuck{}
	_, err := NewService(clientOf(transport, nil), 1).PushTasks(t.Context(), Query{TaskID: "1"})
	if !errors.Is(err, ErrInconsistent) {
		t.Errorf("error %v", err)
	}
	if n := transport.requests.Load(); n > 100 {
		t.Errorf("%d requests", n)
	}
}

// A list that goes on and on is given up.
func TestServiceThatNeverEnds(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Tasks: numbered(5000), Total: cdnsim.TotalNull, MaxLimit: 100})
	service := serviceOf(sim, 1)
	service.maxTasks = 2000
	_, err := service.PushTasks(t.Context(), month)
	var e *tencentcloud.Error
	if !errors.As(err, &e) || !strings.Contains(err.Error(), "more than 2000 rows") || e.RequestID == "" {
		t.Errorf("error %v", err)
	}
	if n := sim.Counts().Requests; n > 22 {
		t.Errorf("%d requests", n)
	}
}

// Pages are asked for in parallel, at most so many, and come out in order.
func TestParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		o := cdnsim.Options{Tasks: numbered(2990), MaxLimit: 100, Latency: 150 * time.Millisecond}
		o.Before = func(*cdnsim.Server, int) {
			most.Store(max(most.Load(), now.Add(1)))
			time.AfterFunc(o.Latency-1, func() { now.Add(-1) })
		}
		sim := cdnsim.New(o)
		began := time.Now()
		result := read(t, serviceOf(sim, 8), month)
		equal(t, "rows", urls(result.Tasks), urlsOf(numbered(2990)))
		// The first page tells the size, the others come eight at a time, and then what may be behind the end.
		if took, want := time.Since(began), 6*150*time.Millisecond; took != want || most.Load() != 8 {
			t.Errorf("%d at a time, took %v, want %v", most.Load(), took, want)
		}
	})
}

// The first final error ends the read, and cancels what is under way.
func TestErrorCancels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := cdnsim.Options{Tasks: numbered(2990), MaxLimit: 100, Latency: time.Second}
		o.Faults = func(n int, _ cdnsim.Request) *cdnsim.Fault {
			switch {
			case n == 5:
				return cdnsim.APIError("ResourceNotFound.CdnUserNotExists", "Not activated.")
			case n > 1:
				return cdnsim.Stall()
			}
			return nil
		}
		sim := cdnsim.New(o)
		began := time.Now()
		_, err := serviceOf(sim, 8).PushTasks(t.Context(), month)
		if !tencentcloud.IsCode(err, "ResourceNotFound.CdnUserNotExists") || time.Since(began) != 2*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		if n := sim.Counts().Requests; n != 1+8 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestCancellation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := cdnsim.New(cdnsim.Options{Tasks: numbered(2990), MaxLimit: 100, Latency: time.Second})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(2500*time.Millisecond, cancel)
		began := time.Now()
		_, err := serviceOf(sim, 8).PushTasks(ctx, month)
		var e *tencentcloud.Error
		if !errors.Is(err, context.Canceled) || !errors.As(err, &e) || time.Since(began) != 2500*time.Millisecond {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// moved is a list of which something happens before a request.
func moved(tasks int, o cdnsim.Options, changes map[int]func(*cdnsim.Server)) *cdnsim.Server {
	o.Tasks = append(o.Tasks, numbered(tasks)...)
	o.Before = func(sim *cdnsim.Server, n int) {
		if change, ok := changes[n]; ok {
			change(sim)
		}
	}
	return cdnsim.New(o)
}

func removing(url string) func(*cdnsim.Server) {
	return func(sim *cdnsim.Server) {
		sim.Remove(func(t cdnsim.Task) bool { return t.URL == "https://www.example.com/"+url })
	}
}

func adding(n int) func(*cdnsim.Server) {
	return func(sim *cdnsim.Server) {
		tasks := numbered(n)
		for i := range tasks {
			tasks[i].URL += "-new"
			tasks[i].CreateTime = epoch.Add(time.Duration(n-i) * time.Second)
			tasks[i].UpdateTime = tasks[i].CreateTime
		}
		sim.Add(tasks...)
	}
}

// Cases that random lists have brought to light, and those of every day.
func TestMovingList(t *testing.T) {
	stay := func(n int, gone ...string) []string {
		return slices.DeleteFunc(urlsOf(numbered(n)), func(u string) bool {
			return slices.Contains(gone, strings.TrimPrefix(u, "https://www.example.com/"))
		})
	}
	twice := numbered(20)[9]
	for _, c := range []struct {
		name    string
		rows    int
		options cdnsim.Options
		changes map[int]func(*cdnsim.Server)
		want    []string // those that stay
		most    int      // requests
	}{
		{"a submission shifts every later page", 500, cdnsim.Options{MaxLimit: 100},
			map[int]func(*cdnsim.Server){3: adding(30)}, stay(500), 16},
		{"rows expire at the end", 500, cdnsim.Options{MaxLimit: 100},
			map[int]func(*cdnsim.Server){3: removing("499"), 4: removing("498")}, stay(500, "499", "498"), 14},
		{"as many come as go", 500, cdnsim.Options{MaxLimit: 100},
			map[int]func(*cdnsim.Server){4: func(sim *cdnsim.Server) { adding(1)(sim); removing("7")(sim) }}, stay(500, "7"), 8},
		{"a page's worth goes", 500, cdnsim.Options{MaxLimit: 100, Total: cdnsim.TotalNull},
			map[int]func(*cdnsim.Server){4: func(sim *cdnsim.Server) {
				sim.Remove(func(t cdnsim.Task) bool { return t.CreateTime.After(epoch.Add(-150 * time.Second)) })
			}}, stay(500)[150:], 16},
		{"a list of one row grows in front", 1, cdnsim.Options{Total: cdnsim.TotalNull},
			map[int]func(*cdnsim.Server){2: adding(1)}, stay(1), 20},
		{"a window far back ends before the known rows do", 40, cdnsim.Options{MaxLimit: 2},
			map[int]func(*cdnsim.Server){6: func(sim *cdnsim.Server) { removing("0")(sim); removing("5")(sim) }}, stay(40, "0", "5"), 160},
		{"of equal rows the first is shifted to where the second was", 20,
			cdnsim.Options{MaxLimit: 10, Total: cdnsim.TotalNull, Tasks: []cdnsim.Task{numbered(20)[8]}},
			map[int]func(*cdnsim.Server){2: adding(1)}, slices.Insert(stay(20), 9, numbered(20)[8].URL), 14},
		{"of equal rows the second is shifted to where the first was", 20, cdnsim.Options{MaxLimit: 10, Tasks: []cdnsim.Task{twice}},
			map[int]func(*cdnsim.Server){2: removing("3")}, slices.Insert(stay(20, "3"), 8, twice.URL), 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			sim := moved(c.rows, c.options, c.changes)
			result := read(t, serviceOf(sim, 1), month)
			got := slices.DeleteFunc(urls(result.Tasks), func(u string) bool { return !slices.Contains(c.want, u) })
			equal(t, "rows that stay", got, c.want)
			complete(t, result, true)
			if n := sim.Counts().Requests; n > c.most {
				t.Errorf("%d requests: %v", n, asked(sim))
			}
		})
	}
}

// One submission of 40 URLs, of which one stands twice. Two more tasks are
// submitted while it is read, and the third page overtakes the second.
func TestMovingListWithATwin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tasks := numbered(40)
		for i := range tasks {
			tasks[i].CreateTime = epoch
		}
		tasks[38] = tasks[5]
		delays := map[int64]time.Duration{19: 2 * time.Second, 38: time.Second}
		sim := moved(0, cdnsim.Options{Tasks: tasks, MaxLimit: 20}, map[int]func(*cdnsim.Server){2: adding(1), 3: adding(2)})
		result := read(t, NewService(clientOf(&late{sim.Transport(), delays}, nil), 4), month)
		got := urls(result.Tasks)
		equal(t, "rows", got[len(got)-40:], urlsOf(tasks))
		complete(t, result, true)
		if len(got) < 42 || *result.TotalCount < 40 {
			t.Errorf("%d rows, TotalCount %d", len(got), *result.TotalCount)
		}
	})
}

// late delays the requests for some offsets.
type late struct {
	next   http.RoundTripper
	delays map[int64]time.Duration
}

func (l *late) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	var requested struct{ Offset int64 }
	if err := json.NewDecoder(body).Decode(&requested); err != nil {
		return nil, err
	}
	<-time.After(l.delays[requested.Offset])
	return l.next.RoundTrip(r)
}

// In the order of UpdateTime, a row that has not been read may move to the front.
func TestMovingInUpdateOrder(t *testing.T) {
	for _, always := range []bool{false, true} {
		clock := epoch.Add(time.Hour)
		o := cdnsim.Options{MaxLimit: 20, Order: cdnsim.ByUpdateTime, Tasks: numbered(100)}
		o.Before = func(sim *cdnsim.Server, n int) {
			if n != 3 && !always {
				return
			}
			last := sim.Tasks()[99].URL
			sim.Update(func(t *cdnsim.Task) {
				if t.URL == last {
					clock = clock.Add(time.Second)
					t.UpdateTime = clock
				}
			})
		}
		result := read(t, serviceOf(cdnsim.New(o), 1), month)
		got := urls(result.Tasks)
		slices.Sort(got)
		if len(slices.Compact(got)) != 100 || len(result.Tasks) != 100 {
			t.Errorf("%d rows", len(result.Tasks))
		}
		complete(t, result, true)
	}
}
