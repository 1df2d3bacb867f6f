package paging

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/sync/errgroup"
)

// smallestBound is the fewest rows that a service is taken to stop at, as a
// console stops at 10 000: a longer list may go on behind its end, unseen by the
// service's own count.
const smallestBound = 500

// mayHideRows reports whether the end of the list may be a bound of the service.
// Where it has given more rows of another span, it is not.
func (r *reader[R, K]) mayHideRows(s *sweep[R]) bool {
	held := int64(len(s.rows))
	return s.refused != nil || held >= r.known.given.Load() && (s.overcounted() || held >= smallestBound && !s.limited())
}

// hidesRows looks where rows would be that the service counts but does not give,
// or does not even count, and reports whether there is one.
func (r *reader[R, K]) hidesRows(ctx context.Context, span Span, s *sweep[R]) (bool, error) {
	seconds, ok := r.seconds(s.rows)
	if !ok || len(seconds) == 0 {
		return false, nil
	}
	order := s.order(seconds)
	if order == mixed && s.overcounted() && slices.Max(seconds) > slices.Min(seconds) {
		return true, nil // wherever they are, the parts of the span will show them, or not
	}
	for _, behind := range span.behind(seconds, order, int(r.known.widest.Load())) {
		requested, came, limit := r.withSpare(behind), map[K]int{}, int64(1)
		for i := range s.rows {
			if requested.has(seconds[i]) {
				came[r.source.Key(&s.rows[i])]++
				limit++
			}
		}
		there, err := r.sweep(ctx, part[R]{span: behind, limit: limit})
		if err != nil {
			return false, err
		}
		for key, n := range r.count(r.within(requested, List[R]{Rows: there.rows}).Rows) {
			if n > came[key] {
				return true, nil
			}
		}
	}
	return false, nil
}

// behind gives the parts of a span where rows would be that a bound hides. In the
// order of time that is behind the last row. In any other order they can be
// anywhere: most likely before the oldest row, after the newest, or where the time
// between two rows is longest. The seconds next to them are included, which may
// have more rows than came, but for those with more than a page holds.
func (s Span) behind(seconds []int64, order order, page int) []Span {
	sorted := slices.Sorted(slices.Values(seconds))
	oldest, newest := sorted[0], sorted[len(sorted)-1]
	parts := []Span{{s.From, oldest}, {newest, s.To}}
	switch order {
	case newestFirst:
		parts = parts[:1]
	case oldestFirst:
		parts = parts[1:]
	default:
		gap := 0
		for i := range sorted[1:] {
			if sorted[i+1]-sorted[i] > sorted[gap+1]-sorted[gap] {
				gap = i
			}
		}
		if oldest < newest {
			parts = append(parts, Span{sorted[gap], sorted[gap+1]})
		}
	}
	crowded := func(second int64) bool {
		first, found := slices.BinarySearch(sorted, second)
		return found && first+page <= len(sorted) && sorted[first+page-1] == second
	}
	for i := range parts {
		if crowded(parts[i].From) {
			parts[i].From++
		}
		if crowded(parts[i].To) {
			parts[i].To--
		}
	}
	return slices.DeleteFunc(parts, func(s Span) bool { return s.From > s.To })
}

func (s Span) has(second int64) bool { return second >= s.From && second <= s.To }

// within takes the rows that do not belong to a span from a list: those of the
// seconds that were requested to spare.
func (r *reader[R, K]) within(span Span, list List[R]) List[R] {
	if span != r.whole {
		list.Rows = slices.DeleteFunc(list.Rows, func(row R) bool {
			at, ok := r.source.Second(&row)
			return !ok || !span.has(at)
		})
	}
	return list
}

// withSpare widens a span by a second at each end that the service may exclude.
func (r *reader[R, K]) withSpare(span Span) Span {
	if !r.known.fromIncluded.Load() && span.From > r.whole.From {
		span.From--
	}
	if !r.known.toIncluded.Load() && span.To < r.whole.To {
		span.To++
	}
	return span
}

// learnEnds finds out from the rows of a span whether the service includes its ends.
func (r *reader[R, K]) learnEnds(span Span, rows []R) {
	for i := range rows {
		switch at, _ := r.source.Second(&rows[i]); at {
		case span.From:
			r.known.fromIncluded.Store(true)
		case span.To:
			r.known.toIncluded.Store(true)
		}
	}
}

// seconds gives the second of each row. It reports false where a row has none, or
// one that was not requested: then the service's spans are of something else.
func (r *reader[R, K]) seconds(rows []R) ([]int64, bool) {
	seconds := make([]int64, len(rows))
	for i := range rows {
		at, ok := r.source.Second(&rows[i])
		if !ok || !r.whole.has(at) {
			return nil, false
		}
		seconds[i] = at
	}
	return seconds, true
}

// order is that of a list in time.
type order int

const (
	mixed order = iota
	newestFirst
	oldestFirst
)

// order is that of the rows. In a list that moves, where some may come twice, it
// is that of the rows within each response.
func (s *sweep[R]) order(seconds []int64) order {
	newer, older := false, false
	for i := 1; i < len(seconds); i++ {
		if _, first := slices.BinarySearch(s.starts, i); first && !s.steady {
			continue
		}
		newer = newer || seconds[i] > seconds[i-1]
		older = older || seconds[i] < seconds[i-1]
	}
	switch {
	case older && !newer:
		return newestFirst
	case newer && !older:
		return oldestFirst
	}
	return mixed
}

// pieceSize is how many rows to expect of a span that is to fit into one response.
func (r *reader[R, K]) pieceSize() int64 {
	return max(1, r.known.widest.Load()*9/10)
}

// split divides a span: one that changes into such as fit into one response each,
// one that is longer than the service gives into what it gave and what it did not.
func (r *reader[R, K]) split(span Span, s *sweep[R], hidden bool) []Span {
	seconds, ok := r.seconds(s.rows)
	if !ok || len(seconds) == 0 {
		return nil
	}
	order, last := s.order(seconds), seconds[len(seconds)-1]
	slices.Sort(seconds)
	switch {
	case !hidden:
		return span.pieces(seconds, int(r.pieceSize()))
	case order == newestFirst:
		return span.cut(last + 1)
	case order == oldestFirst:
		return span.cut(last)
	}
	parts := 2
	if s.total != nil {
		parts = max(parts, int(*s.total/int64(len(seconds)))*5/4+1)
	}
	return span.pieces(seconds, len(seconds)/parts)
}

// cut divides a span at a second, which belongs to the later part.
func (s Span) cut(at int64) []Span {
	at = min(max(at, s.From+1), s.To)
	return []Span{{s.From, at - 1}, {at, s.To}}
}

// pieces divides a span so that each piece has at most so many of the seconds,
// which are sorted. A second that has more is a piece of its own.
func (s Span) pieces(seconds []int64, size int) []Span {
	var pieces []Span
	from, held := s.From, 0
	end := func(to int64) {
		if to >= from {
			pieces = append(pieces, Span{from, to})
			from, held = to+1, 0
		}
	}
	for i := 0; i < len(seconds); {
		at, n := seconds[i], 0
		for i < len(seconds) && seconds[i] == at {
			i, n = i+1, n+1
		}
		if at > s.To || at < s.From {
			continue
		}
		if held > 0 && held+n > size {
			end(at - 1)
		}
		if held += n; n > size {
			end(at - 1)
			end(at)
		}
	}
	end(s.To)
	return pieces
}

// lists reads the parts of a span at once, and puts their rows into the order
// in which a sweep has seen them.
func (r *reader[R, K]) lists(ctx context.Context, parts []Span, s *sweep[R]) (List[R], error) {
	lists := make([]List[R], len(parts))
	group, partsCtx := errgroup.WithContext(ctx)
	for i, span := range parts {
		group.Go(func() (err error) {
			lists[i], err = r.list(partsCtx, span)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return List[R]{}, err
	}
	whole := List[R]{Total: s.total, Complete: true}
	rows := make([][]R, len(parts))
	for i, list := range lists {
		rows[i] = list.Rows
		whole.Complete = whole.Complete && list.Complete
	}
	seconds, _ := r.seconds(s.rows)
	switch s.order(seconds) {
	case newestFirst:
		slices.Reverse(rows)
		whole.Rows = slices.Concat(rows...)
	case oldestFirst:
		whole.Rows = slices.Concat(rows...)
	default:
		var err error
		if whole.Rows, err = r.arrange(ctx, s, rows); err != nil {
			return List[R]{}, err
		}
	}
	return whole, nil
}

// arrange puts the rows of parts into an order that is not that of time. Those
// that a bound hid are behind the others. If a sweep missed some because the list
// moved, another one shows where they belong.
func (r *reader[R, K]) arrange(ctx context.Context, s *sweep[R], parts [][]R) ([]R, error) {
	if s.steady {
		return r.weave(s.rows, parts, true), nil
	}
	seen := r.count(s.rows)
	if !slices.ContainsFunc(slices.Concat(parts...), func(row R) bool { return seen[r.source.Key(&row)] == 0 }) {
		return r.weave(s.rows, parts, false), nil
	}
	again, err := r.sweep(ctx, s.part)
	if err != nil {
		return nil, err
	}
	return r.weave(r.weave(again.rows, [][]R{s.rows}, false), parts, false), nil
}

// weave puts rows that came in parts, each in the order of the list, into the
// order in which the list was seen before. A row that was not there comes last, or
// else behind the one before it in its part.
func (r *reader[R, K]) weave(seen []R, parts [][]R, unseenLast bool) []R {
	places := map[K][]int{}
	for i := range seen {
		key := r.source.Key(&seen[i])
		places[key] = append(places[key], i)
	}
	type placed struct {
		row R
		at  int
	}
	var rows []placed
	for _, part := range parts {
		at := -1
		for _, row := range part {
			key := r.source.Key(&row)
			if known := places[key]; len(known) > 0 {
				at, places[key] = known[0], known[1:]
			} else if unseenLast {
				at = len(seen)
			}
			rows = append(rows, placed{row, at})
		}
	}
	slices.SortStableFunc(rows, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	woven := make([]R, len(rows))
	for i := range rows {
		woven[i] = rows[i].row
	}
	return woven
}
