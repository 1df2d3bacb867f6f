package provider_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// The report of the audit example is opened in a browser, where there is one. It shows the data in its elements, and in
// the picture that they make.
func TestAudit(t *testing.T) {
	t.Parallel()
	a := runAudit(t, cdnsim.Options{Tasks: auditedTasks()}, "-var=days=5", "-var=end_time=2026-11-25 18:00:00", "-var=domain=www.example.com")
	a.requested(t, query{StartTime: "2026-11-21 00:00:00", EndTime: "2026-11-25 18:00:00", Keyword: "www.example.com"})
	equal(t, "status_counts", a.output("status_counts"), `{"done":6,"fail":1,"init":1,"invalid":2,"process":1}`)
	a.counted(t, "www.example.com,2026-11-22,done,1", "www.example.com,2026-11-22,init,1", "www.example.com,2026-11-22,process,1",
		"www.example.com,2026-11-23,done,2", "www.example.com,2026-11-23,invalid,2",
		"www.example.com,2026-11-24,done,3", "www.example.com,2026-11-24,fail,1")
	document := a.browsed(t)
	if browser := findBrowser(); browser != "" {
		checkPicture(t, a.project, browser)
	}
	compare(t, "title", found(document, `<div class="dim">(.*)</div>\n\n`),
		"www.example.com · 21 November 2026, 00:00 to 25 November 2026, 18:00 (UTC+8)")
	compare(t, "columns", found(document, `<th scope="col" class="number">([^<]+)`), slices.Repeat(
		[]string{"URLs", "Done", "In progress", "Invalid", "Failed", "Other", "Share done"}, 2)...)
	compare(t, "domains", tableRows(document, "domains"), "www.example.com|11|6|1|2|1|1|54.5%")
	compare(t, "days", tableRows(document, "periods"),
		"Sun 22 Nov 2026|3|1|1|0|0|1|33.3%", "Mon 23 Nov 2026|4|2|0|2|0|0|50.0%", "Tue 24 Nov 2026|4|3|0|0|1|0|75.0%")
	// The axis ends at 4, which is 240 high.
	compare(t, "bars", found(document, `<rect class="(\w+)"[^>]* height="([\d.]+)"><title>(.*?)</title>`),
		"done 60.00 Sun 22 Nov 2026: 1 done", "process 60.00 Sun 22 Nov 2026: 1 in progress", "other 60.00 Sun 22 Nov 2026: 1 other",
		"done 120.00 Mon 23 Nov 2026: 2 done", "invalid 120.00 Mon 23 Nov 2026: 2 invalid",
		"done 180.00 Tue 24 Nov 2026: 3 done", "fail 60.00 Tue 24 Nov 2026: 1 failed")
	compare(t, "failures", tableRows(document, "failures"),
		"24 Nov 2026, 12:00:00|Failed|https://www.example.com/?day=0&amp;n=3|mainland|1533031853231313311",
		"23 Nov 2026, 12:00:00|Invalid|https://www.example.com/?day=1&amp;n=2|mainland|1533031853231313311",
		"23 Nov 2026, 12:00:00|Invalid|https://www.example.com/?day=1&amp;n=3|mainland|1533031853231313311")
}

// auditedTasks are rows of three days at noon by the service's clock, the middle of each bar.
func auditedTasks() (tasks []cdnsim.Task) {
	for i, statuses := range [][]string{{"done", "done", "done", "fail"}, {"done", "done", "invalid", "invalid"}, {"done", "process", "init"}} {
		for j, status := range statuses {
			row := task(fmt.Sprintf("https://www.example.com/?day=%d&n=%d", i, j), status)
			row.CreateTime = time.Date(2026, 11, 24-i, 4, 0, 0, 0, time.UTC)
			tasks = append(tasks, row)
		}
	}
	return tasks
}

// Without a time, the report ends now and has whole days, as the clock of the service shows them.
func TestAudit_now(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("UTC+8", 8*60*60)
	before := time.Now().In(zone)
	a := runAudit(t, cdnsim.Options{})
	request := decoded[query](t, []byte(a.received()[0]))
	end, err := time.ParseInLocation(time.DateTime, request.EndTime, zone)
	if err != nil || end.Before(before.Truncate(time.Second)) || end.After(time.Now()) {
		t.Errorf("the report ends at %s, %v", request.EndTime, err)
	}
	if want := end.AddDate(0, 0, -29).Format(time.DateOnly) + " 00:00:00"; request.StartTime != want {
		t.Errorf("the report starts at %s, want %s", request.StartTime, want)
	}
	a.counted(t)
	says(t, a.document(t), "No tasks found.", "None.")
}

// A short time is shown in short periods, also those without a task.
func TestAudit_hour(t *testing.T) {
	t.Parallel()
	tasks := auditedTasks()[:4]
	tasks[0].CreateTime = tasks[0].CreateTime.Add(25 * time.Minute)
	a := runAudit(t, cdnsim.Options{Tasks: tasks}, "-var=hours=1", "-var=end_time=2026-11-24 12:30:00")
	a.requested(t, query{StartTime: "2026-11-24 11:30:00", EndTime: "2026-11-24 12:30:00"})
	a.counted(t, "www.example.com,2026-11-24 12:00,done,2", "www.example.com,2026-11-24 12:00,fail,1",
		"www.example.com,2026-11-24 12:20,done,1")
	document := a.document(t)
	compare(t, "periods", tableRows(document, "periods"), "Tue 24 Nov 2026, 12:00|3|2|0|0|1|66.6%", "Tue 24 Nov 2026, 12:20|1|1|0|0|0|100.0%")
	compare(t, "axis", found(document, `y="286" text-anchor="middle">(.*)</text>`),
		"24 Nov 11:30", "24 Nov 11:40", "24 Nov 11:50", "24 Nov 12:00", "24 Nov 12:10", "24 Nov 12:20")
	says(t, document, "<h2>By ten minutes</h2>")
}

// One task has no time to fill: its one day needs no chart.
func TestAudit_task(t *testing.T) {
	t.Parallel()
	a := runAudit(t, cdnsim.Options{Tasks: auditedTasks()[:4]}, "-var=task_id=1533031853231313311")
	a.requested(t, query{TaskID: "1533031853231313311"})
	document := a.document(t)
	compare(t, "title", found(document, `<div class="dim">(.*)</div>\n\n`), "Task 1533031853231313311 · 24 November 2026 (UTC+8)")
	compare(t, "domains", tableRows(document, "domains"), "www.example.com|4|3|0|0|1|75.0%")
	compare(t, "days", tableRows(document, "periods"))
	compare(t, "sections", found(document, `<h2>(.*)</h2>`), "By domain", "Failed and invalid URLs")
}

// The page lists a part of many failures, the newest, and counts the rest. A URL that fails again counts again.
func TestAudit_many(t *testing.T) {
	t.Parallel()
	var tasks []cdnsim.Task
	for i := range 1101 {
		row := task("https://www.example.com/again", "fail")
		row.TaskID, row.CreateTime = fmt.Sprint(i), row.CreateTime.Add(-time.Duration(i)*time.Second)
		tasks = append(tasks, row)
	}
	tasks = append(tasks, task("https://static.example.com:8443/", "done"), task("https://Static.Example.Com?a=/b", "done"))
	tasks = append(tasks, task("https://video.example.net/", "invalid"))
	tasks[len(tasks)-1].CreateTime = submitted.Add(-time.Hour)
	a := runAudit(t, cdnsim.Options{Tasks: tasks, Order: cdnsim.OldestFirst, Total: cdnsim.TotalFixed, FixedTotal: 2000},
		"-var=days=31", "-var=end_time="+submitted.UTC().Add(9*time.Hour).Format(time.DateTime))
	document := a.document(t)
	compare(t, "domains", tableRows(document, "domains"), "www.example.com|1,101|0|0|0|1,101|0.0%",
		"video.example.net|1|0|0|1|0|0.0%", "static.example.com|2|2|0|0|0|100.0%")
	listed := tableRows(document, "failures")
	if len(listed) != 100 || !strings.HasSuffix(listed[0], "|0") || !strings.HasSuffix(listed[99], "|99") {
		t.Errorf("%d failures are listed, from %s to %s", len(listed), listed[0], listed[len(listed)-1])
	}
	says(t, document, "The newest 100 of 1,102; 1,002 more are not listed.",
		"This report may be incomplete: the service counts 2,000 rows, but returned 1,104.")
}

// What the service says is neither HTML nor a formula.
func TestAudit_hostile(t *testing.T) {
	t.Parallel()
	script := task(`https://<script>alert("1")</script>/'?a=&lt;`, "fail")
	script.TaskID, script.Area = "<img src=x onerror=alert(1)>", `"><em>`
	tasks := []cdnsim.Task{script, task("nonsense", "@sum"), task("https:///", "<i>")}
	for _, host := range []string{"=1+1", "+1", "-1", `=a"b,c`, "＝1"} {
		tasks = append(tasks, task("https://"+host+"/", "done"))
	}
	a := runAudit(t, cdnsim.Options{Tasks: tasks}, "-var=days=31", "-var=end_time=2026-11-25 18:00:00")
	a.counted(t, "'+1,2026-11-24,done,1", "'-1,2026-11-24,done,1", "'=1+1,2026-11-24,done,1", `'=a"b,c,2026-11-24,done,1`,
		`<script>alert("1")<,2026-11-24,fail,1`, "unknown,2026-11-24,'@sum,1", "unknown,2026-11-24,<i>,1",
		"'＝1,2026-11-24,done,1")
	for _, document := range []string{a.document(t), a.browsed(t)} {
		for _, element := range found(document, `<(\w+)`) {
			if slices.Contains([]string{"script", "img", "em", "i"}, element) {
				t.Errorf("the page has an element <%s>", element)
			}
		}
		says(t, document, "&lt;script&gt;alert(", "?a=&amp;lt;", "&lt;img src=x onerror=alert(1)&gt;", "&gt;&lt;em&gt;")
	}
}

// A row may have no value but its status, and a time may be none.
func TestAudit_sparse(t *testing.T) {
	t.Parallel()
	a := runAudit(t, cdnsim.Options{Literal: []byte(`{"Response":{"RequestId":"1","TotalCount":2,"PushLogs":[` +
		`{"Status":"fail"},{"Status":"fail","Url":"https://www.example.com/","CreateTime":"soon"}]}}`)}, "-var=task_id=1")
	a.counted(t, "unknown,unknown,fail,1", "www.example.com,unknown,fail,1")
	compare(t, "failures", tableRows(a.document(t), "failures"), "soon|Failed|https://www.example.com/|–|–", "–|Failed|–|–|–")
}

// The questions of an audit can be asked of rows that share a URL.
func TestAudit_questions(t *testing.T) {
	t.Parallel()
	p := copied(t, "audit-questions")
	tasks := recent("done", "fail", "done")
	tasks[1].URL, tasks[2].URL = "https://video.example.net?a=1", tasks[0].URL
	p.at(simulate(t, cdnsim.Options{Tasks: tasks}))
	p.env = append(p.env, accountKeys...)
	p.apply().must(t)
	equal(t, "how_many_failed_by_domain", p.output("how_many_failed_by_domain"), `{"video.example.net":1}`)
	equal(t, "which_urls_were_submitted_again", p.output("which_urls_were_submitted_again"), `["https://www.example.com/000 (mainland)"]`)
}

// audit is the example after one run.
type audit struct {
	*project
	*service
}

// runAudit applies the example. It never takes the time from the clock where args have end_time or task_id.
func runAudit(t *testing.T, o cdnsim.Options, args ...string) audit {
	t.Helper()
	a := audit{copied(t, "audit"), simulate(t, o)}
	a.at(a.service)
	a.env = append(a.env, accountKeys...)
	a.apply(args...).must(t)
	return a
}

// query is what the report requests, whatever the size of a page.
type query struct{ TaskID, StartTime, EndTime, Keyword string }

func (a audit) requested(t *testing.T, want query) {
	t.Helper()
	if got := decoded[query](t, []byte(a.received()[0])); got != want {
		t.Errorf("the service received %+v, want %+v", got, want)
	}
}

// document is the page as Terraform wrote it.
func (a audit) document(t *testing.T) string {
	t.Helper()
	return decoded[string](t, a.output("report"))
}

// browsed is the page as a browser understands it; without a browser, as it was written.
func (a audit) browsed(t *testing.T) string {
	t.Helper()
	browser := findBrowser()
	if browser == "" {
		t.Log("There is no Chromium or Chrome on the PATH: only the HTML is checked.")
		return a.document(t)
	}
	return browse(t, browser, "--dump-dom", a.write("report.html", a.document(t)))
}

// counted checks the counts in the CSV, and those of the output, which differ by the apostrophes.
func (a audit) counted(t *testing.T, want ...string) {
	t.Helper()
	text := decoded[string](t, a.output("csv"))
	content, ok := strings.CutPrefix(text, "\ufeff")
	if !ok || !strings.HasSuffix(content, "\r\n") {
		t.Errorf("the CSV has no byte order mark or line end: %q", text)
	}
	records, err := csv.NewReader(strings.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var cells, counts []string
	for _, record := range records {
		cells = append(cells, strings.Join(record, ","))
	}
	compare(t, "the CSV", cells, slices.Insert(slices.Clone(want), 0, "domain,submitted,status,count")...)
	for _, c := range decoded[[]struct {
		Domain, Submitted, Status string
		Count                     int
	}](t, a.output("counts")) {
		counts = append(counts, fmt.Sprintf("%s,%s,%s,%d", c.Domain, c.Submitted, c.Status, c.Count))
	}
	for i := range want {
		want[i] = strings.TrimPrefix(strings.ReplaceAll(want[i], ",'", ","), "'")
	}
	compare(t, "the counts", counts, want...)
}

// found are the matches of a pattern: their groups, with a blank between.
func found(document, pattern string) (all []string) {
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(document, -1) {
		all = append(all, strings.Join(match[1:], " "))
	}
	return all
}

// tableRows are the rows of a table's body: the texts of their cells.
func tableRows(document, id string) (all []string) {
	_, table, _ := strings.Cut(document, `<table id="`+id+`">`)
	table, _, _ = strings.Cut(table, "</table>")
	for _, row := range found(table, "<tr>(<t[^>]*>.*)</tr>") {
		if cells := found(row, `<t[dh][^>]*>(?:<span[^>]*></span>)?(.*?)</t[dh]>`); !strings.Contains(row, `scope="col"`) {
			all = append(all, strings.Join(cells, "|"))
		}
	}
	return all
}

func compare(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func findBrowser() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// browse has a browser without a window do one thing with a page, and returns what it prints.
func browse(t *testing.T, browser, what, page string) string {
	t.Helper()
	// Not in a directory of the test: the browser's children may still write there when it has ended.
	profile := filepath.Join(temporary, "browser"+t.Name()+filepath.Base(what))
	cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
		"--user-data-dir="+profile, "--window-size=1100,1400", what, "file://"+page)
	cmd.WaitDelay = 5 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return string(output)
}

// checkPicture counts the pixels of each status's colour: as many for a task of one status as for one of another.
func checkPicture(t *testing.T, p *project, browser string) {
	t.Helper()
	path := filepath.Join(p.dir, "report.png")
	browse(t, browser, "--screenshot="+path, filepath.Join(p.dir, "report.html"))
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	pixels := map[string]int{}
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			r, g, b, _ := picture.At(x, y).RGBA()
			pixels[fmt.Sprintf("%02x%02x%02x", r>>8, g>>8, b>>8)]++
		}
	}
	each := map[string]int{
		"done": pixels["2f74d0"] / 6, "fail": pixels["b3202c"], "invalid": pixels["c77700"] / 2, "process": pixels["7d8897"],
		"other": pixels["8b5cc7"],
	}
	for status, n := range each {
		if low, high := each["done"]*4/5, each["done"]*13/10; n < low || n > high || n < 1000 { // the legend has some too
			t.Errorf("a task that is %s has %d pixels, one that is done has %d", status, n, each["done"])
		}
	}
}
