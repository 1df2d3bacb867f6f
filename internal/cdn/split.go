package cdn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// wholeList reads a list that may be longer than the service gives at once: the
// console stops at 10 000 records and asks for longer ranges in parts, and the
// API may stop too. Where it stops short of its own count, the window of time
// is split. Whether that brings more rows tells a bound from a wrong count.
func (s *Service) wholeList(ctx context.Context, q Query) (*list, error) {
	l, err := s.list(ctx, q)
	if err != nil || !l.short {
		return l, err
	}
	span, ok := newSpan(q, l.tasks)
	if !ok {
		return l.asItIs(q)
	}
	halves, err := s.halves(ctx, q, span, newestFirst(l.tasks))
	if err != nil {
		return nil, err
	}
	if len(halves.tasks) <= len(l.tasks) && l.refused == nil {
		return l.asItIs(q)
	}
	halves.total = l.total
	return halves, nil
}

// asItIs ends with the rows that could be had. A count that is higher is a
// doubt; an offset that the service refused is an error.
func (l *list) asItIs(q Query) (*list, error) {
	if l.refused != nil {
		var e *tencentcloud.Error
		if errors.As(l.refused, &e) {
			deeper := *e
			deeper.Cause = fmt.Errorf("the service gave %d rows and refused to go on behind them; "+
				"a narrower StartTime and EndTime brings the list within its reach", len(l.tasks))
			return nil, &deeper
		}
		return nil, l.refused
	}
	l.doubts = append(l.doubts, fmt.Sprintf("The service counts %s but its list ends after %d.",
		rows(l.total), q.Offset+int64(len(l.tasks))))
	return l, nil
}

// span is a window of time, in whole seconds, both ends included.
type span struct {
	from, to time.Time
	open     bool // the query has no end of its own
}

// newSpan tells the window of a query that can be split. Rows show whether the
// window speaks of their CreateTime: one that lies outside says that it does not.
func newSpan(q Query, tasks []Task) (span, bool) {
	from, err := time.ParseInLocation(TimeLayout, q.StartTime, Zone)
	if err != nil {
		return span{}, false
	}
	w := span{from: from, open: q.EndTime == ""}
	if w.open {
		w.to = from
	} else if w.to, err = time.ParseInLocation(TimeLayout, q.EndTime, Zone); err != nil {
		return span{}, false
	}
	for i := range tasks {
		at, ok := created(&tasks[i])
		if !ok || at.Before(w.from) || !w.open && at.After(w.to) {
			return span{}, false
		}
		if w.open && at.After(w.to) {
			w.to = at
		}
	}
	return w, w.to.Sub(w.from) >= minSpan
}

// minSpan is the shortest window whose halves, each with a second to spare, are
// shorter than it is.
const minSpan = 3 * time.Second

func created(t *Task) (time.Time, bool) {
	at, err := time.ParseInLocation(TimeLayout, deref(t.CreateTime), Zone)
	return at, err == nil
}

// newestFirst tells the order of rows; the documents' examples have it so.
func newestFirst(tasks []Task) bool {
	if len(tasks) == 0 {
		return true
	}
	return deref(tasks[0].CreateTime) >= deref(tasks[len(tasks)-1].CreateTime)
}

// halves reads the two halves of a window. Whether the service includes the
// ends of a window is not documented, so each half is asked for with a second
// to spare, and a row belongs to the half that its CreateTime lies in.
func (s *Service) halves(ctx context.Context, q Query, w span, newest bool) (*list, error) {
	middle := w.from.Add(w.to.Sub(w.from) / 2).Truncate(time.Second)
	whole := q
	whole.Offset, whole.Limit = 0, 0
	early, late := whole, whole
	early.EndTime = middle.Add(time.Second).Format(TimeLayout)
	late.StartTime = middle.Format(TimeLayout)

	older, err := s.wholeList(ctx, early)
	if err != nil {
		return nil, err
	}
	newer, err := s.wholeList(ctx, late)
	if err != nil {
		return nil, err
	}
	isEarly := func(t *Task) bool {
		at, ok := created(t)
		return !ok || !at.After(middle)
	}
	older.keep(isEarly)
	newer.keep(func(t *Task) bool { return !isEarly(t) })
	return join(older, newer, newest).slice(q), nil
}

// keep drops the rows that belong to another list.
func (l *list) keep(belongs func(*Task) bool) {
	kept := l.tasks[:0:0]
	for i := range l.tasks {
		if belongs(&l.tasks[i]) {
			kept = append(kept, l.tasks[i])
		}
	}
	l.tasks = kept
}

// join puts two lists into the service's order.
func join(older, newer *list, newest bool) *list {
	first, second := older, newer
	if newest {
		first, second = newer, older
	}
	return &list{
		tasks:     append(first.tasks, second.tasks...),
		requestID: newer.requestID,
		doubts:    append(older.doubts, newer.doubts...),
	}
}

// slice applies the offset and limit of the query to the whole list.
func (l *list) slice(q Query) *list {
	l.tasks = l.tasks[min(q.Offset, int64(len(l.tasks))):]
	if q.Limit > 0 {
		l.tasks = l.tasks[:min(q.Limit, int64(len(l.tasks)))]
	}
	return l
}
