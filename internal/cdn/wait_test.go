package cdn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

const interval = 10 * time.Second

// inProcess makes the first n of some tasks unfinished, for so long.
func inProcess(tasks []cdnsim.Task, n int, d time.Duration) []cdnsim.Task {
	for i := range tasks[:n] {
		tasks[i].Status, tasks[i].Percent, tasks[i].DoneAfter = StatusProcess, 0, d
	}
	return tasks
}

// waiting is a wait in virtual time.
type waiting struct {
	sim      cdnsim.Options
	query    Query // month, if it is empty
	gate     Gate
	interval time.Duration // 10 s, if it is 0
	timeout  time.Duration // 1 h, if it is 0
	// through, if not nil, makes the reads, by way of the real one.
	through func(read func(context.Context, Query) (Result, error)) func(context.Context, Query) (Result, error)
}

// waited is what a wait came to.
type waited struct {
	sim      *cdnsim.Server
	result   Result
	err      error
	stopped  *WaitError // err, if it is one
	took     time.Duration
	reports  []Progress
	polls    []time.Duration // when each was over
	requests []int           // of each
}

func (w waiting) run(t *testing.T, check func(*testing.T, *waited)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if w.query == (Query{}) {
			w.query = month
		}
		ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(w.timeout, time.Hour))
		defer cancel()
		sim := cdnsim.New(w.sim)
		got := &waited{sim: sim}
		began, requests := time.Now(), 0
		report := func(p Progress) {
			got.reports = append(got.reports, p)
			got.polls = append(got.polls, time.Since(began))
			got.requests = append(got.requests, sim.Counts().Requests-requests)
			requests = sim.Counts().Requests
		}
		service := serviceOf(sim, 4)
		if w.through == nil {
			got.result, got.err = service.Wait(ctx, w.query, w.gate, cmp.Or(w.interval, interval), report)
		} else {
			through := &wait{read: w.through(service.PushTasks), pageSize: service.pageSize.Load,
				query: w.query, gate: w.gate, report: report, began: began}
			got.result, got.err = through.run(ctx, cmp.Or(w.interval, interval))
		}
		got.took = time.Since(began)
		errors.As(got.err, &got.stopped)
		check(t, got)
	})
}

// filters lists the Status filter of each request.
func filters(sim *cdnsim.Server) []string {
	var filters []string
	for _, r := range sim.Requests() {
		filter, _ := r.Params["Status"].(string)
		filters = append(filters, filter)
	}
	return filters
}

// mustEnd checks that the wait ended after so long, with all rows.
func mustEnd(t *testing.T, w *waited, rows int, took time.Duration) {
	t.Helper()
	if w.err != nil || len(w.result.Tasks) != rows {
		t.Fatalf("%d rows, error %v", len(w.result.Tasks), w.err)
	}
	if w.took != took {
		t.Errorf("took %v, want %v", w.took, took)
	}
}

// mustTimeOut checks that the wait did not end, and that the error has the
// RequestId of a response to the last poll.
func mustTimeOut(t *testing.T, w *waited) {
	t.Helper()
	if w.stopped == nil || !errors.Is(w.err, context.DeadlineExceeded) {
		t.Fatalf("%d rows, error %v", len(w.result.Tasks), w.err)
	}
	last := slices.DeleteFunc(slices.Clone(w.requests), func(n int) bool { return n == 0 })
	log := w.sim.Requests()
	if !slices.ContainsFunc(log[len(log)-last[len(last)-1]:], func(r cdnsim.Request) bool { return r.Answer.RequestID == w.stopped.RequestID }) {
		t.Errorf("RequestId %q", w.stopped.RequestID)
	}
}

// at calls change once, at the first request after d.
func at(d time.Duration, change func(*cdnsim.Server)) func(*cdnsim.Server, int) {
	var began time.Time
	done := false
	return func(sim *cdnsim.Server, n int) {
		if n == 1 {
			began = sim.Now()
		}
		if !done && sim.Now().Sub(began) >= d {
			done = true
			change(sim)
		}
	}
}

// settle gives a status to the tasks that have another.
func settle(from, to string) func(*cdnsim.Server) {
	return func(sim *cdnsim.Server) {
		sim.Update(func(t *cdnsim.Task) {
			if t.Status == from {
				t.Status = to
			}
		})
	}
}

func TestWaitHalfAnHour(t *testing.T) {
	w := waiting{sim: cdnsim.Options{Tasks: inProcess(numbered(20), 5, 30*time.Minute)}}
	w.run(t, func(t *testing.T, w *waited) {
		mustEnd(t, w, 20, 30*time.Minute)
		if n := len(w.reports); n != 181 {
			t.Fatalf("%d reports, want one of each of 181 polls", n)
		}
		middle := w.reports[90]
		if middle.Total != 20 || middle.Unfinished != 5 || middle.AtLeast || middle.Counts[StatusDone] != 15 ||
			middle.Elapsed != 15*time.Minute || middle.Percent < 87 || middle.Percent > 88 {
			t.Errorf("half-way: %+v", middle)
		}
		if last := w.reports[180]; last.Percent != 100 || last.Unfinished != 0 || last.Counts[StatusDone] != 20 {
			t.Errorf("at the end: %+v", last)
		}
	})
}

// Nothing that is listed is nothing that has ended.
func TestWaitForFirstTask(t *testing.T) {
	w := waiting{sim: cdnsim.Options{Tasks: inProcess(numbered(3), 3, 5*time.Minute), Lag: 95 * time.Second}}
	w.run(t, func(t *testing.T, w *waited) { mustEnd(t, w, 3, 5*time.Minute) })
}

func TestWaitEndsWithFailures(t *testing.T) {
	for _, final := range []string{StatusInvalid, StatusFail} {
		tasks := inProcess(numbered(50), 2, time.Minute)
		tasks[1].Final, tasks[7].Status = final, final
		waiting{sim: cdnsim.Options{Tasks: tasks}}.run(t, func(t *testing.T, w *waited) {
			mustEnd(t, w, 50, time.Minute)
		})
	}
}

// A status that no document knows is under way, and so is none at all.
func TestWaitForUndocumentedStatuses(t *testing.T) {
	for _, status := range []string{"init", "pending", "waiting", "Processing", ""} {
		tasks := numbered(50)
		tasks[7].Status = status
		w := waiting{sim: cdnsim.Options{Tasks: tasks, Before: at(5*time.Minute, settle(status, StatusDone))}}
		w.run(t, func(t *testing.T, w *waited) {
			mustEnd(t, w, 50, 5*time.Minute)
			if p := w.reports[10]; p.Unfinished != 1 || p.Counts[strings.ToLower(status)] != 1 {
				t.Errorf("%q: %+v", status, p)
			}
		})
	}
}

// While a row has another status than process, to ask for those in process
// would not show how it gets on.
func TestWaitIsNotNarrowBesideUndocumentedStatuses(t *testing.T) {
	tasks := inProcess(numbered(5), 1, 10*time.Minute)
	tasks[1].Status = "init"
	w := waiting{sim: cdnsim.Options{Tasks: tasks, Before: at(25*time.Second, settle("init", StatusFail))}}
	w.run(t, func(t *testing.T, w *waited) {
		mustEnd(t, w, 5, 10*time.Minute)
		equal(t, "filters", filters(w.sim)[:6], []string{"", "", "", "", StatusProcess, StatusProcess})
	})
}

func TestWaitForMissingURLs(t *testing.T) {
	all := numbered(40)
	add := func(sim *cdnsim.Server, n int) {
		if n > 1 && n <= 11 { // one more at each poll
			sim.Add(all[28+n])
		}
	}
	w := waiting{sim: cdnsim.Options{Tasks: all[:30], Before: add}, gate: Gate{URLs: urlsOf(all)}}
	w.run(t, func(t *testing.T, w *waited) {
		mustEnd(t, w, 40, 100*time.Second)
		equal(t, "missing", w.reports[8].MissingURLs, []string{"https://www.example.com/38", "https://www.example.com/39"})
	})
	w.gate = Gate{}
	w.run(t, func(t *testing.T, w *waited) { mustEnd(t, w, 30, 0) })
}

// While a URL is missing, to ask for the rows in process would not show that it
// is there now.
func TestWaitIsNotNarrowWhileURLsAreMissing(t *testing.T) {
	all := inProcess(numbered(40), 1, 10*time.Minute)
	w := waiting{sim: cdnsim.Options{Tasks: all[:39]}, gate: Gate{URLs: urlsOf(all)}}
	w.sim.Before = at(25*time.Second, func(sim *cdnsim.Server) { sim.Add(all[39]) })
	w.run(t, func(t *testing.T, w *waited) {
		mustEnd(t, w, 40, 10*time.Minute)
		equal(t, "filters", filters(w.sim)[:6], []string{"", "", "", "", StatusProcess, StatusProcess})
		if len(w.reports[2].MissingURLs) != 1 || len(w.reports[3].MissingURLs) != 0 {
			t.Errorf("missing %v, then %v", w.reports[2].MissingURLs, w.reports[3].MissingURLs)
		}
	})
}

// Rows of other URLs hold nothing up, and the query goes out as configured.
func TestWaitForOneURL(t *testing.T) {
	tasks := inProcess(numbered(20), 10, 0)
	tasks[3].DoneAfter = 2 * time.Minute
	w := waiting{sim: cdnsim.Options{Tasks: tasks}, gate: Gate{URLs: []string{"HTTPS://www.example.com:443/%33"}}}
	w.run(t, func(t *testing.T, w *waited) {
		mustEnd(t, w, 20, 2*time.Minute)
		for _, r := range w.sim.Requests() {
			if r.Params["Keyword"] != nil || r.Params["StartTime"] != month.StartTime {
				t.Errorf("parameters %v", r.Params)
			}
		}
		if p := w.reports[5]; p.Total != 1 || p.Unfinished != 1 || p.Counts[StatusProcess] != 1 {
			t.Errorf("progress %+v", p)
		}
	})
}

func TestWaitTellsFailureEarly(t *testing.T) {
	for name, x := range map[string]struct {
		max   *int64
		final []string
		took  time.Duration
	}{
		"one too many":           {failures(0), []string{StatusFail}, time.Minute},
		"invalid":                {failures(0), []string{StatusInvalid}, time.Minute},
		"together too many":      {failures(1), []string{StatusFail, StatusInvalid}, 2 * time.Minute},
		"as many as may":         {failures(2), []string{StatusFail, StatusInvalid}, 30 * time.Minute},
		"more than anyone needs": {failures(math.MaxInt64), []string{StatusFail, StatusInvalid}, 30 * time.Minute},
		"not told to":            {nil, []string{StatusFail, StatusInvalid}, 30 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			tasks := inProcess(numbered(150), 5, 30*time.Minute)
			for i, final := range x.final {
				tasks[i].Final, tasks[i].DoneAfter = final, time.Duration(i+1)*time.Minute
			}
			w := waiting{sim: cdnsim.Options{Tasks: tasks, MaxLimit: 100}, gate: Gate{MaxFailures: x.max}}
			w.run(t, func(t *testing.T, w *waited) {
				mustEnd(t, w, 150, x.took) // with every row, however early
				if p := w.reports[min(len(w.reports)-1, 50)]; x.max != nil && p.Failed != len(x.final) {
					t.Errorf("progress %+v", p)
				}
			})
		})
	}
}

// Failures of others do not count, and what the first page does not decide the
// rest does.
func TestWaitReadsOnToFailure(t *testing.T) {
	tasks := inProcess(numbered(250), 249, 30*time.Minute)
	for i := range tasks[:249] {
		tasks[i].Final, tasks[i].DoneAfter = StatusFail, time.Minute
	}
	tasks[248].DoneAfter = 5 * time.Minute
	tasks[249].Status = StatusProcess
	w := waiting{sim: cdnsim.Options{Tasks: tasks, MaxLimit: 100}}
	w.gate = Gate{MaxFailures: failures(0), URLs: []string{tasks[248].URL, tasks[249].URL}}
	w.run(t, func(t *testing.T, w *waited) { mustEnd(t, w, 250, 5*time.Minute) })
}

// Others' rows that are in process may fill the first page.
func TestWaitReadsOnToProcess(t *testing.T) {
	tasks := inProcess(numbered(250), 250, 0)
	tasks[249].DoneAfter = 5 * time.Minute
	w := waiting{sim: cdnsim.Options{Tasks: tasks, MaxLimit: 100}, gate: Gate{URLs: []string{tasks[249].URL}}}
	w.run(t, func(t *testing.T, w *waited) {
		mustEnd(t, w, 250, 5*time.Minute)
		if p := w.reports[1]; p.Unfinished != 1 || p.AtLeast || len(w.reports) != 31 {
			t.Errorf("progress %+v", p)
		}
		if n := strings.Count(fmt.Sprintf("%q", filters(w.sim)), `""`); n != w.requests[0]+w.requests[30]-w.requests[29] {
			t.Errorf("%d requests for all rows; by poll %v", n, w.requests)
		}
	})
}

// 480 of 500 URLs are done, at pages of 100, and others use the domain.
func TestWaitCostsFewRequests(t *testing.T) {
	tasks := inProcess(numbered(530), 50, 25*time.Minute)
	ours := urlsOf(tasks[30:])
	for name, x := range map[string]struct {
		gate Gate
		most int
	}{
		"urls":              {Gate{URLs: ours}, 1},
		"with max_failures": {Gate{URLs: ours, MaxFailures: failures(3)}, 3},
		"with latest_only":  {Gate{URLs: ours, MaxFailures: failures(3), LatestOnly: true}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			w := waiting{sim: cdnsim.Options{Tasks: slices.Clone(tasks), MaxLimit: 100}, gate: x.gate}
			w.run(t, func(t *testing.T, w *waited) {
				mustEnd(t, w, 530, 25*time.Minute)
				if p := w.reports[1]; p.Total != 500 || p.Unfinished != 20 || p.Counts[StatusDone] != 480 {
					t.Errorf("progress %+v", p)
				}
				if n := len(w.requests); n != 151 || slices.Max(w.requests[1:n-1]) != x.most {
					t.Errorf("requests by poll: %v", w.requests)
				}
			})
		})
	}
}

func TestWaitSurvivesPassingFaults(t *testing.T) {
	faulty := func(n int, _ cdnsim.Request) *cdnsim.Fault {
		if n > 2 && n < 20 {
			return cdnsim.APIError("InternalError.CdnDbError", "Internal data error.")
		}
		return nil
	}
	waiting{sim: cdnsim.Options{Tasks: inProcess(numbered(3), 3, time.Minute), Faults: faulty}}.run(t, func(t *testing.T, w *waited) {
		if w.err != nil || len(w.result.Tasks) != 3 {
			t.Fatalf("%d rows, error %v", len(w.result.Tasks), w.err)
		}
		failed := slices.IndexFunc(w.reports, func(p Progress) bool { return p.Err != nil })
		if failed < 0 || w.reports[failed].Unfinished != 3 || !tencentcloud.IsCode(w.reports[failed].Err, "InternalError.CdnDbError") {
			t.Errorf("reports: %+v", w.reports)
		}
	})
}

func TestWaitEndsWithFinalErrors(t *testing.T) {
	for code, firsts := range map[string][]int{"UnauthorizedOperation.CdnCamUnauthorized": {1, 3}, "InternalError.CdnDbError": {1}} {
		for _, first := range firsts {
			o := cdnsim.Options{Tasks: inProcess(numbered(3), 3, time.Hour)}
			o.Faults = func(n int, _ cdnsim.Request) *cdnsim.Fault {
				if n < first {
					return nil
				}
				return cdnsim.APIError(code, "No CAM policy is configured.")
			}
			waiting{sim: o, timeout: 2 * time.Hour}.run(t, func(t *testing.T, w *waited) {
				if !tencentcloud.IsCode(w.err, code) || w.stopped != nil {
					t.Errorf("error %v", w.err)
				}
				if n := len(w.polls); n != first {
					t.Errorf("%d polls, want %d", n, first)
				}
			})
		}
	}
}

// inconsistently makes some reads, counted from 1, fail for a list that changes.
func inconsistently(fails func(n int) bool) func(func(context.Context, Query) (Result, error)) func(context.Context, Query) (Result, error) {
	return func(read func(context.Context, Query) (Result, error)) func(context.Context, Query) (Result, error) {
		n := 0
		return func(ctx context.Context, q Query) (Result, error) {
			if n++; fails(n) {
				return Result{}, fmt.Errorf("%w: it changes", ErrInconsistent)
			}
			return read(ctx, q)
		}
	}
}

// A list that could not be read consistently is read again, the first time too.
func TestWaitRepeatsInconsistentReads(t *testing.T) {
	w := waiting{sim: cdnsim.Options{Tasks: inProcess(numbered(3), 3, time.Minute)}}
	w.through = inconsistently(func(n int) bool { return n < 3 || n == 5 })
	w.run(t, func(t *testing.T, w *waited) {
		mustEnd(t, w, 3, time.Minute)
		for i, p := range w.reports {
			if failed := errors.Is(p.Err, ErrInconsistent); failed != (i < 2 || i == 4) {
				t.Errorf("poll %d: %v", i+1, p.Err)
			}
		}
	})
	w.through = inconsistently(func(int) bool { return true })
	w.run(t, func(t *testing.T, w *waited) {
		if !errors.Is(w.err, ErrInconsistent) || w.stopped != nil || w.took != time.Hour {
			t.Errorf("after %v: %v", w.took, w.err)
		}
	})
}

func TestWaitTimesOut(t *testing.T) {
	tasks := inProcess(numbered(40), 12, 0)
	tasks[3].Percent = 60
	tasks[20].Status, tasks[21].Status = StatusFail, StatusInvalid
	waiting{sim: cdnsim.Options{Tasks: tasks}, timeout: 95 * time.Second}.run(t, func(t *testing.T, w *waited) {
		mustTimeOut(t, w)
		p := w.stopped.Progress
		if p.Total != 40 || p.Unfinished != 12 || p.Failed != 2 || p.Counts[StatusDone] != 26 || p.Elapsed != 95*time.Second {
			t.Errorf("progress %+v", p)
		}
		equal(t, "unfinished", urls(w.stopped.Holding.Unfinished), urlsOf(tasks[:10]))
		equal(t, "failed", urls(w.stopped.Holding.Failed), urlsOf(tasks[20:22]))
		if *w.stopped.Holding.Unfinished[3].Percent != 60 {
			t.Errorf("unfinished: %s", row(&w.stopped.Holding.Unfinished[3]))
		}
		want := "after 1m35s, 12 of 40 push tasks have not ended, 0 URLs are missing: context deadline exceeded"
		if got := w.err.Error(); got != want {
			t.Errorf("message %q, want %q", got, want)
		}
	})
}

// The last poll comes shortly before the deadline, so that the error tells the
// state as of then, and what is done by then is not reported as in process.
func TestWaitPollsBeforeTheDeadline(t *testing.T) {
	tasks := inProcess(numbered(20), 2, 6*time.Second)
	w := waiting{sim: cdnsim.Options{Tasks: slices.Clone(tasks)}, interval: 20 * time.Second, timeout: 8 * time.Second}
	w.run(t, func(t *testing.T, w *waited) { mustEnd(t, w, 20, 7*time.Second) })

	tasks[0].DoneAfter, tasks[1].Final = 0, StatusFail
	w.sim = cdnsim.Options{Tasks: slices.Clone(tasks)}
	w.run(t, func(t *testing.T, w *waited) {
		mustTimeOut(t, w)
		equal(t, "polls", w.polls, []time.Duration{0, 7 * time.Second})
		if p := w.stopped.Progress; p.Unfinished != 1 || p.Failed != 1 || p.Counts[StatusFail] != 1 || p.Elapsed != 8*time.Second {
			t.Errorf("progress %+v", p)
		}
		equal(t, "failed", urls(w.stopped.Holding.Failed), urlsOf(tasks[1:2]))
	})
}

// A full poll that takes long is made early enough to end before the deadline,
// and a short one follows.
func TestWaitPollsBeforeTheDeadlineAsLongAsItTakes(t *testing.T) {
	tasks := inProcess(numbered(5500), 3, 0) // the first page, four at a time, and behind the end: 12 s
	tasks[2].DoneAfter, tasks[1].DoneAfter = 50*time.Second, 70*time.Second
	w := waiting{sim: cdnsim.Options{Tasks: tasks, Latency: 3 * time.Second}, interval: 30 * time.Second, timeout: 80 * time.Second}
	w.run(t, func(t *testing.T, w *waited) {
		mustTimeOut(t, w)
		equal(t, "polls", w.polls, []time.Duration{12 * time.Second, 45 * time.Second, 68 * time.Second, 77 * time.Second})
		equal(t, "requests", w.requests, []int{7, 1, 7, 1})
		if p := w.stopped.Progress; p.Counts[StatusProcess] != 2 || p.Unfinished != 1 {
			t.Errorf("progress %+v", p)
		}
	})
}

// A client that sees that the deadline comes before its next attempt says so at
// once; it is the end of the wait all the same.
func TestWaitTimesOutBetweenAttempts(t *testing.T) {
	o := cdnsim.Options{Tasks: inProcess(numbered(3), 3, 0)}
	o.Faults = func(n int, _ cdnsim.Request) *cdnsim.Fault {
		if n == 1 {
			return nil
		}
		f := cdnsim.APIError("ServiceUnavailable", "Service unavailable.")
		f.RetryAfter = "600"
		return f
	}
	waiting{sim: o, timeout: time.Minute}.run(t, func(t *testing.T, w *waited) {
		if w.stopped == nil || w.stopped.Progress.Unfinished != 3 || !strings.Contains(w.err.Error(), "ServiceUnavailable") {
			t.Errorf("error %v", w.err)
		}
	})
}

// Why the last poll failed is part of the error, even if it was to be repeated.
func TestWaitTimesOutAfterAFailedPoll(t *testing.T) {
	w := waiting{sim: cdnsim.Options{Tasks: inProcess(numbered(3), 3, 0)}, timeout: time.Minute}
	w.through = inconsistently(func(n int) bool { return n > 1 })
	w.run(t, func(t *testing.T, w *waited) {
		mustTimeOut(t, w)
		if !errors.Is(w.err, ErrInconsistent) || w.stopped.Progress.Unfinished != 3 || w.took != time.Minute {
			t.Errorf("after %v: %v", w.took, w.err)
		}
	})
}

func TestWaitInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := cdnsim.New(cdnsim.Options{Tasks: inProcess(numbered(3), 3, 0)})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(75*time.Second, cancel)
		began := time.Now()
		_, err := serviceOf(sim, 4).Wait(ctx, month, Gate{}, time.Minute, func(Progress) {})
		var stopped *WaitError
		if !errors.As(err, &stopped) || !errors.Is(err, context.Canceled) || time.Since(began) != 75*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// To learn of 3 unfinished rows among 10 000, these are not read again and again.
func TestWaitNarrows(t *testing.T) {
	w := waiting{sim: cdnsim.Options{Tasks: inProcess(numbered(10_000), 3, 10*time.Minute)}}
	w.run(t, func(t *testing.T, w *waited) {
		mustEnd(t, w, 10_000, 10*time.Minute)
		full := strings.Count(fmt.Sprintf("%q", filters(w.sim)), `""`)
		if narrow := len(filters(w.sim)) - full; full != 2*w.requests[0] || narrow != 60 {
			t.Errorf("%d requests for all tasks, %d for those in process", full, narrow)
		}
		if p := w.reports[30]; p.Total != 10_000 || p.Unfinished != 3 || p.Counts[StatusDone] != 9_997 {
			t.Errorf("progress %+v", p)
		}
	})
}

// A narrow poll reads one page. Of what lies behind it the service may tell the
// number; otherwise nobody knows.
func TestWaitTellsWhatOnePageShows(t *testing.T) {
	tasks := inProcess(numbered(400), 300, 0)
	tasks[0].DoneAfter = 5 * time.Minute
	for name, x := range map[string]struct {
		sim        cdnsim.Options
		gate       Gate
		unfinished int
		atLeast    bool
	}{
		"counted":       {cdnsim.Options{}, Gate{}, 299, false},
		"not counted":   {cdnsim.Options{Total: cdnsim.TotalNull}, Gate{}, 100, true},
		"counted wrong": {cdnsim.Options{Total: cdnsim.TotalFixed, FixedTotal: 20}, Gate{}, 100, true},
		"of some URLs":  {cdnsim.Options{}, Gate{URLs: urlsOf(tasks[:250])}, 100, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := waiting{sim: x.sim, gate: x.gate, timeout: 10 * time.Minute}
			w.sim.Tasks, w.sim.MaxLimit = slices.Clone(tasks), 100
			w.run(t, func(t *testing.T, w *waited) {
				mustTimeOut(t, w)
				p := w.reports[45]
				if p.Unfinished != x.unfinished || p.AtLeast != x.atLeast || w.requests[45] != 1 || p.Percent != w.reports[0].Percent {
					t.Errorf("progress %+v by %d requests", p, w.requests[45])
				}
			})
		})
	}
}

// A filter that finds nothing, because it minds the case or lags behind, does
// not end the wait, and is not used again.
func TestWaitDistrustsTheFilter(t *testing.T) {
	tasks := inProcess(numbered(5), 2, 0)
	tasks[0].Status, tasks[1].Status = "PROCESS", "Process"
	o := cdnsim.Options{Tasks: tasks}
	o.Before = func(sim *cdnsim.Server, n int) {
		if n == 5 {
			sim.Update(func(t *cdnsim.Task) { t.Status = "DONE" })
		}
	}
	waiting{sim: o}.run(t, func(t *testing.T, w *waited) {
		mustEnd(t, w, 5, 30*time.Second)
		equal(t, "filters", filters(w.sim), []string{"", StatusProcess, "", "", ""})
	})
}

// So does a service that ignores the filter: the poll that shows it reads the
// whole list, and the next ones too.
func TestWaitWithoutTheFilter(t *testing.T) {
	tasks := inProcess(numbered(250), 1, 5*time.Minute)
	tasks[0].CreateTime = tasks[249].CreateTime.Add(-time.Hour) // on the last page
	narrow := 0
	w := waiting{sim: cdnsim.Options{Tasks: tasks, MaxLimit: 100}}
	w.through = func(read func(context.Context, Query) (Result, error)) func(context.Context, Query) (Result, error) {
		return func(ctx context.Context, q Query) (Result, error) {
			if q.Status != "" {
				narrow++
			}
			q.Status = ""
			return read(ctx, q)
		}
	}
	w.run(t, func(t *testing.T, w *waited) {
		mustEnd(t, w, 250, 5*time.Minute)
		if narrow != 1 || len(w.polls) != 31 {
			t.Errorf("%d narrow reads, %d polls", narrow, len(w.polls))
		}
	})
}

// What is submitted while others are waited for is waited for too.
func TestWaitForLaterTasks(t *testing.T) {
	o := cdnsim.Options{Tasks: inProcess(numbered(2), 1, time.Minute)}
	o.Before = func(sim *cdnsim.Server, n int) {
		if n == 7 {
			later := inProcess(numbered(3), 3, time.Minute)
			for i := range later {
				later[i].URL += "later"
			}
			sim.Add(later...)
		}
	}
	waiting{sim: o}.run(t, func(t *testing.T, w *waited) { mustEnd(t, w, 5, 2*time.Minute) })
}

// again is a newer row for the URL of a task.
func again(task cdnsim.Task, status string, doneAfter time.Duration) cdnsim.Task {
	task.TaskID, task.CreateTime, task.Added = "1602745231", task.CreateTime.Add(time.Hour), time.Time{}
	task.Status, task.Final, task.DoneAfter = status, "", doneAfter
	return task
}

// With latest_only a newer row ends the wait for the one that it replaces,
// though that stays in process and the newer one never was when it was polled.
func TestWaitForLatestOnly(t *testing.T) {
	for name, x := range map[string]struct {
		total  cdnsim.TotalMode
		status string
		after  time.Duration
		took   time.Duration
	}{
		"done between polls":         {cdnsim.TotalTrue, StatusDone, 0, 100 * time.Second},
		"in process itself":          {cdnsim.TotalTrue, StatusProcess, 5 * time.Minute, 400 * time.Second},
		"where nobody counts":        {cdnsim.TotalNull, StatusDone, 0, 100 * time.Second},
		"in a state of its own":      {cdnsim.TotalTrue, "init", 0, time.Hour},
		"where the count is strange": {cdnsim.TotalFixed, StatusDone, 0, 100 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			tasks := inProcess(numbered(5), 1, 0)
			o := cdnsim.Options{Tasks: tasks, Total: x.total, FixedTotal: 4}
			o.Before = at(95*time.Second, func(sim *cdnsim.Server) { sim.Add(again(tasks[0], x.status, x.after)) })
			waiting{sim: o, gate: Gate{LatestOnly: true}}.run(t, func(t *testing.T, w *waited) {
				if x.took == time.Hour {
					mustTimeOut(t, w)
					return
				}
				mustEnd(t, w, 6, x.took)
			})
		})
	}
}

// A failure that was pushed again does not count, and one that was not does.
func TestWaitForLatestOnlyWithFailures(t *testing.T) {
	tasks := inProcess(numbered(5), 2, 20*time.Minute)
	tasks[0].Final, tasks[0].DoneAfter = StatusFail, 5*time.Minute
	tasks[2].Status = StatusFail
	o := cdnsim.Options{Tasks: append(tasks, again(tasks[2], StatusDone, 0))}
	w := waiting{sim: o, gate: Gate{LatestOnly: true, MaxFailures: failures(0)}}
	w.run(t, func(t *testing.T, w *waited) { mustEnd(t, w, 6, 5*time.Minute) })

	w.sim.Before = at(5*time.Minute, func(sim *cdnsim.Server) { sim.Add(again(tasks[0], StatusDone, 0)) })
	w.run(t, func(t *testing.T, w *waited) { mustEnd(t, w, 7, 20*time.Minute) })

	tasks[3].Status = StatusInvalid // from the start, and never pushed again
	w.sim.Before, w.gate.MaxFailures = nil, failures(1)
	w.sim.Tasks = append(slices.Clone(tasks), again(tasks[2], StatusDone, 0))
	w.run(t, func(t *testing.T, w *waited) { mustEnd(t, w, 6, 5*time.Minute) })
}

// One row beside a TotalCount of 20 ends a wait: the rows that there are have
// ended. It is the verdict that is not passed.
func TestWaitEndsWithAnIncompleteList(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "document.json"))
	if err != nil {
		t.Fatal(err)
	}
	waiting{sim: cdnsim.Options{Literal: body}}.run(t, func(t *testing.T, w *waited) {
		mustEnd(t, w, 1, 0)
		if v := (Gate{}).Judge(w.result); v.Complete || v.AllDone || v.Passed {
			t.Errorf("verdict %+v", v)
		}
	})
}
