package cdnsim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const allRows = `{"StartTime":"2026-01-01 00:00:00"}`

// named makes a row for each letter, each in the second of noon plus the number behind it.
func named(letters string) []Task {
	var tasks []Task
	for _, l := range strings.Fields(letters) {
		at := noon.Add(time.Duration(l[1]-'0') * time.Second)
		tasks = append(tasks, Task{TaskID: "1", URL: "http://a.com/" + l[:1], Status: "done", CreateTime: at, UpdateTime: at})
	}
	return tasks
}

// Rows that are equal need not be neighbours.
func TestEqualRowsApart(t *testing.T) {
	for _, order := range []Order{NewestFirst, OldestFirst, ByTaskID, ByStatus, ByUpdateTime, OldestUpdate, AsInserted} {
		tasks := named("a0 b0 a0 c0 a0")
		s := New(Options{Order: order, Tasks: tasks})
		if got := letters(newClient(t, s).tasks(allRows)); got != "abaca" || tasks[0] != tasks[2] {
			t.Errorf("order %d: %s", order, got)
		}
	}
}

// Replicas agree on the order, and not on that of rows that tie in it.
func TestReplicaOrder(t *testing.T) {
	const rows = "a0 b1 c1 d1 e1 f2"
	for order, want := range map[Order][2]string{
		NewestFirst:  {"fbcdea", "fedcba"},
		OldestFirst:  {"abcdef", "aedcbf"},
		ByUpdateTime: {"fbcdea", "fedcba"},
		OldestUpdate: {"abcdef", "aedcbf"},
		ByURL:        {"abcdef", "abcdef"},
		ByTaskID:     {"abcdef", "fedcba"},
		ByStatus:     {"abcdef", "fedcba"},
		AsInserted:   {"abcdef", "abcdef"},
	} {
		c := newClient(t, New(Options{Order: order, Tasks: named(rows), Replicas: 3}))
		var got []string
		for range 6 {
			got = append(got, letters(c.tasks(allRows)))
		}
		if got[0] != want[0] || got[1] != want[1] || !slices.Equal(got[:3], got[3:]) {
			t.Errorf("order %d: %v, want %v", order, got, want)
		}
		sorted := []byte(got[2])
		slices.Sort(sorted)
		shuffles := order != ByURL && order != AsInserted
		if string(sorted) != "abcdef" || shuffles == (got[2] == got[0] || got[2] == got[1]) {
			t.Errorf("order %d: the third replica has %s", order, got[2])
		}
	}
}

// What is finer than a second orders the rows of the first replica alone.
func TestReplicaTiesBySecond(t *testing.T) {
	tasks := named("a0 b0")
	tasks[0].CreateTime = tasks[0].CreateTime.Add(time.Millisecond)
	tasks[0].UpdateTime = tasks[0].UpdateTime.Add(time.Millisecond)
	for order, want := range map[Order]string{NewestFirst: "ab ba", OldestFirst: "ba ba", ByUpdateTime: "ab ba", OldestUpdate: "ba ba"} {
		c := newClient(t, New(Options{Order: order, Tasks: tasks, Replicas: 2}))
		if got := letters(c.tasks(allRows)) + " " + letters(c.tasks(allRows)); got != want {
			t.Errorf("order %d: %s, want %s", order, got, want)
		}
	}
}

// Each replica serves the list as it was some changes ago, and counts accordingly.
func TestReplicaLag(t *testing.T) {
	var replica int
	s := New(Options{Order: AsInserted, Tasks: named("a0"), Replicas: 3, ReplicaLag: 2,
		Replica: func(int, Request) int { return replica }})
	c := newClient(t, s)
	expect := func(want ...string) {
		t.Helper()
		for replica = range want {
			got := c.tasks(allRows)
			if letters(got) != want[replica] || *got.TotalCount != len(want[replica]) {
				t.Errorf("replica %d: %s of %d, want %s", replica, letters(got), *got.TotalCount, want[replica])
			}
		}
	}
	expect("a", "a", "a")
	s.Add(named("b0 c0")...)
	expect("abc", "a", "a")
	s.Add(named("d0")...)
	expect("abcd", "a", "a")
	s.Remove(func(t Task) bool { return strings.HasSuffix(t.URL, "a") })
	s.Add()
	s.Remove(func(Task) bool { return false })
	s.Update(func(*Task) {})
	expect("bcd", "abc", "a")
	s.Update(func(t *Task) { t.URL = strings.Replace(t.URL, "/c", "/x", 1) })
	expect("bxd", "abcd", "a")
	s.Update(func(t *Task) { t.URL = strings.Replace(t.URL, "/x", "/y", 1) })
	expect("byd", "bcd", "abc")
	s.Configure(func(o *Options) { o.CapitalStatus = true })
	expect("byd", "bcd", "abc")
	if got := c.tasks(allRows); got.PushLogs[0].Status != "Done" { // replica is 2 still
		t.Errorf("%s", got.raw)
	}
	if len(s.history) != 4 {
		t.Errorf("%d states are kept", len(s.history))
	}
	for n, want := range map[int]string{-1: "byd", 99: "abc"} {
		if replica = n; letters(c.tasks(allRows)) != want {
			t.Errorf("replica %d is not the nearest one", n)
		}
	}
	without := New(Options{Replicas: 3})
	without.Add(named("a0")...)
	if without.history != nil {
		t.Error("states are kept that nobody needs")
	}
}

// A response that is delayed shows its rows as they were when the request arrived.
func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Order: AsInserted, Latency: time.Second,
			Before: func(s *Server, n int) { s.Add(named(fmt.Sprintf("%c0", 'a'+n-1))...) },
			Delay:  func(n int, r Request) time.Duration { return time.Duration(8-2*n) * time.Second },
			Faults: func(n int, _ Request) *Fault {
				if n == 3 {
					return Gzip()
				}
				return nil
			}})
		c := newClient(t, s)
		start := time.Now()
		var mu sync.Mutex
		var got []string
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				rows := letters(c.tasks(allRows))
				mu.Lock()
				defer mu.Unlock()
				got = append(got, fmt.Sprint(rows, " ", time.Since(start)))
			})
			synctest.Wait() // it has arrived
		}
		all.Wait()
		if want := []string{"abc 3s", "ab 5s", "a 7s"}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if log := s.Requests(); log[0].Answer.Rows != 1 || log[2].Answer.Fault != FaultGzip {
			t.Errorf("%+v", log)
		}
		if response, err := c.transport.RoundTrip(c.request(t.Context(), "GetCallerIdentity", "{}")); err != nil ||
			response.StatusCode != http.StatusOK || time.Since(start) != 8*time.Second {
			t.Errorf("another action: %v after %s", err, time.Since(start))
		}
	})
}
