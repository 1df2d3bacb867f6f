package provider

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

func ptr[T any](v T) *T { return &v }

func readTimeout(value string) types.Object {
	return types.ObjectValueMust(map[string]attr.Type{"read": types.StringType}, map[string]attr.Value{"read": types.StringValue(value)})
}

func textSet(all ...string) types.Set {
	var elements []attr.Value
	for _, text := range all {
		elements = append(elements, types.StringValue(text))
	}
	return types.SetValueMust(types.StringType, elements)
}

// at tells diagnostics by their attributes.
func at(t *testing.T, diags diag.Diagnostics) map[string]string {
	t.Helper()
	details := map[string]string{}
	for _, d := range diags {
		placed, ok := d.(diag.DiagnosticWithPath)
		if !ok {
			t.Fatalf("without an attribute: %v", d)
		}
		details[placed.Path().String()] += d.Detail()
	}
	return details
}

func TestQueryRequest(t *testing.T) {
	s := types.StringValue
	for name, c := range map[string]struct {
		model queryModel
		want  request
	}{
		"the minimum": {queryModel{TaskID: s("1")}, request{query: cdn.Query{TaskID: "1"}, interval: 10 * time.Second, timeout: 10 * time.Minute}},
		"everything": {
			queryModel{TaskID: s("1533031853231313311"), StartTime: s("2026-11-24 00:00:00"), EndTime: s("2026-11-24 23:59:59"),
				Keyword: s("www.example.com"), Area: s("overseas"), PollInterval: s("1m"), Timeouts: readTimeout("1h"),
				URLs: textSet("https://www.example.com/b", "https://www.example.com/a"), LatestOnly: types.BoolValue(true), MaxFailures: types.Int64Value(0)},
			request{query: cdn.Query{TaskID: "1533031853231313311", StartTime: "2026-11-24 00:00:00", EndTime: "2026-11-24 23:59:59",
				Keyword: "www.example.com", Area: "overseas"}, interval: time.Minute, timeout: time.Hour,
				gate: cdn.Gate{URLs: []string{"https://www.example.com/a", "https://www.example.com/b"}, LatestOnly: true, MaxFailures: ptr(int64(0))}},
		},
		"times with an offset": {
			queryModel{StartTime: s("2026-11-23T20:00:00Z"), EndTime: s("2026-11-24T00:30:00.999-03:30")},
			request{query: cdn.Query{StartTime: "2026-11-24 04:00:00", EndTime: "2026-11-24 12:00:00"}, interval: 10 * time.Second,
				timeout: 10 * time.Minute},
		},
		"blanks around a task ID, and a keyword as it is": {
			queryModel{TaskID: s("\ufeff 1533031853231313311\r\n"), Keyword: s("https://www.example.com/release notes 50%.png ")},
			request{query: cdn.Query{TaskID: "1533031853231313311", Keyword: "https://www.example.com/release notes 50%.png "},
				interval: 10 * time.Second, timeout: 10 * time.Minute},
		},
	} {
		c.want.reader = pushTasksReader
		got, diags := c.model.request(pushTasksReader)
		if len(diags) > 0 || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", name, diags, got, c.want)
		}
	}
}

// TestQueryRequest_placeholder never sends a time that Terraform 1.5 shows during validation only.
func TestQueryRequest_placeholder(t *testing.T) {
	for _, value := range []string{"0000-12-31T23:00:00Z", "0001-01-01T00:00:00Z", "0000-12-31 23:00:00", "0001-12-31 23:59:59", "yesterday"} {
		m := queryModel{StartTime: types.StringValue(value), EndTime: types.StringValue(value)}
		_, diags := m.request(pushTasksReader)
		details := at(t, diags)
		for _, argument := range []string{"start_time", "end_time"} {
			if want := argument + ` = "` + value + `": this is not the time of a push task. Terraform 1.5 passes such a time for plantimestamp()`; !strings.HasPrefix(details[argument], want) {
				t.Errorf("%s of %s: %q", argument, value, details[argument])
			}
		}
	}
}

func TestRequestString(t *testing.T) {
	r := request{
		query: cdn.Query{TaskID: "7", StartTime: "s", EndTime: "e", Keyword: "\x1b", Area: "global", Status: "fail", Offset: 1, Limit: 2},
		gate:  cdn.Gate{URLs: []string{"a", "b"}, LatestOnly: true, MaxFailures: ptr(int64(0))},
	}
	const want = `task_id = "7", start_time = "s", end_time = "e", keyword = "\x1b", area = "global", status = "fail", offset = 1, limit = 2, ` +
		`urls = (2), latest_only = true, max_failures = 0`
	if got := r.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := (request{}).String(); got != "" {
		t.Errorf("an empty one is %q", got)
	}
	if !r.sets("max_failures") || (request{}).sets("task_id") {
		t.Error("it sets what it does not say, or the other way round")
	}
}

func TestQueryValidate(t *testing.T) {
	s, unknown := types.StringValue, types.StringUnknown()
	for name, c := range map[string]struct {
		model queryModel
		want  map[string]string // the attribute, and a part of what is said of it
	}{
		"a task":                      {model: queryModel{TaskID: s("1")}},
		"a window":                    {model: queryModel{StartTime: s("2026-11-24 00:00:00"), EndTime: s("2026-11-24 00:00:00")}},
		"a task with an end":          {model: queryModel{TaskID: s("1"), EndTime: s("2026-11-24 00:00:00")}},
		"unknown task":                {model: queryModel{TaskID: unknown}},
		"unknown start":               {model: queryModel{StartTime: unknown, EndTime: s("2026-11-24 00:00:00")}},
		"unknown end":                 {model: queryModel{StartTime: s("2026-11-24 00:00:00"), EndTime: unknown}},
		"malformed, so not compared":  {model: queryModel{StartTime: s("yesterday"), EndTime: s("2026-11-24 00:00:00")}},
		"an end that is to follow":    {model: queryModel{StartTime: s("2026-11-24 00:00:00"), EndTime: s("0001-01-01T00:00:00Z")}},
		"both are to follow":          {model: queryModel{StartTime: s("0001-01-01T00:00:00Z"), EndTime: s("0000-12-31T23:00:00Z")}},
		"nothing":                     {model: queryModel{}, want: map[string]string{"task_id": "Set task_id to look up one task, or start_time"}},
		"only an end":                 {model: queryModel{EndTime: s("2026-11-24 00:00:00")}, want: map[string]string{"end_time": "requires start_time or task_id"}},
		"end before start":            {model: queryModel{StartTime: s("2026-11-24 00:00:01"), EndTime: s("2026-11-24 00:00:00")}, want: map[string]string{"end_time": "end_time is 2026-11-24 00:00:00 and start_time is 2026-11-24 00:00:01"}},
		"end before start by an hour": {model: queryModel{StartTime: s("2026-11-24T08:00:00+08:00"), EndTime: s("2026-11-23T23:00:00Z")}, want: map[string]string{"end_time": "end_time is 2026-11-24 07:00:00"}},
	} {
		t.Run(name, func(t *testing.T) { diagnosed(t, c.model.validate(), c.want) })
	}
}

// diagnosed compares diagnostics with what is wanted, by attribute.
func diagnosed(t *testing.T, diags diag.Diagnostics, want map[string]string) {
	t.Helper()
	details := at(t, diags)
	if len(diags) != len(want) {
		t.Errorf("%d diagnostics, want %d: %v", len(diags), len(want), diags)
	}
	for attribute, part := range want {
		if !strings.Contains(details[attribute], part) {
			t.Errorf("at %s: %q, want %q", attribute, details[attribute], part)
		}
	}
}
