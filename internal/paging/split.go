package paging

import (
	"cmp"
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

// withSpare widens a span by a second at each end that the service may exclude.
func (r *reader[R, K]) withSpare(span Span) Span {
	if !r.fromIncluded.Load() && span.From > r.whole.From {
		span.From--
	}
	if !r.toIncluded.Load() && span.To < r.whole.To {
		span.To++
	}
	return span
}

// tryEnds requests the very second of a row, which comes if a span includes its
// ends: then no part needs a second to spare, which a neighbour may fill.
func (r *reader[R, K]) tryEnds(ctx context.Context, second int64) error {
	if r.fromIncluded.Load() && r.toIncluded.Load() {
		return nil
	}
	span := Span{second, second}
	p, err := r.Fetch(ctx, Request{Span: span, Limit: 1})
	for i := range p.Rows {
		if at, ok := r.Second(&p.Rows[i]); ok {
			r.learnEnds(span, at)
		}
	}
	return err
}

// inParts reads the parts of a span at once, and adds them to the first rows of a
// sweep, which belong to none of them. The order is that of the sweep.
func (r *reader[R, K]) inParts(ctx context.Context, s *sweep[R], first int, parts []Span) (List[R], error) {
	lists := make([]List[R], len(parts))
	if len(parts) > 1 {
		if err := r.tryEnds(ctx, s.seconds[len(s.seconds)-1]); err != nil {
			return List[R]{}, err
		}
	}
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
	rows := make([][]R, len(parts))
	for i, list := range lists {
		rows[i] = slices.DeleteFunc(list.Rows, func(row R) bool {
			at, _ := r.Second(&row)
			return !parts[i].has(at)
		})
		whole.Complete = whole.Complete && (list.Complete || undercounted)
	}
	if s.order == older {
		slices.Reverse(rows)
	}
	whole.Rows = slices.Concat(append([][]R{s.rows[:first]}, rows...)...)
	if s.order == older || s.order == newer {
		return whole, nil
	}
	if s.finding == moved && s.part.span == r.whole {
		var err error
		if s, err = r.sweep(ctx, s.part); err != nil {
			return List[R]{}, err
		}
	}
	whole.Rows = r.weave(s.rows, slices.Concat(rows, [][]R{s.rows[:first]}))
	return whole, nil
}

// weave puts rows that came in parts, each in the order of the list, into the
// order in which the list was seen before. A row that was not there comes before
// the one behind it in its part, or last.
func (r *reader[R, K]) weave(seen []R, parts [][]R) []R {
	places := map[K][]int{}
	for i := range seen {
		key := r.Key(&seen[i])
		places[key] = append(places[key], i)
	}
	type placed struct {
		row *R
		at  int
	}
	var rows []placed
	for _, part := range slices.Backward(parts) {
		at := len(seen)
		for i := range slices.Backward(part) {
			key := r.Key(&part[i])
			if known := places[key]; len(known) > 0 {
				at, places[key] = known[len(known)-1], known[:len(known)-1]
			}
			rows = append(rows, placed{&part[i], at})
		}
	}
	slices.Reverse(rows)
	slices.SortStableFunc(rows, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	woven := make([]R, len(rows))
	for i := range rows {
		woven[i] = *rows[i].row
	}
	return woven
}
