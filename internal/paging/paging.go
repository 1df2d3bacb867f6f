// Package paging reads a list that may change while it is read. A service gives
// it in pages, each of which is atomic; between two responses anything may
// happen. A row that is there from before the read until after it is returned
// exactly once, or the read fails. It knows neither HTTP nor what a row is.
//
// A list that holds still is read in one [sweep], which also proves that it held
// still. Any other list is split into spans of time that fit into one response
// each, since what comes in one response is exact whatever moves elsewhere. What
// cannot be split is swept until the responses agree.
package paging

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// Span is a range of whole seconds, such as Unix time, both ends included.
type Span struct{ From, To int64 }

// Open ends of a Span.
const (
	Beginning = math.MinInt64
	End       = math.MaxInt64
)

// Request is for some of the rows of a span.
type Request struct {
	Span
	Offset int64 // rows to skip
	Limit  int64 // rows at most; 0 means as many as the service gives at once
}

// Page is one response.
type Page[R any] struct {
	Rows  []R
	Total *int64 // rows of the span, as the service counts; nil if it does not
	Limit int64  // rows that were requested; fewer than in the Request where the service accepts no more

	// Refused is the error of a service that does not serve the offset.
	Refused error
}

// Source is a list and how it is read. Its functions are called from several
// goroutines.
type Source[R any, K comparable] struct {
	Fetch    func(context.Context, Request) (Page[R], error)
	Key      func(*R) K             // what tells rows apart and never changes; equal rows have the same
	Second   func(*R) (int64, bool) // the second that a row belongs to, which never changes; false if it has none
	Windowed bool                   // Fetch can narrow the list to a span
	Parallel int                    // requests at once
	MaxRows  int64                  // a longer list is an error
}

// List is what a read returns.
type List[R any] struct {
	Rows  []R    // in the order of the service
	Total *int64 // the service's own count of the whole list, the latest; nil if it has none

	// Complete is false where the service counts more rows than it gives, also
	// when it is read again, although the list ends by itself.
	Complete bool

	PageSize int64 // rows of a full page; 0 if that is not certain
}

// ErrInconsistent is the error of a list that changed each time it was read.
var ErrInconsistent = errors.New("the list changed each time it was read")

// TooLongError is the error of a list with more than MaxRows rows.
type TooLongError struct{ MaxRows int64 }

func (e *TooLongError) Error() string {
	return fmt.Sprintf("the list has more than %d rows", e.MaxRows)
}

// Read reads rows of the list from an offset on: as many as limit says, or all
// of them if it is 0. The error is one of this package, or of Fetch.
func Read[R any, K comparable](ctx context.Context, source Source[R, K], whole Span, offset, limit int64) (List[R], error) {
	r := &reader[R, K]{source: source, whole: whole, slots: semaphore.NewWeighted(int64(source.Parallel)), seed: maphash.MakeSeed()}
	var list List[R]
	var err error
	if offset == 0 && limit == 0 {
		list, err = r.list(ctx, whole)
	} else {
		list, err = r.part(ctx, offset, limit)
	}
	list.PageSize = r.known.size.Load()
	return list, err
}

// part reads the rows from an offset on. Positions in a list that moves mean
// nothing by themselves: there they are counted in the whole list.
func (r *reader[R, K]) part(ctx context.Context, offset, limit int64) (List[R], error) {
	s, err := r.sweep(ctx, part[R]{span: r.whole, offset: offset, limit: limit})
	if err != nil {
		return List[R]{}, err
	}
	if s.proven() && !(r.source.Windowed && r.mayHideRows(s)) {
		return s.list(), nil
	}
	list, err := r.list(ctx, r.whole)
	if err != nil {
		return List[R]{}, err
	}
	list.Rows = list.Rows[min(offset, int64(len(list.Rows))):]
	if limit > 0 {
		list.Rows = list.Rows[:min(limit, int64(len(list.Rows)))]
	}
	return list, nil
}

// reader reads one list.
type reader[R any, K comparable] struct {
	source Source[R, K]
	whole  Span
	slots  *semaphore.Weighted // for the requests under way
	seed   maphash.Seed
	known  facts
}

// facts are what the responses have shown of the service.
type facts struct {
	size   atomic.Int64 // rows of a full page; 0 until that is certain
	widest atomic.Int64 // rows of the largest response
	given  atomic.Int64 // the most rows of one span that came, in one sweep
	moves  atomic.Bool  // the list has changed while it was read

	fromIncluded, toIncluded atomic.Bool // rows of the very ends of a span came
}

// list reads all rows of a span.
func (r *reader[R, K]) list(ctx context.Context, span Span) (List[R], error) {
	s, err := r.sweep(ctx, part[R]{span: span})
	if err != nil {
		return List[R]{}, err
	}
	if !s.steady {
		r.known.moves.Store(true)
	}
	splittable, hidden := r.source.Windowed && span.From < span.To, false
	exact := s.steady && (len(s.starts) <= 1 || !splittable || !r.known.moves.Load())
	if exact && splittable && r.mayHideRows(s) {
		if hidden, err = r.hidesRows(ctx, span, s); err != nil {
			return List[R]{}, err
		}
	}
	if exact && !hidden {
		if confirmed, err := r.confirm(ctx, s); err != nil || confirmed {
			return r.within(span, s.list()), err
		}
	}
	if splittable {
		if parts := r.split(span, s, hidden); len(parts) > 1 {
			return r.lists(ctx, parts, s)
		}
	}
	return r.settle(ctx, span)
}

// confirm reports whether a sweep that met nothing strange is the list: by
// itself, or because another one, whose pages lie across the ends of these, gives
// the same rows.
func (r *reader[R, K]) confirm(ctx context.Context, s *sweep[R]) (bool, error) {
	if s.proven() || s.refused != nil || len(s.starts) <= 1 {
		return s.refused == nil, nil
	}
	of := s.part
	if of.lead = 1 + r.known.widest.Load()/2; of.lead >= r.known.widest.Load() {
		return false, nil // pages so small have no other ends
	}
	again, err := r.sweep(ctx, of)
	return err == nil && r.agree(s, again), err
}

// agree reports whether two sweeps show the same list.
func (r *reader[R, K]) agree(a, b *sweep[R]) bool {
	return a.steady && b.steady && !differ(a.total, b.total) && r.same(a.rows, b.rows)
}
