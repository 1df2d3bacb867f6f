package paging

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// script is a service that has a list for each request, the last one for all that
// follow. A list is the names of its rows, each with its second behind @, or those
// of the one before it. Rows of one name are equal.
type script struct {
	lists     []string
	page      int
	uncounted bool
	fixed     int64 // what it counts, whatever there is
	delays    map[int64]time.Duration

	mu       sync.Mutex
	requests []Request
}

func (s *script) rows() []string {
	return strings.Fields(s.lists[min(len(s.requests), len(s.lists))-1])
}

func second(row string) (at int64, ok bool) {
	_, text, _ := strings.Cut(row, "@")
	_, err := fmt.Sscan(text, &at)
	return at, err == nil
}

func (s *script) fetch(ctx context.Context, request Request) (Page[string], error) {
	if delay, ok := s.delays[request.Offset]; ok {
		<-time.After(delay)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.requests = append(s.requests, request); len(s.requests) > 1000 {
		return Page[string]{}, errors.New("no end")
	}
	rows := slices.DeleteFunc(s.rows(), func(row string) bool {
		at, ok := second(row)
		return ok && !request.has(at)
	})
	p := Page[string]{Limit: cmp.Or(request.Limit, 1000)}
	if total := cmp.Or(s.fixed, int64(len(rows))); !s.uncounted {
		p.Total = &total
	}
	rows = rows[min(int(request.Offset), len(rows)):]
	p.Rows = slices.Clone(rows[:min(len(rows), int(p.Limit), s.page)])
	return p, ctx.Err()
}

func (s *script) source() Source[string, string] {
	return Source[string, string]{Fetch: s.fetch, Key: func(row *string) string { return *row },
		Second: func(row *string) (int64, bool) { return second(*row) }, Parallel: 1, MaxRows: 10_000}
}

// read reads all rows, or a part of them.
func (s *script) read(t *testing.T, offset, limit int64) (string, error) {
	t.Helper()
	list, err := Read(t.Context(), s.source(), Span{Beginning, End}, offset, limit)
	if err == nil && !list.Complete {
		err = errors.New("incomplete")
	}
	return strings.Join(list.Rows, " "), err
}

// names makes a list of n rows of the same second.
func names(n int, at int64) []string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf("%02d@%d", i, at)
	}
	return rows
}

// farApart is a list of one second with two equal rows.
var farApart = strings.Join(append(names(60, 1), "05@1"), " ")

// Lists that change, and what comes of them: the smallest cases that were found.
func TestChanges(t *testing.T) {
	for name, c := range map[string]struct {
		script *script
		want   string
		most   int // requests
	}{
		"a row leaves before one that looks like another": {&script{page: 5, lists: []string{
			"t@1 a@1 b@1 c@1 d@1 e@1 f@1 a@1 g@1", "a@1 b@1 c@1 d@1 e@1 f@1 a@1 g@1"}},
			"a@1 b@1 c@1 d@1 e@1 f@1 a@1 g@1", 10},
		"a second in another order": {&script{page: 5, lists: []string{
			"a@1 b@1 c@1 d@1 e@1 f@1 g@1 h@1 i@1", "i@1 h@1 g@1 f@1 e@1 d@1 c@1 b@1 a@1", "a@1 b@1 c@1 d@1 e@1 f@1 g@1 h@1 i@1"}},
			"a@1 b@1 c@1 d@1 e@1 f@1 g@1 h@1 i@1", 9},
		"the last rows are equal, and one comes": {&script{page: 3, uncounted: true, lists: []string{
			"b@2 c@3 d@1 e@5 f@4 f@4", "a@6 b@2 c@3 d@1 e@5 f@4 f@4"}},
			"a@6 b@2 c@3 d@1 e@5 f@4 f@4", 25},
		"a list by name keeps its order": {&script{page: 4, lists: []string{
			"b@3 c@1 d@2 e@4 f@1 g@5 h@2 i@3", "a@9 b@3 c@1 d@2 e@4 f@1 g@5 h@2 i@3"}},
			"a@9 b@3 c@1 d@2 e@4 f@1 g@5 h@2 i@3", 12},
		"rows that the first pass missed are put where they belong": {&script{page: 4, lists: []string{
			"a@3 b@1 c@2 d@4 e@1 f@5 g@2 h@3 i@6", "b@1 c@2 d@4 e@1 f@5 g@2 h@3 i@6"}},
			"b@1 c@2 d@4 e@1 f@5 g@2 h@3 i@6", 13},
		"a page of one row is no end": {&script{page: 1, uncounted: true, lists: []string{"b@1 c@1", "c@1"}}, "c@1", 9},
		"as many come as go":          {&script{page: 3, lists: []string{"a@9 b@8 c@7 d@6 e@5 f@4", "x@9 b@8 c@7 d@6 e@5 f@4"}}, "a@9 b@8 c@7 d@6 e@5 f@4", 4},
		"rows without a second":       {&script{page: 3, lists: []string{"a@1 b c@3 d e@5", "x@6 a@1 b c@3 d e@5"}}, "x@6 a@1 b c@3 d e@5", 20},
		"a count that is too low proves nothing": {&script{page: 3, fixed: 2, lists: []string{
			"a@6 b@5 c@4 d@3 e@2", "d@3 a@6 c@4 e@2"}}, "a@6 d@3 c@4 e@2", 20},
		"equal rows far apart": {&script{page: 20, lists: []string{farApart}}, farApart, 9},
		"a part of a list that moves seems to hold still": {&script{page: 3, lists: []string{
			"z@9 y@8 x@7 w@6", "y@8 x@7 w@6 a@2", "a@2", "a@2 b@2 c@1 d@1 e@1", "a@2 d@1 c@1 e@1 f@1"}},
			"a@2 d@1 c@1 e@1 f@1", 30},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.script.read(t, 0, 0)
			if err != nil || got != c.want {
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			}
			if n := len(c.script.requests); n > c.most {
				t.Errorf("%d requests: %v", n, c.script.requests)
			}
		})
	}
}

// One submission of 40 rows, of which the 6th and the 39th are equal. Two more
// rows are submitted while it is read, and the third page overtakes the second.
func TestFortyRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rows := names(40, 1)
		rows[38] = rows[5]
		first := strings.Join(rows, " ")
		s := script{page: 20, lists: []string{first, "x@2 " + first, "y@3 x@2 " + first},
			delays: map[int64]time.Duration{19: 2 * time.Millisecond, 38: time.Millisecond}}
		source := s.source()
		source.Parallel = 4
		list, err := Read(t.Context(), source, Span{Beginning, End}, 0, 0)
		if err != nil || !list.Complete || !slices.Equal(list.Rows, strings.Fields("y@3 x@2 "+first)) {
			t.Errorf("%d rows: %v, %v", len(list.Rows), list, err)
		}
		if n := len(s.requests); n > 24 {
			t.Errorf("%d requests: %v", n, s.requests)
		}
	})
}

// A service that stops at a bound that nothing tells of gives its whole list.
func TestBounds(t *testing.T) {
	for _, bound := range []int{500, 1000, 5000, 9999, 10_001} {
		for _, order := range []ordering{newest, oldest, byName, updated} {
			for _, count := range []counting{capped, none} {
				for _, rows := range []int{bound, bound + 1, 12_000} {
					w := newWorld(kind{order: order, count: count, replicas: one, minPage: 25, parallel: 1}, 1)
					w.page, w.bound, w.filtered, w.items = 1000, bound, false, nil
					clear(w.stays)
					clear(w.ever)
					w.fill(rows, 20_000)
					list, err := w.read(t)
					if err != nil || !list.Complete {
						t.Errorf("bound %d, order %s, count %s, %d rows: complete: %t, error %v", bound, order, count, rows, list.Complete, err)
					} else if fault := w.fault(list.Rows); fault != nil && (order == newest || order == oldest || len(list.Rows) != rows) {
						t.Errorf("bound %d, order %s, count %s, %d rows: %.200v", bound, order, count, rows, fault)
					}
					if most := 2 + 3*rows/min(bound, w.page); count == capped && (order == newest || order == oldest) && w.requests > most {
						t.Errorf("bound %d, order %s, %d rows: %d requests, want at most %d", bound, order, rows, w.requests, most)
					}
				}
			}
		}
	}
}

// A list that holds still takes as many requests as it has pages, with one row
// read twice for each, and twice as many if some rows are equal.
func TestRequests(t *testing.T) {
	for _, page := range []int{20, 100, 1000} {
		for _, order := range []ordering{newest, oldest} {
			for _, twins := range []bool{false, true} {
				w := newWorld(kind{order: order, count: counted, replicas: one, twins: twins, minPage: 20, parallel: 1}, 1)
				w.page, w.filtered, w.items = page, false, nil
				w.fill(10_000, 9_000/int64(page)) // seconds of more than a page
				for i := range w.items {
					w.items[i].second *= 10
				}
				list, err := w.read(t)
				if err != nil || !list.Complete || len(list.Rows) != len(w.items) {
					t.Fatalf("%d rows, complete: %t, error %v", len(list.Rows), list.Complete, err)
				}
				most := float64(1+len(w.items)/(page-1)) + 1
				if twins {
					most *= 2.1
				}
				if float64(w.requests) > most {
					t.Errorf("order %s, pages of %d, twins %t: %d requests, want at most %.0f", order, page, twins, w.requests, most)
				}
			}
		}
	}
}

// A part of a list that moves is counted in the list.
func TestPart(t *testing.T) {
	still := "a@9 b@8 c@7 d@6 e@5 f@4 g@3"
	for name, c := range map[string]struct {
		script        *script
		offset, limit int64
		want          string
		requests      int
	}{
		"the first rows":     {&script{page: 5, lists: []string{still}}, 0, 3, "a@9 b@8 c@7", 1},
		"within a page":      {&script{page: 5, lists: []string{still}}, 1, 3, "b@8 c@7 d@6", 1},
		"over pages":         {&script{page: 3, lists: []string{still}}, 1, 5, "b@8 c@7 d@6 e@5 f@4", 2},
		"to the end":         {&script{page: 5, lists: []string{still}}, 4, 0, "e@5 f@4 g@3", 1},
		"behind the end":     {&script{page: 5, lists: []string{still}}, 8, 0, "", 1},
		"of a moving list":   {&script{page: 3, lists: []string{still, "x@9 " + still}}, 1, 4, "a@9 b@8 c@7 d@6", 8},
		"the rest of one":    {&script{page: 3, lists: []string{still, "x@9 " + still}}, 1, 0, still, 9},
		"nothing, uncounted": {&script{page: 5, uncounted: true, lists: []string{still}}, 8, 0, "", 6},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.script.read(t, c.offset, c.limit)
			if err != nil || got != c.want || len(c.script.requests) > c.requests {
				t.Errorf("got %s, %v, want %s\n%v", got, err, c.want, c.script.requests)
			}
		})
	}
}

// A service that does not do what it is asked for gives an error, or a list that
// is incomplete, after a number of requests that depends on the list.
func TestOddServices(t *testing.T) {
	still := strings.Join(names(30, 1), " ")
	for name, c := range map[string]struct {
		script *script
		before func(*Request)
		after  func(*Request, *Page[string])
		want   error
		most   int
	}{
		"the offset is ignored": {&script{page: 10, lists: []string{still}},
			nil, func(request *Request, p *Page[string]) { p.Rows = names(10, 1) }, ErrInconsistent, 44},
		"the offset is ignored, without a count": {&script{page: 10, uncounted: true, lists: []string{still}},
			nil, func(request *Request, p *Page[string]) { p.Rows = names(10, 1) }, ErrInconsistent, 44},
		"the offset is ignored, in pages of one row": {&script{page: 1, uncounted: true, lists: []string{still}},
			nil, func(request *Request, p *Page[string]) { p.Rows = names(1, 1) }, ErrInconsistent, 44},
		"rows that have never come before": {&script{page: 10, uncounted: true, lists: []string{still}},
			nil, func(request *Request, p *Page[string]) { p.Rows = []string{fmt.Sprint(request, time.Now()), "b"} }, &TooLongError{30}, 70},
		"spans are of another time": {&script{page: 3, lists: []string{"a@1 b@2 c@3 d@4 e@5 f@6", "b@2 c@3 d@4 e@5 f@6"}},
			func(request *Request) { request.From, request.To = request.From-2, request.To-2 }, nil, ErrInconsistent, 40},
	} {
		t.Run(name, func(t *testing.T) {
			source := c.script.source()
			source.MaxRows = 30
			source.Fetch = func(ctx context.Context, request Request) (Page[string], error) {
				if c.before != nil {
					c.before(&request)
				}
				p, err := c.script.fetch(ctx, request)
				if c.after != nil {
					c.after(&request, &p)
				}
				return p, err
			}
			_, err := Read(t.Context(), source, Span{0, 9}, 0, 0)
			if err == nil || err.Error() != c.want.Error() {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if n := len(c.script.requests); n > c.most {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// A list whose first pages happen to be in the order of time comes in its own
// order: those that are done, the newest first, and then those that are not.
func TestPartlyInTime(t *testing.T) {
	var rows []string
	for at := range 300 {
		rows = append(rows, fmt.Sprintf("done@%d", 10*(900-at)))
	}
	for at := range 300 {
		rows = append(rows, fmt.Sprintf("process@%d", 10*(900-at)+5))
	}
	list := strings.Join(rows, " ")
	s := &script{page: 100, lists: []string{list}}
	got, err := s.read(t, 0, 0)
	if err != nil || got != list {
		t.Errorf("got %s, %v, want %s", got, err, list)
	}
	// 7 pages, the half by half that a bound might hide, and a page that was of no use
	if n := len(s.requests); n > 18 {
		t.Errorf("%d requests: %v", n, s.requests)
	}
}

// A list with equal rows that has grown by the second time is read in parts.
func TestGrowingTwins(t *testing.T) {
	rows := []string{"twin@20001", "twin@20001"}
	for at := range 600 {
		rows = append(rows, fmt.Sprintf("row@%d", 10*(2000-at)))
	}
	list := strings.Join(rows, " ")
	s := &script{page: 100}
	for n := range 40 {
		list = fmt.Sprintf("new@%d %s", 20_100+10*n, list)
		s.lists = append(s.lists, slices.Repeat([]string{list}, 7)...) // one sweep
	}
	got, err := s.read(t, 0, 0)
	if err != nil || !strings.HasSuffix(got, strings.Join(rows, " ")) {
		t.Errorf("got %s, %v", got, err)
	}
	if n := len(s.requests); n > 28 {
		t.Errorf("%d requests", n)
	}
}

// Nothing behind the limit is requested, however many requests there are at once.
func TestPartInParallel(t *testing.T) {
	rows := names(100, 1)
	s := script{page: 20, lists: []string{strings.Join(rows, " ")}}
	source := s.source()
	source.Parallel = 8
	list, err := Read(t.Context(), source, Span{Beginning, End}, 10, 50)
	if err != nil || !slices.Equal(list.Rows, rows[10:60]) {
		t.Errorf("%d rows: %v, %v", len(list.Rows), list, err)
	}
	for _, request := range s.requests {
		if request.Limit < 1 || request.Offset+request.Limit > 60 {
			t.Errorf("requested %v", request)
		}
	}
}

// Rows that are submitted while a long list is read, the newest first, take no
// further request.
func TestGrowing(t *testing.T) {
	var rows []string
	for at := range 600 {
		rows = append(rows, fmt.Sprintf("row@%d", 10*(2000-at)))
	}
	first := strings.Join(rows, " ")
	s := &script{page: 100, lists: []string{first}}
	for n := range 10 {
		s.lists = append(s.lists, fmt.Sprintf("new@%d %s", 20_100+n, s.lists[n]))
	}
	got, err := s.read(t, 0, 0)
	if err != nil || got != first || len(s.requests) != 7 {
		t.Errorf("got %s, %v\n%d requests", got, err, len(s.requests))
	}
}
