package cdnsim

import "time"

// quotaKey is what a quota applies to: by the document each action of an account has its own.
type quotaKey struct{ account, action string }

// acquireQuota counts a request and reports whether it is within the quota of the sliding second that ends now.
func (s *Server) acquireQuota(o *Options, key quotaKey) bool {
	if o.QuotaPerSecond <= 0 {
		return true
	}
	now := time.Now() // the skewed clock would do too: only differences matter
	s.mu.Lock()
	defer s.mu.Unlock()
	recent := s.quota[key]
	for len(recent) > 0 && now.Sub(recent[0]) >= time.Second {
		recent = recent[1:]
	}
	ok := len(recent) < o.QuotaPerSecond
	if ok || o.QuotaCountsRefused {
		recent = append(recent, now)
	}
	s.quota[key] = recent
	return ok
}
