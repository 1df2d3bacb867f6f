package cdnsim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Rows come, change and go between any two requests, each at its place in the order.
func TestMutation(t *testing.T) {
	const all = `{"StartTime":"2026-01-01 00:00:00"}`
	s := New(Options{Tasks: sample()})
	c := newClient(t, s)
	expect := func(want string) {
		t.Helper()
		if got := letters(c.tasks(all)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	expect("edcba")
	between := sample()[1]
	between.URL, between.CreateTime = "https://a.com/x", noon.Add(90*time.Minute)
	s.Add(between, between)
	expect("edcxxba")
	if n := s.Remove(func(t Task) bool { return t.Status == "done" }); n != 2 {
		t.Errorf("removed %d", n)
	}
	expect("dcxxb")
	moved := s.Update(func(t *Task) {
		if strings.HasSuffix(t.URL, "/b") {
			t.CreateTime, t.Status = noon.Add(9*time.Hour), "done"
		}
	})
	if moved != 1 {
		t.Errorf("updated %d", moved)
	}
	expect("bdcxx")
	if got := c.tasks(`{"TaskId":"20","Status":"done"}`); letters(got) != "b" {
		t.Errorf("%s", got.raw)
	}
	s.Configure(func(o *Options) { o.Order, o.CapitalStatus = OldestFirst, true })
	expect("xxcdb")
	if got := c.tasks(`{"TaskId":"20","Status":"done"}`); got.PushLogs[0].Status != "Done" {
		t.Errorf("%s", got.raw)
	}
	if tasks := s.Tasks(); len(tasks) != 5 || tasks[0] != tasks[1] {
		t.Errorf("%v", tasks)
	}
}

// One row at a time ends up where a sorted whole has it.
func TestInsertionKeepsOrder(t *testing.T) {
	for order := NewestFirst; order <= OldestUpdate; order++ {
		tasks := Generate(90, noon)
		slices.SortFunc(tasks, func(a, b Task) int { return strings.Compare(a.URL[12:], b.URL[12:]) })
		whole, single := New(Options{Order: order, Tasks: tasks}), New(Options{Order: order})
		for _, task := range tasks {
			single.Add(task)
		}
		if !slices.EqualFunc(whole.Tasks(), single.Tasks(), func(a, b Task) bool { return a.URL == b.URL }) {
			t.Errorf("order %d differs", order)
		}
	}
}

func TestBefore(t *testing.T) {
	var numbers []int
	s := New(Options{Before: func(s *Server, n int) {
		numbers = append(numbers, n)
		s.Add(Task{TaskID: "1", URL: fmt.Sprint("http://a.com/", n)})
	}})
	c := newClient(t, s)
	c.call("GetCallerIdentity", "{}")
	c.tasks(`{"TaskId":"1"}`)
	if got := c.tasks(`{"TaskId":"1"}`); letters(got) != "12" || !slices.Equal(numbers, []int{1, 2}) {
		t.Errorf("%s %v", got.raw, numbers)
	}
}

func TestLagAndRetention(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Lag: time.Minute, Retention: time.Hour})
		c := newClient(t, s)
		s.Add(Task{TaskID: "1", URL: "http://a.com/x", CreateTime: time.Now()})
		for _, step := range []struct {
			after time.Duration
			want  string
		}{{0, ""}, {59 * time.Second, ""}, {time.Second, "x"}, {59 * time.Minute, "x"}, {time.Second, ""}} {
			time.Sleep(step.after)
			if got := letters(c.tasks(`{"TaskId":"1"}`)); got != step.want {
				t.Errorf("after %s: %q, want %q", step.after, got, step.want)
			}
		}
	})
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Progress: 100 * time.Second, Order: ByUpdateTime})
		c := newClient(t, s)
		now := time.Now()
		s.Add(Task{TaskID: "1", URL: "http://a.com/a", Status: "process", Percent: 10, CreateTime: now},
			Task{TaskID: "1", URL: "http://a.com/b", Status: "process", DoneAfter: 50 * time.Second, Final: "invalid"},
			Task{TaskID: "1", URL: "http://a.com/c", Status: "done", Percent: 100, UpdateTime: now.Add(time.Second)})
		var got []string
		for range 4 {
			for _, l := range c.tasks(`{"TaskId":"1"}`).PushLogs {
				got = append(got, fmt.Sprintf("%s%s%d", l.Url[len(l.Url)-1:], l.Status, l.Percent))
			}
			got = append(got, "|")
			time.Sleep(40 * time.Second)
		}
		// b ended at 50 s, a at 100 s: the latest change comes first.
		const want = "cdone100 aprocess10 bprocess0 | aprocess45 bprocess79 cdone100 | aprocess81 binvalid100 cdone100 | " +
			"adone100 binvalid100 cdone100 |"
		if strings.Join(got, " ") != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
		s.Configure(func(o *Options) { o.Order = OldestUpdate })
		s.Add(Task{TaskID: "1", URL: "http://a.com/d", Status: "process", DoneAfter: time.Second, UpdateTime: now})
		before := letters(c.tasks(`{"TaskId":"1"}`))
		time.Sleep(time.Second)
		if after := letters(c.tasks(`{"TaskId":"1"}`)); before != "dcba" || after != "cbad" {
			t.Errorf("oldest update first: %s, then %s", before, after)
		}
		if got := c.tasks(`{"TaskId":"1","Status":"process"}`); len(got.PushLogs) != 0 {
			t.Errorf("%s", got.raw)
		}
	})
}

// A row has a time of its own at which it is listed, so that they appear one by one.
func TestListedAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		row := func(url string, after time.Duration) Task {
			return Task{TaskID: "1", URL: "http://a.com/" + url, Status: "process", DoneAfter: 15 * time.Second, ListedAfter: after}
		}
		s := New(Options{Lag: 20 * time.Second, Order: AsInserted})
		s.Add(row("a", time.Second), row("b", 0), row("c", 10*time.Second))
		s.Add(row("d", 0))
		c := newClient(t, s)
		var got []string
		for range 5 {
			r := c.tasks(`{"TaskId":"1"}`)
			got = append(got, fmt.Sprint(letters(r), *r.TotalCount))
			time.Sleep(5 * time.Second)
		}
		// Those that are listed late have gone on meanwhile.
		if want := []string{"0", "a1", "ac2", "ac2", "abcd4"}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if got := c.tasks(`{"TaskId":"1","Status":"done"}`); letters(got) != "abcd" {
			t.Errorf("%s", got.raw)
		}
		s.Update(func(t *Task) { t.ListedAfter = 26 * time.Second })
		if got := c.tasks(`{"TaskId":"1"}`); letters(got) != "" {
			t.Errorf("%s", got.raw)
		}
	})
}

// Time alone makes a row appear, though nothing else depends on the clock.
func TestListedAfterAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		added, updated := New(Options{}), New(Options{})
		added.Add(Task{TaskID: "1", URL: "http://a.com/a", ListedAfter: time.Second})
		updated.Add(Task{TaskID: "1", URL: "http://a.com/a"})
		updated.Update(func(t *Task) { t.ListedAfter = time.Second })
		for _, want := range []string{"", "a"} {
			for _, s := range []*Server{added, updated} {
				if got := newClient(t, s).tasks(`{"TaskId":"1"}`); letters(got) != want {
					t.Errorf("%s, want %q", got.raw, want)
				}
			}
			time.Sleep(time.Second)
		}
	})
}

// states are the rows of a response by letter, status and percent.
func states(r *decoded) string {
	var all []string
	for i, l := range r.PushLogs {
		all = append(all, fmt.Sprintf("%c:%s:%d", letters(r)[i], l.Status, l.Percent))
	}
	return strings.Join(all, " ")
}

func TestSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Order: ByStatus, Progress: time.Second})
		began := time.Now()
		s.Add(
			Task{TaskID: "1", URL: "http://a.com/a", Status: "init",
				Steps: Steps{{10 * time.Second, "process"}, {20 * time.Second, "done"}}},
			Task{TaskID: "1", URL: "http://a.com/b", Status: "process", Percent: 50,
				Steps: Steps{{5 * time.Second, "pending"}, {15 * time.Second, "process"}, {25 * time.Second, "fail"}}},
			Task{TaskID: "1", URL: "http://a.com/c", Status: "process", Steps: Steps{{time.Hour, "done"}}})
		c := newClient(t, s)
		expect := func(at time.Duration, want string) {
			t.Helper()
			time.Sleep(at - time.Since(began))
			if got := states(c.tasks(`{"TaskId":"1"}`)); got != want {
				t.Errorf("after %s: %s\nwant %s", at, got, want)
			}
		}
		expect(0, "a:init:0 b:process:50 c:process:0")
		expect(5*time.Second, "a:init:0 b:pending:50 c:process:0")
		expect(10*time.Second, "b:pending:50 a:process:49 c:process:0")
		expect(15*time.Second, "a:process:74 b:process:79 c:process:0")
		expect(20*time.Second, "a:done:100 b:process:89 c:process:0")
		s.Update(func(t *Task) {
			if t.URL == "http://a.com/b" {
				t.Status = "waiting"
			}
		})
		expect(21*time.Second, "a:done:100 c:process:0 b:waiting:89")
		expect(25*time.Second, "a:done:100 b:fail:100 c:process:0")
		if at := s.Tasks()[1].UpdateTime; at.Sub(began) != 25*time.Second {
			t.Errorf("updated at %s", at)
		}
		// Pushed again: the same steps from now on.
		s.Update(func(t *Task) {
			if t.URL == "http://a.com/a" {
				t.Status, t.Percent, t.Added = "init", 0, time.Now()
			}
		})
		expect(26*time.Second, "b:fail:100 a:init:0 c:process:0")
		expect(35*time.Second, "b:fail:100 a:process:49 c:process:0")
		expect(45*time.Second, "a:done:100 b:fail:100 c:process:1")
		s.Update(func(t *Task) {
			if t.URL == "http://a.com/b" {
				t.Steps = Steps{{time.Second, "invalid"}, {time.Hour, "done"}}
			}
		})
		expect(45*time.Second, "a:done:100 b:invalid:100 c:process:1")
		s.Update(func(t *Task) { t.Steps = Steps{} })
		expect(46*time.Second, "a:done:100 c:done:100 b:invalid:100")
	})
}

// What a Before hook does to the list is in the response to that request.
func TestChangesFromBefore(t *testing.T) {
	again := Task{TaskID: "2", URL: "http://a.com/a", Status: "process", CreateTime: noon.Add(time.Minute)}
	s := New(Options{Tasks: named("a0 b0"), Before: func(s *Server, n int) {
		switch n {
		case 2:
			s.Update(func(t *Task) { t.Status = "fail" })
		case 3:
			s.Add(again)
		case 4:
			s.Update(func(t *Task) {
				if t.TaskID == again.TaskID {
					t.Status, t.Percent = "done", 100
				}
			})
		}
	}})
	c := newClient(t, s)
	for _, want := range []string{
		"a:done:0 b:done:0", "a:fail:0 b:fail:0", "a:process:0 a:fail:0 b:fail:0", "a:done:100 a:fail:0 b:fail:0",
	} {
		if got := states(c.tasks(allRows)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Rows may change at any time while pages are read.
func TestConcurrentUse(t *testing.T) {
	s := New(Options{Tasks: Generate(2000, noon), Progress: time.Millisecond, LogLimit: 5, Replicas: 2, ReplicaLag: 1})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 30 {
			s.Add(Task{TaskID: "1", URL: fmt.Sprint("http://a.com/", i), Status: "process", CreateTime: noon})
			s.Update(func(t *Task) { t.Percent = i })
			s.Remove(func(t Task) bool { return t.URL == fmt.Sprint("http://a.com/", i-3) })
			s.Configure(func(o *Options) { o.CapitalStatus = i%2 == 0 })
			s.Requests()
			s.Counts()
		}
	}()
	c := newClient(t, s)
	for range 30 {
		if got := c.tasks(`{"StartTime":"2026-01-01 00:00:00","Limit":1000}`); len(got.PushLogs) != 1000 {
			t.Errorf("%d rows", len(got.PushLogs))
		}
	}
	<-done
}
