package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cdn/v20180606"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// TestSDKReadsSimulator shows that the simulator speaks the service's protocol:
// the official SDK pages through it and gets the rows that we get.
func TestSDKReadsSimulator(t *testing.T) {
	now := time.Now()
	at := func(age time.Duration) string { return now.Add(-age).In(cdn.Zone).Format(cdn.TimeLayout) }
	month := at(31 * 24 * time.Hour)
	demo, generated := cdnsim.Demo(now), cdnsim.Generate(1234, now)
	for name, c := range map[string]struct {
		options cdnsim.Options
		query   cdn.Query
		rows    int
	}{
		"page of 7":       {cdnsim.Options{Tasks: demo, MaxLimit: 7}, cdn.Query{StartTime: month}, len(demo)},
		"page of 20":      {cdnsim.Options{Tasks: generated, MaxLimit: 20}, cdn.Query{StartTime: month}, 1234},
		"page of 100":     {cdnsim.Options{Tasks: generated, MaxLimit: 100}, cdn.Query{StartTime: month}, 1234},
		"page of 1000":    {cdnsim.Options{Tasks: generated}, cdn.Query{StartTime: month}, 1234},
		"oldest first":    {cdnsim.Options{Tasks: generated, MaxLimit: 100, Order: cdnsim.OldestFirst}, cdn.Query{StartTime: month}, 1234},
		"capitals, nulls": {cdnsim.Options{Tasks: demo, CapitalStatus: true, UpdateTime: cdnsim.UpdateTimeNull}, cdn.Query{StartTime: month}, len(demo)},
		"one task":        {cdnsim.Options{Tasks: demo, MaxLimit: 2}, cdn.Query{TaskID: cdnsim.DemoTaskFailed}, 5},
		"a status":        {cdnsim.Options{Tasks: demo, MaxLimit: 2}, cdn.Query{TaskID: cdnsim.DemoTaskFailed, Status: cdn.StatusFail}, 1},
		"an area":         {cdnsim.Options{Tasks: demo, MaxLimit: 20}, cdn.Query{StartTime: month, Area: cdnsim.AreaOverseas}, 85},
		"a domain":        {cdnsim.Options{Tasks: demo, MaxLimit: 20}, cdn.Query{StartTime: month, Keyword: "video.example.net"}, 85},
		"a window":        {cdnsim.Options{Tasks: demo, MaxLimit: 20}, cdn.Query{StartTime: at(60 * time.Hour), EndTime: at(40 * time.Hour)}, 25},
		"nothing":         {cdnsim.Options{Tasks: demo}, cdn.Query{TaskID: "0"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			server := cdnsim.New(c.options)
			srv := httptest.NewServer(server)
			defer srv.Close()
			endpoint, err := url.Parse(srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			client, err := SDK(endpoint, http.DefaultTransport)
			if err != nil {
				t.Fatal(err)
			}
			page := int64(1000)
			if c.options.MaxLimit > 0 {
				page = int64(c.options.MaxLimit)
			}
			theirs, err := SDKPushTasks(t.Context(), client, c.query, page)
			if err != nil {
				t.Fatal(err)
			}
			ours, err := Service(endpoint, http.DefaultTransport, NoQuota).PushTasks(t.Context(), c.query)
			if err != nil {
				t.Fatal(err)
			}
			if len(theirs) != c.rows {
				t.Errorf("the SDK read %d rows, want %d", len(theirs), c.rows)
			}
			if got, want := ourRows(ours.Tasks), sdkRows(theirs); !slices.Equal(got, want) {
				t.Errorf("we read\n%s\nthe SDK read\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func ourRows(tasks []cdn.Task) []string {
	rows := make([]string, len(tasks))
	for i, t := range tasks {
		rows[i] = row(t.TaskID, t.URL, t.Status, t.Percent, t.CreateTime, t.Area, t.UpdateTime)
	}
	return rows
}

func sdkRows(tasks []*sdk.PushTask) []string {
	rows := make([]string, len(tasks))
	lower := func(s *string) *string { l := strings.ToLower(*s); return &l } // as we show them
	for i, t := range tasks {
		rows[i] = row(t.TaskId, t.Url, lower(t.Status), t.Percent, t.CreateTime, lower(t.Area), t.UpdateTime)
	}
	return rows
}

// row writes the seven fields of a row, null as such.
func row(taskID, url, status *string, percent *int64, createTime, area, updateTime *string) string {
	text := func(s *string) string {
		if s == nil {
			return "null"
		}
		return fmt.Sprintf("%q", *s)
	}
	return fmt.Sprintf("%s %s %s %d %s %s %s", text(taskID), text(url), text(status), *percent, text(createTime), text(area), text(updateTime))
}
