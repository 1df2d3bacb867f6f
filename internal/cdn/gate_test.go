package cdn

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// rowOf reads a task from "url status area create_time"; a dash is null, and
// what is left out at the end too.
func rowOf(text string) Task {
	fields := append(strings.Fields(text), "-", "-", "-")
	value := func(i int) *string {
		if fields[i] == "-" {
			return nil
		}
		return &fields[i]
	}
	return Task{URL: value(0), Status: value(1), Area: value(2), CreateTime: value(3)}
}

func rowsOf(texts []string) []Task {
	var tasks []Task
	for _, text := range texts {
		tasks = append(tasks, rowOf(text))
	}
	return tasks
}

func textsOf(tasks []Task) []string {
	var texts []string
	for i := range tasks {
		t := &tasks[i]
		var fields []string
		for _, value := range []*string{t.URL, t.Status, t.Area, t.CreateTime} {
			if value == nil {
				fields = append(fields, "-")
			} else {
				fields = append(fields, *value)
			}
		}
		texts = append(texts, strings.TrimRight(strings.Join(fields, " "), " -"))
	}
	return texts
}

func failures(n int64) *int64 { return &n }

// What the verdict is, whatever rows count.
func TestJudge(t *testing.T) {
	const a, b, c = "https://a.example/1", "https://a.example/2", "https://a.example/3"
	for name, x := range map[string]struct {
		gate                   Gate
		rows                   []string
		incomplete             bool
		allDone, passed, ended bool
		failed, unfinished     int
		missing                []string
	}{
		"every row is done":        {rows: []string{a + " done", b + " done"}, allDone: true, passed: true, ended: true},
		"nothing is listed":        {},
		"nothing, none missing":    {gate: Gate{URLs: []string{}}},
		"nothing, tolerant":        {gate: Gate{MaxFailures: failures(5)}},
		"a row is in process":      {rows: []string{a + " done", b + " process"}, unfinished: 1},
		"a row failed":             {rows: []string{a + " done", b + " fail"}, ended: true, failed: 1},
		"a row is invalid":         {rows: []string{a + " done", b + " invalid"}, ended: true, failed: 1},
		"pending is under way":     {rows: []string{a + " done", b + " pending"}, unfinished: 1},
		"init is under way":        {rows: []string{a + " done", b + " init"}, unfinished: 1},
		"waiting is under way":     {rows: []string{a + " waiting"}, unfinished: 1},
		"an unknown is under way":  {rows: []string{a + " finished"}, unfinished: 1},
		"null is under way":        {rows: []string{a + " done", b + " -"}, unfinished: 1},
		"not every row was read":   {rows: []string{a + " done"}, incomplete: true, ended: true},
		"as many failures as may":  {gate: Gate{MaxFailures: failures(2)}, rows: []string{a + " fail", b + " invalid", c + " done"}, passed: true, ended: true, failed: 2},
		"only failures, tolerated": {gate: Gate{MaxFailures: failures(2)}, rows: []string{a + " fail", b + " invalid"}, passed: true, ended: true, failed: 2},
		"one failure too many":     {gate: Gate{MaxFailures: failures(1)}, rows: []string{a + " fail", b + " invalid", c + " done"}, ended: true, failed: 2},
		"no failure tolerated":     {gate: Gate{MaxFailures: failures(0)}, rows: []string{a + " fail", b + " done"}, ended: true, failed: 1},
		"lost while in process":    {gate: Gate{MaxFailures: failures(0)}, rows: []string{a + " fail", b + " process"}, ended: true, failed: 1, unfinished: 1},
		"not lost while tolerated": {gate: Gate{MaxFailures: failures(1)}, rows: []string{a + " fail", b + " process"}, failed: 1, unfinished: 1},
		"not told to end early":    {rows: []string{a + " fail", b + " process"}, failed: 1, unfinished: 1},
		"failures, not all read":   {gate: Gate{MaxFailures: failures(1)}, rows: []string{a + " fail", b + " done"}, incomplete: true, ended: true, failed: 1},
		"a URL is missing":         {gate: Gate{URLs: []string{a, b}}, rows: []string{a + " done"}, missing: []string{b}},
		"missing, and lost": {gate: Gate{URLs: []string{a, b}, MaxFailures: failures(0)}, rows: []string{a + " fail"},
			missing: []string{b}, ended: true, failed: 1},
		"every URL is there": {gate: Gate{URLs: []string{b, a}}, rows: []string{a + " done", b + " done", c + " process"},
			allDone: true, passed: true, ended: true},
		"others do not count": {gate: Gate{URLs: []string{a}, MaxFailures: failures(0)}, rows: []string{c + " fail", "- fail", a + " done"},
			allDone: true, passed: true, ended: true},
		"a null URL is nobody's": {gate: Gate{URLs: []string{a}}, rows: []string{"- done"}, missing: []string{a}},
		"an older failure": {gate: Gate{LatestOnly: true}, rows: []string{a + " done mainland 2", a + " fail mainland 1"},
			allDone: true, passed: true, ended: true},
		"a newer push": {gate: Gate{LatestOnly: true}, rows: []string{a + " process mainland 2", a + " done mainland 1"}, unfinished: 1},
	} {
		t.Run(name, func(t *testing.T) {
			v := x.gate.Judge(Result{Tasks: rowsOf(x.rows), Complete: !x.incomplete})
			if v.Complete == x.incomplete || v.AllDone != x.allDone || v.Passed != x.passed || v.Ended != x.ended {
				t.Errorf("complete %t, all done %t, passed %t, ended %t", v.Complete, v.AllDone, v.Passed, v.Ended)
			}
			if v.Failed != x.failed || v.Unfinished != x.unfinished {
				t.Errorf("%d failed, %d unfinished", v.Failed, v.Unfinished)
			}
			equal(t, "missing", v.MissingURLs, x.missing)
			if v.MissingURLs == nil {
				t.Error("the missing URLs are nil")
			}
		})
	}
}

// Which rows count.
func TestJudgeCounts(t *testing.T) {
	const a, b = "https://a.example/1", "https://a.example/2"
	for name, x := range map[string]struct {
		gate       Gate
		rows, want []string
	}{
		"all, in order": {Gate{}, []string{b + " done", a + " fail", "- done", b + " done"}, []string{b + " done", a + " fail", "- done", b + " done"}},
		"of some URLs, in order": {Gate{URLs: []string{a, b}}, []string{b + " done mainland", "https://a.example/3 fail", a + " done", "- done", b + " fail overseas"},
			[]string{b + " done mainland", a + " done", b + " fail overseas"}},
		"spelled otherwise": {Gate{URLs: []string{"HTTPS://A.example:443/%31"}}, []string{a + " done", "https://A.EXAMPLE/%31 fail"},
			[]string{a + " done", "https://A.EXAMPLE/%31 fail"}},
		"of no URL": {Gate{URLs: []string{}}, []string{a + " done"}, nil},
		"the newest of an area": {Gate{LatestOnly: true},
			[]string{a + " fail mainland 1", a + " done mainland 3", a + " fail overseas 2", a + " fail mainland 2", b + " fail mainland 1"},
			[]string{a + " done mainland 3", a + " fail overseas 2", b + " fail mainland 1"}},
		"all of a second": {Gate{LatestOnly: true},
			[]string{a + " done mainland 2", a + " fail mainland 1", a + " fail mainland 2", a + " done mainland 2"},
			[]string{a + " done mainland 2", a + " fail mainland 2", a + " done mainland 2"}},
		"whatever the spelling": {Gate{LatestOnly: true}, []string{"https://A.example:443/%31 done mainland 2", a + " fail mainland 1"},
			[]string{"https://A.example:443/%31 done mainland 2"}},
		"a null time is older": {Gate{LatestOnly: true}, []string{a + " fail mainland", a + " done mainland 1", b + " done mainland", b + " fail mainland"},
			[]string{a + " done mainland 1", b + " done mainland", b + " fail mainland"}},
		"a null URL is no other's": {Gate{LatestOnly: true}, []string{"- done mainland 2", "- fail mainland 1", "- fail"},
			[]string{"- done mainland 2", "- fail mainland 1", "- fail"}},
		"a null area is one": {Gate{LatestOnly: true}, []string{a + " done - 2", a + " fail - 1", a + " fail mainland 1"},
			[]string{a + " done - 2", a + " fail mainland 1"}},
		"both": {Gate{URLs: []string{a}, LatestOnly: true}, []string{a + " fail mainland 1", b + " fail mainland 9", a + " done mainland 2"},
			[]string{a + " done mainland 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows := rowsOf(x.rows)
			got := x.gate.Judge(Result{Tasks: rows, Complete: true})
			equal(t, "rows that count", textsOf(got.Tasks), x.want)
			equal(t, "rows of the result", textsOf(rows), x.rows)
		})
	}
}

func TestJudgeCountsByStatus(t *testing.T) {
	for _, x := range []struct {
		rows []string
		want map[string]int
	}{
		{nil, map[string]int{"done": 0, "fail": 0, "invalid": 0, "process": 0}},
		{[]string{"a done", "b done", "c fail", "d pending", "e -"}, map[string]int{"done": 2, "fail": 1, "invalid": 0, "process": 0, "pending": 1}},
	} {
		if got := (Gate{}).Judge(Result{Tasks: rowsOf(x.rows)}).Counts; !reflect.DeepEqual(got, x.want) {
			t.Errorf("%v: %v", x.rows, got)
		}
	}
	got := Gate{URLs: []string{"a"}}.Judge(Result{Tasks: rowsOf([]string{"a done", "b fail"})}).Counts
	if got[StatusDone] != 1 || got[StatusFail] != 0 {
		t.Errorf("others are counted: %v", got)
	}
}

// A missing URL is told as it was written, and in order.
func TestJudgeMissingURLs(t *testing.T) {
	g := Gate{URLs: []string{"https://b.example", "HTTPS://a.example/封 面", "https://b.example:443", "https://c.example/"}}
	equal(t, "missing", g.Judge(Result{Tasks: rowsOf([]string{"https://C.example done"})}).MissingURLs,
		[]string{"HTTPS://a.example/封 面", "https://b.example", "https://b.example:443"})
}

// Every way to write a URL finds the row of every other.
func TestJudgeSpellings(t *testing.T) {
	for _, spellings := range sameURL {
		for _, listed := range spellings {
			for _, url := range spellings {
				v := Gate{URLs: []string{listed}}.Judge(Result{Tasks: []Task{{URL: &url}}})
				if len(v.Tasks) != 1 || len(v.MissingURLs) != 0 {
					t.Errorf("%q is not found by %q", url, listed)
				}
			}
		}
	}
}

func TestHolding(t *testing.T) {
	var texts []string
	for i := range 15 {
		texts = append(texts, fmt.Sprintf("f%d %s mainland", i, []string{"fail", "invalid"}[i%2]), fmt.Sprintf("p%d process overseas", i), "d done mainland")
	}
	texts = append([]string{"n - -", "i init -"}, texts...)
	v := Gate{}.Judge(Result{Tasks: rowsOf(texts), Complete: true})
	v.MissingURLs = []string{"https://a.example/"}
	h := v.Holding()
	equal(t, "missing", h.MissingURLs, []string{"https://a.example/"})
	equal(t, "failed", urls(h.Failed), []string{"f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9"})
	equal(t, "unfinished", urls(h.Unfinished), []string{"n", "i", "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"})
	want := map[string]map[string]int{
		"": {"": 1, "init": 1}, "mainland": {"fail": 8, "invalid": 7, "done": 15}, "overseas": {"process": 15},
	}
	if !reflect.DeepEqual(h.Areas, want) {
		t.Errorf("areas %v", h.Areas)
	}
}

// Nothing is copied, and no URL read, where every row counts.
func TestJudgeCostsNothing(t *testing.T) {
	tasks := rowsOf(slices.Repeat([]string{"https://www.EXAMPLE.com/%7E done mainland 1"}, 10_000))
	r := Result{Tasks: tasks, Complete: true}
	if n := testing.AllocsPerRun(10, func() { Gate{}.Judge(r) }); n > 5 {
		t.Errorf("%.0f allocations", n)
	}
}

func BenchmarkJudge(b *testing.B) {
	const rows = 100_000
	tasks := make([]Task, rows)
	listed := make([]string, rows)
	for i := range tasks {
		tasks[i] = rowOf(fmt.Sprintf("https://www.example.com/images/%d/%%E5%%B0%%81.jpg done mainland %d", i, i%50))
		listed[i] = fmt.Sprintf("https://www.example.com/images/%d/封.jpg", i)
	}
	for name, g := range map[string]Gate{"all": {}, "urls": {URLs: listed}, "latest": {LatestOnly: true}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if v := g.Judge(Result{Tasks: tasks, Complete: true}); !v.Passed {
					b.Fatal("shut")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}
