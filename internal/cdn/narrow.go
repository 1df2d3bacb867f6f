package cdn

import "context"

// narrow is what the last full poll says of polls that ask for less. While a
// row that counts is in process the wait has not ended, and the rows in process
// are all that it takes to know. That is right only while every unfinished row
// is in process and no URL is missing.
//
// With Gate.LatestOnly a newer row, whatever its status, may also replace the
// one that is in process. TotalCount tells whether there are any new rows; a
// service that does not count as many rows as it gives seems to have some at
// every poll, each of which is then a full one.
type narrow struct {
	allowed bool
	useless bool              // the service does not filter by Status as it should
	total   int64             // with LatestOnly: rows as of the last full poll
	open    map[identity]bool // with LatestOnly: those that count and are not done
}

// prepare follows a full poll.
func (n *narrow) prepare(g Gate, r Result, v *Verdict) {
	n.allowed = !n.useless && len(v.MissingURLs) == 0 && v.Unfinished > 0 && v.Unfinished == v.Counts[StatusProcess]
	if !n.allowed || !g.LatestOnly {
		return
	}
	n.total = int64(len(r.Tasks))
	n.open = map[identity]bool{}
	for i := range v.Tasks {
		if !v.Tasks[i].Is(StatusDone) {
			n.open[v.Tasks[i].identity()] = true
		}
	}
}

// reach is how far a narrow poll got.
type reach int

const (
	unread  reach = iota // it cannot tell
	decided              // the wait has not ended
	none                 // no row that counts is in process: only a full poll can tell
)

// pollNarrow asks for rows in process and, if the gate ends a wait early, for more
// failures than it tolerates.
func (w *wait) pollNarrow(ctx context.Context) (reach, error) {
	if w.gate.LatestOnly {
		if grown, err := w.grown(ctx); err != nil || grown {
			return unread, err
		}
	}
	process, err := w.find(ctx, StatusProcess, 0)
	switch {
	case err != nil || w.narrow.useless:
		return unread, err
	case len(process.tasks) == 0:
		return none, nil
	}
	if w.gate.MaxFailures != nil {
		failed, err := w.findFailures(ctx)
		if err != nil || w.narrow.useless || w.gate.Exceeded(len(failed)) {
			return unread, err
		}
		w.known.Progress.Failed = len(failed)
		w.known.Holding.Failed = failed[:min(len(failed), maxHolding)]
	}
	w.noteUnfinished(process)
	return decided, nil
}

// noteUnfinished keeps what a narrow poll has shown. The rows behind its first
// page are as many as the service says, if it does and every row counts.
func (w *wait) noteUnfinished(process found) {
	p := &w.known.Progress
	p.Unfinished, p.AtLeast = len(process.tasks), !process.all
	switch everyRow := w.gate.URLs == nil && !w.gate.LatestOnly; {
	case process.all:
		p.Percent = percent(process.tasks, max(p.Total, p.Unfinished))
	case everyRow && process.total != nil && *process.total >= int64(p.Unfinished):
		p.Unfinished, p.AtLeast = int(*process.total), false
	}
	w.known.Holding.Unfinished = process.tasks[:min(len(process.tasks), maxHolding)]
}

// grown reports whether there are other rows than at the last full poll.
func (w *wait) grown(ctx context.Context) (bool, error) {
	q := w.query
	q.Limit = 1
	r, err := w.ask(ctx, q)
	return err == nil && (r.TotalCount == nil || *r.TotalCount != w.narrow.total), err
}

// findFailures finds the rows that failed. Of each status it may stop once there
// are more than the gate tolerates.
func (w *wait) findFailures(ctx context.Context) ([]Task, error) {
	var failed []Task
	for _, status := range []string{StatusFail, StatusInvalid} {
		f, err := w.find(ctx, status, *w.gate.MaxFailures)
		if err != nil {
			return nil, err
		}
		failed = append(failed, f.tasks...)
	}
	return failed, nil
}

// found are rows of one status that count.
type found struct {
	tasks []Task
	all   bool   // there are no others
	total *int64 // TotalCount
}

// find reads rows of one status: the first page and, unless more than enough of
// them count, the rest.
func (w *wait) find(ctx context.Context, status string, enough int64) (found, error) {
	q := w.query
	q.Status, q.Limit = status, w.pageSize()
	r, err := w.ask(ctx, q)
	if err != nil {
		return found{}, err
	}
	f := found{tasks: w.counted(r.Tasks, status), total: r.TotalCount}
	f.all = int64(len(r.Tasks)) < q.Limit
	if f.all || w.narrow.useless || int64(len(f.tasks)) > enough {
		return f, nil
	}
	q.Limit = 0
	r, err = w.ask(ctx, q)
	return found{tasks: w.counted(r.Tasks, status), all: true, total: r.TotalCount}, err
}

// counted picks the rows that count. One of another status shows that the service
// ignores the filter.
func (w *wait) counted(tasks []Task, status string) []Task {
	var counted []Task
	for i := range tasks {
		switch {
		case !tasks[i].Is(status):
			w.narrow.useless = true
		case !w.gate.LatestOnly || w.narrow.open[tasks[i].identity()]:
			counted = append(counted, tasks[i])
		}
	}
	if w.gate.URLs != nil {
		counted, _ = selectURLs(counted, w.gate.URLs)
	}
	return counted
}
