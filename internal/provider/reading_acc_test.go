package provider_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// submitted is when the tasks of most tests were: 16:00 by the service's clock.
var submitted = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

// task is a row; its id is that of the document's example.
func task(url, status string) cdnsim.Task {
	return cdnsim.Task{
		TaskID: "1533031853231313311", URL: url, Status: status, Percent: 100, Area: "mainland",
		CreateTime: submitted, UpdateTime: submitted.Add(3 * time.Minute),
	}
}

// rows are n different ones, all done, newest first.
func rows(n int) []cdnsim.Task {
	all := make([]cdnsim.Task, n)
	for i := range all {
		all[i] = task(fmt.Sprintf("https://www.example.com/%03d", i), "done")
		all[i].CreateTime = submitted.Add(-time.Duration(i) * time.Minute)
	}
	return all
}

// attribute checks one attribute of the data source "t".
func attribute(name string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("data.tencentcdn_push_tasks.t", tfjsonpath.New(name), want)
}

func statusCounts(done, fail, invalid, process int64) knownvalue.Check {
	return knownvalue.MapExact(map[string]knownvalue.Check{
		"done": knownvalue.Int64Exact(done), "fail": knownvalue.Int64Exact(fail),
		"invalid": knownvalue.Int64Exact(invalid), "process": knownvalue.Int64Exact(process),
	})
}

const lookUp = `
data "tencentcdn_push_tasks" "t" {
  task_id = "1533031853231313311"
}
`

func TestAccPushTasks_lookUp(t *testing.T) {
	t.Parallel()
	other := task("https://www.example.com/other", "process")
	other.TaskID = "1602745231"
	bad := cdnsim.Task{
		TaskID: "1533031853231313311", URL: "https://www.example.com/封面?x=1&y=<2>", Status: "invalid", Percent: 0,
		CreateTime: submitted.Add(-time.Second), Area: "overseas",
	}
	s := simulate(t, cdnsim.Options{Tasks: []cdnsim.Task{task("https://www.example.com/", "done"), other, bad}})
	steps(t, resource.TestStep{
		Config: s.config(lookUp),
		Check: resource.ComposeTestCheckFunc(
			s.receivedOnce(t, `{"Limit":1000,"TaskId":"1533031853231313311"}`),
			requestIDOfLastResponse(s),
		),
		ConfigStateChecks: []statecheck.StateCheck{
			attribute("push_logs", knownvalue.ListExact([]knownvalue.Check{
				knownvalue.ObjectExact(map[string]knownvalue.Check{
					"task_id": knownvalue.StringExact("1533031853231313311"), "url": knownvalue.StringExact("https://www.example.com/"),
					"status": knownvalue.StringExact("done"), "percent": knownvalue.Int64Exact(100), "area": knownvalue.StringExact("mainland"),
					"create_time": knownvalue.StringExact("2026-11-24 16:00:00"), "update_time": knownvalue.StringExact("2026-11-24 16:03:00"),
				}),
				knownvalue.ObjectExact(map[string]knownvalue.Check{
					"task_id": knownvalue.StringExact("1533031853231313311"), "url": knownvalue.StringExact("https://www.example.com/封面?x=1&y=<2>"),
					"status": knownvalue.StringExact("invalid"), "percent": knownvalue.Int64Exact(0), "area": knownvalue.StringExact("overseas"),
					"create_time": knownvalue.StringExact("2026-11-24 15:59:59"), "update_time": knownvalue.Null(),
				}),
			})),
			attribute("total_count", knownvalue.Int64Exact(2)),
			attribute("status_counts", statusCounts(1, 0, 1, 0)),
			attribute("all_done", knownvalue.Bool(false)),
			attribute("limit", knownvalue.Null()),
			attribute("timeouts", knownvalue.Null()),
		},
	})
}

func requestIDOfLastResponse(s *service) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		requests := s.pushTasks()
		return resource.TestCheckResourceAttr("data.tencentcdn_push_tasks.t", "request_id",
			requests[len(requests)-1].Answer.RequestID)(state)
	}
}

// The service learns who asks: the provider, its version, and Terraform's.
func TestAccPushTasks_userAgent(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{})
	attached(t, s.config(lookUp)).apply().must(t)
	version, err := cliVersion()
	if err != nil {
		t.Fatal(err)
	}
	if isOpenTofu() {
		version = `\d+\.\d+\.\d+` // it tells providers the version of a Terraform that it compares itself with
	}
	r := s.pushTasks()[0]
	if want := "^terraform-provider-tencentcdn/test Terraform/" + version + "$"; !regexp.MustCompile(want).MatchString(r.UserAgent) {
		t.Errorf("User-Agent is %q, want %s", r.UserAgent, want)
	}
	if want := "^terraform-provider-tencentcdn.test Terraform." + version + "$"; !regexp.MustCompile(want).MatchString(r.RequestClient) {
		t.Errorf("X-TC-RequestClient is %q, want %s", r.RequestClient, want)
	}
	if !regexp.MustCompile(`^[0-9a-zA-Z-_ ,;.]{1,128}$`).MatchString(r.RequestClient) {
		t.Errorf("X-TC-RequestClient is %q, which the API does not accept", r.RequestClient)
	}
}

// What is set is sent as it is, or in the service's zone; what is not set is not sent.
func TestAccPushTasks_filters(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{})
	attached(t, s.config(`
data "tencentcdn_push_tasks" "everything" {
  task_id    = "1533031853231313311"
  start_time = "2026-11-24 00:00:00"
  end_time   = "2026-11-24 23:59:59"
  keyword    = "www.example.com"
  area       = "overseas"
  status     = "fail"
  offset     = 2
  limit      = 50
}
data "tencentcdn_push_tasks" "one" {
  task_id = "abc-123"
}
data "tencentcdn_push_tasks" "rfc3339" {
  start_time = "2026-11-24T16:30:00Z"
  end_time   = "2026-11-24T13:00:00-05:00"
  status     = "process"
  area       = "global"
}
data "tencentcdn_push_tasks" "url" {
  start_time = "2026-11-24T00:00:00+08:00"
  keyword    = "https://www.example.com/a?x=1&y=2"
}
`)).apply().must(t)
	s.expect(t,
		`{"Area":"overseas","EndTime":"2026-11-24 23:59:59","Keyword":"www.example.com","Limit":50,"Offset":2,`+
			`"StartTime":"2026-11-24 00:00:00","Status":"fail","TaskId":"1533031853231313311"}`,
		`{"Limit":1000,"TaskId":"abc-123"}`,
		`{"Area":"global","EndTime":"2026-11-25 02:00:00","Limit":1000,"StartTime":"2026-11-25 00:30:00","Status":"process"}`,
		`{"Keyword":"https://www.example.com/a?x=1\u0026y=2","Limit":1000,"StartTime":"2026-11-24 00:00:00"}`,
	)
}

// Status and area come in lower case, also those that are not in the documents.
func TestAccPushTasks_lowerCase(t *testing.T) {
	t.Parallel()
	odd := task("https://www.example.com/b", "Init")
	odd.Area = "Mars"
	s := simulate(t, cdnsim.Options{Tasks: []cdnsim.Task{task("https://www.example.com/a", "Done"), odd}})
	p := attached(t, s.config(lookUp))
	p.apply().must(t)
	got := p.attributes("data.tencentcdn_push_tasks.t")
	equal(t, "push_logs", got["push_logs"], `[
		{"task_id":"1533031853231313311","url":"https://www.example.com/a","status":"done","percent":100,"area":"mainland",
		 "create_time":"2026-11-24 16:00:00","update_time":"2026-11-24 16:03:00"},
		{"task_id":"1533031853231313311","url":"https://www.example.com/b","status":"init","percent":100,"area":"mars",
		 "create_time":"2026-11-24 16:00:00","update_time":"2026-11-24 16:03:00"}]`)
	equal(t, "status_counts", got["status_counts"], `{"done":1,"fail":0,"init":1,"invalid":0,"process":0}`)
	equal(t, "all_done", got["all_done"], `false`)
}

func TestAccPushTasks_allDone(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{Tasks: rows(3), CapitalStatus: true})
	steps(t, resource.TestStep{
		Config: s.config(lookUp),
		ConfigStateChecks: []statecheck.StateCheck{
			attribute("all_done", knownvalue.Bool(true)), attribute("status_counts", statusCounts(3, 0, 0, 0)),
			attribute("total_count", knownvalue.Int64Exact(3)),
		},
	})
}

// None found is an empty list, whichever way the service says so, and not all done.
func TestAccPushTasks_none(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]cdnsim.Options{
		"empty": {}, "null list": {NullLogs: true}, "null total": {NullTotal: true}, "both null": {NullLogs: true, NullTotal: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, o)
			p := attached(t, s.config(lookUp))
			p.apply().must(t)
			got := p.attributes("data.tencentcdn_push_tasks.t")
			equal(t, "push_logs", got["push_logs"], `[]`)
			equal(t, "total_count", got["total_count"], `0`)
			equal(t, "status_counts", got["status_counts"], `{"done":0,"fail":0,"invalid":0,"process":0}`)
			equal(t, "all_done", got["all_done"], `false`)
			s.expect(t, `{"Limit":1000,"TaskId":"1533031853231313311"}`)
		})
	}
}

// Fields that the service may leave out are null; a count that it leaves out is the number of rows.
func TestAccPushTasks_nullFields(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]cdnsim.Options{
		"null": {UpdateTime: cdnsim.UpdateTimeNull}, "missing": {UpdateTime: cdnsim.UpdateTimeMissing},
		"no total": {UpdateTime: cdnsim.UpdateTimeNull, Total: cdnsim.TotalNull},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o.Tasks = rows(2)
			s := simulate(t, o)
			p := attached(t, s.config(lookUp))
			p.apply().must(t)
			got := p.attributes("data.tencentcdn_push_tasks.t")
			equal(t, "push_logs", got["push_logs"], `[
				{"task_id":"1533031853231313311","url":"https://www.example.com/000","status":"done","percent":100,
				 "area":"mainland","create_time":"2026-11-24 16:00:00","update_time":null},
				{"task_id":"1533031853231313311","url":"https://www.example.com/001","status":"done","percent":100,
				 "area":"mainland","create_time":"2026-11-24 15:59:00","update_time":null}]`)
			equal(t, "total_count", got["total_count"], `2`)
			equal(t, "all_done", got["all_done"], `true`)
		})
	}
}

// documented is the response that the API document prints, word for word: one row beside a TotalCount of 20.
const documented = `{
    "Response": {
        "RequestId": "4d5a83f8-a61f-445b-8036-5636be640bef",
        "PushLogs": [
            {
                "TaskId": "1533031853231313311",
                "Url": "http://www.test.com/",
                "Status": "Done",
                "Percent": 100,
                "CreateTime": "2018-07-30 18:10:53",
                "Area": "mainland"
            }
        ],
        "TotalCount": 20
    }
}`

func TestAccPushTasks_documentedResponse(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{Literal: []byte(documented)})
	steps(t, resource.TestStep{
		Config: s.config(lookUp),
		Check: func(*terraform.State) error {
			// Two pages, and two for each side in time on which the rows that it counts might be.
			if n := len(s.pushTasks()); n > 6 {
				t.Errorf("it took %d requests to see that the service ignores Offset, want 6 at most", n)
			}
			return nil
		},
		ConfigStateChecks: []statecheck.StateCheck{
			attribute("push_logs", knownvalue.ListExact([]knownvalue.Check{
				knownvalue.ObjectExact(map[string]knownvalue.Check{
					"task_id": knownvalue.StringExact("1533031853231313311"), "url": knownvalue.StringExact("http://www.test.com/"),
					"status": knownvalue.StringExact("done"), "percent": knownvalue.Int64Exact(100), "area": knownvalue.StringExact("mainland"),
					"create_time": knownvalue.StringExact("2018-07-30 18:10:53"), "update_time": knownvalue.Null(),
				}),
			})),
			attribute("total_count", knownvalue.Int64Exact(20)),
			attribute("request_id", knownvalue.StringExact("4d5a83f8-a61f-445b-8036-5636be640bef")),
			attribute("complete", knownvalue.Bool(false)),
			attribute("all_done", knownvalue.Bool(false)),
			attribute("passed", knownvalue.Bool(false)),
		},
	})
}

// urls are those of the rows in a state, in their order.
func urls(t *testing.T, got map[string]json.RawMessage) []string {
	t.Helper()
	var all []string
	for _, row := range decoded[[]struct{ URL string }](t, got["push_logs"]) {
		all = append(all, row.URL)
	}
	return all
}

// wantURLs are those of rows from one number up to another.
func wantURLs(from, to int) []string {
	var all []string
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprintf("https://www.example.com/%03d", i))
	}
	return all
}

// A limit that is not set means all, over as many pages as that takes; one that is set may take several too.
func TestAccPushTasks_pages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments string
		from, to  int
		requests  int
	}{
		"all":              {"", 0, 45, 3},
		"limit":            {"limit = 7", 0, 7, 1},
		"limit of pages":   {"limit = 30", 0, 30, 2},
		"offset":           {"offset = 40", 40, 45, 1},
		"offset and limit": {"offset = 5\nlimit = 30", 5, 35, 2},
		"beyond the end":   {"offset = 45", 45, 45, 1},
		"limit beyond it":  {"offset = 43\nlimit = 10", 43, 45, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, cdnsim.Options{Tasks: rows(45), MaxLimit: 20})
			p := attached(t, s.config("data \"tencentcdn_push_tasks\" \"t\" {\nstart_time = \"2026-11-24 00:00:00\"\n"+test.arguments+"\n}"))
			p.apply().must(t)
			got := p.attributes("data.tencentcdn_push_tasks.t")
			if !slices.Equal(urls(t, got), wantURLs(test.from, test.to)) {
				t.Errorf("rows are %v", urls(t, got))
			}
			equal(t, "total_count", got["total_count"], `45`)
			if n := len(s.pushTasks()); n != test.requests {
				t.Errorf("%d requests, want %d:\n%s", n, test.requests, strings.Join(s.received(), "\n"))
			}
		})
	}
}

// All data sources of a provider configuration share its rate: more at once would be refused.
func TestAccPushTasks_sharedRate(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{Tasks: rows(2), QuotaPerSecond: 20})
	p := attached(t, s.config(`
data "tencentcdn_push_tasks" "t" {
  for_each = toset([for n in range(40) : tostring(n)])
  task_id  = each.key
}
`))
	p.apply("-parallelism=40").must(t)
	sent := map[string]bool{}
	for _, parameters := range s.received() {
		sent[parameters] = true
	}
	for n := range 40 {
		if want := fmt.Sprintf(`{"Limit":1000,"TaskId":"%d"}`, n); !sent[want] {
			t.Errorf("the service did not receive %s", want)
		}
	}
	// Some may come closer together than they were sent, and are sent again. Without the sharing, all would come at once,
	// and half of them be refused.
	if refused := s.Counts().ByCode["RequestLimitExceeded"]; refused >= 20 {
		t.Errorf("the service refused %d requests of 40", refused)
	}
}

// What another resource computes is unknown while planning, and passes. At apply it is as good as written.
func TestAccPushTasks_unknown(t *testing.T) {
	t.Parallel()
	needVersion(t, "1.4.0", "terraform_data")
	s := simulate(t, cdnsim.Options{Tasks: rows(3)})
	config := func(values string) string {
		return s.config(`
resource "terraform_data" "later" {
  input = {
    ` + values + `
  }
}
data "tencentcdn_push_tasks" "t" {
  task_id    = terraform_data.later.output.task_id
  start_time = terraform_data.later.output.start_time
  end_time   = terraform_data.later.output.end_time
  keyword    = terraform_data.later.output.keyword
  area       = terraform_data.later.output.area
  status     = terraform_data.later.output.status
  offset     = terraform_data.later.output.offset
  limit      = terraform_data.later.output.limit
}
`)
	}
	good := `task_id = "1533031853231313311", start_time = "2026-11-24T08:00:00Z", end_time = "2026-11-24 23:00:00",
    keyword = "www.example.com", area = "mainland", status = "done", offset = 0, limit = 5`
	p := attached(t, config(good))
	p.plan().must(t)
	s.expect(t) // nothing yet
	p.apply().must(t)
	s.expect(t, `{"Area":"mainland","EndTime":"2026-11-24 23:00:00","Keyword":"www.example.com","Limit":5,`+
		`"StartTime":"2026-11-24 16:00:00","Status":"done","TaskId":"1533031853231313311"}`)

	s.ResetLog()
	p = attached(t, config(strings.Replace(good, `"www.example.com"`, `"not a domain"`, 1)))
	d := p.apply().failure(t)
	says(t, d.Summary, "Invalid keyword")
	says(t, d.Detail, `"not a domain"`)
	says(t, d.code(), "keyword    = terraform_data.later.output.keyword")
	s.expect(t)
}
