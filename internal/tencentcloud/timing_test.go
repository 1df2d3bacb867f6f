package tencentcloud

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// Full jitter: anything from nothing to the ceiling, which doubles up to its cap.
func TestBackoff(t *testing.T) {
	for retries, ceiling := range map[int]time.Duration{
		1: 500 * time.Millisecond, 2: time.Second, 3: 2 * time.Second, 6: 16 * time.Second,
		7: 20 * time.Second, 8: 20 * time.Second, 1000: 20 * time.Second,
	} {
		least, most := time.Hour, time.Duration(0)
		for range 2000 {
			d := backoff(retries)
			least, most = min(least, d), max(most, d)
		}
		if least <= 0 || least > ceiling/20 || most > ceiling+time.Millisecond || most < ceiling*19/20 {
			t.Errorf("retry %d waits %v to %v, want up to %v", retries, least, most, ceiling)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	date := func(at time.Time) string { return at.Format(http.TimeFormat) }
	for _, c := range []struct {
		after, date string
		want        time.Duration
	}{
		{"", "", 0},
		{"0", "", 0},
		{"7", "", 7 * time.Second},
		{"-7", "", 0},
		{"999999999999", "", 24 * time.Hour},
		{"99999999999999999999999", "", 0},
		{"soon", "", 0},
		{date(now.Add(9 * time.Second)), "", 9 * time.Second},
		{date(now.Add(-9 * time.Second)), "", 0},
		{date(now.Add(time.Hour + 9*time.Second)), date(now.Add(time.Hour)), 9 * time.Second}, // clocks apart
	} {
		h := http.Header{"Retry-After": {c.after}, "Date": {c.date}}
		if got := retryAfter(h, now); got != c.want {
			t.Errorf("Retry-After %q at %q: got %v, want %v", c.after, c.date, got, c.want)
		}
	}
}

// The header is obeyed whatever the answer, and each attempt is signed when it
// is made.
func TestRetryAfterIsObeyed(t *testing.T) {
	for name, fault := range map[string]*cdnsim.Fault{
		"page":        {Kind: cdnsim.FaultPage, Status: 503, RetryAfter: "7"},
		"too often":   {Kind: cdnsim.FaultAPIError, Code: "RequestLimitExceeded", RetryAfter: "7"},
		"passing":     {Kind: cdnsim.FaultAPIError, Code: "InternalError", RetryAfter: "7"},
		"bad gateway": {Kind: cdnsim.FaultEmpty, Status: 429, RetryAfter: "7"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := cdnsim.New(cdnsim.Options{Tasks: someTasks(), Faults: cdnsim.Sequence("", fault)})
				tr := newSimTrial(t, sim)
				got, _, err := tr.list(t.Context())
				whole(t, got, err)
				requests := sim.Requests()
				if len(requests) != 2 {
					t.Fatalf("%d requests", len(requests))
				}
				first, second := requests[0], requests[1]
				if waited := second.Time.Sub(first.Time); waited < 7*time.Second || waited > 8*time.Second {
					t.Errorf("waited %v", waited)
				}
				if moved := second.Timestamp - first.Timestamp; moved < 7 {
					t.Errorf("the second timestamp is %d s after the first", moved)
				}
				if first.Header.Get("Authorization") == second.Header.Get("Authorization") {
					t.Error("the second attempt has the first one's signature")
				}
				if tr.attempts[0].RetryIn != 7*time.Second {
					t.Errorf("told %+v", tr.attempts[0])
				}
			})
		})
	}
}

// A rate that was refused holds up everybody who shares the limiter.
func TestRetryAfterOfTheRateIsEverybodys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiter := NewLimiter(20)
		limiter.Refused(7 * time.Second)
		sim := cdnsim.New(cdnsim.Options{Tasks: someTasks()})
		start := time.Now()
		got, _, err := newSimTrial(t, sim, func(c *Config) { c.Limiter = limiter }).list(t.Context())
		whole(t, got, err)
		if waited := time.Since(start); waited != 7*time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}

// interrupted expects the error of a context that ended, with what was met before.
func interrupted(t *testing.T, e *Error, is error, attempts int, parts ...string) {
	t.Helper()
	var deadline *DeadlineError
	if !errors.Is(e, is) || !errors.As(e, &deadline) {
		t.Errorf("%v is not %v", e, is)
	}
	if e.Attempts != attempts {
		t.Errorf("%d attempts, want %d", e.Attempts, attempts)
	}
	for _, part := range parts {
		if !strings.Contains(e.Error(), part) {
			t.Errorf("got %s\nwant in it %s", e, part)
		}
	}
}

func TestDeadline(t *testing.T) {
	internal := cdnsim.APIError("InternalError", "oh")
	later := &cdnsim.Fault{Kind: cdnsim.FaultAPIError, Code: "InternalError", Message: "oh", RetryAfter: "30"}
	for _, c := range []struct {
		name     string
		options  cdnsim.Options
		attempts int
		took     time.Duration
		parts    []string
	}{
		{"a wait that it does not allow", cdnsim.Options{Faults: always(later)}, 1, 0, []string{"InternalError: oh", "RequestId"}},
		{"in the first attempt", cdnsim.Options{Faults: always(cdnsim.Stall())}, 1, 10 * time.Second, nil},
		{"in a later attempt, after a code", cdnsim.Options{Faults: cdnsim.Sequence("", internal, cdnsim.Stall())}, 2, 10 * time.Second,
			[]string{"InternalError: oh", "RequestId", "after 2 attempts"}},
		{"in a later attempt, after a fault", cdnsim.Options{Faults: cdnsim.Sequence("", cdnsim.Close(), cdnsim.Stall())}, 2, 10 * time.Second,
			[]string{"the previous attempt failed: EOF", "after 2 attempts"}},
		{"in a later attempt, after a page", cdnsim.Options{Faults: cdnsim.Sequence("", cdnsim.Page(502), cdnsim.Stall())}, 2, 10 * time.Second,
			[]string{"HTTP status 502", "text/html", "after 2 attempts"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				sim := cdnsim.New(c.options)
				tr := newSimTrial(t, sim)
				start := time.Now()
				got, _, err := tr.list(ctx)
				e := failed(t, got, err)
				interrupted(t, e, context.DeadlineExceeded, c.attempts, append(c.parts, "context deadline exceeded")...)
				if took := time.Since(start); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
				if len(sim.Requests()) != c.attempts || e.Attempts != c.attempts {
					t.Errorf("%d requests, %+v", len(sim.Requests()), e)
				}
				if last := tr.attempts[len(tr.attempts)-1]; c.took > 0 && (last.Code != "" || last.RequestID != "" || last.HTTPStatus != 0) {
					t.Errorf("an attempt without an answer tells an earlier one's: %+v", last)
				}
			})
		})
	}
}

// However many retries are allowed, and however long the back-off would be,
// the call ends by its deadline.
func TestDeadlineBoundsRetries(t *testing.T) {
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			sim := cdnsim.New(cdnsim.Options{Faults: always(cdnsim.APIError("InternalError", "oh"))})
			tr := newSimTrial(t, sim, func(c *Config) { c.MaxRetries = 1000 })
			start := time.Now()
			got, _, err := tr.list(ctx)
			e := failed(t, got, err)
			interrupted(t, e, context.DeadlineExceeded, len(sim.Requests()), "InternalError: oh")
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
			if e.Attempts < 3 {
				t.Errorf("%d attempts in 10 s", e.Attempts)
			}
		})
	}
}

// Cancellation ends a call at once, wherever it is.
func TestCancel(t *testing.T) {
	later := &cdnsim.Fault{Kind: cdnsim.FaultPage, Status: 503, RetryAfter: "60"}
	for _, c := range []struct {
		name     string
		faults   func(int, cdnsim.Request) *cdnsim.Fault
		held     bool // the limiter's only slot
		attempts int
		parts    []string
	}{
		{"in an attempt", always(cdnsim.Stall()), false, 1, nil},
		{"between attempts", always(later), false, 1, []string{"HTTP status 503"}},
		{"before the first", nil, true, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limiter := NewLimiter(1)
				if c.held {
					acquire(t, limiter)
				}
				ctx, cancel := context.WithCancel(t.Context())
				sim := cdnsim.New(cdnsim.Options{Faults: c.faults})
				tr := newSimTrial(t, sim, func(config *Config) { config.Limiter = limiter })
				start := time.Now()
				time.AfterFunc(5*time.Second, cancel)
				got, _, err := tr.list(ctx)
				interrupted(t, failed(t, got, err), context.Canceled, c.attempts, c.parts...)
				if took := time.Since(start); took != 5*time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

// A context that has ended sends nothing.
func TestCancelledBefore(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, _, err := newSimTrial(t, sim).list(ctx)
	interrupted(t, failed(t, got, err), context.Canceled, 0)
	if n := len(sim.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// Observers are told every attempt, and the rows of complete responses only.
func TestAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := cdnsim.APIError("InternalError", "oh")
		slow.Delay = 3 * time.Second
		sim := cdnsim.New(cdnsim.Options{Tasks: someTasks(), Faults: cdnsim.Sequence("", slow, cdnsim.Cut(), cdnsim.Page(502))})
		tr := newSimTrial(t, sim)
		got, requestID, err := tr.list(t.Context())
		whole(t, got, err)
		if len(tr.attempts) != 4 {
			t.Fatalf("told %d attempts", len(tr.attempts))
		}
		requests := sim.Requests()
		for i, want := range []struct {
			code   string
			status int
			rows   int
			fails  bool
		}{{"InternalError", 200, 0, true}, {"", 200, 0, true}, {"", 502, 0, true}, {"", 200, 3, false}} {
			a := tr.attempts[i]
			if a.Action != "DescribePushTasks" || a.Number != i+1 || a.Code != want.code || a.HTTPStatus != want.status ||
				a.Rows != want.rows || (a.Err != nil) != want.fails || (a.RetryIn > 0) != want.fails || a.ClockMoved != 0 {
				t.Errorf("attempt %d: %+v", i+1, a)
			}
		}
		if tr.attempts[0].Took != 3*time.Second || tr.attempts[0].RequestID != requests[0].Answer.RequestID {
			t.Errorf("told %+v", tr.attempts[0])
		}
		if requestID != requests[3].Answer.RequestID || tr.attempts[3].RequestID != requestID {
			t.Errorf("got %s, told %+v", requestID, tr.attempts[3])
		}
	})
}

// The request timeout holds for the body too.
func TestRequestTimeoutCoversTheBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		transport := transportFunc(func(r *http.Request) (*http.Response, error) {
			requests++
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: &endless{ctx: r.Context()}}, nil
		})
		tr := newTrial(t, "https://cdn.example", transport, func(c *Config) { c.MaxRetries, c.RequestTimeout = 1, 5*time.Second })
		got, _, err := tr.list(t.Context())
		e := failed(t, got, err)
		var timeout *TimeoutError
		if !errors.As(e, &timeout) || timeout.After != 5*time.Second || requests != 2 {
			t.Errorf("got %v after %d requests", e, requests)
		}
		if tr.attempts[0].Took != 5*time.Second {
			t.Errorf("took %v", tr.attempts[0].Took)
		}
	})
}

// endless is a body that goes on, a space a second, until the context ends.
type endless struct{ ctx context.Context }

func (e *endless) Read(p []byte) (int, error) {
	select {
	case <-time.After(time.Second):
		p[0] = ' '
		return 1, nil
	case <-e.ctx.Done():
		return 0, e.ctx.Err()
	}
}

func (e *endless) Close() error { return nil }
