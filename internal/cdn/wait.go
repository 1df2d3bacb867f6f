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
	AtLeast     bool           // there may be more of Unfinished: the last poll read one page, and the service does not count them
	Percent     float64        // mean of all rows, those that have ended counted as 100; as of the last poll that read all unfinished rows
	Elapsed     time.Duration
	Err         error // why the last poll failed, when it is going to be repeated
}

// WaitError says that a wait timed out, or was canceled, before it had ended.
type WaitError struct {
	Progress  Progress
	Holding   Holding // Unfinished, and Failed if Gate.MaxFailures is set, as of the last poll; the rest as of the last full one
	RequestID string  // of the last response
	Cause     error   // the context's error, and what the last request met, if it met anything
}

func (e *WaitError) Error() string {
	return fmt.Sprintf("after %v, %d of %d push tasks have not ended: %v",
		e.Progress.Elapsed.Round(time.Second), e.Progress.Unfinished, e.Progress.Total, e.Cause)
}

// Unwrap gives the cause, so that errors.Is finds a deadline or an interrupt.
func (e *WaitError) Unwrap() error { return e.Cause }

// Wait reads the tasks again, interval apart, until there is at least one and
// none is in process; every other status ends the wait, be it fail, invalid or
// one that the documents do not know. While some are in process it asks for
// those only, so that a long list is read in full twice, at the start and at the
// end. report, if not nil, is told of every look. A look that fails for a reason
// that may pass is repeated like any other, except the first: what never worked
// is not worth waiting for. The error is a *WaitError when the time was up, or
// ctx cancelled, after at least one look succeeded, else that of PushTasks.
func (s *Service) Wait(ctx context.Context, q Query, g Gate, interval time.Duration, report func(Progress)) (Result, error) {
	_ = g
	w := &wait{service: s, query: q, began: time.Now(), report: report}
	for {
		result, err := w.look(ctx)
		switch {
		case err != nil && w.looks == 0:
			return Result{}, err
		case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded): // or will be, before a retry is due
			return Result{}, w.timeUp(ctx, err)
		case err != nil && !passing(err):
			return Result{}, err
		case err == nil && result != nil:
			return *result, nil
		}
		if err := w.pause(ctx, interval); err != nil {
			return Result{}, w.timeUp(ctx, err)
		}
	}
}

type wait struct {
	service  *Service
	query    Query
	began    time.Time
	report   func(Progress)
	looks    int  // that succeeded
	narrow   bool // the last look found some in process, so ask for those only
	blind    bool // the filter did not find what the whole list has: it is not used again
	progress Progress
	holding  []Task
	last     string // RequestId
}

// look asks for the tasks in process if there were any, otherwise for all. It
// returns the result when all have ended.
func (w *wait) look(ctx context.Context) (*Result, error) {
	narrow := w.narrow && !w.blind
	if narrow {
		unfinished := w.query
		unfinished.Status = StatusProcess
		result, err := w.service.PushTasks(ctx, unfinished)
		if err != nil || len(result.Tasks) > 0 {
			return nil, w.note(result, err)
		}
	}
	result, err := w.service.PushTasks(ctx, w.query)
	if err == nil {
		w.progress.Total = len(result.Tasks)
		w.progress.Counts = CountByStatus(result.Tasks)
	}
	if err := w.note(result, err); err != nil {
		return nil, err
	}
	w.narrow = w.progress.Unfinished > 0
	w.blind = w.blind || narrow && w.narrow
	if w.progress.Total == 0 || w.progress.Unfinished > 0 {
		return nil, nil
	}
	return &result, nil
}

// note keeps what a look has shown, and reports it.
func (w *wait) note(result Result, err error) error {
	w.progress.Elapsed, w.progress.Err = time.Since(w.began), err
	if err == nil {
		w.looks++
		w.last = result.RequestID
		w.take(result.Tasks)
	}
	if w.report != nil {
		w.report(w.progress)
	}
	return err
}

func (w *wait) take(tasks []Task) {
	w.holding = nil
	w.progress.Unfinished = 0
	var percent int64
	for i := range tasks {
		if !tasks[i].Is(StatusProcess) {
			continue
		}
		w.progress.Unfinished++
		if tasks[i].Percent != nil {
			percent += *tasks[i].Percent
		}
		if len(w.holding) < maxHolding {
			w.holding = append(w.holding, tasks[i])
		}
	}
	w.progress.Percent = 0
	if total := max(w.progress.Total, w.progress.Unfinished); total > 0 {
		w.progress.Percent = (float64(percent) + 100*float64(total-w.progress.Unfinished)) / float64(total)
	}
}

func (w *wait) pause(ctx context.Context, interval time.Duration) error {
	timer := time.NewTimer(interval)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *wait) timeUp(ctx context.Context, err error) error {
	if err == nil {
		err = ctx.Err()
	}
	w.progress.Elapsed = time.Since(w.began)
	return &WaitError{Progress: w.progress, Holding: Holding{Unfinished: w.holding}, RequestID: w.last, Cause: err}
}

// passing reports an error that the client gave up on although it may pass.
func passing(err error) bool {
	var e *tencentcloud.Error
	return errors.As(err, &e) && e.Passing
}
