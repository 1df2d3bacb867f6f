package cdnsim

import "time"

// quotaKey is what a quota is kept for: the document gives it per API, and it counts by account.
type quotaKey struct{ account, action string }

// takeQuota counts one request and tells whether it is within the quota of the sliding second that ends now.
func (s *Server) takeQuota(o *Options, key quotaKey) bool {
	if o.QuotaPerSecond <= 0 {
		return true
	}
	now := time.Now() // not the skewed clock: only distances matter
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.quota[key]
	for len(taken) > 0 && now.Sub(taken[0]) >= time.Second {
		taken = taken[1:]
	}
	ok := len(taken) < o.QuotaPerSecond
	if ok || o.QuotaCountsRefused {
		taken = append(taken, now)
	}
	s.quota[key] = taken
	return ok
}
