package cdn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// change is what happens to the list between two requests.
type change struct{ kind, at int }

const (
	insert = iota
	remove
	finish // a task in process ends: its Status and UpdateTime change
	changeKinds
)

// world is a simulated service whose list changes, with a record of what was
// there all the time.
type world struct {
	sim     *cdnsim.Server
	query   Query
	batches [][]change // what happens before the first, second, … request

	mu       sync.Mutex
	clock    time.Time
	inserted int
	stays    map[string]int // rows by URL that were there, and matched, throughout
	ever     map[string]int // rows by URL that were ever there
}

// dimensions say what kinds of worlds a property is about.
type dimensions struct {
	orders     []cdnsim.Order
	totals     []cdnsim.TotalMode
	minPage    int
	maxBatches int
	perBatch   int
	equalRows  bool // some rows are equal to others
	replicas   int  // that order the rows of a second differently
	lag        int  // changes that they are behind
}

var (
	settledOrders = []cdnsim.Order{
		cdnsim.NewestFirst, cdnsim.OldestFirst, cdnsim.ByTaskID, cdnsim.ByURL, cdnsim.AsInserted,
	}
	everyOrder  = append([]cdnsim.Order{cdnsim.ByStatus, cdnsim.OldestUpdate}, allOrders...)
	allOrders   = append([]cdnsim.Order{cdnsim.ByUpdateTime}, settledOrders...)
	wrongTotals = []int{0, 1, 8, 33, 200}
	allTotals   = []cdnsim.TotalMode{cdnsim.TotalTrue, cdnsim.TotalNull, cdnsim.TotalFixed}
)

func drawWorld(t *rapid.T, d dimensions) *world {
	w := &world{clock: epoch.Add(time.Hour), stays: map[string]int{}, ever: map[string]int{}}
	w.query = drawQuery(t)
	options := cdnsim.Options{
		Order:      rapid.SampledFrom(d.orders).Draw(t, "order"),
		Total:      rapid.SampledFrom(d.totals).Draw(t, "total"),
		MaxLimit:   rapid.IntRange(d.minPage, 25).Draw(t, "page"),
		Replicas:   d.replicas,
		ReplicaLag: d.lag,
		NullTotal:  rapid.Bool().Draw(t, "null total"),
		NullLogs:   rapid.Bool().Draw(t, "null logs"),
		Tasks:      drawTasks(t, d),
		FixedTotal: rapid.SampledFrom(wrongTotals).Draw(t, "fixed total"),
	}
	if options.FixedTotal == options.MaxLimit {
		options.FixedTotal++ // a cut page and a count that agrees with it are an end for every client
	}
	if rapid.Bool().Draw(t, "refused") {
		options.LimitMode, options.MaxLimit = cdnsim.LimitRefused, max(20, options.MaxLimit)
	}
	for _, task := range options.Tasks {
		w.ever[task.URL]++
		if w.matches(task) {
			w.stays[task.URL]++
		}
	}
	if d.maxBatches > 0 {
		one := rapid.Custom(func(t *rapid.T) change {
			return change{rapid.IntRange(0, changeKinds-1).Draw(t, "kind"), rapid.IntRange(0, 99).Draw(t, "at")}
		})
		w.batches = rapid.SliceOfN(rapid.SliceOfN(one, 0, d.perBatch), 0, d.maxBatches).Draw(t, "changes")
		options.Before = w.before
	}
	w.sim = cdnsim.New(options)
	return w
}

func drawQuery(t *rapid.T) Query {
	q := month
	q.Area = rapid.SampledFrom([]string{"", "mainland"}).Draw(t, "Area")
	q.Status = rapid.SampledFrom([]string{"", StatusProcess}).Draw(t, "Status")
	return q
}

func drawTasks(t *rapid.T, d dimensions) []cdnsim.Task {
	n := rapid.IntRange(0, 70).Draw(t, "rows")
	// One number for each row: shrinking has less to do.
	seeds := rapid.SliceOfN(rapid.IntRange(0, 1<<20), n, n).Draw(t, "tasks")
	var tasks []cdnsim.Task
	for i, seed := range seeds {
		created := epoch.Add(time.Duration(seed%31) * time.Second)
		task := cdnsim.Task{
			TaskID: fmt.Sprint(seed / 32 % 3), URL: fmt.Sprintf("https://www.example.com/%02d", (i*37+seed/128)%100*100+i),
			Area: []string{"mainland", "overseas"}[seed/512%2], Status: []string{StatusProcess, StatusDone}[seed/1024%2],
			CreateTime: created, UpdateTime: epoch.Add(time.Duration(60+(i*53+seed/4096)%100*100+i) * time.Second),
		}
		tasks = append(tasks, task)
		if d.equalRows && seed%4 == 1 {
			tasks = append(tasks, task)
		}
	}
	return tasks
}

func (w *world) matches(t cdnsim.Task) bool {
	return (w.query.Area == "" || t.Area == w.query.Area) && (w.query.Status == "" || t.Status == w.query.Status)
}

// matching is what the list holds now.
func (w *world) matching() []cdnsim.Task {
	return slices.DeleteFunc(w.sim.Tasks(), func(t cdnsim.Task) bool { return !w.matches(t) })
}

// before makes the changes of one batch.
func (w *world) before(sim *cdnsim.Server, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n > len(w.batches) || n == 1 && sim.Options().ReplicaLag > 0 { // not all replicas would have it
		return
	}
	for _, c := range w.batches[n-1] {
		w.clock = w.clock.Add(time.Second)
		switch c.kind {
		case insert:
			w.insert(sim, c.at)
		case remove:
			w.remove(sim, c.at, n > 1)
		case finish:
			w.finish(sim, c.at, n > 1)
		}
	}
	if n == 1 { // nothing has been read yet: what there is now is what the read finds
		clear(w.stays)
		for _, task := range sim.Tasks() {
			if w.matches(task) {
				w.stays[task.URL]++
			}
		}
	}
}

func (w *world) insert(sim *cdnsim.Server, at int) {
	w.inserted++
	task := cdnsim.Task{
		TaskID: fmt.Sprint(at % 3), URL: fmt.Sprintf("https://www.example.com/%02d-new%d", at, w.inserted), Area: "mainland",
		Status: StatusProcess, CreateTime: epoch.Add(time.Minute), UpdateTime: w.clock,
	}
	if at%2 == 0 {
		task.CreateTime = epoch.Add(time.Duration(at) * time.Second)
	}
	w.ever[task.URL]++
	sim.Add(task)
}

// remove drops one row, of equal ones whichever it is.
func (w *world) remove(sim *cdnsim.Server, at int, counts bool) {
	tasks := sim.Tasks()
	if len(tasks) == 0 {
		return
	}
	gone, dropped := tasks[at%len(tasks)], false
	sim.Remove(func(t cdnsim.Task) bool {
		if dropped || t.URL != gone.URL {
			return false
		}
		dropped = true
		return true
	})
	if counts {
		w.leaves(gone.URL)
	}
}

// finish ends one task, and with it the rows that are equal to it.
func (w *world) finish(sim *cdnsim.Server, at int, counts bool) {
	tasks := sim.Tasks()
	if len(tasks) == 0 {
		return
	}
	ended := tasks[at%len(tasks)]
	if ended.Status != StatusProcess {
		return
	}
	sim.Update(func(t *cdnsim.Task) {
		if t.URL == ended.URL {
			t.Status, t.UpdateTime = StatusDone, w.clock
		}
	})
	if counts && w.query.Status == StatusProcess {
		delete(w.stays, ended.URL)
	}
}

func (w *world) leaves(url string) {
	if w.stays[url]--; w.stays[url] <= 0 {
		delete(w.stays, url)
	}
}

// check holds a result to the guarantee.
func (w *world) check(t *rapid.T, tasks []Task) {
	t.Helper()
	got := map[string]int{}
	for _, u := range urls(tasks) {
		got[u]++
	}
	for u, n := range w.stays {
		if got[u] < n || got[u] > w.ever[u] {
			t.Fatalf("%s was there %d times throughout and is in the result %d times\n%v", u, n, got[u], urls(tasks))
		}
	}
	for u, n := range got {
		if n > w.ever[u] {
			t.Fatalf("%s is in the result %d times but was there %d times at most\n%v", u, n, w.ever[u], urls(tasks))
		}
	}
}

// holds reports whether a read succeeded and is complete, and holds its result to
// the guarantee then.
func (w *world) holds(t *rapid.T, result Result, err error) bool {
	t.Helper()
	if err != nil && !errors.Is(err, ErrInconsistent) {
		t.Fatal(err)
	}
	if err != nil || !result.Complete {
		return false
	}
	w.check(t, result.Tasks)
	if o := w.sim.Options(); o.Replicas == 0 && (o.Order == cdnsim.NewestFirst || o.Order == cdnsim.OldestFirst) {
		w.checkOrder(t, result.Tasks)
	}
	return true
}

// checkOrder holds the rows that stayed to the order of the service.
func (w *world) checkOrder(t *rapid.T, tasks []Task) {
	t.Helper()
	stayed := func(u string) bool { return w.stays[u] == 0 || w.ever[u] > 1 }
	got := slices.DeleteFunc(urls(tasks), stayed)
	want := slices.DeleteFunc(urlsOf(w.sim.Tasks()), stayed)
	if !slices.Equal(got, want) {
		t.Fatalf("order:\n got %v\nwant %v", got, want)
	}
}

// readWorld reads the list of a world.
func readWorld(w *world, parallel int) (Result, error) {
	return serviceOf(w.sim, parallel).PushTasks(context.Background(), w.query)
}

// Property: a list that holds still is returned row by row. If its rows differ,
// that takes as many requests as its length and the page size demand, and a look
// at what may be behind the end.
func TestPropertyStill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, dimensions{orders: allOrders, totals: []cdnsim.TotalMode{cdnsim.TotalTrue}, minPage: 2, equalRows: rapid.Bool().Draw(t, "equal rows")})
		w.checkStill(t, rapid.IntRange(1, 4).Draw(t, "parallel"))
		rows, full := len(w.matching()), w.sim.Options().MaxLimit
		served := slices.DeleteFunc(w.sim.Requests(), func(r cdnsim.Request) bool { return r.Answer.Code != "" })
		pages := 1
		for known := full; known < rows; known += full - 1 {
			pages++
		}
		if len(w.stays) == rows && (len(served) < pages || len(served) > pages+1) {
			t.Fatalf("%d requests for %d rows at %d a page: %v", len(served), rows, full, asked(w.sim))
		}
	})
}

// Property: whatever TotalCount says, a list that holds still is returned row by
// row, and counts as complete unless the service counts more.
func TestPropertyStillWrongTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, dimensions{orders: allOrders, totals: allTotals, minPage: 1})
		w.checkStill(t, rapid.IntRange(1, 4).Draw(t, "parallel"))
	})
}

func (w *world) checkStill(t *rapid.T, parallel int) {
	t.Helper()
	result, err := readWorld(w, parallel)
	if err != nil {
		t.Fatal(err)
	}
	want := w.matching()
	if got := urls(result.Tasks); !slices.Equal(got, urlsOf(want)) {
		t.Fatalf("rows:\n got %v\nwant %v\nasked %v", got, urlsOf(want), asked(w.sim))
	}
	if more := result.TotalCount != nil && *result.TotalCount > int64(len(want)); result.Complete && more || !result.Complete && w.sim.Options().Total != cdnsim.TotalFixed {
		t.Fatalf("complete: %v, %d rows, total %v", result.Complete, len(want), result.TotalCount)
	}
}

// Property: a row that stays is returned exactly once, whatever comes, goes and
// changes before any request, in whatever order the service has the rows, though
// some are equal, and though its replicas order those of a second differently or
// lag behind. Several changes between two responses can make up for each other;
// there it takes rows that keep their order, and a count, to see them.
func TestPropertyMoving(t *testing.T) {
	for name, c := range map[string]struct {
		dimensions
		changes, parallel int
		open              float64 // share of the reads that may fail or be incomplete
	}{
		"rows differ":               {dimensions{orders: everyOrder, totals: allTotals[:2]}, 1, 1, 0.02},
		"equal rows":                {dimensions{orders: everyOrder, totals: allTotals[:1], equalRows: true}, 1, 1, 0.02},
		"replicas":                  {dimensions{orders: everyOrder, totals: allTotals[:1], replicas: 2}, 1, 1, 0.02},
		"lagging replicas":          {dimensions{orders: everyOrder, totals: allTotals[:1], replicas: 2, lag: 3}, 1, 1, 0.02},
		"several changes":           {dimensions{orders: settledOrders, totals: allTotals[:1]}, 5, 1, 0.08},
		"several pages at a time":   {dimensions{orders: settledOrders, totals: allTotals[:1]}, 1, 4, 0.02},
		"changes and pages at once": {dimensions{orders: settledOrders, totals: allTotals[:1]}, 5, 4, 0.08},
	} {
		c.minPage, c.maxBatches, c.perBatch = 10, 40, c.changes
		t.Run(name, func(t *testing.T) {
			mostly(t, c.open, func(t *rapid.T) bool {
				w := drawWorld(t, c.dimensions)
				result, err := readWorld(w, c.parallel)
				return w.holds(t, result, err)
			})
		})
	}
}

// mostly checks a property that may be left open, by an error or an incomplete
// result, in a share of the cases.
func mostly(t *testing.T, share float64, holds func(*rapid.T) bool) {
	open, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		all++
		if !holds(t) {
			open++
		}
	})
	if float64(open) > share*float64(all) {
		t.Errorf("%d of %d reads fail or are incomplete", open, all)
	}
}

// Property: Offset and Limit give that part of a list that holds still.
func TestPropertyPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, dimensions{orders: allOrders, totals: allTotals[:2], minPage: 2, equalRows: true})
		w.query.Offset = int64(rapid.IntRange(0, 80).Draw(t, "Offset"))
		w.query.Limit = int64(rapid.IntRange(0, 80).Draw(t, "Limit"))
		result, err := readWorld(w, 1)
		if err != nil {
			t.Fatal(err)
		}
		want := part(urlsOf(w.matching()), w.query)
		if got := urls(result.Tasks); !slices.Equal(got, want) {
			t.Fatalf("rows:\n got %v\nwant %v\nasked %v", got, want, asked(w.sim))
		}
	})
}

func part[T any](rows []T, q Query) []T {
	rows = rows[min(int(q.Offset), len(rows)):]
	if q.Limit > 0 {
		rows = rows[:min(int(q.Limit), len(rows))]
	}
	return rows
}

// Property: a list that is longer than the service gives at once is returned
// whole, or with a doubt or an error where too many rows share a second. Where
// the order is that of CreateTime it is kept.
func TestPropertyDepth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, dimensions{orders: settledOrders, totals: []cdnsim.TotalMode{cdnsim.TotalTrue}, minPage: 2, equalRows: true})
		depth := rapid.IntRange(20, 40).Draw(t, "depth")
		w.sim.Configure(func(o *cdnsim.Options) {
			o.MaxDepth = depth
			o.Depth = rapid.SampledFrom([]cdnsim.DepthMode{
				cdnsim.DepthEmpty, cdnsim.DepthRefused, cdnsim.DepthRefusedCrossing}).Draw(t, "depth mode")
			o.ExcludeStart, o.ExcludeEnd = rapid.Bool().Draw(t, "exclude start"), rapid.Bool().Draw(t, "exclude end")
			if o.Depth == cdnsim.DepthRefusedCrossing && rapid.Bool().Draw(t, "no total") {
				o.Total, o.MaxDepth = cdnsim.TotalNull, depth+25
			}
		})
		if rapid.Bool().Draw(t, "open end") {
			w.query.EndTime = ""
		}
		w.query.Offset = int64(rapid.SampledFrom([]int{0, 0, 10, 30, 50}).Draw(t, "Offset"))
		w.query.Limit = int64(rapid.SampledFrom([]int{0, 0, 10, 45}).Draw(t, "Limit"))
		result, err := serviceOf(w.sim, 1).PushTasks(context.Background(), w.query)
		if err != nil || !result.Complete {
			if w.roomy(10) {
				t.Fatal(err, result.Complete)
			}
			return
		}
		got, want := urls(result.Tasks), part(urlsOf(w.matching()), w.query)
		if order := w.sim.Options().Order; order != cdnsim.NewestFirst && order != cdnsim.OldestFirst {
			if w.query.Offset != 0 || w.query.Limit != 0 {
				got, want = got[:0], want[:0]
			}
			slices.Sort(got)
			slices.Sort(want)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("rows:\n got %v\nwant %v\nasked %v", got, want, asked(w.sim))
		}
	})
}

// roomy reports whether any four seconds hold fewer rows than can be reached.
// Where the page that would cross the depth is refused, that is half the depth.
func (w *world) roomy(reach int) bool {
	times := map[int64]int{}
	for _, task := range w.matching() {
		for i := range int64(4) {
			if times[task.CreateTime.Unix()+i]++; times[task.CreateTime.Unix()+i] >= reach {
				return false
			}
		}
	}
	return true
}
