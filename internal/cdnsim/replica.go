package cdnsim

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// replica is the replica that serves the request with this number.
func (o *Options) replica(n int, req *Request) int {
	if o.Replicas <= 1 {
		return 0
	}
	if o.Replica != nil {
		return min(max(0, o.Replica(n, *req)), o.Replicas-1)
	}
	return (n - 1) % o.Replicas
}

// compareOn is the order of a replica other than the first.
func (o Order) compareOn(replica int) func(a, b *row) int {
	return func(a, b *row) int {
		return cmp.Or(o.compareSeconds(a, b), o.compareTied(replica, a, b))
	}
}

// compareSeconds is compareKeys with times cut to the second, as the API shows them.
func (o Order) compareSeconds(a, b *row) int {
	switch o {
	case NewestFirst:
		return cmp.Compare(b.created, a.created)
	case OldestFirst:
		return cmp.Compare(a.created, b.created)
	case ByUpdateTime:
		return cmp.Compare(b.UpdateTime.Unix(), a.UpdateTime.Unix())
	case OldestUpdate:
		return cmp.Compare(a.UpdateTime.Unix(), b.UpdateTime.Unix())
	}
	return o.compareKeys(a, b)
}

// compareTied orders rows that tie. In AsInserted none do.
func (o Order) compareTied(replica int, a, b *row) int {
	switch {
	case o == AsInserted:
		return cmp.Compare(a.seq, b.seq)
	case replica == 1:
		return cmp.Compare(b.seq, a.seq)
	}
	return cmp.Or(cmp.Compare(shuffled(a.seq, replica), shuffled(b.seq, replica)), cmp.Compare(a.seq, b.seq))
}

// shuffled is a random place that depends only on row and replica.
func shuffled(seq, replica int) uint64 {
	return rand.NewPCG(uint64(seq), uint64(replica)).Uint64() //nolint:gosec // both are counted from 1
}

// remember saves the rows before a change for the replicas that lag. s.mu is held.
func (s *Server) remember() {
	depth := s.opts.lagDepth()
	if depth == 0 {
		return
	}
	s.history = append(s.history, slices.Clone(s.rows))
	if surplus := len(s.history) - depth; surplus > 0 {
		s.history = slices.Delete(s.history, 0, surplus)
	}
}

// lagDepth is how many changes the last replica lags behind.
func (o *Options) lagDepth() int { return max(0, o.Replicas-1) * max(0, o.ReplicaLag) }

// listOf is the list of a replica. Only that of the first is in order. s.mu is held.
func (s *Server) listOf(o *Options, replica int) []*row {
	changes := min(replica*max(0, o.ReplicaLag), len(s.history))
	if changes == 0 {
		return s.rows
	}
	return s.history[len(s.history)-changes]
}
