package credentials

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

const (
	// maxEarly is the longest before its expiry that a credential is refreshed,
	// and maxLate the longest that callers rather wait for the new one. Of short
	// lifetimes, it is a quarter and an eighth.
	maxEarly = 5 * time.Minute
	maxLate  = 30 * time.Second
)

// refresher keeps one source's credential and refreshes it in time, once for all
// callers. It is a tencentcloud.CredentialSource.
type refresher struct {
	source    string     // for errors and the log
	origin    string     // where id, key and token come from
	caller    *refresher // that it is called with; nil if it needs none
	renewable bool       // fetching again can give another credential
	fetch     func(context.Context) (tencentcloud.Credential, error)
	final     bool                            // requests are signed with it
	obtained  func(context.Context, Obtained) // may be nil

	refresh singleflight.Group

	mu        sync.Mutex
	current   tencentcloud.Credential // zero if there is none
	since     time.Time               // when current was obtained
	spent     bool                    // not renewable, and fetched
	notBefore time.Time               // of the next attempt while current is still valid
}

// Credential returns the cached credential while it is valid. Some time before
// it expires, a refresh begins, and the old one is used until that is done, or
// for as long as it is valid if the refresh fails. Callers only wait in the last
// moments.
func (r *refresher) Credential(ctx context.Context) (tencentcloud.Credential, error) {
	r.mu.Lock()
	now := time.Now()
	old, left := r.current, r.left(now)
	early, late := r.margins()
	if left > early || (r.spent && left > 0) || (left > late && now.Before(r.notBefore)) {
		defer r.mu.Unlock()
		return old, nil
	}
	if r.spent {
		defer r.mu.Unlock()
		return tencentcloud.Credential{}, &Error{
			Source:  r.source,
			Problem: "the session has expired, and an MFA code is valid for one session only",
			Remedy:  "Run again with a new code, and with a longer session if the run takes long",
		}
	}
	// Under the lock, so that no second refresh begins while the result of the
	// first is being stored. It outlives the context of whoever starts it: others
	// may wait for it, or will need its result next.
	refresh := r.refresh.DoChan("", func() (any, error) { return r.renew(context.WithoutCancel(ctx)) })
	r.mu.Unlock()
	if left > late {
		return old, nil
	}
	var patience <-chan time.Time // with a slow refresh, while the old credential is valid
	if left > 0 {
		timer := time.NewTimer(left / 2)
		defer timer.Stop()
		patience = timer.C
	}
	select {
	case result := <-refresh:
		if result.Err != nil && old.Expires.After(time.Now()) {
			return old, nil
		}
		credential, _ := result.Val.(tencentcloud.Credential)
		return credential, result.Err
	case <-patience:
		return old, nil
	case <-ctx.Done():
		return tencentcloud.Credential{}, &Error{Source: r.source, Problem: "no credential was obtained in time", Cause: ctx.Err()}
	}
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
	return min(maxEarly, lifetime/4), min(maxLate, lifetime/8)
}

// renew fetches a credential and keeps it.
func (r *refresher) renew(ctx context.Context) (tencentcloud.Credential, error) {
	credential, err := r.fetch(ctx)
	r.mu.Lock()
	if err == nil {
		r.current, r.since, r.spent, r.notBefore = credential, time.Now(), !r.renewable, time.Time{}
	} else {
		early, _ := r.margins()
		r.notBefore = time.Now().Add(early / 10)
	}
	r.mu.Unlock()
	if err == nil && r.obtained != nil {
		r.obtained(ctx, Obtained{Source: r.source, Expires: credential.Expires, Final: r.final})
	}
	return credential, err
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

// whence says where the credential comes from, and that of its caller.
func (r *refresher) whence() string {
	r.mu.Lock()
	text := r.origin
	if r.current.Token != "" && r.current.Expires.IsZero() {
		text += ", with a token. A permanent key has none: if this key is permanent, remove the token"
	}
	r.mu.Unlock()
	if r.caller != nil {
		text += ", called with " + r.caller.whence()
	}
	return text
}
