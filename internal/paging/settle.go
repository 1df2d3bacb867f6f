package paging

import (
	"cmp"
	"context"
)

// settle reads a span that cannot be split, until what the responses say leaves
// nothing open. It does so alone, since the less time there is between two
// responses, the less can change.
func (r *reader[R, K]) settle(ctx context.Context, span Span) (List[R], error) {
	const sweeps = 6
	if err := r.slots.Acquire(ctx, int64(r.source.Parallel)); err != nil {
		return List[R]{}, err
	}
	defer r.slots.Release(int64(r.source.Parallel))
	var seen []page[R]
	var last *sweep[R]
	of := part[R]{span: span, alone: true, observe: func(p page[R]) { seen = append(seen, p) }}
	for n := range int64(sweeps) {
		s, err := r.sweep(ctx, of)
		if err != nil {
			return List[R]{}, err
		}
		list := s.list()
		switch parts := r.account(seen); {
		case s.proven(), last != nil && s.refused == nil && r.agree(last, s):
		case parts != nil:
			list = List[R]{Rows: r.weave(s.rows, parts, false), Total: s.total, Complete: true}
		default:
			last = s
			of.lead = 1 + r.known.widest.Load()*[...]int64{4, 2, 6, 1, 5, 3}[n]/8
			continue
		}
		return r.within(span, list), nil
	}
	return List[R]{}, cmp.Or(last.refused, ErrInconsistent)
}

// account compares the rows of responses with the counts in them: the first count
// and what the later ones have gained on it are how many rows there ever were. If
// so many have come, none is missing, whatever has moved. It begins with the
// latest response and adds one before it each time, since a row that left before
// it came spoils the comparison. It gives all rows that have come, by response,
// or nil if some may be missing.
func (r *reader[R, K]) account(responses []page[R]) [][]R {
	came, gained, accounted := map[K]int{}, int64(0), false
	rows := int64(0)
	for i := len(responses) - 1; i >= 0; i-- {
		p := &responses[i]
		if p.Refused != nil || p.Total == nil || len(p.Rows) > 0 && p.end() > *p.Total {
			return nil // it does not count, or not these rows
		}
		for key, n := range r.count(p.Rows) {
			rows += int64(max(0, n-came[key]))
			came[key] = max(came[key], n)
		}
		if i+1 < len(responses) {
			gained += max(0, *responses[i+1].Total-*p.Total)
		}
		accounted = accounted || rows == *p.Total+gained
	}
	if !accounted {
		return nil
	}
	return r.latest(responses, came)
}

func (r *reader[R, K]) count(rows []R) map[K]int {
	times := make(map[K]int, len(rows))
	for i := range rows {
		times[r.source.Key(&rows[i])]++
	}
	return times
}

// latest takes the rows of each kind from the last response that has as many of
// them as most says.
func (r *reader[R, K]) latest(responses []page[R], most map[K]int) [][]R {
	parts := make([][]R, len(responses))
	for i := len(responses) - 1; i >= 0; i-- {
		times := r.count(responses[i].Rows)
		for _, row := range responses[i].Rows {
			if key := r.source.Key(&row); times[key] == most[key] {
				parts[i] = append(parts[i], row)
			}
		}
		for key, n := range times {
			if n == most[key] {
				most[key] = -1
			}
		}
	}
	return parts
}
