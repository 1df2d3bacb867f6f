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
	turn  chan struct{} // held by the one caller that waits for a slot; the others queue here in order

	mu      sync.Mutex
	free    []time.Time   // when each slot that nobody holds may be acquired
	wake    chan struct{} // tells the caller with the turn that a slot was released
	rate    float64       // requests per second; the limit until the service refuses
	next    time.Time     // when the pace, or a pause, lets the next request go
	refused time.Time     // when the service last refused
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
	return &Limiter{
		limit: float64(perSecond),
		rate:  float64(perSecond),
		turn:  make(chan struct{}, 1),
		free:  make([]time.Time, perSecond),
		wake:  make(chan struct{}, 1),
	}
}

// Wait returns when a request may be sent. The caller must call sent once the
// request is on its way, or will not be sent at all; further calls do nothing.
// The error is the context's.
func (l *Limiter) Wait(ctx context.Context) (sent func(), err error) {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for {
		wait, acquired := l.acquire(time.Now())
		if acquired {
			return sync.OnceFunc(l.release), nil
		}
		if err := sleep(ctx, wait, l.wake); err != nil {
			return nil, err
		}
	}
}

// acquire holds the slot that is free first, or says how long there is none.
func (l *Limiter) acquire(now time.Time) (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if wait := l.next.Sub(now); wait > 0 {
		return wait, false
	}
	if len(l.free) == 0 {
		return time.Hour, false // until wake says that one is back
	}
	// Slots come back in the order of their times, but for scheduling.
	first := 0
	for i, at := range l.free {
		if at.Before(l.free[first]) {
			first = i
		}
	}
	if wait := l.free[first].Sub(now); wait > 0 {
		return wait, false
	}
	l.free[first] = l.free[len(l.free)-1]
	l.free = l.free[:len(l.free)-1]
	if l.rate < l.limit {
		l.next = now.Add(l.interval(paceJitter))
	}
	return 0, true
}

func (l *Limiter) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = append(l.free, time.Now().Add(slotTime))
	select {
	case l.wake <- struct{}{}:
	default:
	}
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
