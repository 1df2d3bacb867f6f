package paging

// account compares the rows of responses with the counts in them: the first count
// and what the later ones have gained on it are how many rows there ever were. If
// so many have come, none is missing, whatever has moved. It begins with the
// latest response and adds one before it each time, since a row that left before
// it came spoils the comparison. It gives all rows that have come, in the order of
// a sweep, or nil if some may be missing.
func (r *reader[R, K]) account(responses []page[R], order []R) []R {
	type most struct{ times, response int } // that a row has come in one response
	came, rows, gained, accounted := map[K]most{}, int64(0), int64(0), false
	for i := len(responses) - 1; i >= 0; i-- {
		p := &responses[i]
		if p.Refused != nil || p.Total == nil || len(p.Rows) > 0 && p.end() > *p.Total {
			return nil // it does not count, or not these rows
		}
		for key, n := range r.count(p.Rows) {
			if before := came[key].times; n > before {
				rows += int64(n - before)
				came[key] = most{n, i}
			}
		}
		if i+1 < len(responses) {
			gained += max(0, *responses[i+1].Total-*p.Total)
		}
		accounted = accounted || rows == *p.Total+gained
	}
	if !accounted {
		return nil
	}
	parts := make([][]R, len(responses))
	for i, p := range responses {
		for _, row := range p.Rows {
			if came[r.Key(&row)].response == i {
				parts[i] = append(parts[i], row)
			}
		}
	}
	return r.weave(order, parts)
}

func (r *reader[R, K]) count(rows []R) map[K]int {
	times := make(map[K]int, len(rows))
	for i := range rows {
		times[r.Key(&rows[i])]++
	}
	return times
}
