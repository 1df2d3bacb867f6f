package tencentcloud

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// take takes a slot and keeps it.
func acquire(t *testing.T, l *Limiter) (sent func()) {
	t.Helper()
	sent, err := l.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

// busiest is the most times that fall into one sliding second, however it lies.
func busiest(times []time.Time) int {
	slices.SortFunc(times, time.Time.Compare)
	most, first := 0, 0
	for i, at := range times {
		for at.Sub(times[first]) >= time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

func TestBusiest(t *testing.T) {
	at := func(ms ...int) (times []time.Time) {
		for _, m := range ms {
			times = append(times, time.UnixMilli(int64(m)))
		}
		return times
	}
	for want, times := range map[int][]time.Time{0: at(), 1: at(0, 1000, 2000), 2: at(999, 0, 1000), 4: at(0, 500, 600, 700, 1499)} {
		if got := busiest(times); got != want {
			t.Errorf("%v: got %d, want %d", times, got, want)
		}
	}
}

// arrival is a request that somebody wants to send.
type arrival struct {
	after   time.Duration // since the one before
	writing time.Duration // from its turn until it is written
	refused bool
	given   time.Duration // its caller's patience; 0 means without end
}

// In no sliding second are there more requests than the limit, whatever the
// pattern of their coming, however long they take to be written, and whoever
// gives up.
func TestLimiterHoldsInEverySlidingSecond(t *testing.T) {
	upTo := func(d time.Duration) *rapid.Generator[time.Duration] {
		return rapid.Custom(func(rt *rapid.T) time.Duration {
			// Mostly nothing: bursts are what breaks a limit.
			if rapid.IntRange(0, 2).Draw(rt, "some") > 0 {
				return 0
			}
			return time.Duration(rapid.Int64Range(0, int64(d)).Draw(rt, "ns"))
		})
	}
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.IntRange(1, 25).Draw(rt, "limit")
		arrivals := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) arrival {
			return arrival{
				after: upTo(1500*time.Millisecond).Draw(rt, "after"), writing: upTo(3*time.Second).Draw(rt, "writing"),
				refused: rapid.IntRange(0, 30).Draw(rt, "refused") == 0, given: upTo(2*time.Second).Draw(rt, "given"),
			}
		}), 1, 80).Draw(rt, "arrivals")
		var written []time.Time
		synctest.Test(t, func(*testing.T) { written = play(NewLimiter(limit), arrivals) })
		if most := busiest(written); most > limit {
			rt.Fatalf("%d requests in a second, the limit is %d", most, limit)
		}
	})
}

// play sends requests through a limiter and returns when they were written.
func play(l *Limiter, arrivals []arrival) (written []time.Time) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, a := range arrivals {
		time.Sleep(a.after)
		all.Go(func() {
			ctx := context.Background()
			if a.given > 0 {
				limited, cancel := context.WithTimeout(ctx, a.given)
				defer cancel()
				ctx = limited
			}
			sent, err := l.Wait(ctx)
			if err != nil {
				return
			}
			time.Sleep(a.writing)
			mu.Lock()
			written = append(written, time.Now())
			mu.Unlock()
			sent()
			sent() // as the client does, once more at the end
			if a.refused {
				l.Refused(0)
			} else {
				l.Accepted()
			}
		})
	}
	all.Wait()
	return written
}

// A read of as many requests as fit into a second starts them all at once, and
// another one a second later.
func TestLimiterStartsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(20)
		for range 3 {
			start := time.Now()
			for range 20 {
				acquire(t, l)()
			}
			if took := time.Since(start); took != 0 {
				t.Errorf("the first 20 took %v", took)
			}
			acquire(t, l)()
			if took := time.Since(start); took != slotTime {
				t.Errorf("the next came after %v", took)
			}
			time.Sleep(2 * slotTime)
		}
	})
}

// A long read takes at most a tenth more than the quota's own bound: requests
// by 20 a second, the first second free.
func TestLimiterUsesTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const requests = 500
		start := time.Now()
		written := play(NewLimiter(20), make([]arrival, requests))
		if len(written) != requests {
			t.Fatalf("%d were written", len(written))
		}
		bound := time.Duration(requests-20) * time.Second / 20
		if took := time.Since(start); took < bound || took > bound*110/100 {
			t.Errorf("took %v, the bound is %v", took, bound)
		}
	})
}

// A request that takes long to be answered holds nobody up; one that takes long
// to be written holds its slot, since it is yet to come.
func TestLimiterAndSlowRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(2)
		first, second := acquire(t, l), acquire(t, l)
		start := time.Now()
		time.AfterFunc(10*time.Second, first)
		time.AfterFunc(20*time.Second, second)
		acquire(t, l)
		if waited := time.Since(start); waited != 10*time.Second+slotTime {
			t.Errorf("waited %v", waited)
		}
		acquire(t, l)
		if waited := time.Since(start); waited != 20*time.Second+slotTime {
			t.Errorf("waited %v", waited)
		}
	})
}

// Callers are served in the order of their coming, past those who gave up, and
// a caller that gives up costs no slot.
func TestLimiterIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(1)
		acquire(t, l)()
		start := time.Now()
		var mu sync.Mutex
		var served []int
		for i := range 6 {
			go func() {
				ctx := t.Context()
				if i%2 == 1 {
					limited, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
					defer cancel()
					ctx = limited
				}
				sent, err := l.Wait(ctx)
				if i%2 == 1 {
					if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 500*time.Millisecond {
						t.Errorf("caller %d: %v after %v", i, err, time.Since(start))
					}
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				sent()
				mu.Lock()
				served = append(served, i)
				mu.Unlock()
			}()
			synctest.Wait() // so that they queue in this order
		}
		time.Sleep(10 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		if !slices.Equal(served, []int{0, 2, 4}) {
			t.Errorf("served %v", served)
		}
	})
}

// A refusal holds up everybody, cuts the rate, and is forgotten after a while.
func TestLimiterSlowsAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(20)
		perSecond := func() int {
			start, n := time.Now(), 0
			for ; time.Since(start) < time.Second; n++ {
				acquire(t, l)()
			}
			return n - 1
		}
		for range 19 {
			acquire(t, l)()
		}
		for range 19 {
			l.Refused(0)
		}
		start := time.Now()
		acquire(t, l)()
		if paused := time.Since(start); paused < 100*time.Millisecond || paused > time.Second {
			t.Errorf("paused for %v", paused)
		}
		if n := perSecond(); n > 4 {
			t.Errorf("%d requests in the second after 19 refusals of 19", n)
		}
		last := l.rate
		for range 200 {
			l.Accepted()
			if l.rate < last || l.rate > 20 {
				t.Fatalf("the rate went from %v to %v", last, l.rate)
			}
			last = l.rate
			time.Sleep(100 * time.Millisecond)
		}
		if l.rate != 20 {
			t.Errorf("%v requests per second after 20 s without a refusal", l.rate)
		}
	})
}

// One stray refusal costs a long read little.
func TestLimiterAfterOneRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(20)
		arrivals := make([]arrival, 200)
		arrivals[30].refused = true
		start := time.Now()
		play(l, arrivals)
		bound := 180 * time.Second / 20
		if took := time.Since(start); took > bound*115/100 {
			t.Errorf("took %v, the bound is %v", took, bound)
		}
	})
}

// Processes that were refused together do not come back together.
func TestLimiterJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var back []time.Time
		for range 50 {
			l := NewLimiter(20)
			l.Refused(0)
			back = append(back, l.next)
		}
		slices.SortFunc(back, time.Time.Compare)
		if spread := back[len(back)-1].Sub(back[0]); spread < time.Second/20/4 {
			t.Errorf("50 processes come back within %v", spread)
		}
	})
}

// unevenly reaches a simulator over a network that takes 0 to 150 ms each way.
func unevenly(sim *cdnsim.Server) http.RoundTripper {
	direct := sim.Transport()
	travel := func() { time.Sleep(rand.N(150 * time.Millisecond)) }
	return transportFunc(func(r *http.Request) (*http.Response, error) {
		httptrace.ContextClientTrace(r.Context()).WroteRequest(httptrace.WroteRequestInfo{})
		travel()
		defer travel()
		return direct.RoundTrip(r)
	})
}

// Twelve processes that know nothing of each other share one enforced quota.
func TestTwelveLimitersShareOneQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const processes, calls, quota = 12, 100, 20
		sim := cdnsim.New(cdnsim.Options{Tasks: someTasks(), QuotaPerSecond: quota})
		var first time.Time // when the first process had all its answers
		var mu sync.Mutex
		var all sync.WaitGroup
		for range processes {
			tr := newTrial(t, "https://cdn.example", unevenly(sim))
			all.Go(func() {
				var workers sync.WaitGroup
				next := make(chan struct{}, calls)
				for range calls {
					next <- struct{}{}
				}
				close(next)
				for range 20 {
					workers.Go(func() {
						for range next {
							if got, _, err := tr.list(t.Context()); err != nil || len(got.PushLogs.urls) != 3 {
								t.Errorf("%+v, %v", got, err)
							}
						}
					})
				}
				workers.Wait()
				mu.Lock()
				defer mu.Unlock()
				if first.IsZero() {
					first = time.Now()
				}
			})
		}
		start := time.Now()
		all.Wait()
		if part := useful(sim, start.Add(2*time.Second), first, quota); part < 0.9 {
			t.Errorf("%.0f %% of the quota did useful work", 100*part)
		}
	})
}

// useful is the part of a quota whose requests were answered.
func useful(sim *cdnsim.Server, from, to time.Time, quota float64) float64 {
	n := 0
	for _, r := range sim.Requests() {
		if r.Answer.Code == "" && !r.Time.Before(from) && r.Time.Before(to) {
			n++
		}
	}
	return float64(n) / to.Sub(from).Seconds() / quota
}

// The rate comes back slowly after a refusal, and faster the longer there was none.
func TestRateComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(20)
		for range 10 {
			l.Refused(0)
		}
		before := l.rate
		l.Accepted()
		soon := l.rate - before
		time.Sleep(10 * time.Second)
		before = l.rate
		l.Accepted()
		if late := l.rate - before; soon <= 0 || late < 2*soon {
			t.Errorf("wins back %.3f at once and %.3f after ten seconds", soon, late)
		}
	})
}

// A pause that the service asks for is not cut short by a refusal that asks for none.
func TestLongestPauseCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(20)
		l.Refused(10 * time.Second)
		l.Refused(0)
		start := time.Now()
		sent, err := l.Wait(t.Context())
		if err != nil || time.Since(start) != 10*time.Second {
			t.Fatalf("waited %v: %v", time.Since(start), err)
		}
		sent()
	})
}
