package cdn

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// A list is read in windows while rows come, go and change. What makes the
// result whole is that neighbouring windows overlap: they are joined at a row
// that both hold, the anchor. Whatever stands between two anchors was
// contiguous in one answer, so a row that was there all the time, and before
// the one anchor and behind the other, is in that answer. Windows may be read
// in any order and at any time; only the order of the rows that stay must hold.
// When the anchors are where the offsets say, nothing has moved and no page is
// asked for twice.

// list is what a query matches.
type list struct {
	tasks     []Task
	total     *int64
	requestID string
	doubts    []string
	short     bool  // the service stopped before its own TotalCount
	refused   error // what it said at the offset where it stopped, if it was an error
}

const (
	maxReads   = 3         // of a list that changes so much that windows cannot be joined
	maxBridges = 8         // windows read to join two others
	maxTasks   = 3_000_000 // more than Terraform can hold: a service that never ends
)

// errMoved ends one reading of a list whose windows could not be joined.
var errMoved = errors.New("the list changed while it was read")

// list reads what the query matches as one list.
func (s *Service) list(ctx context.Context, q Query) (*list, error) {
	for reads := 1; ; reads++ {
		r := &reader{service: s, query: q}
		err := r.read(ctx)
		switch {
		case err == nil:
		case !errors.Is(err, errMoved):
			return nil, err
		case reads < maxReads:
			continue
		}
		l := r.list()
		if err != nil {
			l.doubts = append(l.doubts, fmt.Sprintf("The list of tasks changed faster than it could be read, "+
				"%d times in a row. Tasks that came, went or changed meanwhile may be missing or listed twice.", reads))
		}
		return l, nil
	}
}

// reader assembles one reading of a list.
type reader struct {
	service *Service
	query   Query

	windows []*window // all that were read, in the order of joining
	tasks   []Task    // what has been joined so far
	next    int64     // the offset behind tasks, as of the window joined last
	total   *int64    // as of the window joined last
	stride  int64     // rows of a full page
	sized   bool      // stride is known from more than one page, or from what was asked for
	offsets bool      // the service is known to heed Offset
	moved   bool      // the list has changed since the first window
	idle    int       // windows in a row that brought nothing new
	done    bool
	ignored bool  // the service does not heed Offset
	refused error // see list
}

func (r *reader) list() *list {
	last := r.windows[len(r.windows)-1]
	l := &list{tasks: r.tasks, total: last.total, requestID: last.requestID, refused: r.refused}
	if limit := r.query.Limit; limit > 0 && int64(len(l.tasks)) >= limit {
		l.tasks = l.tasks[:limit]
		return l
	}
	switch behind := r.query.Offset + int64(len(l.tasks)); {
	case r.ignored:
		l.doubts = append(l.doubts, fmt.Sprintf("The service counts %s but answers every Offset with the same %d of them.",
			rows(last.total), len(l.tasks)))
	case r.refused != nil, last.total != nil && *last.total > behind:
		l.short = true
	}
	return l
}

func rows(total *int64) string {
	if total == nil {
		return "no rows"
	}
	return fmt.Sprintf("%d rows", *total)
}

// read joins windows until the list ends.
func (r *reader) read(ctx context.Context) error {
	first, err := r.service.first(ctx, r.query)
	if err != nil {
		return err
	}
	r.start(first)
	for !r.done {
		windows, err := r.fetchAll(ctx, r.plan())
		if err != nil {
			return err
		}
		for i, w := range windows {
			windows[i] = nil
			if err := r.extend(ctx, w); err != nil {
				return err
			}
			if r.done {
				break
			}
		}
		if len(r.tasks) > maxTasks {
			return &tencentcloud.Error{Action: describePushTasks, RequestID: r.windows[len(r.windows)-1].requestID,
				Cause: fmt.Errorf("the list has more than %d rows, which is more than Terraform can hold", maxTasks)}
		}
	}
	if r.moved && r.query.Offset == 0 {
		return r.lookAgain(ctx)
	}
	return nil
}

// start takes the first window, which tells how many rows a page holds.
func (r *reader) start(w *window) {
	r.tasks, r.stride = w.tasks, w.asked
	r.join(w, w.end())
	held := int64(len(w.tasks))
	r.sized = held == w.asked
	switch {
	case held == 0:
		r.done = true // whatever TotalCount says: list tells that it is short
	case r.limitReached():
		r.done = true
	case held < w.asked && w.total != nil && !w.promisesMore():
		r.done = true // a page that is not full and a count that agrees
	case held < w.asked:
		r.stride = held
	}
}

func (r *reader) join(w *window, next int64) {
	r.windows = append(r.windows, w)
	r.next, r.total = next, w.total
}

func (r *reader) limitReached() bool {
	return r.query.Limit > 0 && int64(len(r.tasks)) >= r.query.Limit
}

// overlap is how many rows neighbouring windows share: a hundredth, so that it
// costs next to nothing, but one at least wherever a page holds more than one.
func (r *reader) overlap() int64 {
	if r.stride == 1 {
		return 0
	}
	return min(1+r.stride/100, int64(len(r.tasks)))
}

// request is one page to ask for.
type request struct{ offset, limit int64 }

// plan lists the pages that are still to be asked for: all that TotalCount
// speaks of when it and the page size can be relied on, otherwise the next one.
func (r *reader) plan() []request {
	overlap := r.overlap()
	step := r.stride - overlap
	offset := r.next - overlap
	end := offset + 1
	if r.sized && r.total != nil {
		end = max(end, *r.total-overlap)
	}
	limit := r.stride
	if !r.sized {
		limit = max(r.stride, r.service.pageSize.Load())
	}
	if r.query.Limit > 0 {
		end = min(end, r.query.Offset+r.query.Limit-overlap)
	}
	var pages []request
	for ; offset < end || len(pages) == 0; offset += step {
		p := request{offset, limit}
		if r.query.Limit > 0 {
			p.limit = min(p.limit, max(r.query.Offset+r.query.Limit-offset, overlap+1))
		}
		pages = append(pages, p)
	}
	return pages
}

// fetchAll asks for pages in parallel. An offset that the service refuses is
// the end of what it serves, not an error; none beyond it is asked for.
func (r *reader) fetchAll(ctx context.Context, pages []request) ([]*window, error) {
	windows := make([]*window, len(pages))
	var refusedAt atomic.Int64
	refusedAt.Store(int64(len(pages)))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.service.parallel)
	for i, p := range pages {
		group.Go(func() error {
			if refusedAt.Load() < int64(i) {
				return nil
			}
			w, err := r.service.fetch(ctx, r.query, p.offset, p.limit)
			if tencentcloud.IsCode(err, paramError) {
				w, err = &window{offset: p.offset, refused: err}, nil
				for at := refusedAt.Load(); int64(i) < at && !refusedAt.CompareAndSwap(at, int64(i)); at = refusedAt.Load() {
				}
			}
			windows[i] = w
			return err
		})
	}
	err := group.Wait()
	return windows[:min(int64(len(pages)), refusedAt.Load()+1)], err
}

// extend joins the next window, with others between where the two do not meet.
func (r *reader) extend(ctx context.Context, w *window) error {
	if w.refused != nil {
		r.refused, r.done = w.refused, true
		return nil
	}
	if err := r.checkOffset(ctx, w); err != nil || r.done {
		return err
	}
	if r.link(w, false) {
		return nil
	}
	back := max(r.stride/2, 1)
	for range maxBridges {
		at := max(r.query.Offset, r.next-back)
		bridge, err := r.service.fetch(ctx, r.query, at, r.stride)
		switch {
		case err != nil:
			return err
		case r.link(bridge, true):
			if r.done || r.link(w, true) {
				return nil
			}
			back = max(r.stride/2, 1)
		case at == r.query.Offset:
			return errMoved
		default:
			back *= 2
		}
	}
	return errMoved
}

// checkOffset finds out whether the service heeds Offset, when a later window
// is just like the first: rows that are equal, or a service that repeats itself?
// Far behind the end only the latter has rows.
func (r *reader) checkOffset(ctx context.Context, w *window) error {
	first := r.windows[0]
	if r.offsets || len(w.tasks) == 0 || !same(w.tasks, first.tasks) {
		return nil
	}
	far := w.end() + 1_000_000
	if w.total != nil {
		far = max(*w.total, w.end())
	}
	beyond, err := r.service.fetch(ctx, r.query, far, r.stride)
	switch {
	case tencentcloud.IsCode(err, paramError):
	case err != nil:
		return err
	case len(beyond.tasks) > 0 && same(beyond.tasks, first.tasks):
		r.ignored, r.done = true, true
		r.windows = append(r.windows, beyond)
		return nil
	}
	r.offsets = true
	return nil
}

// same reports whether two windows hold the same rows. One may have been asked
// for more of them.
func same(a, b []Task) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].identity() != b[i].identity() {
			return false
		}
	}
	return true
}

// link joins a window to the tasks at a row that both hold. It reports false
// when there is none, or none that can be told from other rows, unless trust
// says that a row that occurs several times will do.
func (r *reader) link(w *window, trust bool) bool {
	before := len(r.tasks)
	at, from, aligned := r.anchor(w, trust)
	if !aligned {
		r.moved = true
	}
	if at < 0 {
		return false
	}
	// The anchor is tasks[at-1] and w.tasks[from-1].
	next := w.end()
	if from < len(w.tasks) {
		r.tasks = append(r.tasks[:at:at], w.tasks[from:]...)
	} else {
		next += int64(len(r.tasks) - at) // the window ends within what is known
	}
	r.join(w, next)
	r.settle(w, len(r.tasks) > before)
	return true
}

// anchor returns how many tasks to keep and how many rows of w to skip, and
// whether that is what the offsets say. The first is -1 where w does not meet
// the tasks.
func (r *reader) anchor(w *window, trust bool) (keep, skip int, aligned bool) {
	overlap := int(r.next - w.offset)
	if overlap < 0 || overlap > len(r.tasks) {
		return -1, 0, overlap < 0 && !r.moved && int64(len(w.tasks)) > 0
	}
	tail := r.tasks[len(r.tasks)-overlap:]
	if len(w.tasks) >= overlap && same(tail, w.tasks[:overlap]) {
		steady := equalTotals(r.total, w.total)
		if overlap == 0 && steady || overlap > 0 && (trust && steady || r.distinct(tail, w)) {
			return len(r.tasks), overlap, steady
		}
		return -1, 0, steady
	}
	keep, skip = r.search(w)
	return keep, skip, false
}

// distinct reports whether at least one of the overlapping rows occurs only
// once nearby, so that meeting it proves something.
func (r *reader) distinct(tail []Task, w *window) bool {
	times := make(map[identity]int, len(tail))
	for i := range tail {
		times[tail[i].identity()] = 0
	}
	count := func(tasks []Task) {
		for i := range tasks {
			id := tasks[i].identity()
			if n, ok := times[id]; ok {
				times[id] = n + 1
			}
		}
	}
	count(r.tasks[max(0, len(r.tasks)-2*int(r.stride)):])
	count(w.tasks[len(tail):])
	for _, n := range times {
		if n == 1 {
			return true
		}
	}
	return false
}

// search finds the last task that the window holds too, among those that occur
// only once in each.
func (r *reader) search(w *window) (keep, skip int) {
	known := r.tasks[max(0, len(r.tasks)-4*int(r.stride)):]
	inWindow, inTasks := positions(w.tasks), positions(known)
	for i := len(known) - 1; i >= 0; i-- {
		id := known[i].identity()
		if j, ok := inWindow[id]; ok && j >= 0 && inTasks[id] >= 0 {
			return len(r.tasks) - len(known) + i + 1, j + 1
		}
	}
	return -1, 0
}

// positions maps each row to its place, or to -1 if it has several.
func positions(tasks []Task) map[identity]int {
	places := make(map[identity]int, len(tasks))
	for i := range tasks {
		id := tasks[i].identity()
		if _, twice := places[id]; twice {
			places[id] = -1
		} else {
			places[id] = i
		}
	}
	return places
}

func equalTotals(a, b *int64) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// settle decides whether the list ends with the window that was joined last.
// Neither a page that is not full nor TotalCount is believed alone.
func (r *reader) settle(w *window, progress bool) {
	full := int64(len(w.tasks)) >= min(w.asked, r.stride)
	if full && len(r.windows) > 1 {
		r.sized = true
	}
	r.idle++
	if progress {
		r.idle = 0
	}
	switch {
	case r.limitReached():
		r.done = true
	case w.total == nil:
		r.done = !full || r.idle > 1
	case !w.promisesMore():
		r.done = !full || !progress
	default:
		r.done = !progress && (!full || r.idle > maxBridges)
	}
}

// lookAgain reads the first page once more after a list has moved. A row that
// moved to the front while the rest was read is found there; a row that went
// from one window to a later one gives itself away by being there twice.
func (r *reader) lookAgain(ctx context.Context) error {
	head, err := r.service.fetch(ctx, r.query, 0, r.stride)
	if err != nil {
		return err
	}
	known := positions(r.tasks)
	inHead := positions(head.tasks)
	meet := -1
	var fresh []Task
	for i := range head.tasks {
		id := head.tasks[i].identity()
		at, ok := known[id]
		if !ok {
			fresh = append(fresh, head.tasks[i])
		} else if at >= 0 && inHead[id] >= 0 {
			meet = i
			break
		}
	}
	r.windows = append(r.windows, head)
	if meet < 0 && len(r.tasks) > 0 && len(head.tasks) > 0 {
		return errMoved
	}
	r.tasks = append(fresh, r.tasks...)
	if r.doubled() || head.total != nil && int64(len(r.tasks)) < *head.total && r.query.Limit == 0 {
		return errMoved
	}
	return nil
}

// doubled reports whether a row is listed more often than any one answer had it.
func (r *reader) doubled() bool {
	inAll := count(r.tasks)
	if len(inAll) == len(r.tasks) {
		return false
	}
	most := make(map[identity]int)
	for _, w := range r.windows {
		for id, n := range count(w.tasks) {
			most[id] = max(most[id], n)
		}
	}
	for id, n := range inAll {
		if n > most[id] {
			return true
		}
	}
	return false
}

func count(tasks []Task) map[identity]int {
	times := make(map[identity]int, len(tasks))
	for i := range tasks {
		times[tasks[i].identity()]++
	}
	return times
}
