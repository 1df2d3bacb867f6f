package provider

import (
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

func TestPushTasksRequest(t *testing.T) {
	m := pushTasksModel{queryModel: queryModel{TaskID: types.StringValue("1")}, Status: types.StringValue("fail"), Offset: types.Int64Value(3),
		Limit: types.Int64Value(4), WaitForCompletion: types.BoolValue(true)}
	want := request{reader: pushTasksReader, query: cdn.Query{TaskID: "1", Status: "fail", Offset: 3, Limit: 4}, wait: true,
		interval: 10 * time.Second, timeout: 10 * time.Minute}
	if got, diags := m.request(pushTasksReader); len(diags) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\ngot  %+v\nwant %+v", diags, got, want)
	}
}

func TestPushTasksSet(t *testing.T) {
	tasks := []cdn.Task{{URL: ptr("a")}, {URL: ptr("b")}}
	for name, c := range map[string]struct {
		result  cdn.Result
		verdict cdn.Verdict
		want    pushTasksModel
	}{
		"nothing": {
			cdn.Result{RequestID: "r", Complete: true}, cdn.Verdict{Counts: map[string]int{"done": 0}, MissingURLs: []string{}, Complete: true},
			pushTasksModel{TotalCount: types.Int64Value(0), RequestID: types.StringValue("r"), StatusCounts: map[string]int{"done": 0},
				MissingURLs: []string{}, Complete: types.BoolValue(true), AllDone: types.BoolValue(false), Passed: types.BoolValue(false)},
		},
		"a count of all rows, and a verdict on some": {
			cdn.Result{Tasks: tasks, TotalCount: ptr(int64(20)), RequestID: "r"},
			cdn.Verdict{Tasks: tasks[:1], Counts: map[string]int{"done": 1}, MissingURLs: []string{"m"}, AllDone: true},
			pushTasksModel{TotalCount: types.Int64Value(20), RequestID: types.StringValue("r"), StatusCounts: map[string]int{"done": 1},
				MissingURLs: []string{"m"}, Complete: types.BoolValue(false), AllDone: types.BoolValue(true), Passed: types.BoolValue(false)},
		},
		"no count": {
			cdn.Result{Tasks: tasks, Complete: true}, cdn.Verdict{Tasks: tasks[:1], Passed: true, Complete: true},
			pushTasksModel{TotalCount: types.Int64Value(2), RequestID: types.StringValue(""), Complete: types.BoolValue(true),
				AllDone: types.BoolValue(false), Passed: types.BoolValue(true)},
		},
	} {
		var got pushTasksModel
		if got.set(c.result, c.verdict); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, c.want)
		}
	}
}

func TestPushTasksValidate(t *testing.T) {
	s, n, b := types.StringValue, types.Int64Value, types.BoolValue
	task := func(change func(*pushTasksModel)) pushTasksModel {
		m := pushTasksModel{queryModel: queryModel{TaskID: s("1")}}
		change(&m)
		return m
	}
	for name, c := range map[string]struct {
		model pushTasksModel
		want  map[string]string
	}{
		"waiting":          {model: task(func(m *pushTasksModel) { m.WaitForCompletion = b(true) })},
		"every gate":       {model: task(func(m *pushTasksModel) { m.URLs, m.LatestOnly, m.MaxFailures = textSet("u"), b(true), n(0) })},
		"a part":           {model: task(func(m *pushTasksModel) { m.Status, m.Offset, m.Limit = s("done"), n(0), n(1) })},
		"off, with a part": {model: task(func(m *pushTasksModel) { m.WaitForCompletion, m.LatestOnly, m.Status = b(false), b(false), s("done") })},
		"waiting, others unknown": {model: task(func(m *pushTasksModel) {
			m.WaitForCompletion, m.Status, m.Limit = b(true), types.StringUnknown(), types.Int64Unknown()
		})},
		"a part, others unknown": {model: task(func(m *pushTasksModel) {
			m.WaitForCompletion, m.URLs, m.LatestOnly, m.MaxFailures = types.BoolUnknown(), types.SetUnknown(types.StringType), types.BoolUnknown(), types.Int64Unknown()
			m.Status, m.Limit = s("done"), n(1)
		})},
		"the query's own fault": {model: pushTasksModel{}, want: map[string]string{"task_id": "Set task_id"}},
		"waiting for a part": {
			model: task(func(m *pushTasksModel) {
				m.WaitForCompletion, m.Status, m.Offset, m.Limit = b(true), s("process"), n(0), n(5)
			}),
			want: map[string]string{
				"status": "status conflicts with wait_for_completion: with status, rows that count would be left out. Remove status, or remove wait_for_completion.",
				"offset": "offset conflicts with wait_for_completion", "limit": "limit conflicts with wait_for_completion",
			},
		},
		"URLs and a limit":           {model: task(func(m *pushTasksModel) { m.URLs, m.Limit = textSet("u"), n(5) }), want: map[string]string{"limit": "with urls:"}},
		"the latest and an offset":   {model: task(func(m *pushTasksModel) { m.LatestOnly, m.Offset = b(true), n(5) }), want: map[string]string{"offset": "with latest_only:"}},
		"failures and a status":      {model: task(func(m *pushTasksModel) { m.MaxFailures, m.Status = n(0), s("done") }), want: map[string]string{"status": "with max_failures:"}},
		"several at once, one error": {model: task(func(m *pushTasksModel) { m.URLs, m.MaxFailures, m.Status = textSet("u"), n(1), s("done") }), want: map[string]string{"status": "with urls, max_failures:"}},
	} {
		t.Run(name, func(t *testing.T) { diagnosed(t, c.model.validate(), c.want) })
	}
}
