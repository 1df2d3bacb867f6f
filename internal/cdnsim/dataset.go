package cdnsim

import (
	"fmt"
	"strconv"
	"time"
)

// Task ids of [Demo] whose outcome is known.
const (
	DemoTaskDone    = "1533031853231313311" // all done
	DemoTaskProcess = "1602745231"          // in process; done when it has progressed
	DemoTaskFailed  = "1602745198"          // one URL failed, the others are done
	DemoTaskInvalid = "1533031853231313398" // one URL got a 404 from the origin, the others are done
)

// demoSites are the domains of Demo and the files on them.
var demoSites = []struct {
	domain, area string
	paths        []string
}{
	{"www.example.com", AreaMainland, []string{"/news/%d/", "/news/%d/index.html", "/assets/app.%d.js", "/assets/app.%d.css", "/img/banner-%d.webp"}},
	{"static.example.com", AreaGlobal, []string{"/lib/%d/vendor.js", "/fonts/inter-%d.woff2", "/css/theme-%d.css"}},
	{"download.example.org", AreaOverseas, []string{"/release/v%d.0.0/setup.exe", "/release/v%d.0.0/app.dmg", "/release/v%d.0.0/SHA256SUMS"}},
	{"video.example.net", AreaMainland, []string{"/vod/%d/index.m3u8", "/vod/%d/seg-00001.ts", "/vod/%d/封面.jpg"}},
}

// Demo is a data set of a few hundred rows over 14 days before now: several domains, areas and tasks, most of them
// done, some failed, invalid or in process. It depends only on now.
func Demo(now time.Time) []Task {
	now = now.Truncate(time.Second)
	tasks := known(now)
	for i := range 80 {
		site := demoSites[i%len(demoSites)]
		created := now.Add(-time.Duration(i)*4*time.Hour - time.Duration(i*37%60)*time.Minute - 45*time.Minute)
		for j := range 2 + i%5 {
			path := fmt.Sprintf(site.paths[j%len(site.paths)], 100-i+j/len(site.paths))
			t := settled(taskID(i, created), "https://"+site.domain+path, site.area, created, outcome(i*7+j))
			if i < 2 { // the latest tasks are still in process
				t = pending(t, 20*j)
			}
			tasks = append(tasks, t)
		}
	}
	return tasks
}

// known are the rows of the exported task ids.
func known(now time.Time) []Task {
	var tasks []Task
	add := func(id string, age time.Duration, site int, odd string) {
		for j := range 5 {
			status := StatusDone
			if j == 3 && odd != "" {
				status = odd
			}
			s := demoSites[site]
			url := fmt.Sprintf("https://%s/launch/%s/part-%d.bin", s.domain, id, j)
			tasks = append(tasks, settled(id, url, s.area, now.Add(-age), status))
		}
	}
	add(DemoTaskDone, 26*time.Hour, 0, "")
	add(DemoTaskFailed, 7*time.Hour, 2, StatusFail)
	add(DemoTaskInvalid, 50*time.Hour, 3, StatusInvalid)
	first := len(tasks)
	add(DemoTaskProcess, 4*time.Minute, 1, "")
	for j := first + 2; j < len(tasks); j++ {
		tasks[j] = pending(tasks[j], 15*(j-first))
	}
	return tasks
}

// taskID makes ids of both lengths that the service uses: 19 digits and 10.
func taskID(i int, created time.Time) string {
	if i%3 == 0 {
		return strconv.FormatInt(created.Unix(), 10)
	}
	return fmt.Sprintf("%d%09d", created.Unix(), 231313000+i)
}

// outcome varies the status: about one row in twenty failed or is invalid.
func outcome(i int) string {
	switch i % 41 {
	case 11:
		return StatusFail
	case 29:
		return StatusInvalid
	}
	return StatusDone
}

func settled(id, url, area string, created time.Time, status string) Task {
	percent := 100
	if status == StatusFail {
		percent = 35
	}
	return Task{
		TaskID: id, URL: url, Status: status, Percent: percent, Area: area,
		CreateTime: created, UpdateTime: created.Add(3 * time.Minute),
	}
}

func pending(t Task, percent int) Task {
	t.Status, t.Percent, t.UpdateTime = StatusProcess, percent, t.CreateTime.Add(time.Minute)
	return t
}

// Generate makes n rows, 20 to a task, spread evenly over the 28 days before now, newest first. Every URL is different.
// About one row in twenty failed or is invalid; none is in process. It depends only on n and now.
func Generate(n int, now time.Time) []Task {
	const perTask = 20
	now = now.Truncate(time.Second)
	step := 28 * 24 * time.Hour / time.Duration(n/perTask+1)
	tasks := make([]Task, n)
	for i := range tasks {
		of := i / perTask
		site := demoSites[of%len(demoSites)]
		created := now.Add(-step * time.Duration(of+1)).Truncate(time.Second)
		id := fmt.Sprintf("%d%09d", created.Unix(), of)
		url := fmt.Sprintf("https://%s/object/%06d.bin", site.domain, i)
		tasks[i] = settled(id, url, site.area, created, outcome(i))
	}
	return tasks
}
