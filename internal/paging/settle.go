package paging

import "slices"

// account compares the rows of responses with the counts in them: the first count
// and what the later ones have gained on it are how many rows there ever were. If
// so many have come, none is missing, whatever has moved. It begins with the
// latest response and adds one before it each time, since a row that left before
// it came spoils the comparison. It gives the rows that have come, in the order of a
// sweep, or nil if some may be missing.
func (r *reader[R, K]) account(responses []page[R], order []R) []R {
	type most struct{ times, response int } // that a row has come in one response
	came, rows, gained, later := map[K]most{}, int64(0), int64(0), int64(0)
	for i, p := range slices.Backward(responses) {
		if p.Total == nil || len(p.Rows) > 0 && p.offset+int64(len(p.Rows)) > *p.Total {
			return nil // it does not count, or not these rows
		}
		times := map[K]int{}
		for j := range p.Rows {
			key := r.Key(&p.Rows[j])
			if times[key]++; times[key] > came[key].times {
				came[key] = most{times[key], i}
				rows++
			}
		}
		gained, later = gained+max(0, later-*p.Total), *p.Total
		if rows != *p.Total+gained {
			continue
		}
		parts := make([][]R, len(responses))
		for j := i; j < len(responses); j++ {
			for _, row := range responses[j].Rows {
				if came[r.Key(&row)].response == j {
					parts[j] = append(parts[j], row)
				}
			}
		}
		return r.weave(order, parts)
	}
	return nil
}
