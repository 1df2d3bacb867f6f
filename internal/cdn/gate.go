package cdn

import "slices"

// Gate says which rows of a read count and when the gate opens. The zero value
// counts every row and tolerates no failure.
type Gate struct {
	URLs        []string // only rows of these URLs count, and each must be listed; nil means rows of any URL
	LatestOnly  bool     // of several rows for one URL and area only the newest by CreateTime count
	MaxFailures *int64   // failed or invalid rows that the gate tolerates; nil means none, and then failures do not end a wait early
}

// Verdict is what a gate makes of a result.
type Verdict struct {
	Tasks       []Task         // the rows that count, in the service's order
	Counts      map[string]int // of Tasks by status; the documented four are always there, rows without a status are not counted
	MissingURLs []string       // those of Gate.URLs that no row is for, as written, sorted; empty, never nil
	Failed      int            // how many of Tasks are fail or invalid
	Unfinished  int            // how many of Tasks have not ended: any status but done, fail and invalid, null included
	Complete    bool           // every row that the query asks for was read
	AllDone     bool           // Complete, at least one row, every one is done, no URL is missing
	Passed      bool           // Complete, at least one row, every one has ended, no URL is missing, no more failures than tolerated
	Ended       bool           // a wait ends: every row has ended, and there are some, and no URL is missing; or too many failed
}

// Judge gives the verdict on a result. Verdict.Tasks may share memory with it.
func (g Gate) Judge(r Result) Verdict {
	v := Verdict{Tasks: r.Tasks, MissingURLs: []string{}, Complete: r.Complete}
	if g.URLs != nil {
		v.Tasks, v.MissingURLs = selectURLs(v.Tasks, g.URLs)
	}
	if g.LatestOnly {
		v.Tasks = latest(v.Tasks)
	}
	v.Counts = countByStatus(v.Tasks)
	total, done := len(v.Tasks), v.Counts[StatusDone]
	v.Failed = v.Counts[StatusFail] + v.Counts[StatusInvalid]
	v.Unfinished = total - done - v.Failed

	listed := total > 0 && len(v.MissingURLs) == 0
	v.AllDone = v.Complete && listed && done == total
	v.Passed = v.Complete && listed && v.Unfinished == 0 && !g.Exceeded(v.Failed)
	v.Ended = listed && v.Unfinished == 0 || g.MaxFailures != nil && g.Exceeded(v.Failed)
	return v
}

// Tolerated is how many rows may be fail or invalid.
func (g Gate) Tolerated() int64 {
	if g.MaxFailures == nil {
		return 0
	}
	return *g.MaxFailures
}

// Exceeded reports whether so many failures are more than the gate tolerates.
func (g Gate) Exceeded(failed int) bool { return int64(failed) > g.Tolerated() }

// countByStatus counts rows by status. The documented states are always there;
// rows without a status are not counted.
func countByStatus(tasks []Task) map[string]int {
	counts := map[string]int{StatusFail: 0, StatusDone: 0, StatusProcess: 0, StatusInvalid: 0}
	for i := range tasks {
		if tasks[i].Status != nil {
			counts[*tasks[i].Status]++
		}
	}
	return counts
}

// Holding is what keeps a gate shut, in the order in which it is best told, and
// where the rows are.
type Holding struct {
	MissingURLs []string                  // all of them
	Failed      []Task                    // the first ten that are fail or invalid
	Unfinished  []Task                    // the first ten that have not ended
	Areas       map[string]map[string]int // rows by area and status; "" stands for null
}

// maxHolding is how many rows of a kind Holding names.
const maxHolding = 10

// Holding sums up what keeps the gate shut.
func (v *Verdict) Holding() Holding {
	h := Holding{MissingURLs: v.MissingURLs, Areas: map[string]map[string]int{}}
	for i := range v.Tasks {
		t := &v.Tasks[i]
		switch {
		case t.failed() && len(h.Failed) < maxHolding:
			h.Failed = append(h.Failed, *t)
		case !t.ended() && len(h.Unfinished) < maxHolding:
			h.Unfinished = append(h.Unfinished, *t)
		}
		area := orEmpty(t.Area)
		if h.Areas[area] == nil {
			h.Areas[area] = map[string]int{}
		}
		h.Areas[area][orEmpty(t.Status)]++
	}
	return h
}

func (t *Task) failed() bool { return t.Is(StatusFail) || t.Is(StatusInvalid) }

func (t *Task) ended() bool { return t.Is(StatusDone) || t.failed() }

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// selectURLs picks the rows of some URLs, and those of the URLs that no row is
// for.
func selectURLs(tasks []Task, urls []string) (selected []Task, missing []string) {
	canonical := make([]string, len(urls))
	listed := make(map[string]bool, len(urls)) // by canonical URL
	for i, url := range urls {
		canonical[i] = canonicalURL(url)
		listed[canonical[i]] = false
	}
	for i := range tasks {
		if tasks[i].URL == nil {
			continue
		}
		url := canonicalURL(*tasks[i].URL)
		if _, ok := listed[url]; ok {
			listed[url] = true
			selected = append(selected, tasks[i])
		}
	}
	missing = []string{}
	for i, url := range urls {
		if !listed[canonical[i]] {
			missing = append(missing, url)
		}
	}
	slices.Sort(missing)
	return selected, missing
}

// place is what latest compares rows within.
type place struct{ url, area string }

// latest drops every row that is older than another for its URL and area. Rows
// of the same second stay, and so do rows without a URL: nobody knows what they
// are for. A null CreateTime is older than any other.
func latest(tasks []Task) []Task {
	newest := make(map[place]string, len(tasks))
	places := make([]place, len(tasks))
	for i := range tasks {
		t := &tasks[i]
		if t.URL == nil {
			continue
		}
		places[i] = place{canonicalURL(*t.URL), deref(t.Area)}
		newest[places[i]] = max(newest[places[i]], orEmpty(t.CreateTime)) // the layout sorts as text
	}
	var kept []Task
	for i := range tasks {
		if tasks[i].URL == nil || orEmpty(tasks[i].CreateTime) == newest[places[i]] {
			kept = append(kept, tasks[i])
		}
	}
	return kept
}
