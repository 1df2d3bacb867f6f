package provider_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// lookUpWith looks the task of the document's example up, with more arguments.
func lookUpWith(arguments string) string {
	return strings.Replace(lookUp, "\n}", "\n"+arguments+"\n}", 1)
}

// verdict are the attributes by which a gate is judged.
func verdict(t *testing.T, got map[string]json.RawMessage) string {
	t.Helper()
	return canonical(t, []byte(jsonText(map[string]json.RawMessage{
		"complete": got["complete"], "all_done": got["all_done"], "passed": got["passed"], "missing_urls": got["missing_urls"],
	})))
}

// Each sentence of what passed means, for rows as they are.
func TestAccGate_passed(t *testing.T) {
	t.Parallel()
	done, failed := task("https://www.example.com/a", "done"), task("https://www.example.com/b", "fail")
	invalid, odd := task("https://www.example.com/c", "invalid"), task("https://www.example.com/d", "init")
	again := task("https://www.example.com/b", "done")
	again.CreateTime = failed.CreateTime.Add(time.Hour)
	overseas := task("https://www.example.com/a", "process")
	overseas.Area = "overseas"
	for name, c := range map[string]struct {
		tasks     []cdnsim.Task
		options   cdnsim.Options
		arguments string
		rows      int
		want      string
	}{
		"nothing listed": {want: `{"complete":true,"all_done":false,"passed":false,"missing_urls":[]}`},
		"all done":       {tasks: []cdnsim.Task{done}, rows: 1, want: `{"complete":true,"all_done":true,"passed":true,"missing_urls":[]}`},
		"one failed":     {tasks: []cdnsim.Task{done, failed}, rows: 2, want: `{"complete":true,"all_done":false,"passed":false,"missing_urls":[]}`},
		"as many failed as may": {tasks: []cdnsim.Task{done, failed, invalid}, arguments: "max_failures = 2", rows: 3,
			want: `{"complete":true,"all_done":false,"passed":true,"missing_urls":[]}`},
		"one too many": {tasks: []cdnsim.Task{done, failed, invalid}, arguments: "max_failures = 1", rows: 3,
			want: `{"complete":true,"all_done":false,"passed":false,"missing_urls":[]}`},
		"a status that is not documented": {tasks: []cdnsim.Task{done, odd}, arguments: "max_failures = 9", rows: 2,
			want: `{"complete":true,"all_done":false,"passed":false,"missing_urls":[]}`},
		"the service counts more": {tasks: []cdnsim.Task{done}, options: cdnsim.Options{Total: cdnsim.TotalFixed, FixedTotal: 20}, rows: 1,
			want: `{"complete":false,"all_done":false,"passed":false,"missing_urls":[]}`},
		"rows of others do not count": {tasks: []cdnsim.Task{done, failed, odd}, arguments: `urls = ["https://www.example.com/a"]`, rows: 1,
			want: `{"complete":true,"all_done":true,"passed":true,"missing_urls":[]}`},
		"a URL is not listed": {tasks: []cdnsim.Task{done}, rows: 1,
			arguments: `urls = ["https://www.example.com/z", "https://www.example.com/a", "https://www.example.com/m"]`,
			want:      `{"complete":true,"all_done":false,"passed":false,"missing_urls":["https://www.example.com/m","https://www.example.com/z"]}`},
		"a URL in two areas": {tasks: []cdnsim.Task{done, overseas}, arguments: `urls = ["https://www.example.com/a"]`, rows: 2,
			want: `{"complete":true,"all_done":false,"passed":false,"missing_urls":[]}`},
		"pushed again after a failure": {tasks: []cdnsim.Task{done, failed, again}, rows: 3,
			want: `{"complete":true,"all_done":false,"passed":false,"missing_urls":[]}`},
		"the latest of them": {tasks: []cdnsim.Task{done, failed, again}, arguments: "latest_only = true", rows: 2,
			want: `{"complete":true,"all_done":true,"passed":true,"missing_urls":[]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.options.Tasks = c.tasks
			s := simulate(t, c.options)
			p := attached(t, s.config(lookUpWith(c.arguments)))
			p.apply().must(t)
			got := p.attributes("data.tencentcdn_push_tasks.t")
			equal(t, "the verdict", []byte(verdict(t, got)), c.want)
			if n := len(urls(t, got)); n != c.rows {
				t.Errorf("push_logs has %d rows, want %d", n, c.rows)
			}
			if c.options.FixedTotal == 0 {
				equal(t, "total_count", got["total_count"], fmt.Sprint(len(c.tasks)))
			}
			for i, sent := range s.received() {
				if i == 0 && sent != all {
					t.Errorf("the service received %s", sent)
				}
			}
		})
	}
}

// A list whose service counts more rows than it returns is read with a warning.
func TestAccGate_incomplete(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{Tasks: rows(1), Total: cdnsim.TotalFixed, FixedTotal: 20})
	warnings := attached(t, s.config(lookUp)).plan().must(t).diagnostics("warning")
	if len(warnings) != 1 || warnings[0].Summary != "The list of push tasks may be incomplete" {
		t.Fatalf("warnings: %v", warnings)
	}
	says(t, warnings[0].Detail, "counts 20 rows but returned 1", "RequestId: "+s.pushTasks()[len(s.pushTasks())-1].Answer.RequestID)
}

// What surrounds an ID in a file is dropped on the way, and stays in the state as it was written.
func TestAccInputs_taskIDFromAFile(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{Tasks: rows(1)})
	p := attached(t, s.config("data \"tencentcdn_push_tasks\" \"t\" {\n task_id = file(\"${path.module}/id\")\n}"))
	p.write("id", "1533031853231313311\r\n")
	p.apply().must(t)
	s.expect(t, all)
	got := p.attributes("data.tencentcdn_push_tasks.t")
	equal(t, "task_id", got["task_id"], `"1533031853231313311\r\n"`)
	equal(t, "all_done", got["all_done"], `true`)
}

// A keyword is whatever the URL of a row can be.
func TestAccInputs_keyword(t *testing.T) {
	t.Parallel()
	for _, keyword := range []string{"https://www.example.com/sale-50%.png", "https://www.example.com/release notes.pdf", "http://www.example.com/封面?a=<b>"} {
		t.Run(keyword, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, cdnsim.Options{Tasks: []cdnsim.Task{task(keyword, "done")}})
			p := attached(t, s.config(lookUpWith(fmt.Sprintf("keyword = %q", keyword))))
			p.apply().must(t)
			equal(t, "all_done", p.attributes("data.tencentcdn_push_tasks.t")["all_done"], `true`)
			if got := s.pushTasks()[0].Params["Keyword"]; got != keyword {
				t.Errorf("the service received %q", got)
			}
		})
	}
}

// What Terraform 1.5 shows of plantimestamp() while it validates passes there, and is never sent.
func TestAccInputs_placeholderTime(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"0000-12-31T23:00:00Z", "0001-01-01T00:00:00Z"} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, cdnsim.Options{})
			p := attached(t, s.config("data \"tencentcdn_push_tasks\" \"t\" {\n start_time = \""+value+"\"\n}"))
			p.run("validate", "-json").must(t)
			d := p.plan().failure(t)
			says(t, d.Detail, value, "not the time of a push task", "plantimestamp()")
			if d.code() != `start_time = "`+value+`"` {
				t.Errorf("the error points at %s", d.code())
			}
			s.expect(t)
		})
	}
}

// A time range that can hardly have tasks is read with a warning at start_time.
func TestAccInputs_warnings(t *testing.T) {
	t.Parallel()
	for start, want := range map[string][]string{
		"2019-11-24T08:00:00Z": {"start_time is more than 30 days ago", "2019-11-24 16:00:00 in UTC+8 (2019-11-24 08:00:00 in UTC)"},
		"2999-11-24 16:00:00":  {"start_time is in the future", "2999-11-24 16:00:00 in UTC+8 (2999-11-24 08:00:00 in UTC)", "offset"},
	} {
		t.Run(start, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, cdnsim.Options{})
			p := attached(t, s.config("data \"tencentcdn_push_tasks\" \"t\" {\n start_time = \""+start+"\"\n}"))
			warnings := p.plan().must(t).diagnostics("warning")
			if len(warnings) != 1 || warnings[0].code() != `start_time = "`+start+`"` {
				t.Fatalf("warnings: %v", warnings)
			}
			says(t, warnings[0].Summary+"\n"+warnings[0].Detail, want...)
		})
	}
}

// What the service says cannot drive a terminal, and cannot pass for Terraform's own words. push_logs keeps it.
func TestAccInputs_escapeSequences(t *testing.T) {
	t.Parallel()
	const forged = "\x1b[2J\r\n\nApply complete!\u009b\u2028\u202e"
	const escaped = `\x1b[2J\r\n\nApply complete!\u009b\u2028\u202e`
	t.Run("in an error", func(t *testing.T) {
		t.Parallel()
		s := simulate(t, cdnsim.Options{Faults: always(cdnsim.APIError("Odd.Code"+forged, "a"+forged+strings.Repeat("x", 1<<20)))})
		d := attached(t, s.config(lookUp)).plan().failure(t)
		says(t, d.Detail, "  Code:      Odd.Code"+escaped+"\n", "  Message:   a"+escaped+"xxx", "xxx… (104", " more bytes)\n")
		printableText(t, d.Detail)
	})
	t.Run("in rows", func(t *testing.T) {
		t.Parallel()
		row := task("https://www.example.com/"+forged, "odd"+forged)
		s := simulate(t, cdnsim.Options{Tasks: []cdnsim.Task{row}})
		p := attached(t, s.config(lookUp))
		p.apply().must(t)
		if got := urls(t, p.attributes("data.tencentcdn_push_tasks.t")); len(got) != 1 || got[0] != row.URL {
			t.Errorf("push_logs has %q", got)
		}
	})
}

// printableText checks that a text has nothing but lines of characters that show, none of them out of place.
func printableText(t *testing.T, text string) {
	t.Helper()
	if at := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x202e }); at >= 0 {
		t.Errorf("it has %q in %q", text[at], text[max(0, at-40):min(len(text), at+40)])
	}
	if len(text) > 10_000 {
		t.Errorf("it has %d bytes", len(text))
	}
}
