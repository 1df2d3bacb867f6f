package cdn

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// A month that is longer than the service gives at once comes back whole, in
// order, without seams or doubles.
func TestDepth(t *testing.T) {
	for name, mode := range map[string]cdnsim.DepthMode{
		"empty": cdnsim.DepthEmpty, "refused": cdnsim.DepthRefused, "refused crossing": cdnsim.DepthRefusedCrossing,
	} {
		for _, order := range []cdnsim.Order{cdnsim.NewestFirst, cdnsim.OldestFirst, cdnsim.ByURL} {
			for _, exclusive := range []bool{false, true} {
				o := cdnsim.Options{Tasks: numbered(1234), MaxDepth: 300, Depth: mode, MaxLimit: 100, Order: order,
					ExcludeStart: exclusive, ExcludeEnd: exclusive}
				t.Run(name, func(t *testing.T) { testDepth(t, o) })
			}
		}
	}
}

func testDepth(t *testing.T, o cdnsim.Options) {
	for _, q := range []Query{
		month,
		{StartTime: month.StartTime},
		{StartTime: month.StartTime, EndTime: month.EndTime, Offset: 250, Limit: 100},
		{StartTime: month.StartTime, EndTime: month.EndTime, Offset: 700},
		{StartTime: month.StartTime, EndTime: month.EndTime, Limit: 900},
	} {
		sim := cdnsim.New(o)
		result := read(t, serviceOf(sim, 4), q)
		got, want := urls(result.Tasks), part(urlsOf(sim.Tasks()), q)
		if o.Order == cdnsim.ByURL && q.Offset+q.Limit > 0 {
			continue // behind the depth there is no telling the order
		}
		if o.Order == cdnsim.ByURL {
			equal(t, "the first rows", got[:200], want[:200])
			slices.Sort(got)
			slices.Sort(want)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v: %d rows, want %d", q, len(got), len(want))
		}
		complete(t, result, true)
		if total := result.TotalCount; total == nil || *total != 1234 {
			t.Errorf("TotalCount %v", total)
		}
		if n := sim.Counts().Requests; o.Order != cdnsim.ByURL && n > 70 {
			t.Errorf("%v: %d requests for 1234 rows", q, n)
		}
	}
}

// A TotalCount that is bounded with the list makes it look whole; its round
// number gives it away.
func TestDepthOfCount(t *testing.T) {
	for _, order := range []cdnsim.Order{cdnsim.NewestFirst, cdnsim.OldestFirst, cdnsim.ByURL} {
		sim := cdnsim.New(cdnsim.Options{Tasks: numbered(25_000), MaxDepth: 10_000, Order: order,
			Depth: cdnsim.DepthEmpty, Total: cdnsim.TotalCapped})
		got, want := urls(read(t, serviceOf(sim, 4), month).Tasks), urlsOf(sim.Tasks())
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("order %v: %d rows, want %d", order, len(got), len(want))
		}
	}
}

// A list that ends with a round number of rows costs one look behind it.
func TestRoundNumber(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Tasks: numbered(11_000)})
	result := read(t, serviceOf(sim, 1), month)
	equal(t, "rows", urls(result.Tasks), urlsOf(numbered(11_000)))
	complete(t, result, true)
	log := sim.Requests()
	if n := len(log); n != 13 || log[n-1].Params["EndTime"] != epoch.Add(-10_998*time.Second).Format(TimeLayout) {
		t.Errorf("asked %v, last %s", asked(sim), log[n-1].Body)
	}
}

// Where one second has more rows than can be reached, that is said.
func TestDepthWithinASecond(t *testing.T) {
	tasks := numbered(100)
	for i := range 60 {
		tasks[20+i].CreateTime = tasks[20].CreateTime
	}
	for _, mode := range []cdnsim.DepthMode{cdnsim.DepthEmpty, cdnsim.DepthRefused, cdnsim.DepthRefusedCrossing} {
		sim := cdnsim.New(cdnsim.Options{Tasks: tasks, MaxDepth: 40, Depth: mode, MaxLimit: 20})
		result, err := serviceOf(sim, 1).PushTasks(t.Context(), month)
		if mode == cdnsim.DepthRefusedCrossing && !tencentcloud.IsCode(err, "InvalidParameter.CdnParamError") {
			t.Errorf("mode %v: error %v", mode, err)
		}
		if mode != cdnsim.DepthRefusedCrossing && (err != nil || result.Complete) {
			t.Errorf("mode %v: %d rows, complete: %v, error %v", mode, len(result.Tasks), result.Complete, err)
		}
		if n := sim.Counts().Requests; n > 70 {
			t.Errorf("mode %v: %d requests", mode, n)
		}
	}
}

// The list of a task id has no window, but can be split like one that has.
func TestDepthWithoutAWindow(t *testing.T) {
	for _, mode := range []cdnsim.DepthMode{cdnsim.DepthEmpty, cdnsim.DepthRefused, cdnsim.DepthRefusedCrossing} {
		sim := cdnsim.New(cdnsim.Options{Tasks: numbered(100), MaxDepth: 40, Depth: mode, MaxLimit: 20})
		result := read(t, serviceOf(sim, 1), Query{TaskID: "1533031853231313311"})
		equal(t, "rows", urls(result.Tasks), urlsOf(numbered(100)))
		complete(t, result, true)
	}
}

// What comes and goes while the parts are read does not disturb those that stay.
func TestDepthOfAMovingList(t *testing.T) {
	old := urlsOf(numbered(500))
	o := cdnsim.Options{Tasks: numbered(500), MaxDepth: 100, MaxLimit: 20}
	o.Before = func(sim *cdnsim.Server, n int) {
		added := numbered(1)
		added[0].URL += fmt.Sprint("-new", n)
		added[0].CreateTime = epoch.Add(time.Duration(n) * time.Second)
		sim.Add(added...)
		sim.Remove(func(t cdnsim.Task) bool { return t.URL == old[499-n] && n%2 == 1 })
	}
	sim := cdnsim.New(o)
	result := read(t, serviceOf(sim, 1), month)
	want := slices.DeleteFunc(urlsOf(sim.Tasks()), func(u string) bool { return !slices.Contains(old, u) })
	got := slices.DeleteFunc(urls(result.Tasks), func(u string) bool { return !slices.Contains(want, u) })
	equal(t, "rows that stay", got, want)
}

// A submission is often of one second. What a bound may hide is before and after
// it, where the service may call the date invalid.
func TestTaskOfOneSecond(t *testing.T) {
	tasks := numbered(600)
	for i := range tasks {
		tasks[i].TaskID, tasks[i].CreateTime = "1", tasks[0].CreateTime
	}
	for _, outside := range []cdnsim.OutsideMode{cdnsim.OutsideEmpty, cdnsim.OutsideInvalidDate} {
		for page, most := range map[int]int{1000: 4, 100: 10} {
			sim := cdnsim.New(cdnsim.Options{Tasks: tasks, Outside: outside, MaxLimit: page})
			result := read(t, serviceOf(sim, 4), Query{TaskID: "1"})
			equal(t, "rows", urls(result.Tasks), urlsOf(tasks))
			complete(t, result, true)
			if n := sim.Counts().Requests; n > most {
				t.Errorf("%d requests: %v", n, asked(sim))
			}
		}
	}
}
