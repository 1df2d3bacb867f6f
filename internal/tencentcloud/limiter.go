package tencentcloud

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Limiter keeps everything that shares it within a number of requests in any
// sliding second, and slows down when the service says that it was too much
// all the same, because others use the same account.
//
// It has as many slots as requests fit into a second. A request holds a slot
// until it has been written to its connection, and for a second more. So the
// first requests of a read start at once, and no second, wherever it begins, has
// more requests in it than slots. (A token bucket with a burst lets twice its
// rate through in the first second.)
type Limiter struct {
	limit float64
	slots chan time.Time // when each slot that nobody holds may be used again, the first one first

	mu      sync.Mutex
	rate    float64   // requests per second; the limit until the service refuses
	next    time.Time // when the pace, or a pause, lets the next request go
	refused time.Time // when the service last refused
}

const (
	// slotTime is a second, and a margin for requests that take different times
	// to reach the service, where the second is counted.
	slotTime = time.Second + 30*time.Millisecond

	// When the service refuses for the rate: cut for each refusal, pause for half
	// an interval of the new pace, then win back a little with every response, and
	// more the longer none was refused. So a lone refusal costs next to nothing,
	// and processes that all began at full speed find their shares within a few
	// seconds. With twelve of them on one quota of 20, some 93 % of it does useful
	// work and every fourth request is refused; larger gains win little more and
	// have many more refused.
	rateCut       = 0.9
	rateGain      = 0.05 // per response
	rateGainGrows = 0.01 // per response, for each second without a refusal
	gainGrowsFor  = 20   // seconds
	minRate       = 0.25

	// Processes that were refused together must not stay in step; but the more
	// even a pace is, the less room it needs.
	pauseJitter = 0.5
	paceJitter  = 0.15
)

// NewLimiter returns a limiter for a number of requests per second, at least 1.
func NewLimiter(perSecond int) *Limiter {
	l := &Limiter{
		limit: float64(perSecond),
		rate:  float64(perSecond),
		slots: make(chan time.Time, perSecond),
	}
	for range perSecond {
		l.slots <- time.Time{}
	}
	return l
}

// Wait returns when a request may be sent. The caller must call sent once the
// request is on its way, or will not be sent at all; further calls do nothing.
// The error is the context's.
func (l *Limiter) Wait(ctx context.Context) (sent func(), err error) {
	select {
	case slot := <-l.slots:
		for {
			wait := l.wait(slot)
			if err := Sleep(ctx, wait); err != nil {
				l.slots <- slot
				return nil, err
			}
			if wait == 0 {
				return sync.OnceFunc(func() { l.slots <- time.Now().Add(slotTime) }), nil
			}
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// wait is how long the next request has to wait for a slot and for the pace.
func (l *Limiter) wait(slot time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if wait := max(slot.Sub(now), l.next.Sub(now)); wait > 0 {
		return wait
	}
	if l.rate < l.limit {
		l.next = now.Add(l.interval(paceJitter))
	}
	return 0
}

// Refused tells the limiter that the service refused a request for the rate.
// Every caller pauses, for at least the given time, and then slows down.
func (l *Limiter) Refused(pause time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.rate = max(l.rate*rateCut, minRate)
	l.refused = now
	if until := now.Add(max(pause, l.interval(pauseJitter)/2)); until.After(l.next) {
		l.next = until
	}
}

// Accepted tells the limiter that the service accepted a request.
func (l *Limiter) Accepted() {
	l.mu.Lock()
	defer l.mu.Unlock()
	calm := min(time.Since(l.refused).Seconds(), gainGrowsFor)
	l.rate = min(l.rate+rateGain+rateGainGrows*calm, l.limit)
}

// interval is the time from one request to the next at the current rate, plus or
// minus a part of it.
func (l *Limiter) interval(jitter float64) time.Duration {
	return time.Duration((1 + jitter*(2*rand.Float64()-1)) / l.rate * float64(time.Second))
}
