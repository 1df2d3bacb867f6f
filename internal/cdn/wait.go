package cdn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// Progress is what a wait knows after a poll.
type Progress struct {
	Total       int            // rows that count, as of the last full poll
	Counts      map[string]int // of them by status, as of the last full poll; see Verdict.Counts
	MissingURLs []string       // as of the last full poll
	Failed      int            // rows that are fail or invalid; as of the last poll if Gate.MaxFailures is set, else as of the last full one
	Unfinished  int            // rows that have not ended, as of the last poll
	AtLeast     bool           // there may be more of Unfinished than the last poll has read, and nobody counts them
	Percent     float64        // mean of all rows, those that have ended counted as 100; as of the last poll that read all unfinished ones
	Elapsed     time.Duration
	Err         error // why the last poll failed, when it is going to be repeated
}

// WaitError says that a wait timed out, or was canceled, before it had ended.
type WaitError struct {
	Progress  Progress
	Holding   Holding // its rows are as new as the numbers in Progress
	RequestID string  // of the last response
	Cause     error   // the context's error, and why the last poll failed, if it did
}

func (e *WaitError) Error() string {
	p := e.Progress
	return fmt.Sprintf("after %v, %d of %d push tasks have not ended, %d URLs are missing: %v",
		p.Elapsed.Round(time.Second), p.Unfinished, p.Total, len(p.MissingURLs), e.Cause)
}

// Unwrap gives the cause, so that errors.Is finds a deadline or an interrupt.
func (e *WaitError) Unwrap() error { return e.Cause }

// Wait reads the rows again and again, interval apart, until g says that the
// wait has ended, and returns the complete read that shows it. Meanwhile it
// polls only what can tell that it has not ended, so that a long list is read in
// full only at the start, at the end, and shortly before the deadline of ctx:
// the last poll is made then, however long the interval. report is told of every
// poll.
//
// A poll that fails for a reason that may pass, or because the list could not be
// read consistently, is repeated like any other. The first one is repeated only
// for the latter: what never worked is not worth waiting for. The error is a
// *WaitError when the wait timed out or was canceled after at least one poll
// succeeded, else that of PushTasks.
func (s *Service) Wait(ctx context.Context, q Query, g Gate, interval time.Duration, report func(Progress)) (Result, error) {
	w := &wait{read: s.PushTasks, pageSize: s.pageSize.Load, query: q, gate: g, report: report, began: time.Now()}
	return w.run(ctx, interval)
}

type wait struct {
	read     func(context.Context, Query) (Result, error)
	pageSize func() int64
	query    Query
	gate     Gate
	report   func(Progress)
	began    time.Time

	polled bool      // a poll has succeeded
	known  WaitError // what it has shown
	narrow narrow
	pace   pace
}

func (w *wait) run(ctx context.Context, interval time.Duration) (Result, error) {
	for {
		began := time.Now()
		result, err := w.poll(ctx)
		w.pace.add(time.Since(began))
		w.known.Progress.Elapsed, w.known.Progress.Err = time.Since(w.began), err
		w.report(w.known.Progress)
		switch {
		case err == nil && result != nil:
			return *result, nil
		case err != nil && !w.polled && !errors.Is(err, ErrInconsistent):
			return Result{}, err
		case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded): // or will be, before a retry is due
			return Result{}, w.stopped(ctx, err)
		case err != nil && !mayPass(err):
			return Result{}, err
		}
		if tencentcloud.Sleep(ctx, w.pace.next(ctx, interval)) != nil {
			return Result{}, w.stopped(ctx, err)
		}
	}
}

// mayPass reports an error that another poll may not meet.
func mayPass(err error) bool {
	var e *tencentcloud.Error
	return errors.Is(err, ErrInconsistent) || errors.As(err, &e) && e.Passing
}

// stopped is the error at the deadline, or when ctx was canceled.
func (w *wait) stopped(ctx context.Context, err error) error {
	switch stopped := ctx.Err(); {
	case !w.polled:
		return err
	case err == nil:
		err = stopped
	case stopped != nil && !errors.Is(err, stopped):
		err = fmt.Errorf("%w, and the last poll failed: %w", stopped, err)
	}
	w.known.Progress.Elapsed = time.Since(w.began)
	w.known.Cause = err
	return &w.known
}

// poll returns the complete read that has shown that the wait has ended, or nil
// if it has not.
func (w *wait) poll(ctx context.Context) (*Result, error) {
	reach := unread
	if w.narrow.allowed && !w.pace.final {
		var err error
		if reach, err = w.pollNarrow(ctx); err != nil || reach == decided {
			return nil, err
		}
	}
	result, err := w.ask(ctx, w.query)
	if err != nil {
		return nil, err
	}
	v := w.gate.Judge(result)
	w.polled = true
	w.known.Holding = v.Holding()
	w.known.Progress = Progress{Total: len(v.Tasks), Counts: v.Counts, MissingURLs: v.MissingURLs,
		Failed: v.Failed, Unfinished: v.Unfinished, Percent: percent(v.Tasks, len(v.Tasks))}
	if v.Ended {
		return &result, nil
	}
	// The filter has not found what the list has.
	w.narrow.useless = w.narrow.useless || reach == none && v.Counts[StatusProcess] > 0
	w.narrow.prepare(w.gate, result, &v)
	return nil, nil
}

// ask reads rows and keeps the RequestId.
func (w *wait) ask(ctx context.Context, q Query) (Result, error) {
	r, err := w.read(ctx, q)
	if err == nil {
		w.known.RequestID = r.RequestID
	}
	return r, err
}

// percent is the mean progress of total rows, of which those that have ended
// need not be among tasks.
func percent(tasks []Task, total int) float64 {
	if total == 0 {
		return 0
	}
	var missing int64
	for i := range tasks {
		if tasks[i].ended() {
			continue
		}
		missing += 100
		if tasks[i].Percent != nil {
			missing -= *tasks[i].Percent
		}
	}
	return 100 - float64(missing)/float64(total)
}

// pace decides when the next poll is due.
type pace struct {
	polls             int
	shortest, longest time.Duration // that a poll took
	final             bool          // the next poll is the last full one before the deadline
}

func (p *pace) add(took time.Duration) {
	if p.polls == 0 || took < p.shortest {
		p.shortest = took
	}
	p.longest = max(took, p.longest)
	p.polls++
}

// next is how long to pause. The last full poll is made while there is still
// time for it, and one that is short, if some are, right before the deadline.
func (p *pace) next(ctx context.Context, interval time.Duration) time.Duration {
	const minMargin = time.Second
	p.final = false
	deadline, ok := ctx.Deadline()
	if !ok {
		return interval
	}
	left := time.Until(deadline)
	if spare := left - max(2*p.longest, minMargin); spare > 0 {
		p.final = spare <= interval
		return min(spare, interval)
	}
	if spare := left - max(2*p.shortest, minMargin); spare > 0 {
		return min(spare, interval)
	}
	return interval
}
