package cdn

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// factTask is the task of the newest and of the oldest rows of factTasks, with days between them.
const factTask = "1533031853231313311"

// factTasks are rows of two tasks, two hosts and three areas, the newest first: a minute apart, and ten days after half.
func factTasks() []cdnsim.Task {
	tasks := make([]cdnsim.Task, 100)
	for i := range tasks {
		at := epoch.Add(-time.Duration(i)*time.Minute - time.Duration(i/50)*10*24*time.Hour)
		tasks[i] = cdnsim.Task{
			TaskID: "1602745231", URL: fmt.Sprintf("https://%s/%d", []string{"www.example.com", "www.example.com.cn"}[i%2], i),
			Status: []string{"done", "fail"}[i/3%2], Area: []string{"mainland", "overseas", "global"}[i%3],
			CreateTime: at, UpdateTime: at.Add(time.Minute),
		}
		if i < 40 || i >= 60 {
			tasks[i].TaskID = factTask
		}
	}
	return tasks
}

// What the API documents leave open changes which rows a query means, or how they are written. Whichever way it turns out, a
// query gives all of them, also where the list is so long that it has to be read in parts.
func TestWhatTheDocumentsLeaveOpen(t *testing.T) {
	host := func(name string) func(cdnsim.Task) bool {
		return func(t cdnsim.Task) bool { return strings.HasPrefix(t.URL, "https://"+name+"/") }
	}
	within := func(text string) func(cdnsim.Task) bool {
		return func(t cdnsim.Task) bool { return strings.Contains(t.URL, text) }
	}
	all := func(cdnsim.Task) bool { return true }
	window := func(change func(*Query)) Query {
		q := month
		change(&q)
		return q
	}
	for name, c := range map[string]struct {
		options cdnsim.Options
		query   Query
		means   func(cdnsim.Task) bool
	}{
		"area global is every area": {cdnsim.Options{}, window(func(q *Query) { q.Area = "global" }), all},
		"area global is itself": {cdnsim.Options{Global: cdnsim.GlobalMeansSelf}, window(func(q *Query) { q.Area = "global" }),
			func(t cdnsim.Task) bool { return t.Area == "global" }},
		"keyword is a host": {cdnsim.Options{}, window(func(q *Query) { q.Keyword = "www.example.com" }), host("www.example.com")},
		"keyword is part of a URL": {cdnsim.Options{Keyword: cdnsim.KeywordSubstring},
			window(func(q *Query) { q.Keyword = "www.example.com" }), all},
		"keyword is a URL": {cdnsim.Options{}, window(func(q *Query) { q.Keyword = "https://www.example.com/2" }),
			func(t cdnsim.Task) bool { return t.URL == "https://www.example.com/2" }},
		"keyword is the start of a URL": {cdnsim.Options{Keyword: cdnsim.KeywordSubstring},
			window(func(q *Query) { q.Keyword = "https://www.example.com/2" }), within("https://www.example.com/2")},
		"task in a window": {cdnsim.Options{}, window(func(q *Query) { q.TaskID = factTask }),
			func(t cdnsim.Task) bool { return t.TaskID == factTask }},
		"task outside of a window is an error": {cdnsim.Options{Outside: cdnsim.OutsideInvalidDate},
			window(func(q *Query) { q.TaskID = factTask }), func(t cdnsim.Task) bool { return t.TaskID == factTask }},
		"a start needs an end": {cdnsim.Options{RequireEnd: true}, month, all},
		"a start needs no end": {cdnsim.Options{}, Query{StartTime: month.StartTime}, all},
		"status in capitals": {cdnsim.Options{CapitalStatus: true}, window(func(q *Query) { q.Status = "fail" }),
			func(t cdnsim.Task) bool { return t.Status == "fail" }},
		"update time null":    {cdnsim.Options{UpdateTime: cdnsim.UpdateTimeNull}, month, all},
		"update time missing": {cdnsim.Options{UpdateTime: cdnsim.UpdateTimeMissing}, month, all},
	} {
		want := slices.DeleteFunc(factTasks(), func(t cdnsim.Task) bool { return !c.means(t) })
		rows := wantedRows(want, c.options.UpdateTime != cdnsim.UpdateTimePresent)
		for _, order := range []cdnsim.Order{cdnsim.NewestFirst, cdnsim.ByURL} {
			for _, depth := range []int{0, 40} {
				t.Run(fmt.Sprintf("%s, order %d, depth %d", name, order, depth), func(t *testing.T) {
					o := c.options
					o.Tasks, o.Order, o.MaxDepth, o.MaxLimit = factTasks(), order, depth, 30
					result := read(t, serviceOf(cdnsim.New(o), 4), c.query)
					equal(t, "rows", factRows(result.Tasks), rows)
				})
			}
		}
	}
}

// factRows are rows as text, sorted.
func factRows(tasks []Task) []string {
	var rows []string
	for _, t := range tasks {
		updated := "null"
		if t.UpdateTime != nil {
			updated = *t.UpdateTime
		}
		rows = append(rows, strings.Join([]string{*t.TaskID, *t.URL, *t.Status, *t.Area, *t.CreateTime, updated}, " "))
	}
	slices.Sort(rows)
	return rows
}

// wantedRows are the same of the simulator's rows.
func wantedRows(tasks []cdnsim.Task, noUpdate bool) []string {
	var rows []string
	for _, t := range tasks {
		created, updated := t.CreateTime.In(Zone).Format(TimeLayout), t.UpdateTime.In(Zone).Format(TimeLayout)
		if noUpdate {
			updated = "null"
		}
		rows = append(rows, strings.Join([]string{t.TaskID, t.URL, t.Status, t.Area, created, updated}, " "))
	}
	slices.Sort(rows)
	return rows
}

// Where a query cannot be served, the error says why: the user can add what is missing.
func TestRefusedQueries(t *testing.T) {
	for name, c := range map[string]struct {
		options cdnsim.Options
		query   Query
		code    string
	}{
		"no end": {cdnsim.Options{RequireEnd: true}, Query{StartTime: month.StartTime}, "InvalidParameter.CdnParamError"},
		"task outside of the window": {cdnsim.Options{Outside: cdnsim.OutsideInvalidDate},
			Query{TaskID: factTask, StartTime: "2026-11-15 00:00:00", EndTime: "2026-11-23 00:00:00"}, "InvalidParameter.CdnStatInvalidDate"},
	} {
		c.options.Tasks = factTasks()
		_, err := serviceOf(cdnsim.New(c.options), 4).PushTasks(t.Context(), c.query)
		if !tencentcloud.IsCode(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A service that forgets old rows gives those that are left of a longer window.
func TestRetention(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		var tasks []cdnsim.Task
		for i := range 60 {
			tasks = append(tasks, cdnsim.Task{TaskID: "1", URL: fmt.Sprintf("https://www.example.com/%d", i), Status: "done",
				CreateTime: now.Add(-time.Duration(i) * 24 * time.Hour)})
		}
		sim := cdnsim.New(cdnsim.Options{Tasks: tasks, Retention: 30 * 24 * time.Hour, MaxLimit: 20})
		result := read(t, serviceOf(sim, 4), Query{StartTime: now.AddDate(0, 0, -90).In(Zone).Format(TimeLayout)})
		equal(t, "rows", urls(result.Tasks), urlsOf(tasks[:31]))
	})
}
