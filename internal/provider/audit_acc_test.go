package provider_test

import (
	"bytes"
	"fmt"
	"image/color"
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

// The report of the audit example is opened in a browser, where there is one, and holds what the data say: in its
// elements, and in the picture that they make.
func TestAudit(t *testing.T) {
	t.Parallel()
	tasks, days := auditedTasks()
	s := simulate(t, cdnsim.Options{Tasks: tasks})
	p := copied(t, "audit")
	p.at(s)
	p.env = append(p.env, accountKeys...)
	p.apply("-var=days=5", "-var=domain=www.example.com").must(t)
	equal(t, "status_counts", p.output("status_counts"), `{"done":6,"fail":1,"init":1,"invalid":2,"process":1}`)
	document := decoded[string](t, p.output("report"))
	page := p.write("report.html", document)
	if want := `"Keyword":"www.example.com"`; !strings.Contains(s.received()[0], want) {
		t.Errorf("the service received %s", s.received()[0])
	}
	if browser := findBrowser(); browser == "" {
		t.Log("There is no Chromium or Chrome on the PATH: only the HTML is checked, not the picture that it makes.")
	} else {
		document = browse(t, browser, "--dump-dom", page)
		picture := filepath.Join(p.dir, "report.png")
		browse(t, browser, "--screenshot="+picture, page)
		checkPicture(t, picture)
	}
	checkReport(t, document, days)
}

// auditedTasks are rows of three days at noon by the service's clock: the middle of each bar, whatever the time now.
func auditedTasks() (tasks []cdnsim.Task, days []string) {
	zone := time.FixedZone("UTC+8", 8*60*60)
	today := time.Now().In(zone).Truncate(time.Second)
	for i, statuses := range [][]string{{"done", "done", "done", "fail"}, {"done", "done", "invalid", "invalid"}, {"done", "process", "init"}} {
		day := today.AddDate(0, 0, -1-i)
		noon := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, zone)
		days = append(days, noon.Format("2006-01-02"))
		for j, status := range statuses {
			row := task(fmt.Sprintf("https://www.example.com/?day=%d&n=<%d>", i, j), status)
			row.CreateTime = noon
			tasks = append(tasks, row)
		}
	}
	return tasks, days
}

// checkReport looks at the elements of the page: a bar's parts, and the failures.
func checkReport(t *testing.T, document string, days []string) {
	t.Helper()
	var got []string
	bars := regexp.MustCompile(`<rect class="(\w+)" data-day="([^"]+)" data-count="(\d+)"[^>]* height="([\d.]+)"`)
	for _, m := range bars.FindAllStringSubmatch(document, -1) {
		got = append(got, strings.Join(m[1:], " "))
	}
	// The axis ends at 4, which is 240 high.
	want := []string{
		"done " + days[0] + " 3 180.00", "fail " + days[0] + " 1 60.00",
		"done " + days[1] + " 2 120.00", "invalid " + days[1] + " 2 120.00",
		"done " + days[2] + " 1 60.00", "process " + days[2] + " 1 60.00", "other " + days[2] + " 1 60.00",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the bars are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	_, table, _ := strings.Cut(document, `<table id="failures">`)
	table, _, _ = strings.Cut(table, "</table>")
	if n := strings.Count(table, "<tr><td"); n != 3 {
		t.Errorf("%d failures are listed, want 3", n)
	}
	says(t, table, "https://www.example.com/?day=0&amp;n=&lt;3&gt;", "https://www.example.com/?day=1&amp;n=&lt;2&gt;",
		"https://www.example.com/?day=1&amp;n=&lt;3&gt;", days[0]+" 12:00:00", "1533031853231313311")
	if strings.Contains(document, "<script") {
		t.Error("the page has a script")
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
	profile := filepath.Join(temporary, "browser"+filepath.Base(what))
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
func checkPicture(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	pixels := map[color.RGBA]int{}
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			r, g, b, _ := picture.At(x, y).RGBA()
			pixels[color.RGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8)}]++
		}
	}
	each := map[string]int{
		"done": pixels[color.RGBA{R: 0x2f, G: 0x74, B: 0xd0}] / 6, "fail": pixels[color.RGBA{R: 0xd1, G: 0x37, B: 0x3f}],
		"invalid": pixels[color.RGBA{R: 0xe3, G: 0xa0, B: 0x08}] / 2, "process": pixels[color.RGBA{R: 0xa3, G: 0xad, B: 0xbb}],
		"other": pixels[color.RGBA{R: 0x8b, G: 0x5c, B: 0xc7}],
	}
	for status, n := range each {
		if least, most := each["done"]*4/5, each["done"]*13/10; n < least || n > most || n < 1000 { // the legend has some too
			t.Errorf("a task that is %s has %d pixels, one that is done has %d", status, n, each["done"])
		}
	}
}
