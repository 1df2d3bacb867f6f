package cdnsim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// noon is 2026-03-01 12:00:00 in Beijing.
var noon = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)

// sample are five rows, a to e, an hour apart, oldest first.
func sample() []Task {
	row := func(url, id, status, area string, hours int) Task {
		at := noon.Add(time.Duration(hours) * time.Hour)
		return Task{TaskID: id, URL: url, Status: status, Percent: 50, Area: area, CreateTime: at,
			UpdateTime: at.Add(time.Duration(10-3*hours) * time.Hour)}
	}
	return []Task{
		row("http://b.com/a", "30", "done", "mainland", 0),
		row("https://a.com/b", "20", "fail", "overseas", 1),
		row("https://a.com/c?x=1", "20", "invalid", "global", 2),
		row("https://a.com.cn/d", "10", "process", "mainland", 3),
		row("https://a.com/e", "40", "done", "mainland", 4),
	}
}

// letters are the rows of an answer by the letter that sample gives them.
func letters(r *response) string {
	var b strings.Builder
	for _, l := range r.PushLogs {
		_, path, _ := strings.Cut(l.Url, ".com")
		b.WriteByte(path[strings.LastIndexByte(path, '/')+1])
	}
	return b.String()
}

func TestFilters(t *testing.T) {
	const from, to = `"StartTime":"2026-03-01 13:00:00"`, `,"EndTime":"2026-03-01 15:00:00"`
	const all = `"StartTime":"2026-01-01 00:00:00"`
	for name, tt := range map[string]struct {
		o    Options
		body string
		want string
		code string
	}{
		"all":                     {Options{}, all, "edcba", ""},
		"window":                  {Options{}, from + to, "dcb", ""},
		"window without its ends": {Options{ExcludeStart: true, ExcludeEnd: true}, from + to, "c", ""},
		"no end":                  {Options{}, from, "edcb", ""},
		"no end, refused":         {Options{RequireEnd: true}, from, "", codeCdnParamError},
		"task":                    {Options{}, `"TaskId":"20"`, "cb", ""},
		"task and an end":         {Options{RequireEnd: true}, `"TaskId":"20"` + strings.Replace(to, "15", "13", 1), "b", ""},
		"task unknown":            {Options{Outside: OutsideInvalidDate}, `"TaskId":"99",` + from, "", ""},
		"task outside":            {Options{}, `"TaskId":"30",` + from + to, "", ""},
		"task outside, refused":   {Options{Outside: OutsideInvalidDate}, `"TaskId":"30",` + from + to, "", codeCdnStatInvalidDate},
		"task inside, filtered":   {Options{Outside: OutsideInvalidDate}, `"TaskId":"20","Status":"done",` + from + to, "", ""},
		"neither":                 {Options{}, `"Status":"done"`, "", codeCdnParamError},
		"neither, other code":     {Options{NeitherCode: "MissingParameter"}, `"EndTime":"2026-01-01 00:00:00"`, "", "MissingParameter"},
		"empty task":              {Options{}, `"TaskId":""`, "", codeCdnParamError},
		"status":                  {Options{}, all + `,"Status":"done"`, "ea", ""},
		"status ignored":          {Options{IgnoreStatus: true}, all + `,"Status":"done"`, "edcba", ""},
		"status ignored, unknown": {Options{IgnoreStatus: true}, all + `,"Status":"Done"`, "", codeCdnParamError},
		"status capital":          {Options{}, all + `,"Status":"Done"`, "", codeCdnParamError},
		"mainland":                {Options{}, all + `,"Area":"mainland"`, "eda", ""},
		"global is all":           {Options{}, all + `,"Area":"global"`, "edcba", ""},
		"global is itself":        {Options{Global: GlobalMeansSelf}, all + `,"Area":"global"`, "c", ""},
		"area unknown":            {Options{}, all + `,"Area":"mars"`, "", codeCdnParamError},
		"domain":                  {Options{}, all + `,"Keyword":"a.com"`, "ecb", ""},
		"domain in capitals":      {Options{}, all + `,"Keyword":"A.com"`, "ecb", ""},
		"URL":                     {Options{}, all + `,"Keyword":"https://a.com/c?x=1"`, "c", ""},
		"part of a URL":           {Options{}, all + `,"Keyword":"https://a.com/c"`, "", ""},
		"substring":               {Options{Keyword: KeywordSubstring}, all + `,"Keyword":"a.com"`, "edcb", ""},
		"path":                    {Options{}, all + `,"Keyword":"a.com/c"`, "", codeCdnHostInvalidParam},
		"date form":               {Options{}, `"StartTime":"2026-03-01T13:00:00Z"`, "", codeCdnStatInvalidDate},
		"date with fraction":      {Options{}, `"StartTime":"2026-03-01 13:00:00.5"`, "", codeCdnStatInvalidDate},
		"date with short hour":    {Options{}, `"StartTime":"2026-03-01 3:00:00"`, "", codeCdnStatInvalidDate},
		"date that is none":       {Options{}, `"StartTime":"2026-02-30 13:00:00"`, "", codeCdnStatInvalidDate},
		"date empty":              {Options{}, `"StartTime":""`, "", codeCdnStatInvalidDate},
		"ends reversed":           {Options{}, `"StartTime":"2026-03-02 00:00:00"` + to, "", codeCdnStatInvalidDate},
		"unknown parameter":       {Options{}, all + `,"Limits":1`, "", codeUnknownParameter},
		"parameter in lower case": {Options{}, `"taskId":"20"`, "", codeUnknownParameter},
		"number as a task id":     {Options{}, `"TaskId":20`, "", codeInvalidParameter},
		"null as a task id":       {Options{}, `"TaskId":null`, "", codeInvalidParameter},
		"text as a limit":         {Options{}, all + `,"Limit":"3"`, "", codeInvalidParameter},
		"fraction as a limit":     {Options{}, all + `,"Limit":3.0`, "", codeInvalidParameter},
		"no limit":                {Options{}, all + `,"Limit":0`, "", codeCdnParamError},
		"negative offset":         {Options{}, all + `,"Offset":-1`, "", codeCdnParamError},
		"no JSON":                 {Options{}, `"TaskId"`, "", codeInvalidParameter},
	} {
		t.Run(name, func(t *testing.T) {
			tt.o.Tasks = sample()
			got := newClient(t, New(tt.o)).tasks("{" + tt.body + "}")
			if letters(got) != tt.want || got.code() != tt.code {
				t.Errorf("%s\nwant rows %q, code %q", got.raw, tt.want, tt.code)
			}
			if tt.code == "" && *got.TotalCount != len(tt.want) {
				t.Errorf("TotalCount %d", *got.TotalCount)
			}
		})
	}
}

func TestPages(t *testing.T) {
	for name, tt := range map[string]struct {
		o     Options
		page  string
		want  string
		code  string
		total string // -1 is null
	}{
		"middle":                  {Options{}, `"Offset":1,"Limit":2`, "dc", "", "5"},
		"last":                    {Options{}, `"Offset":4,"Limit":2`, "a", "", "5"},
		"after the last":          {Options{}, `"Offset":5,"Limit":2`, "", "", "5"},
		"far after":               {Options{}, `"Offset":9223372036854775807,"Limit":9223372036854775807`, "", "", "5"},
		"limit cut":               {Options{MaxLimit: 2}, `"Limit":3`, "ed", "", "5"},
		"limit refused":           {Options{MaxLimit: 2, LimitMode: LimitRefused}, `"Limit":3`, "", codeCdnParamError, ""},
		"limit just allowed":      {Options{MaxLimit: 2, LimitMode: LimitRefused}, `"Limit":2`, "ed", "", "5"},
		"limit 1000":              {Options{LimitMode: LimitRefused}, `"Limit":1000`, "edcba", "", "5"},
		"limit 1001":              {Options{LimitMode: LimitRefused}, `"Limit":1001`, "", codeCdnParamError, ""},
		"across the depth":        {Options{MaxDepth: 3}, `"Offset":2,"Limit":2`, "c", "", "5"},
		"beyond the depth":        {Options{MaxDepth: 3}, `"Offset":3,"Limit":2`, "", "", "5"},
		"refused across":          {Options{MaxDepth: 3, Depth: DepthRefused}, `"Offset":2,"Limit":2`, "c", "", "5"},
		"refused beyond":          {Options{MaxDepth: 3, Depth: DepthRefused}, `"Offset":3,"Limit":2`, "", codeCdnParamError, ""},
		"crossing refused":        {Options{MaxDepth: 3, Depth: DepthRefusedCrossing}, `"Offset":2,"Limit":2`, "", codeCdnParamError, ""},
		"crossing just not":       {Options{MaxDepth: 3, Depth: DepthRefusedCrossing}, `"Offset":1,"Limit":2`, "dc", "", "5"},
		"crossing by far":         {Options{MaxDepth: 3, Depth: DepthRefusedCrossing}, `"Offset":9223372036854775807`, "", codeCdnParamError, ""},
		"total null":              {Options{Total: TotalNull}, `"Limit":1`, "e", "", "-1"},
		"total fixed":             {Options{Total: TotalFixed, FixedTotal: 20}, `"Limit":1`, "e", "", "20"},
		"total capped":            {Options{Total: TotalCapped, MaxDepth: 3}, `"Limit":1`, "e", "", "3"},
		"total null at a depth":   {Options{Total: TotalNull, MaxDepth: 3}, `"Offset":1`, "dc", "", "-1"},
		"total null, refused":     {Options{Total: TotalNull, MaxDepth: 3, Depth: DepthRefused}, `"Offset":3`, "", codeCdnParamError, ""},
		"total capped, refused":   {Options{Total: TotalCapped, MaxDepth: 3, Depth: DepthRefused}, `"Offset":2`, "c", "", "3"},
		"total capped by nothing": {Options{Total: TotalCapped}, `"Limit":1`, "e", "", "5"},
		"offset ignored":          {Options{IgnoreOffset: true}, `"Offset":3,"Limit":2`, "ed", "", "5"},
		"null total of no rows":   {Options{NullTotal: true}, `"Offset":5`, "", "", "-1"},
		"total of rows":           {Options{NullTotal: true, NullLogs: true}, `"Limit":1`, "e", "", "5"},
		"oldest first":            {Options{Order: OldestFirst}, `"Limit":3`, "abc", "", "5"},
		"by task id":              {Options{Order: ByTaskID}, `"Offset":0`, "dbcae", "", "5"},
		"by URL":                  {Options{Order: ByURL}, `"Offset":0`, "adbce", "", "5"},
		"by update time":          {Options{Order: ByUpdateTime}, `"Offset":0`, "abcde", "", "5"},
		"as inserted":             {Options{Order: AsInserted}, `"Offset":0`, "abcde", "", "5"},
		"by status":               {Options{Order: ByStatus}, `"Offset":0`, "aebcd", "", "5"},
		"oldest update first":     {Options{Order: OldestUpdate}, `"Offset":0`, "edcba", "", "5"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.o.Tasks = sample()
			got := newClient(t, New(tt.o)).tasks(`{"StartTime":"2026-01-01 00:00:00",` + tt.page + "}")
			if letters(got) != tt.want || got.code() != tt.code {
				t.Errorf("%s\nwant rows %q, code %q", got.raw, tt.want, tt.code)
			}
			total := ""
			if tt.code == "" {
				total = "-1"
				if got.TotalCount != nil {
					total = fmt.Sprint(*got.TotalCount)
				}
			}
			if total != tt.total {
				t.Errorf("TotalCount %s, want %s", total, tt.total)
			}
		})
	}
}

// A page of 20 is what a request without a Limit gets.
func TestDefaultLimit(t *testing.T) {
	c := newClient(t, New(Options{Tasks: Generate(30, noon)}))
	if got := c.tasks(`{"StartTime":"2026-01-01 00:00:00"}`); len(got.PushLogs) != 20 || *got.TotalCount != 30 {
		t.Errorf("%d rows of %d", len(got.PushLogs), *got.TotalCount)
	}
}

func TestRow(t *testing.T) {
	row := Task{TaskID: "1533031853231313311", URL: `http://www.test.com/"中<`, Status: "done", Percent: 100, Area: "mainland",
		CreateTime: time.Date(2018, 7, 30, 10, 10, 53, 0, time.UTC), UpdateTime: time.Date(2018, 7, 30, 16, 0, 0, 0, time.UTC)}
	never := row
	never.UpdateTime = time.Time{}
	const start = `{"TaskId":"1533031853231313311","Url":"http://www.test.com/\"中\u003c","Status":"`
	const rest = `","Percent":100,"CreateTime":"2018-07-30 18:10:53","Area":"mainland"`
	for name, tt := range map[string]struct {
		o    Options
		row  Task
		want string
	}{
		"full":     {Options{}, row, start + "done" + rest + `,"UpdateTime":"2018-07-31 00:00:00"}`},
		"capital":  {Options{CapitalStatus: true}, row, start + "Done" + rest + `,"UpdateTime":"2018-07-31 00:00:00"}`},
		"null":     {Options{UpdateTime: UpdateTimeNull}, row, start + "done" + rest + `,"UpdateTime":null}`},
		"missing":  {Options{UpdateTime: UpdateTimeMissing}, row, start + "done" + rest + `}`},
		"no value": {Options{}, never, start + "done" + rest + `,"UpdateTime":null}`},
	} {
		tt.o.Tasks = []Task{tt.row}
		got := newClient(t, New(tt.o)).tasks(`{"TaskId":"1533031853231313311"}`)
		want := `{"Response":{"PushLogs":[` + tt.want + `],"TotalCount":1,"RequestId":"` + got.RequestId + `"}}`
		if got.raw != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got.raw, want)
		}
	}
}

func TestNullLogs(t *testing.T) {
	for null, want := range map[bool]string{false: `"PushLogs":[],"TotalCount":0,`, true: `"PushLogs":null,"TotalCount":null,`} {
		got := newClient(t, New(Options{NullLogs: null, NullTotal: null})).tasks(`{"TaskId":"1"}`)
		if !strings.Contains(got.raw, want) {
			t.Errorf("%s, want %s", got.raw, want)
		}
	}
}

func TestLiteral(t *testing.T) {
	const literal = `{"Response": {"RequestId": "4d5a83f8", "TotalCount": 20 } }  `
	c := newClient(t, New(Options{Literal: []byte(literal)}))
	if got := c.tasks(`{"anything":1}`); got.raw != literal {
		t.Errorf("%q", got.raw)
	}
	if got := c.with(DefaultSecretID, "wrong", "").tasks(`{}`); got.code() != codeSignatureFailure {
		t.Errorf("%q", got.raw)
	}
}

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
		if got := c.tasks(`{"TaskId":"1","Status":"process"}`); len(got.PushLogs) != 0 {
			t.Errorf("%s", got.raw)
		}
	})
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

func TestDemo(t *testing.T) {
	tasks := Demo(noon)
	if len(tasks) < 200 || !slices.Equal(tasks, Demo(noon)) {
		t.Fatalf("%d rows, or not the same ones twice", len(tasks))
	}
	statuses, areas, lengths, byTask := map[string]int{}, map[string]int{}, map[int]int{}, map[string]map[string]int{}
	urls := map[string]bool{}
	for _, task := range tasks {
		statuses[task.Status]++
		areas[task.Area]++
		lengths[len(task.TaskID)]++
		if byTask[task.TaskID] == nil {
			byTask[task.TaskID] = map[string]int{}
		}
		byTask[task.TaskID][task.Status]++
		if task.UpdateTime.After(noon) || task.UpdateTime.Before(task.CreateTime) || noon.Sub(task.CreateTime) > 15*24*time.Hour {
			t.Errorf("times of %+v", task)
		}
		if strings.Contains(task.URL, "%") || urls[task.TaskID+task.URL] {
			t.Errorf("URL %s", task.URL)
		}
		urls[task.TaskID+task.URL] = true
	}
	if len(statuses) != 4 || len(areas) != 3 || lengths[10] == 0 || lengths[19] == 0 {
		t.Errorf("%v %v %v", statuses, areas, lengths)
	}
	for id, want := range map[string]string{
		DemoTaskDone: "map[done:5]", DemoTaskProcess: "map[done:2 process:3]",
		DemoTaskFailed: "map[done:4 fail:1]", DemoTaskInvalid: "map[done:4 invalid:1]",
	} {
		if got := fmt.Sprint(byTask[id]); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

func TestGenerate(t *testing.T) {
	tasks := Generate(100_000, noon)
	urls := map[string]bool{}
	for i, task := range tasks {
		urls[task.URL] = true
		if i > 0 && task.CreateTime.After(tasks[i-1].CreateTime) || noon.Sub(task.CreateTime) > 28*24*time.Hour {
			t.Fatalf("row %d: %v", i, task)
		}
	}
	if len(urls) != 100_000 {
		t.Errorf("%d URLs", len(urls))
	}
	if len(Generate(0, noon)) != 0 || len(Generate(1, noon)) != 1 {
		t.Error("small numbers")
	}
}

func BenchmarkPage(b *testing.B) {
	s := New(Options{Tasks: Generate(100_000, noon)})
	o := s.Options()
	offset := int64(0)
	p := &params{strings: map[string]string{"StartTime": "2026-01-01 00:00:00"}, integers: map[string]int64{"Limit": 1000}}
	for b.Loop() {
		p.integers["Offset"] = offset
		offset = (offset + 1000) % 100_000
		a, err := s.describePushTasks(&o, p, 0)
		if err != nil || a.rows != 1000 {
			b.Fatal(err)
		}
	}
}
