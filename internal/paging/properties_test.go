package paging

import (
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"testing"
)

var cases = flag.Int("cases", defaultCases, "reads of each kind of world")

// tally counts what has become of reads.
type tally struct{ reads, silent, failed, incomplete, requests, pages int }

func (a *tally) add(b tally) {
	a.reads, a.silent, a.failed, a.incomplete = a.reads+b.reads, a.silent+b.silent, a.failed+b.failed, a.incomplete+b.incomplete
	a.requests, a.pages = a.requests+b.requests, a.pages+b.pages
}

func (a *tally) String() string {
	return fmt.Sprintf("%6d reads, %3d silent, %5d failed, %5d incomplete (%5.2f %%), %.2f requests a page", a.reads,
		a.silent, a.failed, a.incomplete, 100*a.open(), float64(a.requests)/float64(a.pages))
}

// open is the share of the reads that fail or are incomplete.
func (a *tally) open() float64 { return float64(a.failed+a.incomplete) / float64(a.reads) }

// seen reports whether a client can see through all that happens in worlds of a
// kind. It cannot where changes between the same two responses make up for each
// other and nothing else gives them away:
//   - several changes, if rows change places or look alike beside them, or replicas
//     order them differently or lag behind; without a count, that a list has grown
//     and shrunk shows nowhere;
//   - a single change of a row that looks like the one that two pages share, without
//     a count; or one to which replicas add others because they lag or tie
//     differently, without a count or with pages so small that they agree by chance;
//     if they do both, not even with a count.
func (k kind) seen() bool {
	switch {
	case k.changes > 1, k.changes > 0 && k.parallel > 1:
		return k.count == counted && k.replicas == one && !k.twins && (k.order == newest || k.order == oldest || k.order == inserted || k.order == byName)
	case k.replicas == apart && k.changes > 0:
		return false
	case k.replicas != one:
		return k.minPage >= 10 && (k.count == counted || k.changes == 0)
	case k.twins:
		return k.count == counted || k.changes == 0
	}
	return true
}

// kinds are all kinds of worlds that have some properties.
func kinds(counts []counting, changes []int, template kind) []kind {
	var all []kind
	for _, order := range orderings {
		for _, count := range counts {
			for _, n := range changes {
				for _, special := range []kind{{replicas: one}, {replicas: one, twins: true}, {replicas: tied}, {replicas: lagging}, {replicas: apart}} {
					k := template
					k.order, k.count, k.changes, k.replicas, k.twins = order, count, n, special.replicas, special.twins
					all = append(all, k)
				}
			}
		}
	}
	return all
}

// Property: a row that is listed throughout is returned as often as it is listed,
// and no row more often than it ever was, whatever changes before any response; or
// the read fails, or says that it is incomplete. It ends. A list that holds still
// comes in the order of the service.
func TestReads(t *testing.T) {
	for name, c := range map[string]struct {
		kinds    []kind
		open     float64 // the share that may fail or be incomplete
		requests float64 // for each page of the list
	}{
		"still, small pages":   {kinds([]counting{counted, none}, []int{0}, kind{minPage: 1, parallel: 1}), 0.1, 4},
		"still":                {kinds([]counting{counted}, []int{0}, kind{minPage: 10, parallel: 1}), 0, 2},
		"moving, small pages":  {kinds([]counting{counted}, []int{1}, kind{minPage: 2, parallel: 1}), 0.01, 4},
		"moving fast, small":   {kinds([]counting{counted}, []int{5}, kind{minPage: 2, parallel: 1}), 0.08, 4},
		"no count, small":      {kinds([]counting{none}, []int{1, 5}, kind{minPage: 1, parallel: 1}), 0.15, 5.5},
		"pages of few rows":    {kinds([]counting{counted}, []int{1, 5}, kind{minPage: 1, parallel: 1}), 0.08, 5},
		"moving":               {kinds([]counting{counted}, []int{1}, kind{minPage: 10, parallel: 1}), 0.01, 4},
		"moving fast":          {kinds([]counting{counted}, []int{5}, kind{minPage: 10, parallel: 1}), 0.08, 4},
		"overtaking":           {kinds([]counting{counted}, []int{0, 1}, kind{minPage: 10, parallel: 4}), 0.01, 4},
		"overtaking, fast":     {kinds([]counting{counted}, []int{5}, kind{minPage: 10, parallel: 4}), 0.08, 4},
		"wrong count":          {kinds([]counting{wrong}, []int{0, 1, 5}, kind{minPage: 2, parallel: 1}), 1, 7},
		"bounded":              {kinds([]counting{counted}, []int{0, 1}, kind{minPage: 1, parallel: 1, bounded: true}), 0.1, 5},
		"bounded, fast":        {kinds([]counting{counted}, []int{5}, kind{minPage: 1, parallel: 1, bounded: true}), 0.08, 5},
		"bounded, overtaking":  {kinds([]counting{counted}, []int{0, 1}, kind{minPage: 10, parallel: 4, bounded: true}), 0.1, 5},
		"no count, overtaking": {kinds([]counting{none}, []int{1}, kind{minPage: 10, parallel: 4}), 0.01, 4},
		"long, still":          {kinds([]counting{counted}, []int{0}, kind{minPage: 20, parallel: 1, long: true}), 0, 2},
		"long, moving":         {kinds([]counting{counted}, []int{1}, kind{minPage: 20, parallel: 1, long: true}), 0.01, 4},
		"long, moving fast":    {kinds([]counting{counted}, []int{5}, kind{minPage: 20, parallel: 1, long: true}), 0.08, 4},
		"long, overtaking":     {kinds([]counting{counted}, []int{0, 1}, kind{minPage: 20, parallel: 4, long: true}), 0.01, 4},
		"long, bounded":        {kinds([]counting{counted, capped, none}, []int{0, 1}, kind{minPage: 20, parallel: 4, long: true, bounded: true}), 0.01, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all tally
			for _, k := range c.kinds {
				one := readAll(t, k)
				if all.add(one); testing.Verbose() {
					t.Logf("%v: %v", &one, k)
				}
			}
			t.Logf("%v", &all)
			if all.open() > c.open {
				t.Errorf("%.2f %% of the reads fail or are incomplete", 100*all.open())
			}
			if float64(all.requests) > c.requests*float64(all.pages) {
				t.Errorf("%d requests for %d pages", all.requests, all.pages)
			}
		})
	}
}

// readAll reads lists of many worlds of one kind.
func readAll(t *testing.T, k kind) tally {
	t.Helper()
	var all tally
	name := fnv.New64()
	fmt.Fprint(name, k)
	reads := *cases
	if k.long {
		reads = 1 + reads/10
	}
	for n := range reads {
		one, err := readOne(t, k, name.Sum64()+uint64(n))
		all.add(one)
		if err != nil {
			t.Errorf("%#v, seed %d: %v", k, name.Sum64()+uint64(n), err)
		}
	}
	if all.silent > 2+all.reads/200 {
		t.Errorf("%v: %v", &all, k) // rare, where a client cannot see it
	}
	return all
}

// readOne reads the list of one world. The error is a fault that the read does not
// tell and that a client can see, or that it has no end.
func readOne(t *testing.T, k kind, seed uint64) (tally, error) {
	t.Helper()
	w := newWorld(k, seed)
	list, err := w.read(t)
	one := tally{reads: 1, requests: w.requests, pages: w.pages()}
	switch {
	case err != nil:
		one.failed = 1
		if !errors.Is(err, ErrInconsistent) && !errors.Is(err, errRefused) {
			return one, err
		}
	case !list.Complete:
		one.incomplete = 1
	default:
		if fault := w.fault(list.Rows); fault != nil {
			one.silent = 1
			if k.seen() {
				return one, fault
			}
		}
	}
	if most := w.fewest(); err == nil && list.Complete && most > 0 && w.requests > most {
		return one, fmt.Errorf("%d requests, want at most %d", w.requests, most)
	}
	return one, nil
}

// fewest is how many requests it takes at most to read a list that holds still and
// whose rows differ; 0 if there is no such number. The end of a list is known by
// the count or by a page that brings nothing new.
func (w *world) fewest() int {
	if w.changes > 0 || w.replicas != one || w.twins || w.bounded || w.count != counted || w.page == 1 {
		return 0
	}
	if w.long && (w.seconds < 1000 || w.order != newest && w.order != oldest) {
		return 0 // a bound may hide rows, and there may be no pause that shows that it does not
	}
	rows, n := len(w.listed(whole, false)), 1
	for end := w.page; end <= rows; end += w.page - 1 {
		n++
	}
	return n
}
