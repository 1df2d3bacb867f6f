package cdn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// wholeList reads a list that may be longer than the service gives at once: the
// console stops at 10 000 records and asks for longer ranges in parts, and the
// API may stop too. Where it stops, the window of time is split, and what lies
// behind is read as a list of its own.
func (s *Service) wholeList(ctx context.Context, q Query) (*list, error) {
	l, err := s.list(ctx, q)
	tooDeep := tencentcloud.IsCode(err, paramError) || err == nil && l.mayGoOn(q)
	switch {
	case q.Offset > 0 && q.StartTime != "" && tooDeep:
		return s.fromTheStart(ctx, q) // a window can be split, but not behind an offset
	case err != nil:
		return nil, err
	}
	whole, err := s.deepen(ctx, q, l)
	if err != nil || whole == l {
		return whole, err
	}
	whole.total = l.total
	if held := int64(len(whole.tasks)); q.Limit > 0 && q.Limit < held {
		whole.tasks = whole.tasks[:q.Limit]
	} else if l.total != nil && held < *l.total {
		whole.doubts = append(whole.doubts, doubt(l.total, held))
	}
	return whole, nil
}

// fromTheStart reads a list from its first row, to apply the offset itself.
func (s *Service) fromTheStart(ctx context.Context, q Query) (*list, error) {
	whole := q
	whole.Offset = 0
	if q.Limit > 0 {
		whole.Limit = q.Offset + q.Limit
	}
	l, err := s.wholeList(ctx, whole)
	if err != nil {
		return nil, err
	}
	l.tasks = l.tasks[min(q.Offset, int64(len(l.tasks))):]
	return l, nil
}

// mayGoOn reports whether there may be rows behind a list: because the service
// counts them or refused to go on, or because the list ends after a round
// number of rows, as a bound is (10 000 in the console, and the API hardly gives
// less) and TotalCount may be bounded with it. The look behind that this leads to
// costs one request where there is nothing and the rows are in the order of their
// CreateTime. A bound that is not round, with a TotalCount that knows nothing
// beyond it, cannot be told from the end of a list.
func (l *list) mayGoOn(q Query) bool {
	const leastBound, round = 10_000, 1000
	held := int64(len(l.tasks))
	end, limited := q.Offset+held, q.Limit > 0 && held >= q.Limit
	bound := held > 0 && end >= leastBound && end%round == 0
	return l.short || bound && !limited && len(l.doubts) == 0
}

// deepen completes a list that the service cut short, if its window can be
// split. Whether that brings more rows tells a bound from a wrong count.
func (s *Service) deepen(ctx context.Context, q Query, l *list) (*list, error) {
	if !l.mayGoOn(q) {
		return l, nil
	}
	c, ok := newCut(q, l.tasks)
	if !ok {
		return l.asItIs(q)
	}
	sides := c.sides(q)
	gained, refused := false, error(nil)
	for i := range sides {
		side := &sides[i]
		var err error
		if side.list, err = s.list(ctx, side.query); err != nil {
			return nil, err
		}
		gained = gained || len(side.beyond(l)) > 0
		refused = cmp.Or(refused, side.list.refused)
	}
	if !gained {
		l.refused = refused // none if the parts have an end: then so has the whole
		return l.asItIs(q)
	}
	whole := &list{tasks: l.tasks, total: l.total, doubts: l.doubts}
	for _, side := range sides {
		var err error
		if side.list, err = s.deepen(ctx, side.query, side.list); err != nil {
			return nil, err
		}
		whole.tasks = append(whole.tasks, side.beyond(l)...)
		whole.doubts = append(whole.doubts, side.list.doubts...)
		whole.requestID = side.list.requestID
	}
	return whole, nil
}

// side is a part of a window of time that is read as a list of its own.
type side struct {
	query   Query
	belongs func(*Task) bool // tells its rows from those of the second that is asked for to spare
	list    *list
}

// beyond gives the rows of the side that another list does not have, so that
// what is known stays in the service's order, and they come behind it.
func (p *side) beyond(known *list) []Task {
	times := make(map[identity]int)
	for i := range known.tasks {
		if t := &known.tasks[i]; p.belongs(t) {
			times[t.identity()]++
		}
	}
	var rows []Task
	for i := range p.list.tasks {
		t := &p.list.tasks[i]
		if id := t.identity(); p.belongs(t) {
			if times[id]--; times[id] < 0 {
				rows = append(rows, *t)
			}
		}
	}
	return rows
}

// asItIs ends with the rows that could be had. A count that is higher is a
// doubt; an offset that the service refused is an error.
func (l *list) asItIs(q Query) (*list, error) {
	held := q.Offset + int64(len(l.tasks))
	var e *tencentcloud.Error
	switch {
	case errors.As(l.refused, &e):
		deeper := *e
		deeper.Cause = fmt.Errorf("the service gave %d rows and refused to go on behind them; "+
			"a narrower StartTime and EndTime brings the list within its reach", len(l.tasks))
		return nil, &deeper
	case l.total != nil && *l.total > held:
		l.doubts = append(l.doubts, doubt(l.total, held))
	}
	return l, nil
}

func doubt(total *int64, held int64) string {
	return fmt.Sprintf("The service counts %s but its list ends after %d.", rows(*total), held)
}

// cut is a second at which a window of time is split: rows created up to it are
// older, the others newer.
type cut struct {
	at           time.Time
	older, newer bool // on which side rows may be missing
}

// sides are the parts where rows may be missing. Whether the service includes
// the ends of a window is not documented, so each is asked for with a second to
// spare.
func (c cut) sides(q Query) []side {
	q.Offset, q.Limit = 0, 0
	isOlder := func(t *Task) bool {
		at, _ := created(t)
		return !at.After(c.at)
	}
	older := side{query: q, belongs: isOlder}
	older.query.EndTime = c.at.Add(time.Second).Format(TimeLayout)
	newer := side{query: q, belongs: func(t *Task) bool { return !isOlder(t) }}
	newer.query.StartTime = c.at.Format(TimeLayout)
	switch {
	case !c.newer:
		return []side{older}
	case !c.older:
		return []side{newer}
	}
	return []side{newer, older}
}

// newCut tells where to split the window of a query. In a list in the order of
// CreateTime all missing rows are behind the last one. It reports false where
// the query has no window, where rows outside of it show that it does not speak
// of CreateTime, and where a side would not be shorter than the whole.
func newCut(q Query, tasks []Task) (cut, bool) {
	from, err := time.ParseInLocation(TimeLayout, q.StartTime, Zone)
	if err != nil || len(tasks) == 0 {
		return cut{}, false
	}
	var to time.Time // zero is an open end
	if q.EndTime != "" {
		if to, err = time.ParseInLocation(TimeLayout, q.EndTime, Zone); err != nil {
			return cut{}, false
		}
	}
	times := make([]time.Time, len(tasks))
	for i := range tasks {
		at, ok := created(&tasks[i])
		if !ok || at.Before(from) || !to.IsZero() && at.After(to) {
			return cut{}, false
		}
		times[i] = at
	}
	c := cutAt(times)
	if c.older && c.newer { // anywhere will do
		if !to.IsZero() && c.at.After(to.Add(-2*time.Second)) {
			c.at = to.Add(-2 * time.Second)
		}
		if c.at.Before(from.Add(time.Second)) {
			c.at = from.Add(time.Second)
		}
	}
	olderIsShorter := to.IsZero() || c.at.Add(time.Second).Before(to)
	newerIsShorter := c.at.After(from)
	return c, (!c.older || olderIsShorter) && (!c.newer || newerIsShorter)
}

// cutAt looks at the order of the rows.
func cutAt(times []time.Time) cut {
	first, last := times[0], times[len(times)-1]
	descending := slices.IsSortedFunc(times, func(a, b time.Time) int { return b.Compare(a) })
	switch {
	case descending && first.After(last):
		return cut{at: last, older: true}
	case slices.IsSortedFunc(times, time.Time.Compare) && first.Before(last):
		return cut{at: last.Add(-time.Second), newer: true}
	}
	slices.SortFunc(times, time.Time.Compare)
	return cut{at: times[(len(times)-1)/2], older: true, newer: true}
}

func created(t *Task) (time.Time, bool) {
	at, err := time.ParseInLocation(TimeLayout, deref(t.CreateTime), Zone)
	return at, err == nil
}
