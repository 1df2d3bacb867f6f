package cdn

import "context"

// A list is read in windows while rows come, go and change. What makes the
// result whole is that neighbouring windows overlap: they are joined at a row
// that both hold, the anchor. Whatever stands between two anchors was
// contiguous in one answer, so a row that was there all the time, and before
// the one anchor and behind the other, is in that answer. Windows may be read
// in any order and at any time; only the order of the rows that stay must hold.
// When the anchors are where the offsets say, nothing has moved and no page is
// asked for twice.
//
// A list in the order of UpdateTime is not of that kind: a row that changes
// moves. Such a list has to be read while nothing moves; see lookAgain.
//
// What no client can see: two changes between the same two requests that make
// up for each other, in such a list or among rows that are equal.

// join joins a window to the tasks at a row that both hold. It reports false
// when there is none, or none that can be told from other rows, unless trust
// says that a row that occurs several times will do.
func (r *reader) join(w *window, trust bool) bool {
	keep, skip, ok := r.anchor(w, trust)
	if ok {
		r.take(w, keep, skip)
	}
	return ok
}

// anchor returns how many tasks to keep and how many rows of w to skip.
func (r *reader) anchor(w *window, trust bool) (keep, skip int, ok bool) {
	overlap := int(r.next - w.offset)
	common := min(overlap, len(w.tasks)) // less where the window lies within what is known
	if overlap < 0 || overlap > len(r.tasks) || overlap > 0 && common == 0 ||
		!same(r.tasks[len(r.tasks)-overlap:][:common], w.tasks[:common]) {
		r.moved = true
		return r.search(w)
	}
	keep = len(r.tasks) - overlap + common
	counted := r.total != nil && w.total != nil && *w.total >= w.end() // or it is wrong
	steady := r.total == nil || w.total == nil || *r.total == *w.total
	r.moved = r.moved || !steady
	switch {
	case overlap == 0: // pages of one row, or a window behind known rows whose place is an estimate
		if keep, skip, ok := r.search(w); ok {
			r.moved = true
			return keep, skip, true
		}
		return keep, 0, steady && (!r.moved || counted && r.stride == 1)
	case steady && (counted || trust):
		return keep, common, true
	}
	// A single row that is met where it was expected, though the count is another,
	// may be one that is equal to it: a window that shows more has to tell.
	proof := steady || trust || common > 1
	return keep, common, proof && r.distinct(w.tasks[:common], w)
}

// same reports whether two windows hold the same rows.
func same(a, b []Task) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].identity() != b[i].identity() {
			return false
		}
	}
	return true
}

// distinct reports whether at least one of the overlapping rows occurs only
// once nearby, so that meeting it proves something.
func (r *reader) distinct(tail []Task, w *window) bool {
	times := make(map[identity]int, len(tail))
	for i := range tail {
		times[tail[i].identity()] = 0
	}
	count := func(tasks []Task) {
		for i := range tasks {
			id := tasks[i].identity()
			if n, ok := times[id]; ok {
				times[id] = n + 1
			}
		}
	}
	count(r.tasks[max(0, len(r.tasks)-2*int(r.stride)):])
	count(w.tasks[len(tail):])
	for _, n := range times {
		if n == 1 {
			return true
		}
	}
	return false
}

// search finds the last task that the window holds too, among those that occur
// only once in each.
func (r *reader) search(w *window) (keep, skip int, ok bool) {
	known := r.tasks[max(0, len(r.tasks)-4*int(r.stride)):]
	inWindow, inTasks := positions(w.tasks), positions(known)
	for i := len(known) - 1; i >= 0; i-- {
		id := known[i].identity()
		if j, ok := inWindow[id]; ok && j >= 0 && inTasks[id] >= 0 {
			return len(r.tasks) - len(known) + i + 1, j + 1, true
		}
	}
	return 0, 0, false
}

// positions maps each row to its place, or to -1 if it has several.
func positions(tasks []Task) map[identity]int {
	places := make(map[identity]int, len(tasks))
	for i := range tasks {
		id := tasks[i].identity()
		if _, twice := places[id]; twice {
			places[id] = -1
		} else {
			places[id] = i
		}
	}
	return places
}

// bridge joins a window by means of others, read between it and the tasks.
func (r *reader) bridge(ctx context.Context, w *window) error {
	back := max(r.stride/2, 1)
	for range maxBridges {
		at := max(r.query.Offset, r.next-back)
		between, err := r.fetch(ctx, at, r.pageLimit())
		switch {
		case err != nil:
			return err
		case r.endsRefused(between):
			return nil
		case r.join(between, true):
			if !r.full(between) {
				if err := r.settle(between); err != nil || r.done {
					return err
				}
			}
			if r.join(w, true) {
				return nil
			}
			back = max(r.stride/2, 1)
			continue
		}
		if at == r.query.Offset {
			break
		}
		back *= 2
	}
	if err := r.giveUp(); err != nil {
		return err
	}
	r.take(w, len(r.tasks), int(min(max(r.next-w.offset, 0), int64(len(w.tasks))))) // as the offsets say
	return nil
}

// lookAgain ends the reading of a list that has moved. In the order of
// UpdateTime, which the answers give away, a row that had not been read yet may
// have moved to the front: then the list is read again. The first page is asked
// for once more, to see that of it, and what has come meanwhile.
func (r *reader) lookAgain(ctx context.Context) error {
	if followsUpdates(r.windows) || r.doubled() {
		return r.giveUp()
	}
	head, err := r.fetch(ctx, 0, r.pageLimit())
	if err != nil {
		return err
	}
	r.note(head)
	known := positions(r.tasks)
	fresh := 0
	for fresh < len(head.tasks) {
		if _, ok := known[head.tasks[fresh].identity()]; ok {
			break
		}
		fresh++
	}
	if followsUpdates(r.windows) || fresh == len(head.tasks) && len(r.tasks) > 0 && fresh > 0 {
		return r.giveUp()
	}
	r.tasks = append(head.tasks[:fresh:fresh], r.tasks...)
	return nil
}

// followsUpdates reports whether the rows of each window are in the order of
// UpdateTime, latest first, and at least once not because of their CreateTime.
func followsUpdates(windows []*window) bool {
	follows := false
	for _, w := range windows {
		for i := 1; i < len(w.tasks); i++ {
			a, b := &w.tasks[i-1], &w.tasks[i]
			if a.UpdateTime == nil || b.UpdateTime == nil || *a.UpdateTime == *b.UpdateTime {
				continue
			}
			if *a.UpdateTime < *b.UpdateTime {
				return false
			}
			follows = follows || deref(a.CreateTime) <= deref(b.CreateTime)
		}
	}
	return follows
}

// doubled reports whether a row is listed more often than any one answer had it.
func (r *reader) doubled() bool {
	inAll := count(r.tasks)
	if len(inAll) == len(r.tasks) {
		return false
	}
	most := make(map[identity]int)
	for _, w := range r.windows {
		for id, n := range count(w.tasks) {
			most[id] = max(most[id], n)
		}
	}
	for id, n := range inAll {
		if n > most[id] {
			return true
		}
	}
	return false
}

func count(tasks []Task) map[identity]int {
	times := make(map[identity]int, len(tasks))
	for i := range tasks {
		times[tasks[i].identity()]++
	}
	return times
}
