package paging

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"

	"golang.org/x/sync/errgroup"
)

// part is what a sweep is to read.
type part struct {
	span   Span
	offset int64
	limit  int64 // rows at most; 0 means all
	lead   int64 // rows of the first page, which decides where the others begin; 0 means a full page
	bare   bool  // without seconds to spare
}

// page is a response with its place in the list.
type page[R any] struct {
	Page[R]       // its Total includes the rows in front of the span that was requested
	offset  int64 // in the list
	before  int64 // of it, in front of the span that was requested
}

// request is for a page.
type request struct {
	Request
	before int64 // rows of the list in front of its span
}

// finding is what the responses of a sweep say of each other.
type finding int

const (
	consistent finding = iota
	unshared           // neighbouring pages shared no row, which would have shown a change
	moved              // they contradict each other
)

// order is that of a list in time.
type order int

const (
	oneSecond order = 0
	newer     order = 1 // some row is newer than the one before it
	older     order = 2 // some row is older than the one before it
	untimed   order = 4 // some row has no second, or one that was not requested
)

// sweep is one pass over a part by offset. Neighbouring pages share a row, unless
// a page has room for only one.
type sweep[R any] struct {
	part part
	rows []R
	keys map[uint64]struct{} // hashes of the keys of the rows
	sum  uint64              // of them
	timeline
	total     *int64    // Total of the latest response that has one
	responses int       // that brought rows
	pages     []page[R] // all responses, while their rows are of one second
	refused   error     // the service does not serve the offset behind the rows
	finding   finding
}

// timeline is what the seconds of the rows show. Behind a pause between two of
// them, a list in the order of time goes on as a list of its own, whose count
// agrees. If it does, no bound of the service has capped the two of them.
type timeline struct {
	seconds         []int64
	order           order
	rest            Span  // behind the latest pause
	before          int64 // rows in front of it
	agrees, differs bool  // a count of the rest
}

// end is the offset behind the last row.
func (s *sweep[R]) end() int64 { return s.part.offset + int64(len(s.rows)) }

// limited reports whether the sweep has all the rows that it was to read.
func (s *sweep[R]) limited() bool { return s.part.limit > 0 && int64(len(s.rows)) >= s.part.limit }

// still reports whether the responses prove by themselves that the rows are the
// list. One response that brought them all does. Of several: if the list held
// still, a missing row leaves room for another one to come twice; if it changed, a
// count or the row that two pages share gives it away, unless rows look alike.
func (s *sweep[R]) still() bool {
	return s.finding == consistent && (s.responses <= 1 || s.total != nil && *s.total >= s.end() && len(s.keys) == len(s.rows))
}

// overcounted reports whether the service counts more rows than it gives.
func (s *sweep[R]) overcounted() bool { return s.total != nil && *s.total > s.end() && !s.limited() }

func (s *sweep[R]) list() List[R] {
	return List[R]{Rows: s.rows, Total: s.total, Complete: !s.overcounted()}
}

// sweep reads a part of the list.
func (r *reader[R, K]) sweep(ctx context.Context, of part) (*sweep[R], error) {
	of.span = r.withSpare(of)
	s := &sweep[R]{part: of, keys: map[uint64]struct{}{}}
	for ended := false; !ended; {
		size := r.widest.Load()
		pages, err := r.fetch(ctx, r.plan(s, size))
		if err != nil {
			return nil, err
		}
		for _, p := range pages {
			if ended = r.add(s, p); ended || s.end() != p.offset+size {
				break // the next one begins elsewhere
			}
		}
		if int64(len(s.rows)) > r.MaxRows {
			return nil, &TooLongError{r.MaxRows}
		}
	}
	return s, nil
}

// request keeps a request within the limit of the part. Where the list is in the
// order of time, it skips the seconds whose rows have come.
func (s *sweep[R]) request(offset, limit int64) request {
	if missing := s.part.offset + s.part.limit - offset; s.part.limit > 0 && (limit == 0 || limit > missing) {
		limit = missing
	}
	if inTime := s.order == older || s.order == newer; inTime && s.before > 0 && !s.differs && s.total != nil && *s.total >= smallestBound {
		return request{Request{s.rest, offset - s.before, limit}, s.before}
	}
	return request{Request{s.part.span, offset, limit}, 0}
}

// plan gives the next page, and those up to where the list ends by the service's
// count, unless the first page is shorter than any service makes it.
func (r *reader[R, K]) plan(s *sweep[R], size int64) []request {
	if s.responses == 0 {
		return []request{s.request(s.end(), s.part.lead)}
	}
	until := s.end() + 1
	if s.total != nil && (size >= leastPage || s.responses > 1) {
		until = max(until, *s.total)
	}
	if s.part.limit > 0 {
		until = min(until, s.part.offset+s.part.limit)
	}
	var plan []request
	overlap := min(size-1, 1)
	for at := s.end(); at < until && len(plan) < r.Parallel; at += size - overlap {
		plan = append(plan, s.request(at-overlap, 0))
	}
	return plan
}

// add takes the next page and reports whether it ends the list.
func (r *reader[R, K]) add(s *sweep[R], p page[R]) bool {
	if p.Refused != nil {
		s.refused = p.Refused
		return true
	}
	if p.before > 0 {
		s.agrees = p.Total != nil && *p.Total == *s.total
		if s.differs = !s.agrees; s.differs {
			return false // it is of no use
		}
	}
	known := s.rows[p.offset-s.part.offset:]
	shared, knows := min(len(known), len(p.Rows)), r.knows(s, p.Rows)
	switch {
	case s.responses == 0:
	case s.total != nil && p.Total != nil && *s.total != *p.Total || !r.same(known[:shared], p.Rows[:shared]):
		s.finding = moved
	case shared == 0:
		s.finding = max(s.finding, unshared)
		if knows {
			if s.responses++; !s.overcounted() {
				s.finding = moved // else the list is incomplete anyway
			}
			return true // such a service may ignore the offset
		}
	}
	s.total = cmp.Or(p.Total, s.total)
	r.gain(s, p.Rows[shared:])
	if s.pages = append(s.pages, p); s.order&(newer|older) != 0 {
		s.pages = nil
	}
	held, widest := int64(len(p.Rows)), r.widest.Load()
	raise(&r.widest, held)
	if shared == len(p.Rows) || s.limited() || s.finding == moved && knows {
		return true
	}
	short := held < min(p.Limit, cmp.Or(widest, p.Limit))
	return short && (s.total == nil && 0 < widest && widest < p.Limit || s.total != nil && *s.total == s.end())
}

// knows reports whether rows like all of these came before.
func (r *reader[R, K]) knows(s *sweep[R], rows []R) bool {
	return len(rows) > 0 && !slices.ContainsFunc(rows, func(row R) bool {
		_, known := s.keys[r.hash(&row)]
		return !known
	})
}

func (r *reader[R, K]) hash(row *R) uint64 { return maphash.Comparable(r.seed, r.Key(row)) }

// gain adds rows behind those that came before.
func (r *reader[R, K]) gain(s *sweep[R], rows []R) {
	for i := range rows {
		at, ok := r.Second(&rows[i])
		switch {
		case !ok || !s.part.span.has(at):
			s.order |= untimed
		case len(s.seconds) == 0 || i == 0 && s.finding == moved:
		default:
			s.follow(s.seconds[len(s.seconds)-1], at)
		}
		s.seconds = append(s.seconds, at)
		if at == s.part.span.From {
			r.fromIncluded.Store(true)
		}
		if at == s.part.span.To {
			r.toIncluded.Store(true)
		}
		key := r.hash(&rows[i])
		s.keys[key] = struct{}{}
		s.sum += key
	}
	if len(rows) > 0 {
		s.responses++
		s.rows = append(s.rows, rows...)
		raise(&r.given, s.end())
	}
}

// follow notes that a row comes behind another one. A pause between them is more
// than a second long, so that it does not matter whether the ends of a span are
// included.
func (s *sweep[R]) follow(last, at int64) {
	rest := s.part.span
	switch {
	case at > last:
		s.order |= newer
		rest.From = last + 1
	case at < last:
		s.order |= older
		rest.To = last - 1
	}
	if at > last+1 || at < last-1 {
		s.rest, s.before = rest, s.part.offset+int64(len(s.seconds))
	}
}

// same reports whether two runs of rows are the same.
func (r *reader[R, K]) same(a, b []R) bool {
	return slices.EqualFunc(a, b, func(x, y R) bool { return r.Key(&x) == r.Key(&y) })
}

// fetch fetches pages, many at once.
func (r *reader[R, K]) fetch(ctx context.Context, plan []request) ([]page[R], error) {
	pages := make([]page[R], len(plan))
	group, ctx := errgroup.WithContext(ctx)
	for i, of := range plan {
		group.Go(func() error {
			if err := r.slots.Acquire(ctx, 1); err != nil {
				return err
			}
			defer r.slots.Release(1)
			p, err := r.Fetch(ctx, of.Request)
			if p.Total != nil {
				total := *p.Total + of.before
				p.Total = &total
			}
			pages[i] = page[R]{p, of.Offset + of.before, of.before}
			return err
		})
	}
	return pages, group.Wait()
}
