package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// changing is a service that changes what it has before its nth request, and keeps that from then on.
func changing(t *testing.T, tasks []cdnsim.Task, changes map[int]func(*cdnsim.Server)) *service {
	t.Helper()
	return simulate(t, cdnsim.Options{Tasks: tasks, Before: func(s *cdnsim.Server, n int) {
		startClock(s, n)
		if change := changes[n]; change != nil {
			change(s)
		}
	}})
}

func adding(tasks ...cdnsim.Task) func(*cdnsim.Server) {
	return func(s *cdnsim.Server) { s.Add(tasks...) }
}

// ending ends all rows with a status.
func ending(from, to string) func(*cdnsim.Server) {
	return func(s *cdnsim.Server) {
		s.Update(func(t *cdnsim.Task) {
			if t.Status == from {
				t.Status = to
			}
		})
	}
}

// A wait ends when there is at least one row, every row has ended and no URL is missing.
func TestAccGateWait_ends(t *testing.T) {
	t.Parallel()
	a, b := task("https://www.example.com/a", "done"), task("https://www.example.com/~b c", "done")
	b.CreateTime = a.CreateTime.Add(time.Minute)
	again := task(a.URL, "process")
	again.CreateTime = a.CreateTime.Add(time.Hour)
	failed := a
	failed.Status = "fail"
	for name, c := range map[string]struct {
		tasks     []cdnsim.Task
		changes   map[int]func(*cdnsim.Server)
		arguments string
		requests  int // at least
		want      string
		counts    string
	}{
		"rows appear one by one": {
			tasks: []cdnsim.Task{a}, changes: map[int]func(*cdnsim.Server){3: adding(b)}, requests: 3,
			arguments: `urls = ["https://www.example.com/a", "HTTPS://WWW.Example.com:443/%7Eb%20c"]`,
			want:      `{"complete":true,"all_done":true,"passed":true,"missing_urls":[]}`, counts: `{"done":2,"fail":0,"invalid":0,"process":0}`,
		},
		"a status that is not documented is still under way": {
			tasks: []cdnsim.Task{a, task("https://www.example.com/c", "init")}, changes: map[int]func(*cdnsim.Server){3: ending("init", "invalid")}, requests: 3,
			want: `{"complete":true,"all_done":false,"passed":false,"missing_urls":[]}`, counts: `{"done":1,"fail":0,"invalid":1,"process":0}`,
		},
		"failures alone do not end it": {
			tasks: []cdnsim.Task{failed, task("https://www.example.com/c", "process")}, changes: map[int]func(*cdnsim.Server){4: ending("process", "done")}, requests: 4,
			want: `{"complete":true,"all_done":false,"passed":false,"missing_urls":[]}`, counts: `{"done":1,"fail":1,"invalid":0,"process":0}`,
		},
		"pushed again after a failure": {
			tasks: []cdnsim.Task{failed, again}, changes: map[int]func(*cdnsim.Server){4: ending("process", "done")}, requests: 4,
			arguments: "latest_only = true",
			want:      `{"complete":true,"all_done":true,"passed":true,"missing_urls":[]}`, counts: `{"done":1,"fail":0,"invalid":0,"process":0}`,
		},
		"more failures than tolerated": {
			tasks: []cdnsim.Task{failed, task("https://www.example.com/c", "invalid"), task("https://www.example.com/d", "process")}, requests: 1,
			arguments: "max_failures = 1",
			want:      `{"complete":true,"all_done":false,"passed":false,"missing_urls":[]}`, counts: `{"done":0,"fail":1,"invalid":1,"process":1}`,
		},
		"more failures than tolerated, later": {
			tasks:     []cdnsim.Task{failed, task("https://www.example.com/c", "process"), task("https://www.example.com/d", "process")},
			changes:   map[int]func(*cdnsim.Server){5: func(s *cdnsim.Server) { s.Update(func(t *cdnsim.Task) { t.Status = "fail" }) }},
			arguments: "max_failures = 1", requests: 5,
			want: `{"complete":true,"all_done":false,"passed":false,"missing_urls":[]}`, counts: `{"done":0,"fail":3,"invalid":0,"process":0}`,
		},
		"a row of others is not waited for": {
			tasks: []cdnsim.Task{a, task("https://www.example.com/other", "process")}, requests: 1, arguments: `urls = ["https://www.example.com/a"]`,
			want: `{"complete":true,"all_done":true,"passed":true,"missing_urls":[]}`, counts: `{"done":1,"fail":0,"invalid":0,"process":0}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := changing(t, c.tasks, c.changes)
			p := attached(t, s.config(gate(c.arguments)))
			p.apply().must(t)
			got := p.attributes("data.tencentcdn_push_tasks.t")
			equal(t, "the verdict", []byte(verdict(t, got)), c.want)
			equal(t, "status_counts", got["status_counts"], c.counts)
			if n := len(s.pushTasks()); n < c.requests {
				t.Errorf("it ended after %d requests, want at least %d", n, c.requests)
			}
		})
	}
}

// The last poll comes shortly before the deadline, however long the interval.
func TestAccGateWait_lastPoll(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{Tasks: pending(2, 2*time.Second, "done")})
	p := attached(t, s.config(strings.Replace(gate("timeouts {\nread = \"6s\"\n}"), `"1s"`, `"60s"`, 1)))
	p.apply().must(t)
	equal(t, "all_done", p.attributes("data.tencentcdn_push_tasks.t")["all_done"], `true`)
}

// A gate that stays shut says what holds it, the worst first.
func TestAccGateWait_timeout(t *testing.T) {
	t.Parallel()
	overseas := task("https://www.example.com/a", "process")
	overseas.Area, overseas.Percent = "overseas", 40
	tasks := []cdnsim.Task{task("https://www.example.com/a", "done"), overseas, task("https://www.example.com/b", "fail"), task("https://www.example.com/other", "invalid")}
	wanted := []string{"https://www.example.com/a", "https://www.example.com/b"}
	for i := range 12 {
		wanted = append(wanted, fmt.Sprintf("https://www.example.com/missing/%02d", i))
	}
	s := simulate(t, cdnsim.Options{Tasks: tasks})
	d := attached(t, s.config(gate("urls = "+jsonText(wanted)+"\ntimeouts {\nread = \"3s\"\n}"))).plan().failure(t)
	if d.Summary != "Timed out waiting for push tasks" {
		t.Errorf("the summary is %q", d.Summary)
	}
	want := `  1 of 3 in process (80 % done overall). As of the last full poll:
    by status: 1 done, 1 fail, 0 invalid, 1 process
    by area: mainland 1 done, 1 fail; overseas 1 process

  Missing:
  - ` + strings.Join(wanted[2:12], "\n  - ") + `
  - and 2 more

  Failed or invalid:
  - https://www.example.com/b (mainland, fail)

  In process:
  - https://www.example.com/a (overseas, process, 40 %)

  RequestId of the last response: `
	says(t, d.Detail, want, `read = "30m"`)
	s.named(t, d.Detail)
}
