package cdn

import (
	"context"
	"errors"
	"fmt"
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

// waited is what a wait came to.
type waited struct {
	sim     *cdnsim.Server
	result  Result
	err     error
	reports []Progress
	took    time.Duration
}

// waitFor runs a wait in virtual time.
func waitFor(t *testing.T, o cdnsim.Options, timeout time.Duration, check func(*testing.T, *waited)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &waited{sim: cdnsim.New(o)}
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		defer cancel()
		began := time.Now()
		w.result, w.err = serviceOf(w.sim, 4).Wait(ctx, month, Gate{}, interval, func(p Progress) { w.reports = append(w.reports, p) })
		w.took = time.Since(began)
		check(t, w)
	})
}

// filters lists the Status that each request asked for.
func filters(sim *cdnsim.Server) []string {
	var filters []string
	for _, r := range sim.Requests() {
		filter, _ := r.Params["Status"].(string)
		filters = append(filters, filter)
	}
	return filters
}

func mustEnd(t *testing.T, w *waited, rows int) {
	t.Helper()
	if w.err != nil || len(w.result.Tasks) != rows {
		t.Fatalf("%d rows, error %v", len(w.result.Tasks), w.err)
	}
	if n := CountByStatus(w.result.Tasks)[StatusProcess]; n != 0 {
		t.Errorf("%d are in process", n)
	}
}

func TestWaitHalfAnHour(t *testing.T) {
	o := cdnsim.Options{Tasks: inProcess(numbered(20), 5, 30*time.Minute)}
	waitFor(t, o, time.Hour, func(t *testing.T, w *waited) {
		mustEnd(t, w, 20)
		if w.took != 30*time.Minute {
			t.Errorf("took %v", w.took)
		}
		if n := len(w.reports); n != 181 {
			t.Fatalf("%d reports, want one at each of 181 looks", n)
		}
		middle := w.reports[90]
		if middle.Total != 20 || middle.Unfinished != 5 || middle.Counts[StatusDone] != 15 || middle.Elapsed != 15*time.Minute ||
			middle.Percent < 87 || middle.Percent > 88 {
			t.Errorf("half-way: %+v", middle)
		}
		if last := w.reports[180]; last.Percent != 100 || last.Counts[StatusDone] != 20 {
			t.Errorf("at the end: %+v", last)
		}
	})
}

func TestWaitForFirstTask(t *testing.T) {
	o := cdnsim.Options{Tasks: inProcess(numbered(3), 3, 5*time.Minute), Lag: 95 * time.Second}
	waitFor(t, o, time.Hour, func(t *testing.T, w *waited) {
		mustEnd(t, w, 3)
		if w.took != 5*time.Minute {
			t.Errorf("took %v", w.took)
		}
	})
}

func TestWaitEndsWithFailures(t *testing.T) {
	for _, final := range []string{StatusInvalid, StatusFail, "pending", ""} {
		tasks := inProcess(numbered(50), 2, time.Minute)
		tasks[1].Final = final
		tasks[7].Status = final
		waitFor(t, cdnsim.Options{Tasks: tasks}, time.Hour, func(t *testing.T, w *waited) {
			mustEnd(t, w, 50)
			if n := CountByStatus(w.result.Tasks)[StatusDone]; w.took != time.Minute || n > 49 {
				t.Errorf("%q: took %v, %d done", final, w.took, n)
			}
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
	o := cdnsim.Options{Tasks: inProcess(numbered(3), 3, time.Minute), Faults: faulty}
	waitFor(t, o, time.Hour, func(t *testing.T, w *waited) {
		mustEnd(t, w, 3)
		failed := slices.IndexFunc(w.reports, func(p Progress) bool { return p.Err != nil })
		if failed < 0 || w.reports[failed].Unfinished != 3 || !tencentcloud.IsCode(w.reports[failed].Err, "InternalError.CdnDbError") {
			t.Errorf("reports: %+v", w.reports)
		}
	})
}

func TestWaitEndsWithFinalErrors(t *testing.T) {
	for _, first := range []int{1, 3} {
		o := cdnsim.Options{Tasks: inProcess(numbered(3), 3, time.Hour)}
		o.Faults = func(n int, _ cdnsim.Request) *cdnsim.Fault {
			if n < first {
				return nil
			}
			return cdnsim.APIError("UnauthorizedOperation.CdnCamUnauthorized", "No CAM policy is configured.")
		}
		waitFor(t, o, 2*time.Hour, func(t *testing.T, w *waited) {
			var stopped *WaitError
			if !tencentcloud.IsCode(w.err, "UnauthorizedOperation.CdnCamUnauthorized") || errors.As(w.err, &stopped) {
				t.Errorf("error %v", w.err)
			}
			if n := w.sim.Counts().Requests; n != first {
				t.Errorf("%d requests, want %d", n, first)
			}
		})
	}
}

func TestWaitTimeIsUp(t *testing.T) {
	tasks := inProcess(numbered(40), 12, 0)
	tasks[3].Percent = 60
	waitFor(t, cdnsim.Options{Tasks: tasks}, 95*time.Second, func(t *testing.T, w *waited) {
		var stopped *WaitError
		if !errors.As(w.err, &stopped) || !errors.Is(w.err, context.DeadlineExceeded) {
			t.Fatalf("error %v", w.err)
		}
		if p := stopped.Progress; p.Total != 40 || p.Unfinished != 12 || p.Counts[StatusDone] != 28 || p.Elapsed != 95*time.Second {
			t.Errorf("progress %+v", p)
		}
		equal(t, "holding", urls(stopped.Holding.Unfinished), urlsOf(tasks[:10]))
		if *stopped.Holding.Unfinished[3].Percent != 60 {
			t.Errorf("holding %s", row(&stopped.Holding.Unfinished[3]))
		}
		log := w.sim.Requests()
		if want := log[len(log)-1].Answer.RequestID; stopped.RequestID != want {
			t.Errorf("RequestId %q, want %q", stopped.RequestID, want)
		}
		want := "after 1m35s, 12 of 40 push tasks have not ended: context deadline exceeded"
		if got := w.err.Error(); got != want {
			t.Errorf("message %q, want %q", got, want)
		}
	})
}

// A client that sees that the deadline comes before its next attempt says so at
// once; it is the end of the wait all the same.
func TestWaitTimeIsUpBetweenAttempts(t *testing.T) {
	o := cdnsim.Options{Tasks: inProcess(numbered(3), 3, 0)}
	o.Faults = func(n int, _ cdnsim.Request) *cdnsim.Fault {
		if n == 1 {
			return nil
		}
		f := cdnsim.APIError("ServiceUnavailable", "Service unavailable.")
		f.RetryAfter = "600"
		return f
	}
	waitFor(t, o, time.Minute, func(t *testing.T, w *waited) {
		var stopped *WaitError
		if !errors.As(w.err, &stopped) || stopped.Progress.Unfinished != 3 || !strings.Contains(w.err.Error(), "ServiceUnavailable") {
			t.Errorf("error %v", w.err)
		}
	})
}

func TestWaitInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := cdnsim.New(cdnsim.Options{Tasks: inProcess(numbered(3), 3, 0)})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(75*time.Second, cancel)
		began := time.Now()
		_, err := serviceOf(sim, 4).Wait(ctx, month, Gate{}, time.Minute, nil)
		var stopped *WaitError
		if !errors.As(err, &stopped) || !errors.Is(err, context.Canceled) || time.Since(began) != 75*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// To learn of 3 unfinished rows among 10 000, these are not read again and again.
func TestWaitNarrows(t *testing.T) {
	o := cdnsim.Options{Tasks: inProcess(numbered(10_000), 3, 10*time.Minute)}
	waitFor(t, o, time.Hour, func(t *testing.T, w *waited) {
		mustEnd(t, w, 10_000)
		whole := strings.Count(fmt.Sprintf("%q", filters(w.sim)), `""`)
		if narrow := len(filters(w.sim)) - whole; whole != 2*12 || narrow != 60 {
			t.Errorf("%d requests for all tasks, %d for those in process", whole, narrow)
		}
		if p := w.reports[30]; p.Total != 10_000 || p.Unfinished != 3 || p.Counts[StatusDone] != 9_997 {
			t.Errorf("progress %+v", p)
		}
	})
}

// A filter that finds nothing, because it minds the case or lags behind, does
// not end the wait, and is not tried again.
func TestWaitDoesNotTrustTheFilter(t *testing.T) {
	tasks := inProcess(numbered(5), 2, 0)
	tasks[0].Status, tasks[1].Status = "PROCESS", "Process"
	o := cdnsim.Options{Tasks: tasks}
	o.Before = func(sim *cdnsim.Server, n int) {
		if n == 5 {
			sim.Update(func(t *cdnsim.Task) { t.Status = "DONE" })
		}
	}
	waitFor(t, o, time.Hour, func(t *testing.T, w *waited) {
		mustEnd(t, w, 5)
		equal(t, "filters", filters(w.sim), []string{"", StatusProcess, "", "", ""})
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
	waitFor(t, o, time.Hour, func(t *testing.T, w *waited) {
		mustEnd(t, w, 5)
		if w.took != 2*time.Minute {
			t.Errorf("took %v", w.took)
		}
	})
}
