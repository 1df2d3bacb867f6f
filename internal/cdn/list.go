package cdn

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// list is what a query matches.
type list struct {
	tasks     []Task
	total     *int64
	requestID string
	doubts    []string // see Result
	short     bool     // the service stopped before its own TotalCount
	refused   error    // what it said at the offset where it stopped, if it was an error
}

const (
	maxReads   = 3         // of a list that changes so much that windows cannot be joined
	maxBridges = 8         // windows read to join two others
	maxIdle    = 8         // windows in a row that bring nothing new
	maxTasks   = 3_000_000 // more than Terraform can hold: a service that never ends
)

// errMoved ends one reading of a list that has to be read again.
var errMoved = errors.New("the list changed while it was read")

// list reads what the query matches as one list.
func (s *Service) list(ctx context.Context, q Query) (*list, error) {
	for reads := 1; ; reads++ {
		r := &reader{service: s, query: q, lenient: reads == maxReads}
		err := r.read(ctx)
		switch {
		case err == nil:
			return r.list(), nil
		case !errors.Is(err, errMoved):
			return nil, err
		}
	}
}

// reader assembles one reading of a list.
type reader struct {
	service *Service
	query   Query
	lenient bool // there will be no other reading: rather a doubt than an end

	windows []*window // all that were read, in the order of joining
	tasks   []Task    // what has been joined so far
	next    int64     // the offset behind tasks, as of the window joined last
	total   *int64    // TotalCount as of the latest window that has it
	stride  int64     // rows of a full page
	sized   bool      // stride is known from more than one page, or from what was asked for
	offsets bool      // the service is known to heed Offset
	moved   bool      // the list has changed since the first window
	idle    int       // windows in a row that brought nothing new
	done    bool

	ignored bool  // the service does not heed Offset
	torn    bool  // see doubts of list
	short   bool  // see list
	refused error // see list
}

// list is the result of a reading.
func (r *reader) list() *list {
	l := &list{tasks: r.tasks, total: r.total, requestID: r.windows[len(r.windows)-1].requestID}
	if r.torn {
		l.doubts = append(l.doubts, fmt.Sprintf("The list of tasks changed faster than it could be read, "+
			"%d times in a row. Tasks may be missing, or listed twice.", maxReads))
	}
	switch {
	case r.limitReached():
		l.tasks = l.tasks[:r.query.Limit]
	case r.ignored:
		l.doubts = append(l.doubts, fmt.Sprintf("The service answers every Offset with the same %s%s.",
			rows(len(l.tasks)), counted(r.total, ", and counts ")))
	default:
		l.short = r.short
		if l.short {
			l.refused = r.refused
		}
	}
	return l
}

func rows[N int | int64](n N) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

// counted says how many rows TotalCount counts, if it does.
func counted(total *int64, before string) string {
	if total == nil {
		return ""
	}
	return before + rows(*total)
}

// read joins windows until the list ends.
func (r *reader) read(ctx context.Context) error {
	first, err := r.service.first(ctx, r.query)
	if err != nil {
		return err
	}
	r.start(first)
	for !r.done {
		if err := r.follow(ctx, r.plan()); err != nil {
			return err
		}
	}
	if r.moved && r.query.Offset == 0 {
		return r.lookAgain(ctx)
	}
	return nil
}

// start takes the first window, which tells how many rows a page holds.
func (r *reader) start(w *window) {
	const most = 1 << 17 // of what TotalCount promises, make room for so much
	held := int64(len(w.tasks))
	if w.promisesMore() {
		r.tasks = make([]Task, 0, min(*w.total, most))
	}
	r.stride, r.sized = w.asked, held == w.asked
	r.take(w, 0, 0)
	switch {
	case held == 0:
		// Nothing, and no count: the end, or an offset that is out of reach?
		r.done, r.short = true, w.promisesMore() || w.total == nil && r.query.Offset > 0
	case r.limitReached():
		r.done = true
	case held < w.asked && r.agrees(w):
		r.done = true
	case held < w.asked:
		r.stride, r.sized = held, held >= defaultPage && w.promisesMore()
	}
}

// take goes on behind the first keep tasks with the rows of a window behind its
// first skip rows.
func (r *reader) take(w *window, keep, skip int) {
	if skip < len(w.tasks) {
		r.tasks = append(r.tasks[:keep], w.tasks[skip:]...)
		r.next = w.end()
		r.idle = 0
	} else {
		r.next = w.end() + int64(len(r.tasks)-keep) // the window ends within what is known
	}
	r.note(w)
}

// note keeps a window, and what it says of the whole list. A null TotalCount
// says nothing; some pages have it, others not.
func (r *reader) note(w *window) {
	r.windows = append(r.windows, w)
	if w.total != nil {
		r.total = w.total
	}
}

func (r *reader) limitReached() bool {
	return r.query.Limit > 0 && int64(len(r.tasks)) >= r.query.Limit
}

// full reports whether the window holds as many rows as a page can. A single row
// on the first page is hardly that.
func (r *reader) full(w *window) bool {
	held := int64(len(w.tasks))
	return held >= min(w.asked, r.stride) && (held > 1 || r.sized)
}

// agrees reports whether TotalCount says that the list ends with the window,
// and has not been shown wrong by the tasks that are known.
func (r *reader) agrees(w *window) bool {
	return w.total != nil && !w.promisesMore() && *w.total >= r.query.Offset+int64(len(r.tasks))
}

// overlap is how many rows neighbouring windows share: a hundredth, so that it
// costs next to nothing, but one at least wherever a page holds more than one.
func (r *reader) overlap() int64 {
	if r.stride == 1 {
		return 0
	}
	return min(max(1, r.stride/100), int64(len(r.tasks)))
}

// pageLimit is how many rows to ask for: as many as a page holds, or, while that
// is not known, as many as the service took at first.
func (r *reader) pageLimit() int64 {
	if r.sized {
		return r.stride
	}
	return max(r.stride, r.windows[0].asked)
}

// plan is a series of pages that are still to be asked for.
type plan struct {
	offset, limit int64 // of the next page
	count         int64 // pages
	overlap, step int64
	stop          int64 // the offset where the query's Limit ends, or 0
}

// request is one page to ask for.
type request struct{ offset, limit int64 }

// plan gives all pages that TotalCount speaks of when it and the page size can
// be relied on, otherwise the next one.
func (r *reader) plan() plan {
	overlap := r.overlap()
	p := plan{offset: r.next - overlap, limit: r.pageLimit(), count: 1, overlap: overlap, step: r.stride - overlap}
	end := r.next
	if r.sized && r.total != nil {
		end = *r.total
	}
	if r.query.Limit > 0 {
		p.stop = r.query.Offset + r.query.Limit
		end = min(end, p.stop)
	}
	if missing := end - r.next; missing > 0 {
		p.count = (missing + p.step - 1) / p.step
	}
	return p
}

// pop takes the next page from the plan.
func (p *plan) pop() request {
	q := request{p.offset, p.limit}
	if p.stop > 0 {
		q.limit = min(q.limit, max(p.stop-p.offset, p.overlap+1))
	}
	p.offset += p.step
	p.count--
	return q
}

// follow asks for the pages of a plan in parallel and joins them in order. What
// is under way behind the end of the list, or when a page fails, is cancelled.
func (r *reader) follow(ctx context.Context, p plan) error {
	ctx, cancel := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	err := r.joinAll(ctx, group, p)
	interrupted := ctx.Err() != nil
	cancel()
	if failed := group.Wait(); interrupted && err != nil && failed != nil {
		return failed // the first failure, of which the others are the consequence
	}
	return err
}

func (r *reader) joinAll(ctx context.Context, group *errgroup.Group, p plan) error {
	var ahead []<-chan *window
	for {
		for p.count > 0 && len(ahead) < r.service.parallel {
			ahead = append(ahead, r.ask(ctx, group, p.pop()))
		}
		if len(ahead) == 0 {
			return nil
		}
		select {
		case w := <-ahead[0]:
			ahead = ahead[1:]
			if err := r.extend(ctx, w); err != nil {
				return err
			}
			if r.done || !r.full(w) { // behind a page that is not full, others begin elsewhere than planned
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ask starts the request for one page.
func (r *reader) ask(ctx context.Context, group *errgroup.Group, q request) <-chan *window {
	answer := make(chan *window, 1)
	group.Go(func() error {
		w, err := r.fetch(ctx, q.offset, q.limit)
		if err == nil {
			answer <- w
		}
		return err
	})
	return answer
}

// fetch asks for a page that is not the first. An offset that the service
// refuses is the end of what it serves, not an error.
func (r *reader) fetch(ctx context.Context, offset, limit int64) (*window, error) {
	w, err := r.service.fetch(ctx, r.query, offset, limit)
	if tencentcloud.IsCode(err, paramError) {
		return &window{offset: offset, asked: limit, refused: err}, nil
	}
	return w, err
}

// extend joins the next window, with others between where the two do not meet.
func (r *reader) extend(ctx context.Context, w *window) error {
	if r.endsRefused(w) {
		return nil
	}
	if err := r.checkOffset(ctx, w); err != nil || r.done {
		return err
	}
	r.idle++
	if !r.join(w, false) {
		if err := r.bridge(ctx, w); err != nil || r.done {
			return err
		}
	}
	if int64(len(r.tasks)) > r.service.maxTasks {
		return &tencentcloud.Error{Action: describePushTasks, RequestID: w.requestID,
			Cause: fmt.Errorf("the list has more than %d rows, which is more than Terraform can hold", r.service.maxTasks)}
	}
	r.size(w)
	return r.settle(w)
}

// endsRefused ends the list at an offset that the service refuses. There may be
// more if TotalCount says so, or, without one, behind a full page.
func (r *reader) endsRefused(w *window) bool {
	if w.refused == nil {
		return false
	}
	last := r.windows[len(r.windows)-1]
	r.refused, r.done = w.refused, true
	r.short = r.total == nil && r.full(last) || r.total != nil && *r.total > r.query.Offset+int64(len(r.tasks))
	return true
}

// size learns from a later window how many rows a page holds. Two pages of the
// same size, the first of which was asked for more, were cut; below the
// documented default they are rather a short list that has just grown.
func (r *reader) size(w *window) {
	held, progress := int64(len(w.tasks)), r.idle == 0
	switch plausible := held >= defaultPage; {
	case held > r.stride:
		r.stride = held
	case held == r.stride && progress && (plausible || !r.moved):
		r.sized = true
		if plausible && held < r.windows[0].asked {
			r.service.learnPageSize(held)
		}
	}
}

// settle decides whether the list ends with a window that has been joined. A
// page that is not full is believed if TotalCount agrees with it, or if there
// is nothing new in it; a TotalCount alone is not.
func (r *reader) settle(w *window) error {
	progress := r.idle == 0
	switch {
	case r.limitReached():
		r.done = true
	case !r.full(w) && (r.agrees(w) || !progress):
		r.done, r.short = true, r.endsShort(w)
	case r.idle > maxIdle:
		r.done = true
		return r.giveUp()
	}
	return nil
}

// endsShort reports whether TotalCount says that there are rows behind the last
// window. It may be null just where there are no rows; then that of an earlier
// window counts, if nothing has moved.
func (r *reader) endsShort(w *window) bool {
	if w.total == nil && r.total != nil && !r.moved {
		return *r.total > r.query.Offset+int64(len(r.tasks))
	}
	return w.promisesMore()
}

// giveUp has the list read again, or, the last time, raises a doubt.
func (r *reader) giveUp() error {
	r.torn = true
	if r.lenient {
		return nil
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
		far = max(far, *w.total)
	}
	beyond, err := r.fetch(ctx, far, r.stride)
	switch {
	case err != nil:
		return err
	case len(beyond.tasks) > 0 && same(beyond.tasks, first.tasks):
		r.ignored, r.done = true, true
		r.note(beyond)
	default:
		r.offsets = true
	}
	return nil
}
