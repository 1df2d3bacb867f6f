// Package paging reads a list that may change while it is read. A service gives
// it in pages, each of which is atomic; between two responses anything may
// happen. A row that is there from before the read until after it is returned
// exactly once, or the read fails. The package knows neither HTTP nor what a row
// is.
//
// A list that holds still is read in one [sweep], which also proves that it held
// still. Where it is in the order of time, the sweep requests what is behind a
// pause as a list of its own: rows that come in front of it do not matter, and its
// count shows whether a bound of the service caps that of the whole list.
//
// Any other list is split into spans of time that fit into one response
// each, since what comes in one response is exact whatever moves elsewhere. Where
// a single second has more rows than that, it is swept until the responses agree
// or account for every row.
package paging

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
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
	Parallel int                    // requests at once
	MaxRows  int64                  // a longer list is an error
}

// List is what a read returns.
type List[R any] struct {
	Rows  []R    // in the order of the service
	Total *int64 // the service's own count of the whole list; nil if it has none

	// Complete is false where the service counts more rows than it gives, also
	// when it is read again, although the list ends by itself.
	Complete bool
}

// ErrInconsistent is the error of a list that changed each time it was read.
var ErrInconsistent = errors.New("the list changed each time it was read")

// TooLongError is the error of a list with more than MaxRows rows.
type TooLongError struct{ MaxRows int64 }

func (e *TooLongError) Error() string {
	return fmt.Sprintf("the list has more than %d rows", e.MaxRows)
}

// Read reads rows of the list from an offset on: as many as limit says, or all
// of them if it is 0. The error is one of this package, or of Fetch. Positions in
// a list that moves mean nothing by themselves: there they are counted in the
// whole list.
func Read[R any, K comparable](ctx context.Context, source Source[R, K], whole Span, offset, limit int64) (List[R], error) {
	r := &reader[R, K]{Source: source, whole: whole, slots: semaphore.NewWeighted(int64(source.Parallel)), seed: maphash.MakeSeed()}
	if offset == 0 && limit == 0 {
		return r.list(ctx, whole)
	}
	s, err := r.sweep(ctx, part{span: whole, offset: offset, limit: limit})
	if err != nil {
		return List[R]{}, err
	}
	if s.still() && !r.mayHideRows(s) {
		return s.list(), nil
	}
	list, err := r.list(ctx, whole)
	list.Rows = list.Rows[min(offset, int64(len(list.Rows))):]
	if limit > 0 {
		list.Rows = list.Rows[:min(limit, int64(len(list.Rows)))]
	}
	return list, err
}

// reader reads one list.
type reader[R any, K comparable] struct {
	Source[R, K]
	whole Span
	slots *semaphore.Weighted // for the requests under way
	seed  maphash.Seed

	// What the responses have shown of the service:
	widest                   atomic.Int64 // rows of the largest response
	given                    atomic.Int64 // the most rows of one span that came, in one sweep
	moves                    atomic.Bool  // the list has changed while it was read
	fromIncluded, toIncluded atomic.Bool  // rows of the very ends of a span came
	triedEnds                atomic.Bool  // a span was requested to find that out
}

// raise raises a value that only grows.
func raise(value *atomic.Int64, n int64) {
	known := value.Load()
	for n > known && !value.CompareAndSwap(known, n) {
		known = value.Load()
	}
}

// list reads all rows of a span. Some of the seconds next to it may be among them.
func (r *reader[R, K]) list(ctx context.Context, span Span) (List[R], error) {
	const sweeps, accounts = 22, 2
	var seen []page[R]
	var refused error
	accounted, same := 0, map[uint64]int{} // sweeps that account for every row, and those that bring the same rows
	of := part{span: span}
	for n := range int64(sweeps) {
		s, err := r.sweep(ctx, of)
		if err != nil {
			return List[R]{}, err
		}
		if s.order&untimed != 0 && span != r.whole {
			return List[R]{}, ErrInconsistent // the service's spans are of another time than that of its rows
		}
		if s.finding == moved {
			r.moves.Store(true)
		} else {
			same[s.sum]++
		}
		proven := s.still() && (s.responses <= 1 || !r.moves.Load())
		if proven || s.finding < moved && same[s.sum] >= r.enough(s) {
			return r.beyond(ctx, span, s)
		}
		again := n == 0 && s.agrees && s.finding == consistent // it only has equal rows: cheaper than parts
		if parts := span.pieces(s.seconds, r.widest.Load()*19/20); s.order&untimed == 0 && len(parts) > 1 && !again {
			return r.inParts(ctx, s, 0, parts)
		}
		seen = append(seen, s.pages...)
		if rows := r.account(seen, s.rows); rows != nil {
			if accounted++; accounted == accounts {
				return List[R]{Rows: rows, Total: s.total, Complete: true}, nil
			}
		}
		refused, of.lead = s.refused, 0
		if widest := r.widest.Load(); widest > 1 && s.end() >= widest {
			of.lead = 1 + widest*((4+3*n)%8)/8
		}
	}
	return List[R]{}, cmp.Or(refused, ErrInconsistent)
}

// enough is how many sweeps, whose pages begin at other places, must bring the
// same rows: more where they are small enough to agree by chance, or where one of
// two equal rows may stand for a row that is missing.
func (r *reader[R, K]) enough(s *sweep[R]) int {
	enough := 2
	if r.widest.Load() < leastPage {
		enough++
	}
	if s.total == nil && len(s.keys) < len(s.rows) {
		enough++
	}
	return enough
}

// The fewest rows that a service is taken to stop at, as a console stops at
// 10 000, and at once. A longer list may go on behind such an end, uncounted.
const (
	smallestBound = 500
	leastPage     = 20
)

// mayHideRows reports whether the end of the list may be a bound of the service.
// Where it has given more rows of another span, it is not.
func (r *reader[R, K]) mayHideRows(s *sweep[R]) bool {
	switch end := s.end(); {
	case s.refused != nil || s.part.offset > 0 && len(s.rows) == 0 && s.total == nil:
		return true
	case end < r.given.Load():
		return false
	case s.overcounted():
		return end >= leastPage
	default:
		return end >= smallestBound && !s.limited() && !s.agrees
	}
}

// beyond adds to a sweep what a bound of the service may hide. In the order of
// time that is behind the last row, or beside the only second. In any other order
// it can be anywhere: there, both halves of the span are read by themselves.
func (r *reader[R, K]) beyond(ctx context.Context, span Span, s *sweep[R]) (List[R], error) {
	if !r.mayHideRows(s) || len(s.rows) == 0 || s.order&untimed != 0 {
		return s.list(), s.refused
	}
	last := s.seconds[len(s.seconds)-1]
	before, at, after := Span{span.From, last - 1}, Span{last, last}, Span{last + 1, span.To}
	switch {
	case s.order == older:
		return r.inParts(ctx, s, slices.Index(s.seconds, last), span.clip(Span{span.From, last}))
	case s.order == newer:
		return r.inParts(ctx, s, slices.Index(s.seconds, last), span.clip(Span{last, span.To}))
	case span == at:
		return s.list(), s.refused
	case s.order == oneSecond && s.refused == nil && !s.overcounted():
		return r.inParts(ctx, s, len(s.rows), span.clip(before, after))
	case s.order == oneSecond:
		return r.inParts(ctx, s, 0, span.clip(before, at, after))
	}
	return r.inParts(ctx, s, 0, span.pieces(s.seconds, int64(len(s.rows)/2)))
}
