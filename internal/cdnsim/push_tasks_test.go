package cdnsim

import (
	"fmt"
	"strings"
	"testing"
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

// letters are the rows of a response by the letter that sample gives them.
func letters(r *decoded) string {
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
		"limit refused otherwise": {Options{MaxLimit: 2, LimitMode: LimitRefused, LimitCode: "InvalidParameterValue.Limit"}, `"Limit":3`, "", "InvalidParameterValue.Limit", ""},
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
	never, odd := row, row
	never.UpdateTime, odd.Status = time.Time{}, "waiting"
	raw, bytes := row, row
	raw.RawURL, bytes.URL = `"half \ud83d"`, "\xb7\xe2\"中\xff"
	const start = `{"TaskId":"1533031853231313311","Url":"http://www.test.com/\"中\u003c","Status":"`
	const rest = `","Percent":100,"CreateTime":"2018-07-30 18:10:53","Area":"mainland"`
	for name, tt := range map[string]struct {
		o    Options
		row  Task
		want string
	}{
		"full":    {Options{}, row, start + "done" + rest + `,"UpdateTime":"2018-07-31 00:00:00"}`},
		"capital": {Options{CapitalStatus: true}, row, start + "Done" + rest + `,"UpdateTime":"2018-07-31 00:00:00"}`},
		"null":    {Options{UpdateTime: UpdateTimeNull}, row, start + "done" + rest + `,"UpdateTime":null}`},
		"missing": {Options{UpdateTime: UpdateTimeMissing}, row, start + "done" + rest + `}`},
		"unknown": {Options{}, odd, start + "waiting" + rest + `,"UpdateTime":"2018-07-31 00:00:00"}`},
		"raw URL": {Options{UpdateTime: UpdateTimeMissing}, raw,
			`{"TaskId":"1533031853231313311","Url":"half \ud83d","Status":"done` + rest + `}`},
		"bytes": {Options{UpdateTime: UpdateTimeMissing}, bytes,
			`{"TaskId":"1533031853231313311","Url":"` + "\xb7\xe2\\\"中\xff" + `","Status":"done` + rest + `}`},
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
	for want, o := range map[string]Options{
		`{"PushLogs":[],"TotalCount":0,`:      {},
		`{"PushLogs":null,"TotalCount":null,`: {NullLogs: true, NullTotal: true},
		`{"TotalCount":0,`:                    {MissingLogs: true},
		`{"TotalCount":null,`:                 {MissingLogs: true, NullTotal: true},
		`{"TotalCount":20,`:                   {MissingLogs: true, Total: TotalFixed, FixedTotal: 20},
	} {
		o.Tasks = []Task{{TaskID: "2"}}
		c := newClient(t, New(o))
		if got := c.tasks(`{"TaskId":"1"}`); !strings.Contains(got.raw, want) {
			t.Errorf("%s, want %s", got.raw, want)
		}
		if got := c.tasks(`{"TaskId":"2"}`); len(got.PushLogs) != 1 {
			t.Errorf("%s", got.raw)
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

// A domain is found in URLs that no parser accepts.
func TestHost(t *testing.T) {
	for url, want := range map[string]string{
		"https://www.Example.com/sale-50%.png": "www.example.com", "http://a.com": "a.com", "http://a.com?b/c@d": "a.com",
		"https://me:pw@a.com:8443/\xb7\xe2": "a.com", "http://a.com#x": "a.com", "/path": "", "": "",
	} {
		if got := hostOf(url); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
	tasks := []Task{{TaskID: "1", URL: "https://a.com/50%"}, {TaskID: "1", URL: "https://b.com/\xb7"}}
	c := newClient(t, New(Options{Tasks: tasks}))
	for _, domain := range []string{"a.com", "b.com"} {
		if got := c.tasks(`{"TaskId":"1","Keyword":"` + domain + `"}`); len(got.PushLogs) != 1 {
			t.Errorf("%s: %s", domain, got.raw)
		}
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
