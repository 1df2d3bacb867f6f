package paging

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// part is what a sweep is to read.
type part[R any] struct {
	span    Span
	offset  int64
	limit   int64         // rows at most; 0 means all
	lead    int64         // rows of the first page, which decides where the others begin; 0 means a full page
	alone   bool          // one request after the other, and no others of the list meanwhile
	observe func(page[R]) // is given every response, unless it is nil
}

// page is a response with its place in the list.
type page[R any] struct {
	Page[R]
	offset int64
}

func (p *page[R]) end() int64 { return p.offset + int64(len(p.Rows)) }

// sweep is one pass over a part by offset. Neighbouring pages share a row, unless
// a page has room for only one.
type sweep[R any] struct {
	part     part[R]
	rows     []R
	keys     map[uint64]struct{} // hashes of the keys of the rows
	total    *int64              // Total of the latest response that has one
	starts   []int               // of the rows that each response brought, in rows
	idle     int                 // responses in a row that brought no new row of a list that moves
	refused  error               // the service does not serve the offset behind the rows
	ended    bool                // there is nothing more to read
	steady   bool                // no response contradicts another
	unproven bool                // equal rows came, or neighbouring pages shared no row
}

// end is the offset behind the last row.
func (s *sweep[R]) end() int64 { return s.part.offset + int64(len(s.rows)) }

// limited reports whether the sweep has all the rows that it was to read.
func (s *sweep[R]) limited() bool { return s.part.limit > 0 && int64(len(s.rows)) >= s.part.limit }

// proven reports whether the responses prove by themselves that the rows are the
// list. One response that brought them all does. Of several: if the list held
// still, a missing row leaves room for another one to come twice; if it changed, a
// count or the row that two pages share gives it away.
func (s *sweep[R]) proven() bool {
	counted := len(s.rows) > 0 || s.part.offset == 0
	if s.total != nil {
		counted = *s.total == s.end() || s.limited() && (*s.total > s.end() || len(s.starts) <= 1) ||
			*s.total < s.end() && len(s.rows) == 0
	}
	return s.steady && s.refused == nil && counted && (len(s.starts) <= 1 || s.total != nil && !s.unproven)
}

// overcounted reports whether the service counts more rows than it gives.
func (s *sweep[R]) overcounted() bool { return s.total != nil && *s.total > s.end() && !s.limited() }

func (s *sweep[R]) list() List[R] {
	return List[R]{Rows: s.rows, Total: s.total, Complete: !s.overcounted()}
}

// sweep reads a part of the list.
func (r *reader[R, K]) sweep(ctx context.Context, of part[R]) (*sweep[R], error) {
	s := &sweep[R]{part: of, steady: true, keys: map[uint64]struct{}{}}
	span := r.withSpare(of.span)
	for plan := []Request{s.clip(Request{span, of.offset, of.lead})}; !s.ended; plan = r.plan(s, span) {
		if err := r.inOrder(ctx, plan, of.alone, func(p page[R]) bool { return r.add(s, p) }); err != nil {
			return nil, err
		}
		if int64(len(s.rows)) > r.source.MaxRows {
			return nil, &TooLongError{r.source.MaxRows}
		}
	}
	return s, nil
}

// clip keeps a request within the limit of the part.
func (s *sweep[R]) clip(request Request) Request {
	if missing := s.part.offset + s.part.limit - request.Offset; s.part.limit > 0 && (request.Limit == 0 || request.Limit > missing) {
		request.Limit = missing
	}
	return request
}

// plan gives the pages up to where the list ends by the service's count, if the
// size of a page is known, otherwise the next page.
func (r *reader[R, K]) plan(s *sweep[R], span Span) []Request {
	const maxPages = 1000 // planned ahead
	size, overlap := r.known.size.Load(), int64(1)
	if r.known.widest.Load() == 1 {
		overlap = 0
	}
	until := s.end() + 1
	if size > 0 && s.total != nil && !s.part.alone {
		until = max(until, *s.total)
	}
	if s.part.limit > 0 {
		until = min(until, s.part.offset+s.part.limit)
	}
	var plan []Request
	for at := s.end() - overlap; at+overlap < until && len(plan) < maxPages; at += max(size-overlap, 1) {
		plan = append(plan, s.clip(Request{span, at, size}))
	}
	return plan
}

// add takes the next page and reports whether those planned behind it are of use.
func (r *reader[R, K]) add(s *sweep[R], p page[R]) bool {
	if s.part.observe != nil {
		s.part.observe(p)
	}
	if p.Refused != nil {
		s.refused, s.ended = p.Refused, true
		return false
	}
	known := s.rows[p.offset-s.part.offset:]
	shared := min(len(known), len(p.Rows))
	switch {
	case len(s.starts) == 0:
	case differ(s.total, p.Total) || shared < len(known) || !r.same(known[:shared], p.Rows[:shared]):
		s.steady = false
	case shared == 0 && r.knows(s, p.Rows):
		s.ended = true // a page of one row that came before: a service that ignores the offset
		return false
	case shared == 0:
		s.unproven = true
	}
	s.total = cmp.Or(p.Total, s.total)
	held, full := int64(len(p.Rows)), p.Limit
	if widest := r.known.widest.Load(); widest > 0 {
		full = min(full, widest)
	}
	r.gain(s, p.Rows[shared:])
	r.learnSize(s, p.Page, shared < len(p.Rows))
	s.ended = shared == len(p.Rows) || s.limited() || s.idle > maxIdle ||
		held < full && (s.total == nil && full < p.Limit || s.total != nil && *s.total == s.end())
	return !s.ended && held == p.Limit
}

// maxIdle is how many pages in a row may bring no new row of a list that moves: a
// service that ignores the offset gives the same ones for ever.
const maxIdle = 8

// knows reports whether rows like all of these came before.
func (r *reader[R, K]) knows(s *sweep[R], rows []R) bool {
	for i := range rows {
		if _, ok := s.keys[r.hash(&rows[i])]; !ok {
			return false
		}
	}
	return len(rows) > 0
}

func (r *reader[R, K]) hash(row *R) uint64 { return maphash.Comparable(r.seed, r.source.Key(row)) }

// gain adds rows behind those that came before.
func (r *reader[R, K]) gain(s *sweep[R], rows []R) {
	if len(rows) == 0 {
		return
	}
	before := len(s.keys)
	for i := range rows {
		s.keys[r.hash(&rows[i])] = struct{}{}
	}
	news := len(s.keys) - before
	s.unproven = s.unproven || news < len(rows)
	if s.idle++; s.steady || news > 0 {
		s.idle = 0
	}
	s.starts = append(s.starts, len(s.rows))
	s.rows = append(s.rows, rows...)
}

// learnSize finds out how many rows a full page has: as many as were requested
// without a limit, or, if the service gives fewer, as many as it gives twice or
// where there are more. Fewer than any service gives are rather a short list that
// has just grown.
func (r *reader[R, K]) learnSize(s *sweep[R], p Page[R], gained bool) {
	const plausible = 20
	held, size := int64(len(p.Rows)), r.known.size.Load()
	full := held == p.Limit && s.part.lead == 0 && s.part.limit == 0
	again := len(s.starts) > 1 && gained && held == r.known.widest.Load()
	cut := held < p.Limit && (again || held >= plausible && s.total != nil && *s.total > s.end())
	if held > size && (size > 0 || full || cut) {
		r.known.size.Store(held)
	}
	raise(&r.known.widest, held)
	if held > 0 {
		raise(&r.known.given, s.end())
	}
}

func raise(most *atomic.Int64, n int64) {
	for known := most.Load(); n > known && !most.CompareAndSwap(known, n); known = most.Load() {
	}
}

// same reports whether two runs of rows are the same.
func (r *reader[R, K]) same(a, b []R) bool {
	return slices.EqualFunc(a, b, func(x, y R) bool { return r.source.Key(&x) == r.source.Key(&y) })
}

// differ reports whether two counts contradict each other. Some responses of a
// service may have one and others not.
func differ(a, b *int64) bool { return a != nil && b != nil && *a != *b }

// inOrder fetches the pages of a plan, many at once, and hands them over in its
// order until use has no use for more.
func (r *reader[R, K]) inOrder(ctx context.Context, plan []Request, alone bool, use func(page[R]) bool) error {
	parent := ctx
	group, ctx := errgroup.WithContext(parent)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var ahead []chan page[R]
	for {
		for len(plan) > 0 && len(ahead) < r.source.Parallel {
			ahead, plan = append(ahead, r.fetch(ctx, group, plan[0], alone)), plan[1:]
		}
		if len(ahead) == 0 {
			return nil
		}
		select {
		case p := <-ahead[0]:
			if ahead = ahead[1:]; use(p) {
				continue
			}
			cancel()
			_ = group.Wait() // what is under way is of no use
			return nil
		case <-ctx.Done():
			return cmp.Or(group.Wait(), parent.Err())
		}
	}
}

// fetch starts a request. One that is alone has all slots already.
func (r *reader[R, K]) fetch(ctx context.Context, group *errgroup.Group, request Request, alone bool) chan page[R] {
	response := make(chan page[R], 1)
	group.Go(func() error {
		if !alone {
			if err := r.slots.Acquire(ctx, 1); err != nil {
				return err
			}
			defer r.slots.Release(1)
		}
		p, err := r.source.Fetch(ctx, request)
		if err == nil {
			if request.Span != r.whole {
				r.learnEnds(request.Span, p.Rows)
			}
			response <- page[R]{p, request.Offset}
		}
		return err
	})
	return response
}
