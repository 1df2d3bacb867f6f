package paging

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// item is a row. Equal rows share their kind.
type item struct {
	kind, second  int64
	name          int // an order that is not that of time
	status, since int // these change, the latter with every update
	seq           int // when it was added
}

// ordering is how a service orders its rows. Those that tie are in the order in
// which they were added, or in another one that depends on the replica.
type ordering string

const (
	newest       ordering = "newest"
	oldest       ordering = "oldest"
	byName       ordering = "name"
	inserted     ordering = "inserted"
	byStatus     ordering = "status"
	updated      ordering = "updated"
	leastUpdated ordering = "least updated"
)

var orderings = []ordering{newest, oldest, byName, inserted, byStatus, updated, leastUpdated}

func (o ordering) compare(a, b *item) int {
	switch o {
	case newest:
		return cmp.Compare(b.second, a.second)
	case oldest:
		return cmp.Compare(a.second, b.second)
	case byName:
		return cmp.Compare(a.name, b.name)
	case byStatus:
		return cmp.Compare(a.status, b.status)
	case updated:
		return cmp.Compare(b.since, a.since)
	case leastUpdated:
		return cmp.Compare(a.since, b.since)
	}
	return cmp.Compare(a.seq, b.seq)
}

// counting is what a service says of the length of its list.
type counting string

const (
	counted counting = "true"
	none    counting = "none"
	wrong   counting = "wrong"
	capped  counting = "capped" // at its bound
)

// replicas are what serves the list.
type replicas string

const (
	one     replicas = "one"
	tied    replicas = "tied"    // two that order ties differently
	lagging replicas = "lagging" // two, one of which is some changes behind
	apart   replicas = "apart"   // both
)

// kind is a kind of worlds.
type kind struct {
	order    ordering
	count    counting
	replicas replicas
	twins    bool // some rows are equal
	bounded  bool // the list goes on behind the last row that the service gives
	minPage  int
	long     bool // enough rows for the service to hide some
	changes  int  // before a response, at most
	parallel int
}

func (k kind) String() string {
	return fmt.Sprintf("order %s, count %s, replicas %s, twins %t, bounded %t, changes %d, parallel %d, long %t",
		k.order, k.count, k.replicas, k.twins, k.bounded, k.changes, k.parallel, k.long)
}

// world is a service whose list changes between any two responses, with a record
// of what has to be found in it. All that happens in it follows from its seed.
type world struct {
	kind
	seed                     uint64
	page                     int   // rows of a full page
	seconds                  int64 // when there are rows
	bound                    int   // rows that it gives at most; 0 means all
	refuses                  bool
	excludeFrom, excludeTo   bool
	filtered                 bool // only rows of status 0 are listed
	miscount                 int64
	mu                       sync.Mutex
	random                   *rand.Rand
	items                    []item
	history                  [][]item
	clock, requests, longest int
	stays, ever              map[int64]int // rows by kind that were listed throughout, and ever
}

// whole is where all rows are.
var whole = Span{-1, 30_000}

const maxLag = 3

// newWorld draws a world of a kind.
func newWorld(k kind, seed uint64) *world {
	w := &world{kind: k, seed: seed, random: rand.New(rand.NewPCG(seed, 0)), stays: map[int64]int{}, ever: map[int64]int{}}
	w.page = k.minPage + w.random.IntN(26-k.minPage)
	w.excludeFrom, w.excludeTo = w.random.IntN(2) == 0, w.random.IntN(2) == 0
	w.filtered = w.random.IntN(3) == 0
	if w.miscount = []int64{0, 1, 8, 33, 200}[w.random.IntN(5)]; w.miscount == int64(w.page) {
		w.miscount++ // a cut page and a count that agrees with it are an end for every client
	}
	if k.bounded {
		w.bound, w.refuses = 20+w.random.IntN(20), w.random.IntN(2) == 0
	}
	if w.long {
		w.page, w.bound, w.seconds = 20+w.random.IntN(200), 25*w.bound, 1+w.random.Int64N(2000)
		if w.bounded {
			w.seconds += 100 // one second with more rows than that is an end for every client
		}
		w.fill(400+w.random.IntN(400), w.seconds)
	} else {
		w.seconds = 31
		w.fill(w.random.IntN(71), 1+w.random.Int64N(31))
	}
	return w
}

func (w *world) fill(n int, seconds int64) {
	for range n {
		w.insert(w.random.Int64N(seconds))
		if last := len(w.items) - 1; w.twins && w.random.IntN(5) == 0 {
			twin := w.items[w.random.IntN(last+1)]
			twin.name = w.random.IntN(1000)
			w.items = append(w.items, twin)
		}
	}
	w.random.Shuffle(len(w.items), func(i, j int) { w.items[i], w.items[j] = w.items[j], w.items[i] })
	for i := range w.items {
		w.items[i].seq = i
	}
	for _, it := range w.items {
		w.ever[it.kind]++
		if w.lists(it) {
			w.stays[it.kind]++
		}
	}
	slices.SortStableFunc(w.items, func(a, b item) int { return w.order.compare(&a, &b) })
	w.remember()
}

func (w *world) lists(it item) bool { return !w.filtered || it.status == 0 }

func (w *world) insert(second int64) *item {
	w.clock++
	w.items = append(w.items, item{kind: int64(w.clock), second: second, name: w.random.IntN(1000),
		status: w.random.IntN(2), since: w.clock, seq: len(w.items) + w.clock})
	return &w.items[len(w.items)-1]
}

// change adds a row, now or in the past, removes one, or updates one, which may
// no longer be listed then.
func (w *world) change() {
	defer w.remember()
	if what := w.random.IntN(3); what == 0 || len(w.items) == 0 {
		second := w.seconds + 100
		if w.random.IntN(2) == 0 {
			second = w.random.Int64N(w.seconds)
		}
		w.ever[w.insert(second).kind]++
	} else {
		i := w.random.IntN(len(w.items))
		it := &w.items[i]
		if w.lists(*it) && (what == 1 || w.filtered) {
			w.stays[it.kind] = max(0, w.stays[it.kind]-1)
		}
		w.clock++
		if it.status, it.since = 1, w.clock; what == 1 {
			w.items = slices.Delete(w.items, i, i+1)
		}
	}
}

func (w *world) remember() {
	if w.replicas == lagging || w.replicas == apart {
		w.history = append(w.history, slices.Clone(w.items))
	}
	w.longest = max(w.longest, len(w.items))
}

// listed gives what a replica lists of a span, in its order.
func (w *world) listed(span Span, second bool) []item {
	items := w.items
	if second && w.history != nil {
		items = w.history[max(0, len(w.history)-1-w.random.IntN(maxLag+1))]
	}
	if w.excludeFrom && span.From != Beginning {
		span.From++
	}
	if w.excludeTo && span.To != End {
		span.To--
	}
	var rows []item
	for _, it := range items {
		if span.has(it.second) && w.lists(it) {
			rows = append(rows, it)
		}
	}
	if w.changes == 0 && !second {
		return rows // in order from the start
	}
	tie := func(it *item) int { return it.seq }
	if second && w.replicas != lagging {
		tie = func(it *item) int { return it.seq * 2654435761 % 1009 }
	}
	slices.SortFunc(rows, func(a, b item) int {
		return cmp.Or(w.order.compare(&a, &b), cmp.Compare(tie(&a), tie(&b)), cmp.Compare(a.seq, b.seq))
	})
	return rows
}

var errRefused = errors.New("refused")

func (w *world) fetch(ctx context.Context, request Request) (Page[item], error) {
	w.overtake(request)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.requests++; w.requests > w.cap() {
		return Page[item]{}, fmt.Errorf("%d requests", w.requests)
	}
	if w.requests > 1 && w.changes > 0 {
		for range w.random.IntN(w.changes + 1) {
			w.change()
		}
	}
	rows := w.listed(request.Span, w.replicas != one && w.random.IntN(2) == 0)
	p := Page[item]{Limit: cmp.Or(request.Limit, 1000)}
	total := int64(len(rows))
	if w.bound > 0 {
		rows = rows[:min(len(rows), w.bound)]
	}
	if w.bound > 0 && w.refuses && request.Offset >= int64(w.bound) {
		p.Refused = errRefused
		return p, nil
	}
	switch w.count {
	case counted:
		p.Total = &total
	case wrong:
		p.Total = &w.miscount
	case capped:
		total = int64(len(rows))
		p.Total = &total
	}
	rows = rows[min(int(request.Offset), len(rows)):]
	p.Rows = slices.Clone(rows[:min(len(rows), int(p.Limit), w.page)])
	return p, ctx.Err()
}

// overtake waits as long as a request takes to arrive: others overtake it.
func (w *world) overtake(request Request) {
	if w.parallel > 1 {
		arrival := fnv.New64a()
		fmt.Fprint(arrival, w.seed, request, time.Now())
		<-time.After(time.Duration(1 + arrival.Sum64()%20_000_000))
	}
}

// cap is how many requests are taken for a read without end.
func (w *world) cap() int { return 100 + 50*w.pages() }

// pages is how many requests the longest list takes that there was.
func (w *world) pages() int { return 1 + w.longest/max(1, w.page-1) }

// read reads the list of the world.
func (w *world) read(t *testing.T) (list List[item], err error) {
	source := Source[item, int64]{Fetch: w.fetch, Key: func(it *item) int64 { return it.kind },
		Second: func(it *item) (int64, bool) { return it.second, true }, Parallel: w.parallel, MaxRows: 1_000_000}
	read := func(t *testing.T) { list, err = Read(t.Context(), source, whole, 0, 0) }
	if w.parallel == 1 {
		read(t)
	} else {
		synctest.Test(t, read)
	}
	return list, err
}

// fault says what a complete list has too many or too few of.
func (w *world) fault(rows []item) error {
	came := map[int64]int{}
	for _, it := range rows {
		came[it.kind]++
	}
	for k, n := range w.stays {
		if came[k] < n {
			return fmt.Errorf("row %d was there %d times throughout and came %d times", k, n, came[k])
		}
	}
	for k, n := range came {
		if n > w.ever[k] {
			return fmt.Errorf("row %d was there %d times at most and came %d times", k, w.ever[k], n)
		}
	}
	if w.changes == 0 && w.replicas == one && !(w.bounded && w.order != newest && w.order != oldest) {
		if want := w.listed(whole, false); !slices.Equal(rows, want) {
			return fmt.Errorf("order %v, want %v", rows, want)
		}
	}
	return nil
}
