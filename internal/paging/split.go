package paging

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"
)

func (s Span) has(second int64) bool { return second >= s.From && second <= s.To }

// clip keeps spans within this one, and drops those that are outside.
func (s Span) clip(spans ...Span) []Span {
	for i := range spans {
		spans[i] = Span{max(s.From, spans[i].From), min(s.To, spans[i].To)}
	}
	return slices.DeleteFunc(spans, func(part Span) bool { return part.From > part.To })
}

// pieces divides a span so that each piece has at most so many of the seconds,
// unless a single one has more.
func (s Span) pieces(seconds []int64, size int64) []Span {
	seconds = slices.DeleteFunc(slices.Sorted(slices.Values(seconds)), func(at int64) bool { return !s.has(at) })
	size = max(1, size)
	var pieces []Span
	for int64(len(seconds)) > size && seconds[0] < seconds[len(seconds)-1] {
		at := max(seconds[size], seconds[0]+1) // where the next piece begins
		pieces = append(pieces, Span{s.From, at - 1})
		s.From = at
		first, _ := slices.BinarySearch(seconds, at)
		seconds = seconds[first:]
	}
	return append(pieces, s)
}

// withSpare is the span of a part, with a second more at each end that the service
// may exclude.
func (r *reader[R, K]) withSpare(of part) Span {
	if !of.bare && !r.fromIncluded.Load() && of.span.From > r.whole.From {
		of.span.From--
	}
	if !of.bare && !r.toIncluded.Load() && of.span.To < r.whole.To {
		of.span.To++
	}
	return of.span
}

// inParts reads the parts of a span at once, and adds them to the first rows of a
// sweep, which belong to none of them. The order is that of the sweep. Before it
// splits for the first time it finds out whether the ends of a span are included,
// by the second of a row that is there.
func (r *reader[R, K]) inParts(ctx context.Context, s *sweep[R], first int, parts []Span) (List[R], error) {
	if len(parts) > 1 && r.triedEnds.CompareAndSwap(false, true) {
		at := s.seconds[len(s.seconds)-1]
		if _, err := r.sweep(ctx, part{span: Span{at, at}, limit: 1, bare: true}); err != nil {
			return List[R]{}, err
		}
	}
	lists := make([]List[R], len(parts))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(r.Parallel)
	for i, span := range parts {
		group.Go(func() (err error) {
			lists[i], err = r.list(groupCtx, span)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return List[R]{}, err
	}
	whole := List[R]{Total: s.total, Complete: true}
	undercounted := s.finding < moved && s.total != nil && *s.total < s.end() // then no count means anything
	rows := [][]R{s.rows[:first]}
	for i, list := range lists {
		rows = append(rows, slices.DeleteFunc(list.Rows, func(row R) bool {
			at, _ := r.Second(&row)
			return !parts[i].has(at)
		}))
		whole.Complete = whole.Complete && (list.Complete || undercounted)
	}
	var err error
	switch {
	case s.order == older:
		slices.Reverse(rows[1:])
		fallthrough
	case s.order == newer:
		whole.Rows = slices.Concat(rows...)
		return whole, nil
	case s.finding == moved && s.part.span == r.whole:
		s, err = r.sweep(ctx, s.part) // shows where the rows belong that came between its pages
	}
	if err == nil {
		whole.Rows = r.weave(s.rows, rows)
	}
	return whole, err
}

// weave puts rows that came in parts, each in the order of the list, into the
// order in which the list was seen. A row that was not there comes before the one
// behind it in its part, or last.
func (r *reader[R, K]) weave(seen []R, parts [][]R) []R {
	places := map[K][]int{}
	for i := range seen {
		key := r.Key(&seen[i])
		places[key] = append(places[key], i)
	}
	woven := make([][]R, len(seen)+1)
	for _, part := range slices.Backward(parts) {
		at := len(seen)
		for _, row := range slices.Backward(part) {
			key := r.Key(&row)
			if known := len(places[key]) - 1; known >= 0 {
				at, places[key] = places[key][known], places[key][:known]
			}
			woven[at] = append(woven[at], row)
		}
	}
	for _, rows := range woven {
		slices.Reverse(rows)
	}
	return slices.Concat(woven...)
}
