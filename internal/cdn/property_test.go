package cdn

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
	oneSecond  bool // all tasks were submitted in one second
	unfiltered bool // neither Area nor Status is asked for
}

var (
	settledOrders = []cdnsim.Order{
		cdnsim.NewestFirst, cdnsim.OldestFirst, cdnsim.ByTaskID, cdnsim.ByURL, cdnsim.AsInserted,
	}
	allOrders   = append([]cdnsim.Order{cdnsim.ByUpdateTime}, settledOrders...)
	wrongTotals = []int{0, 1, 8, 33, 200}
	allTotals   = []cdnsim.TotalMode{cdnsim.TotalTrue, cdnsim.TotalNull, cdnsim.TotalFixed}
)

func drawWorld(t *rapid.T, d dimensions) *world {
	w := &world{clock: epoch.Add(time.Hour), stays: map[string]int{}, ever: map[string]int{}}
	w.query = drawQuery(t, d)
	options := cdnsim.Options{
		Order:      rapid.SampledFrom(d.orders).Draw(t, "order"),
		Total:      rapid.SampledFrom(d.totals).Draw(t, "total"),
		MaxLimit:   rapid.IntRange(d.minPage, 25).Draw(t, "page"),
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

func drawQuery(t *rapid.T, d dimensions) Query {
	q := month
	if d.unfiltered {
		return q
	}
	q.Area = rapid.SampledFrom([]string{"", "mainland"}).Draw(t, "Area")
	q.Status = rapid.SampledFrom([]string{"", StatusProcess}).Draw(t, "Status")
	return q
}

func drawTasks(t *rapid.T, d dimensions) []cdnsim.Task {
	n := rapid.IntRange(0, 70).Draw(t, "rows")
	seconds := 30
	if d.oneSecond {
		seconds = 0
	}
	// One number for each row: shrinking has less to do.
	seeds := rapid.SliceOfN(rapid.IntRange(0, 1<<20), n, n).Draw(t, "tasks")
	var tasks []cdnsim.Task
	for i, seed := range seeds {
		created := epoch.Add(time.Duration(seed%(seconds+1)) * time.Second)
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
	if n > len(w.batches) {
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

// holds reports whether a result is beyond doubt, and holds it to the guarantee
// then.
func (w *world) holds(t *rapid.T, result Result) bool {
	t.Helper()
	if slices.ContainsFunc(result.Doubts, func(d string) bool { return strings.Contains(d, "changed faster") }) {
		return false
	}
	w.check(t, result.Tasks)
	if w.sim.Options().Order != cdnsim.ByUpdateTime {
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
func readWorld(t *rapid.T, w *world, parallel int) Result {
	t.Helper()
	result, err := serviceOf(w.sim, parallel).PushTasks(context.Background(), w.query)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// Property: a list that holds still is returned row by row, in as many requests
// as its length and the page size demand, no page being asked for twice.
func TestPropertyStill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, dimensions{orders: allOrders, totals: []cdnsim.TotalMode{cdnsim.TotalTrue}, minPage: 2, equalRows: true})
		checkStill(t, w, readWorld(t, w, rapid.IntRange(1, 4).Draw(t, "parallel")))
		rows, full, page := w.matching(), w.sim.Options().MaxLimit, 1000
		if w.sim.Options().LimitMode == cdnsim.LimitRefused {
			full, page = 20, 20
		}
		served := slices.DeleteFunc(w.sim.Requests(), func(r cdnsim.Request) bool {
			return r.Answer.Code != "" || integerOf(r.Params["Offset"]) > 1_000_000
		})
		if want := pagesFor(len(rows), full, page); len(served) != want {
			t.Fatalf("%d requests for %d rows at %d a page, want %d: %v", len(served), len(rows), full, want, asked(w.sim))
		}
	})
}

// pagesFor is how many pages hold n rows. Each after the first shares rows with
// the one before it, and one that holds as much as was asked for is followed by
// another.
func pagesFor(n, full, asked int) int {
	overlap := 1 + full/100
	if full == 1 {
		overlap = 0
	}
	pages, known := 1, min(n, full)
	for known < n || known == full && asked == full || pages > 1 && (n-full)%(full-overlap) == 0 {
		pages++
		if known == n {
			break
		}
		known = min(n, known+full-overlap)
	}
	return pages
}

// Property: whatever TotalCount says, a list that holds still is returned row
// by row.
func TestPropertyStillWrongTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, dimensions{orders: allOrders, totals: allTotals, minPage: 1})
		checkStill(t, w, readWorld(t, w, rapid.IntRange(1, 4).Draw(t, "parallel")))
	})
}

func checkStill(t *rapid.T, w *world, result Result) {
	t.Helper()
	want := w.matching()
	if got := urls(result.Tasks); !slices.Equal(got, urlsOf(want)) {
		t.Fatalf("rows:\n got %v\nwant %v\nasked %v", got, urlsOf(want), asked(w.sim))
	}
	short := result.TotalCount != nil && *result.TotalCount > int64(len(want))
	if len(result.Doubts) > 0 != short {
		t.Fatalf("doubts of %d rows: %v", len(want), result.Doubts)
	}
	seen := map[string]bool{}
	for _, r := range w.sim.Requests() {
		if seen[string(r.Body)] {
			t.Fatalf("%s was asked for twice: %v", r.Body, asked(w.sim))
		}
		seen[string(r.Body)] = true
	}
}

// Property: where the rows that stay keep their order, each is returned exactly
// once and in that order, though others come, go and change before any request.
func TestPropertyMoving(t *testing.T) {
	fewDoubts(t, func(t *rapid.T) bool {
		w := drawWorld(t, dimensions{orders: settledOrders, totals: allTotals, minPage: 2, maxBatches: 20, perBatch: 3})
		return w.holds(t, readWorld(t, w, 1))
	})
}

// Property: the same with pages that are read at the same time.
func TestPropertyMovingParallel(t *testing.T) {
	fewDoubts(t, func(t *rapid.T) bool {
		w := drawWorld(t, dimensions{orders: settledOrders, totals: allTotals, minPage: 2, maxBatches: 20, perBatch: 3})
		return w.holds(t, readWorld(t, w, 4))
	})
}

// Property: the same with rows that are equal, so that no page shows how many
// there are. One change during the read: two that make up for each other among
// equal rows look like none.
func TestPropertyMovingEqualRows(t *testing.T) {
	fewDoubts(t, func(t *rapid.T) bool {
		w := drawWorld(t, dimensions{orders: settledOrders, totals: []cdnsim.TotalMode{cdnsim.TotalTrue}, minPage: 8,
			maxBatches: 20, perBatch: 1, equalRows: true})
		if i := slices.IndexFunc(w.batches, func(b []change) bool { return len(b) > 0 }); i >= 0 {
			w.batches = w.batches[:i+1]
		}
		return w.holds(t, readWorld(t, w, 1))
	})
}

// Property: in the order of UpdateTime, in which the rows that stay move too,
// the result is right or doubted. One change at a time: a row that moves to the
// front while another goes from there looks like none.
func TestPropertyUpdateOrder(t *testing.T) {
	fewDoubts(t, func(t *rapid.T) bool {
		w := drawWorld(t, dimensions{orders: []cdnsim.Order{cdnsim.ByUpdateTime}, totals: allTotals, minPage: 2,
			maxBatches: 20, perBatch: 1, oneSecond: true, unfiltered: true})
		return w.holds(t, readWorld(t, w, 1))
	})
}

// fewDoubts checks a property that holds or is doubted, and that it is rarely
// doubted.
func fewDoubts(t *testing.T, holds func(*rapid.T) bool) {
	doubts, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		all++
		if !holds(t) {
			doubts++
		}
	})
	if doubts > all/50 {
		t.Errorf("%d of %d results are doubted", doubts, all)
	}
}

// Property: Offset and Limit give that part of a list that holds still.
func TestPropertyPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, dimensions{orders: allOrders, totals: allTotals[:2], minPage: 2, equalRows: true})
		w.query.Offset = int64(rapid.IntRange(0, 80).Draw(t, "Offset"))
		w.query.Limit = int64(rapid.IntRange(0, 80).Draw(t, "Limit"))
		result := readWorld(t, w, 1)
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
		if err != nil || len(result.Doubts) > 0 {
			if w.roomy(10) {
				t.Fatal(err, result.Doubts)
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
