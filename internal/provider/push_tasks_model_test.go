package provider

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

func ptr[T any](v T) *T { return &v }

func readTimeout(value string) timeouts.Value {
	kinds := map[string]attr.Type{"read": types.StringType}
	return timeouts.Value{Object: types.ObjectValueMust(kinds, map[string]attr.Value{"read": types.StringValue(value)})}
}

func TestRequest(t *testing.T) {
	s, n := types.StringValue, types.Int64Value
	for name, c := range map[string]struct {
		model pushTasksModel
		want  request
	}{
		"least": {pushTasksModel{TaskID: s("1")}, request{query: cdn.Query{TaskID: "1"}, poll: 10 * time.Second, timeout: 10 * time.Minute}},
		"most": {
			pushTasksModel{TaskID: s("1533031853231313311"), StartTime: s("2026-11-24 00:00:00"), EndTime: s("2026-11-24 23:59:59"),
				Keyword: s("www.example.com"), Area: s("overseas"), Status: s("fail"), Offset: n(3), Limit: n(4), PollInterval: s("1m"),
				Timeouts: readTimeout("1h")},
			request{query: cdn.Query{TaskID: "1533031853231313311", StartTime: "2026-11-24 00:00:00", EndTime: "2026-11-24 23:59:59",
				Keyword: "www.example.com", Area: "overseas", Status: "fail", Offset: 3, Limit: 4}, poll: time.Minute, timeout: time.Hour},
		},
		"times with an offset": {
			pushTasksModel{StartTime: s("2026-11-23T20:00:00Z"), EndTime: s("2026-11-24T00:30:00.999-03:30"), WaitForCompletion: types.BoolValue(true)},
			request{query: cdn.Query{StartTime: "2026-11-24 04:00:00", EndTime: "2026-11-24 12:00:00"}, wait: true, poll: 10 * time.Second,
				timeout: 10 * time.Minute},
		},
	} {
		got, diags := c.model.request(t.Context())
		if len(diags) > 0 || got != c.want {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", name, diags, got, c.want)
		}
	}
}

func TestTake(t *testing.T) {
	done := func(url string) cdn.Task {
		return cdn.Task{URL: ptr(url), Status: ptr("done"), Percent: ptr(int64(100))}
	}
	failed := cdn.Task{TaskID: ptr("1"), URL: ptr("u"), Status: ptr("fail"), Percent: ptr(int64(35)), CreateTime: ptr("c"), Area: ptr("a"), UpdateTime: ptr("d")}
	zero := map[string]int{"fail": 0, "done": 0, "process": 0, "invalid": 0}
	for name, c := range map[string]struct {
		result cdn.Result
		want   pushTasksModel
	}{
		"none": {cdn.Result{RequestID: "r"}, pushTasksModel{PushLogs: []pushLogModel{}, TotalCount: types.Int64Value(0),
			RequestID: types.StringValue("r"), StatusCounts: zero, AllDone: types.BoolValue(false)}},
		"all done, and a count that is not theirs": {
			cdn.Result{Tasks: []cdn.Task{done("a"), done("a")}, TotalCount: ptr(int64(20)), RequestID: "r"},
			pushTasksModel{PushLogs: []pushLogModel{pushLogModel(done("a")), pushLogModel(done("a"))}, TotalCount: types.Int64Value(20),
				RequestID: types.StringValue("r"), StatusCounts: map[string]int{"fail": 0, "done": 2, "process": 0, "invalid": 0}, AllDone: types.BoolValue(true)},
		},
		"one failed, one unheard of, one without a status": {
			cdn.Result{Tasks: []cdn.Task{done("a"), failed, {Status: ptr("pending")}, {}}, RequestID: "r"},
			pushTasksModel{PushLogs: []pushLogModel{pushLogModel(done("a")), {ptr("1"), ptr("u"), ptr("fail"), ptr(int64(35)), ptr("c"), ptr("a"), ptr("d")},
				{Status: ptr("pending")}, {}}, TotalCount: types.Int64Value(4), RequestID: types.StringValue("r"),
				StatusCounts: map[string]int{"fail": 1, "done": 1, "process": 0, "invalid": 0, "pending": 1}, AllDone: types.BoolValue(false)},
		},
	} {
		var got pushTasksModel
		if diags := got.take(t.Context(), c.result, request{}); len(diags) > 0 || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", name, diags, got, c.want)
		}
	}
}

func TestValidate(t *testing.T) {
	s, n := types.StringValue, types.Int64Value
	unknown := types.StringUnknown()
	for name, c := range map[string]struct {
		model pushTasksModel
		want  map[string]string // the attribute, and a part of what is said of it
	}{
		"a task":                      {model: pushTasksModel{TaskID: s("1")}},
		"a window":                    {model: pushTasksModel{StartTime: s("2026-11-24 00:00:00"), EndTime: s("2026-11-24 00:00:00")}},
		"a task with an end":          {model: pushTasksModel{TaskID: s("1"), EndTime: s("2026-11-24 00:00:00")}},
		"unknown task":                {model: pushTasksModel{TaskID: unknown}},
		"unknown start":               {model: pushTasksModel{StartTime: unknown, EndTime: s("2026-11-24 00:00:00")}},
		"unknown end":                 {model: pushTasksModel{StartTime: s("2026-11-24 00:00:00"), EndTime: unknown}},
		"waiting":                     {model: pushTasksModel{TaskID: s("1"), WaitForCompletion: types.BoolValue(true)}},
		"not waiting":                 {model: pushTasksModel{TaskID: s("1"), WaitForCompletion: types.BoolValue(false), Status: s("done"), Limit: n(1)}},
		"waiting, others unknown":     {model: pushTasksModel{TaskID: s("1"), WaitForCompletion: types.BoolValue(true), Status: unknown, Limit: types.Int64Unknown()}},
		"whether to wait is unknown":  {model: pushTasksModel{TaskID: s("1"), WaitForCompletion: types.BoolUnknown(), Status: s("done")}},
		"malformed, so not compared":  {model: pushTasksModel{StartTime: s("yesterday"), EndTime: s("2026-11-24 00:00:00")}},
		"nothing":                     {model: pushTasksModel{}, want: map[string]string{"task_id": "Set task_id, to look one task up, or start_time"}},
		"only an end":                 {model: pushTasksModel{EndTime: s("2026-11-24 00:00:00")}, want: map[string]string{"end_time": "only together with start_time or task_id"}},
		"end before start":            {model: pushTasksModel{StartTime: s("2026-11-24 00:00:01"), EndTime: s("2026-11-24 00:00:00")}, want: map[string]string{"end_time": "end_time is 2026-11-24 00:00:00 and start_time is 2026-11-24 00:00:01"}},
		"end before start by an hour": {model: pushTasksModel{StartTime: s("2026-11-24T08:00:00+08:00"), EndTime: s("2026-11-23T23:00:00Z")}, want: map[string]string{"end_time": "end_time is 2026-11-24 07:00:00"}},
		"waiting for a part": {
			model: pushTasksModel{TaskID: s("1"), WaitForCompletion: types.BoolValue(true), Status: s("process"), Offset: n(0), Limit: n(5)},
			want:  map[string]string{"status": "Leave status out", "offset": "Leave offset out", "limit": "Leave limit out"},
		},
		"no time to read": {model: pushTasksModel{TaskID: s("1"), Timeouts: readTimeout("0s")}, want: map[string]string{"timeouts.read": "above zero"}},
	} {
		t.Run(name, func(t *testing.T) {
			diags := c.model.validate()
			if len(diags) != len(c.want) {
				t.Errorf("%d diagnostics: %v", len(diags), diags)
			}
			for _, d := range diags {
				at, ok := d.(diag.DiagnosticWithPath)
				if !ok {
					t.Fatalf("without an attribute: %v", d)
				}
				if want, ok := c.want[at.Path().String()]; !ok || !strings.Contains(d.Detail(), want) {
					t.Errorf("at %s: %s", at.Path(), d.Detail())
				}
			}
		})
	}
}
