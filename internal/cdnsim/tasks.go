package cdnsim

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The values of Status and Area that the document lists.
const (
	StatusFail    = "fail"
	StatusDone    = "done"
	StatusProcess = "process"
	StatusInvalid = "invalid"

	AreaMainland = "mainland"
	AreaOverseas = "overseas"
	AreaGlobal   = "global"
)

// Task is one row of PushLogs: one URL of a prefetch task. Rows of one submission share a TaskID, and two rows may be
// equal in everything. Texts are sent unchanged: bytes that are not UTF-8, a Status or an Area that no document lists.
type Task struct {
	TaskID     string // opaque
	URL        string
	Status     string // StatusDone and so on
	Percent    int    // 0 to 100
	CreateTime time.Time
	UpdateTime time.Time // zero is sent as null
	Area       string

	// RawURL, if not "", is the JSON that is sent for URL, such as a string with half a surrogate pair: "\ud83d".
	RawURL string

	// Added is when the service accepted the task, on the simulator's clock. The durations below, and Lag and Progress of
	// the Options, count from it. Zero means when [Server.Add] was called.
	Added time.Time

	// ListedAfter is how long after Added the row is listed. 0 means Options.Lag.
	ListedAfter time.Duration

	// DoneAfter is how long after Added a task in StatusProcess ends, its Percent rising until then. 0 means
	// Options.Progress.
	DoneAfter time.Duration
	// Final is the status it ends in; "" means StatusDone.
	Final string
	// Steps are what Status becomes over time. They take precedence over DoneAfter and Final. Percent rises while Status is
	// StatusProcess, and is 100 after the last step. A Status that [Server.Update] sets lasts until the next step. If it
	// changes Steps or Added, the steps start again.
	Steps Steps
}

// Step is a status that a task gets some time after its Added.
type Step struct {
	After  time.Duration
	Status string
}

// Steps are in ascending order of After, and end at the first without a Status. An array, so that tasks are comparable.
type Steps [4]Step

// row is a task in the list, with values that are computed from it once.
type row struct {
	Task
	seq     int    // order of insertion, which breaks ties in every order
	created int64  // CreateTime in Unix seconds: the API has nothing finer
	from    int    // Percent when it was added: progress starts there
	step    int    // how many of its Steps are done
	encoded []byte // its JSON; nil when stale
}

// compare is a total order, so that inserting a row needs no sort.
func (o Order) compare(a, b *row) int {
	return cmp.Or(o.compareKeys(a, b), cmp.Compare(a.seq, b.seq))
}

// compareKeys compares what the order is by.
func (o Order) compareKeys(a, b *row) int {
	switch o {
	case NewestFirst:
		return b.CreateTime.Compare(a.CreateTime)
	case OldestFirst:
		return a.CreateTime.Compare(b.CreateTime)
	case ByTaskID:
		return strings.Compare(a.TaskID, b.TaskID)
	case ByURL:
		return strings.Compare(a.URL, b.URL)
	case ByUpdateTime:
		return b.UpdateTime.Compare(a.UpdateTime)
	case OldestUpdate:
		return a.UpdateTime.Compare(b.UpdateTime)
	case ByStatus:
		return strings.Compare(a.Status, b.Status)
	}
	return 0
}

// progressMoves reports whether progress can move a row.
func (o Order) progressMoves() bool { return o == ByUpdateTime || o == OldestUpdate || o == ByStatus }

// Add lists tasks, each where the order puts it.
func (s *Server) Add(tasks ...Task) {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(tasks) == 0 {
		return
	}
	s.remember()
	const few = 16 // up to here, moving the tail is cheaper than sorting everything
	for _, t := range tasks {
		if t.Added.IsZero() {
			t.Added = now
		}
		s.seq++
		r := &row{Task: t, seq: s.seq, created: t.CreateTime.Unix(), from: t.Percent}
		at := len(s.rows)
		if len(tasks) <= few {
			at, _ = slices.BinarySearchFunc(s.rows, r, s.opts.Order.compare)
		}
		s.rows = slices.Insert(s.rows, at, r)
		s.appearing = s.appearing || t.ListedAfter > 0
		if s.progresses(r) {
			s.active = append(s.active, r)
		}
	}
	if len(tasks) > few {
		s.sortRows()
	}
	s.changed()
}

// Remove drops every row for which gone returns true, and returns their number. gone must not call the Server.
func (s *Server) Remove(gone func(Task) bool) int {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(now)
	kept := slices.DeleteFunc(slices.Clone(s.rows), func(r *row) bool { return gone(r.Task) })
	removed := len(s.rows) - len(kept)
	if removed > 0 {
		s.remember()
		s.rows = kept
		s.refresh()
	}
	return removed
}

// Update calls change for every row, moves those that it alters to where the order puts them, and returns their number.
// change must not call the Server.
func (s *Server) Update(change func(*Task)) int {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(now)
	altered := 0
	rows := slices.Clone(s.rows)
	var task Task
	for i, r := range rows {
		task = r.Task
		change(&task)
		if task == r.Task {
			continue
		}
		altered++
		next := *r // a replica that lags behind still serves the row as it was
		next.Task, next.created, next.encoded = task, task.CreateTime.Unix(), nil
		if next.Percent != r.Percent {
			next.from = next.Percent
		}
		if next.Steps != r.Steps || !next.Added.Equal(r.Added) {
			next.step = 0
		}
		s.appearing = s.appearing || next.ListedAfter > 0
		rows[i] = &next
	}
	if altered > 0 {
		s.remember()
		s.rows = rows
		s.sortRows()
		s.refresh()
	}
	return altered
}

// Tasks are all rows in the service's order as they are now, regardless of filters, lag and retention.
func (s *Server) Tasks() []Task {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(now)
	tasks := make([]Task, len(s.rows))
	for i, r := range s.rows {
		tasks[i] = r.Task
	}
	return tasks
}

func (s *Server) sortRows() { slices.SortFunc(s.rows, s.opts.Order.compare) }

// changed drops the cached results of queries.
func (s *Server) changed() { clear(s.found) }

// refresh finds the rows whose status will change.
func (s *Server) refresh() {
	s.active = s.active[:0]
	for _, r := range s.rows {
		if s.progresses(r) {
			s.active = append(s.active, r)
		}
	}
	s.changed()
}

func (s *Server) progresses(r *row) bool { return len(s.ahead(r)) > 0 }

// ahead are the remaining steps of a row.
func (s *Server) ahead(r *row) []Step {
	if r.Steps != (Steps{}) {
		steps := r.Steps[r.step:]
		if end := slices.IndexFunc(steps, func(step Step) bool { return step.Status == "" }); end >= 0 {
			steps = steps[:end]
		}
		return steps
	}
	if after := cmp.Or(r.DoneAfter, s.opts.Progress); after > 0 && r.Status == StatusProcess {
		return []Step{{after, cmp.Or(r.Final, StatusDone)}}
	}
	return nil
}

// settle brings the rows whose status changes over time up to date. s.mu is held.
func (s *Server) settle(now time.Time) {
	moved := false
	s.active = slices.DeleteFunc(s.active, func(r *row) bool {
		before := r.Task
		ahead := s.ahead(r)
		for len(ahead) > 0 && now.Sub(r.Added) >= ahead[0].After {
			r.Status, r.UpdateTime = ahead[0].Status, r.Added.Add(ahead[0].After)
			r.step++
			ahead = ahead[1:]
		}
		if len(ahead) == 0 {
			r.Percent = 100
		} else if r.Status == StatusProcess {
			r.advance(now, ahead[len(ahead)-1].After)
		}
		if r.Task != before {
			r.encoded, moved = nil, true
		}
		return len(ahead) == 0
	})
	if !moved {
		return
	}
	if s.opts.Order.progressMoves() {
		s.sortRows()
	}
	s.changed()
}

// advance raises the Percent of a row. last is the After of its last step.
func (r *row) advance(now time.Time, last time.Duration) {
	elapsed := int64(now.Sub(r.Added) / time.Millisecond)
	percent := r.from + int(int64(99-r.from)*elapsed/max(1, int64(last/time.Millisecond)))
	if percent > r.Percent {
		r.Percent, r.UpdateTime = percent, now
	}
}
