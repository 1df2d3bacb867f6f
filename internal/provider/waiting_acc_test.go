package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

const (
	all       = `{"Limit":1000,"TaskId":"1533031853231313311"}`
	inProcess = `{"Limit":1000,"Status":"process","TaskId":"1533031853231313311"}`
)

// gate waits for the task of the document's example, looking every second.
func gate(more string) string {
	return `
data "tencentcdn_push_tasks" "t" {
  task_id             = "1533031853231313311"
  wait_for_completion = true
  poll_interval       = "1s"
` + more + `
}
`
}

const postcondition = `
  lifecycle {
    postcondition {
      condition     = self.all_done
      error_message = "The cache is not warm: ${jsonencode(self.status_counts)}."
    }
  }
`

// pending are n rows in process that become done, or final, so long after the first request.
func pending(n int, after time.Duration, final string) []cdnsim.Task {
	all := later(rows(n))
	for i := range all {
		all[i].Status, all[i].Percent, all[i].DoneAfter, all[i].Final = "process", 10*i, after, final
		all[i].URL = strings.Replace(all[i].URL, "https://", "https://pending.", 1)
	}
	return all
}

// polls checks that the service received requests for all tasks first and last, and between only for those in process.
func (s *service) polls(t *testing.T) {
	t.Helper()
	got := s.received()
	narrow := slices.DeleteFunc(slices.Clone(got), func(parameters string) bool { return parameters == all })
	if len(got) < 3 || got[0] != all || got[len(got)-1] != all || len(narrow) != len(got)-2 || slices.Max(narrow) != inProcess ||
		slices.Min(narrow) != inProcess {
		t.Errorf("the service received\n  %s", strings.Join(got, "\n  "))
	}
}

func TestAccWait_becomesDone(t *testing.T) {
	t.Parallel()
	needVersion(t, "1.2.0", "postcondition")
	s := simulate(t, cdnsim.Options{Tasks: append(rows(2), pending(3, 3*time.Second, "done")...)})
	p := attached(t, s.config(gate(postcondition)))
	p.apply().must(t)
	got := p.attributes("data.tencentcdn_push_tasks.t")
	equal(t, "all_done", got["all_done"], `true`)
	equal(t, "status_counts", got["status_counts"], `{"done":5,"fail":0,"invalid":0,"process":0}`)
	s.polls(t)
	requests := s.pushTasks()
	if took := requests[len(requests)-1].Time.Sub(requests[0].Time); took < 2*time.Second {
		t.Errorf("it waited %v for tasks that take 3s", took)
	}
}

// invalid is final, and ends the wait. It is the postcondition that fails the run.
func TestAccWait_invalid(t *testing.T) {
	t.Parallel()
	needVersion(t, "1.2.0", "postcondition")
	tasks := append(rows(8), pending(1, 1500*time.Millisecond, "invalid")...)
	s := simulate(t, cdnsim.Options{Tasks: tasks})
	d := attached(t, s.config(gate(postcondition))).plan().failure(t)
	says(t, d.Detail, `The cache is not warm: {"done":8,"fail":0,"invalid":1,"process":0}.`)
	s.polls(t)

	s = simulate(t, cdnsim.Options{Tasks: []cdnsim.Task{task("https://www.example.com/", "fail")}})
	p := attached(t, s.config(gate("")))
	p.apply().must(t)
	equal(t, "all_done", p.attributes("data.tencentcdn_push_tasks.t")["all_done"], `false`)
	s.expect(t, all)
}

func TestAccWait_timeout(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{Tasks: append(append(rows(3), pending(12, 0, "")...), task("https://www.example.com/bad", "fail"))})
	d := attached(t, s.config(gate("timeouts {\nread = \"3s\"\n}"))).plan().failure(t)
	says(t, d.Summary+"\n"+d.Detail, "Timed out waiting for push tasks", `task_id = "1533031853231313311"`, "waited 3s",
		"12 of 16 in process", "3 done, 1 fail, 0 invalid, 12 process",
		"https://pending.www.example.com/000 (mainland, process, 0 %)", "https://pending.www.example.com/009 (mainland, process, 90 %)", "and 2 more", `read = "30m"`)
	// The last request may have met the deadline, and the one before is quoted then.
	if !slices.ContainsFunc(s.pushTasks()[1:], func(r cdnsim.Request) bool { return strings.Contains(d.Detail, r.Answer.RequestID) }) {
		t.Errorf("it does not quote a RequestId after the first: %s", d.Detail)
	}
	if strings.Contains(d.Detail, "pending.www.example.com/010") {
		t.Errorf("it names more than ten URLs: %s", d.Detail)
	}
	s.named(t, d.Detail)
}

// named checks that a text has the RequestId of the last response: of the last request or, if the deadline met that one, of
// the one before.
func (s *service) named(t *testing.T, text string) {
	t.Helper()
	requests := s.pushTasks()
	for _, r := range requests[max(0, len(requests)-2):] {
		if strings.Contains(text, r.Answer.RequestID) {
			return
		}
	}
	t.Errorf("it does not name the last RequestId:\n%s", text)
}

// Right after a submission the list may still be empty. That is waited for too, and has its own words if it stays so.
func TestAccWait_empty(t *testing.T) {
	t.Parallel()
	needVersion(t, "1.2.0", "postcondition")
	s := simulate(t, cdnsim.Options{Tasks: later(rows(2)), Lag: 2500 * time.Millisecond})
	p := attached(t, s.config(gate(postcondition)))
	p.apply().must(t)
	equal(t, "status_counts", p.attributes("data.tencentcdn_push_tasks.t")["status_counts"], `{"done":2,"fail":0,"invalid":0,"process":0}`)
	got := s.received()
	if len(got) < 3 || slices.Max(got) != all || slices.Min(got) != all {
		t.Errorf("the service received\n  %s", strings.Join(got, "\n  "))
	}

	s = simulate(t, cdnsim.Options{})
	d := attached(t, s.config(gate("timeouts {\nread = \"2s\"\n}"))).plan().failure(t)
	says(t, d.Summary+"\n"+d.Detail, "Timed out waiting for push tasks", "No push tasks were listed", "UTC+8")
}

// A fault during a wait is one poll that failed, and even a fault that outlasts its retries does not end the wait.
func TestAccWait_fault(t *testing.T) {
	t.Parallel()
	needVersion(t, "1.2.0", "postcondition")
	s := simulate(t, cdnsim.Options{Tasks: pending(2, 3*time.Second, "done"), Faults: cdnsim.Sequence("DescribePushTasks",
		nil, cdnsim.Page(502), cdnsim.Close(), nil, cdnsim.APIError("InternalError.ProxyServer", "Internal service error."))})
	p := attached(t, s.block(keys+"max_retries = 0")+gate(postcondition))
	p.apply().must(t)
	equal(t, "all_done", p.attributes("data.tencentcdn_push_tasks.t")["all_done"], `true`)
	if faults := s.Counts().ByFault; len(faults) != 3 {
		t.Errorf("the faults were %v", faults)
	}

	s = simulate(t, cdnsim.Options{Tasks: pending(2, 0, ""), Faults: cdnsim.Sequence("DescribePushTasks",
		nil, cdnsim.APIError("UnauthorizedOperation.CdnUserIsSuspended", "Suspended."))})
	d := attached(t, s.config(gate(""))).plan().failure(t) // what is final ends it at once
	says(t, d.Detail, "UnauthorizedOperation.CdnUserIsSuspended", "overdue payment")
	s.expect(t, all, inProcess)
}

// What is unknown until apply is waited for at apply, and what depends on the gate comes after it.
func TestAccWait_atApply(t *testing.T) {
	t.Parallel()
	needVersion(t, "1.4.0", "terraform_data")
	s := simulate(t, cdnsim.Options{Tasks: pending(2, 3*time.Second, "done")})
	p := attached(t, s.config(gate("depends_on = [terraform_data.submission]\n"+postcondition)+`
resource "terraform_data" "submission" {}
resource "terraform_data" "release" {
  input = data.tencentcdn_push_tasks.t.status_counts
}
output "released" {
  value = terraform_data.release.output
}
`))
	p.plan("-out=plan").must(t)
	s.expect(t)
	p.run("apply", "-json", "plan").must(t)
	s.polls(t)
	equal(t, "released", p.output("released"), `{"done":2,"fail":0,"invalid":0,"process":0}`)
}

// Gates share the quota: more of them than it has room for wait for each other, and all open.
func TestAccWait_sharedQuota(t *testing.T) {
	t.Parallel()
	needVersion(t, "1.2.0", "postcondition")
	s := simulate(t, cdnsim.Options{Tasks: pending(3, 4*time.Second, "done"), QuotaPerSecond: 4})
	p := attached(t, s.block(keys+"requests_per_second = 3")+strings.Replace(gate(postcondition), "{", "{\nfor_each = toset([\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\"])", 1))
	p.apply().must(t)
	for _, key := range []string{"a", "b", "h"} {
		equal(t, "all_done", p.attributes(fmt.Sprintf("data.tencentcdn_push_tasks.t[%q]", key))["all_done"], `true`)
	}
	counts := s.Counts()
	if refused := counts.ByCode["RequestLimitExceeded"]; refused > counts.Requests/5 {
		t.Errorf("the service refused %d of %d requests", refused, counts.Requests)
	}
}

// To learn of 3 rows in process among 10 006 takes one request for each poll, and the complete list twice.
func TestAccWait_large(t *testing.T) {
	t.Parallel()
	now := time.Now()
	tasks := cdnsim.Generate(10_003, now)
	for i := range 3 {
		tasks = append(tasks, cdnsim.Task{
			TaskID: "1602745231", URL: fmt.Sprintf("https://www.example.com/late/%d", i), Status: "process", Area: "mainland",
			CreateTime: now.Add(-time.Minute), Added: notYet, DoneAfter: 5 * time.Second,
		})
	}
	s := simulate(t, cdnsim.Options{Tasks: tasks, QuotaPerSecond: 20})
	from := now.Add(-29 * 24 * time.Hour).UTC().Format(time.RFC3339)
	p := attached(t, s.config(strings.Replace(gate(""), `task_id             = "1533031853231313311"`, `start_time = "`+from+`"`, 1)))
	p.apply().must(t)
	got := p.attributes("data.tencentcdn_push_tasks.t")
	equal(t, "total_count", got["total_count"], `10006`)
	if n := decoded[map[string]int](t, got["status_counts"])["process"]; n != 0 {
		t.Errorf("%d rows are in process", n)
	}
	if n := len(urls(t, got)); n != 10_006 {
		t.Errorf("%d rows", n)
	}
	narrow := 0
	for _, r := range s.pushTasks() {
		if r.Params["Status"] == "process" {
			narrow++
		}
	}
	// 11 pages of 1000, neighbours with a row in common
	if full := len(s.pushTasks()) - narrow; full != 22 {
		t.Errorf("%d requests for full polls, want 22", full)
	}
	if narrow < 1 || narrow > 10 {
		t.Errorf("%d requests for the rows in process", narrow)
	}
}
