package credentials

import (
	"context"
	"sync"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

const (
	// earlyMost is how long before its end a credential is renewed at most, and
	// lateMost how long before it callers rather wait for the new one. Of short
	// lifetimes, it is a quarter and an eighth.
	earlyMost = 5 * time.Minute
	lateMost  = 30 * time.Second
)

// refresher keeps one source's credential and renews it in time, once for all
// who ask for it. It is a tencentcloud.CredentialSource.
type refresher struct {
	source    string // for errors and the log
	renewable bool   // asking again can give another credential
	fetch     func(context.Context) (tencentcloud.Credential, error)
	final     bool // requests are signed with it
	obtained  func(context.Context, Obtained)

	mu        sync.Mutex
	current   tencentcloud.Credential // zero if there is none
	since     time.Time               // when current was obtained
	spent     bool                    // not renewable, and fetched
	flight    *flight[tencentcloud.Credential]
	notBefore time.Time // of the next attempt while current is still good
}

// Credential returns the cached credential while it is good. Some time before
// its end, a renewal begins, and the old one is used until it is done, or for
// as long as it is valid if it fails. Only the last moments are waited out.
func (r *refresher) Credential(ctx context.Context) (tencentcloud.Credential, error) {
	r.mu.Lock()
	now := time.Now()
	left := r.left(now)
	early, late := r.margins()
	if left > early || (r.spent && left > 0) || (left > late && now.Before(r.notBefore)) {
		defer r.mu.Unlock()
		return r.current, nil
	}
	if r.spent {
		defer r.mu.Unlock()
		return tencentcloud.Credential{}, &Error{
			Source:  r.source,
			Problem: "the session has ended, and its MFA code was good for one session only",
			Remedy:  "Start again with a new code and, if that takes long, a longer session",
		}
	}
	if r.flight == nil {
		r.launch(ctx)
	}
	old, flight := r.current, r.flight
	r.mu.Unlock()
	if left > late {
		return old, nil
	}
	var patience <-chan time.Time // with a slow renewal, while the old one can be used
	if left > 0 {
		timer := time.NewTimer(left / 2)
		defer timer.Stop()
		patience = timer.C
	}
	select {
	case <-flight.done:
	case <-patience:
		return old, nil
	case <-ctx.Done():
		return tencentcloud.Credential{}, &Error{
			Source: r.source, Problem: "the time was up before there was a credential", Cause: ctx.Err(),
		}
	}
	if flight.err != nil && old.Expires.After(time.Now()) {
		return old, nil
	}
	return flight.value, flight.err
}

// left is how long the current credential is valid; negative if there is none.
func (r *refresher) left(now time.Time) time.Duration {
	switch {
	case r.current == (tencentcloud.Credential{}):
		return -1
	case r.current.Expires.IsZero():
		return 1<<63 - 1
	}
	return r.current.Expires.Sub(now)
}

func (r *refresher) margins() (early, late time.Duration) {
	if r.current.Expires.IsZero() {
		return 0, 0
	}
	lifetime := r.current.Expires.Sub(r.since)
	return min(earlyMost, lifetime/4), min(lateMost, lifetime/8)
}

// launch starts the one fetch that all callers share.
func (r *refresher) launch(ctx context.Context) {
	r.flight = launch(ctx, func(ctx context.Context) (tencentcloud.Credential, error) {
		credential, err := r.fetch(ctx)
		r.mu.Lock()
		r.flight = nil
		if err == nil {
			r.current, r.since, r.spent = credential, time.Now(), !r.renewable
			r.notBefore = time.Time{}
		} else {
			early, _ := r.margins()
			r.notBefore = time.Now().Add(early / 10)
		}
		r.mu.Unlock()
		if err == nil {
			r.obtained(ctx, Obtained{Source: r.source, Expires: credential.Expires, Final: r.final})
		}
		return credential, err
	})
}

// Refused drops the credential if it is still the current one. A credential
// that was replaced meanwhile has a successor to be tried anyway.
func (r *refresher) Refused(c tencentcloud.Credential) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current != c {
		return true
	}
	if r.renewable {
		r.current = tencentcloud.Credential{}
	}
	return r.renewable
}

// flight is one piece of work that several callers wait for. value and err may
// be read when done is closed.
type flight[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// launch starts work that goes on when the caller's context ends: others may
// wait for it, or will need its result next. It keeps the context's values.
func launch[T any](ctx context.Context, work func(context.Context) (T, error)) *flight[T] {
	f := &flight[T]{done: make(chan struct{})}
	go func() {
		defer close(f.done)
		f.value, f.err = work(context.WithoutCancel(ctx))
	}()
	return f
}
