package provider

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// serverFor is a server whose provider block names a service.
func serverFor(t *testing.T, service http.Handler) server {
	t.Helper()
	web := httptest.NewServer(service)
	t.Cleanup(web.Close)
	s, ok := NewServer("test")().(server)
	if !ok {
		t.Fatal("the server has another type")
	}
	configured(t, s, values{"endpoint": stringValue(web.URL), "secret_id": stringValue("AKIDEXAMPLE"), "secret_key": stringValue("EXAMPLEKEY")})
	return s
}

// invoke invokes the action. It gives the messages in their order, and the diagnostics of the end, which is the last event.
func invoke(ctx context.Context, t *testing.T, s server, query values, told func(string)) (progress []string, end []*tfprotov6.Diagnostic) {
	t.Helper()
	block := schemas(t)["action."+awaitPushTasksName]
	stream, err := s.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: awaitPushTasksName, Config: object(t, block.ValueType(), query)})
	if err != nil {
		t.Fatal(err)
	}
	ended := false
	for event := range stream.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, untimed(e.Message))
			if told != nil {
				told(e.Message)
			}
		case tfprotov6.CompletedInvokeActionEventType:
			if ended {
				t.Error("there is more than one end")
			}
			ended, end = true, e.Diagnostics
		}
	}
	if !ended {
		t.Error("there is no end")
	}
	return progress, end
}

// untimed is a message without the seconds that it took so far.
func untimed(text string) string {
	return regexp.MustCompile(`(; |waited )\d+s `).ReplaceAllString(text, "${1}Ns ")
}

func awaited(status string, n int) []cdnsim.Task {
	var all []cdnsim.Task
	for i := range n {
		all = append(all, cdnsim.Task{TaskID: "7", URL: fmt.Sprintf("https://www.example.com/%s/%02d", status, i), Status: status,
			Area: "mainland", Percent: 40, CreateTime: time.Date(2026, 11, 24, 8, 0, i, 0, time.UTC)})
	}
	return all
}

// TestInvoke tells how the tasks get on, and ends without an error once all are done.
func TestInvoke(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Tasks: append(awaited("done", 3), awaited("process", 2)...), Before: func(s *cdnsim.Server, n int) {
		if n == 3 {
			s.Update(func(t *cdnsim.Task) { t.Status = "done" })
		}
	}})
	query := values{"task_id": stringValue(" 7\n"), "poll_interval": stringValue("1s")}
	progress, end := invoke(t.Context(), t, serverFor(t, sim), query, nil)
	if len(end) > 0 {
		t.Fatalf("%s: %s", end[0].Summary, end[0].Detail)
	}
	want := []string{"3 of 5 URLs done, 2 in process, 0 failed; Ns of 30m", "5 of 5 URLs done, 0 in process, 0 failed; Ns of 30m"}
	if !slices.Equal(progress, want) {
		t.Errorf("%q", progress)
	}
}

// TestInvokeShut names what failed.
func TestInvokeShut(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Tasks: append(awaited("done", 3), awaited("fail", 12)...)})
	progress, end := invoke(t.Context(), t, serverFor(t, sim), values{"task_id": stringValue("7"), "max_failures": numberValue(11)}, nil)
	if len(progress) != 1 || progress[0] != "3 of 15 URLs done, 0 in process, 12 failed; Ns of 30m" {
		t.Errorf("%q", progress)
	}
	if len(end) != 1 {
		t.Fatalf("%d diagnostics", len(end))
	}
	var failed []string
	for i := range 10 {
		failed = append(failed, fmt.Sprintf("https://www.example.com/fail/%02d (mainland, fail)", 11-i))
	}
	log := sim.Requests()
	want := `The action tencentcdn_await_push_tasks waited Ns for push tasks (task_id = "7", max_failures = 11), and they did not pass: 12 of 15 failed or are invalid, and max_failures is 11.

  None of 15 in process:
    by status: 3 done, 12 fail, 0 invalid, 0 process
    by area: mainland 3 done, 12 fail

  Failed or invalid:
  - ` + strings.Join(failed, "\n  - ") + `
  - and 2 more

  RequestId of the last response: ` + log[len(log)-1].Answer.RequestID
	if end[0].Summary != "Push tasks did not pass" || untimed(end[0].Detail) != want {
		t.Errorf("%s\n%s\nwant\n%s", end[0].Summary, end[0].Detail, want)
	}
}

// TestInvokeIncomplete does not pass where the service counts more rows than it gives. A failure that is tolerated is no
// reason.
func TestInvokeIncomplete(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Tasks: awaited("fail", 1), Total: cdnsim.TotalFixed, FixedTotal: 20})
	_, end := invoke(t.Context(), t, serverFor(t, sim), values{"task_id": stringValue("7"), "max_failures": numberValue(1)}, nil)
	if len(end) != 2 || end[0].Summary != summaryIncomplete || end[1].Summary != summaryShut ||
		!strings.Contains(end[1].Detail, "did not pass: the list may be incomplete.\n") {
		t.Errorf("%d: %v", len(end), end)
	}
}

// TestInvokeCanceled ends in the middle of a pause of an hour.
func TestInvokeCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	sim := cdnsim.New(cdnsim.Options{Tasks: awaited("process", 2)})
	query := values{"task_id": stringValue("7"), "poll_interval": stringValue("1h"), "timeouts": timeouts("invoke", "3h")}
	_, end := invoke(ctx, t, serverFor(t, sim), query, func(string) { cancel() })
	if len(end) != 1 || end[0].Summary != summaryInterrupted || !strings.Contains(end[0].Detail, "2 of 2 in process") {
		t.Errorf("%v", end)
	}
	if n := sim.Counts().Requests; n != 1 {
		t.Errorf("%d requests", n)
	}
}

// TestInvokeTimeout says what to change.
func TestInvokeTimeout(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Tasks: awaited("process", 2)})
	query := values{"task_id": stringValue("7"), "poll_interval": stringValue("1s"), "timeouts": timeouts("invoke", "10ms")}
	_, end := invoke(t.Context(), t, serverFor(t, sim), query, nil)
	if len(end) != 1 || !strings.Contains(end[0].Detail, `invoke = "30m"`) && !strings.Contains(end[0].Detail, `timeouts { invoke = "30m" }`) {
		t.Errorf("%v", end)
	}
}

// TestInvokeInvalid reports what was unknown when the configuration was validated, at its argument, and sends nothing.
func TestInvokeInvalid(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{})
	for name, c := range map[string]struct {
		query values
		want  string
	}{
		"area":       {values{"task_id": stringValue("7"), "area": stringValue("moon")}, "mainland"},
		"task_id":    {values{"area": stringValue("mainland")}, "Set task_id"},
		"start_time": {values{"start_time": stringValue("0001-01-01T00:00:00Z")}, "this is not the time of a push task"},
	} {
		_, end := invoke(t.Context(), t, serverFor(t, sim), c.query, nil)
		if len(end) != 1 || !strings.Contains(end[0].Detail, c.want) || end[0].Attribute.String() != `AttributeName("`+name+`")` {
			t.Errorf("%s: %v", name, end)
		}
	}
	if n := sim.Counts().Requests; n > 0 {
		t.Errorf("%d requests", n)
	}
}

func timeouts(name, value string) tftypes.Value {
	return tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{name: tftypes.String}}, map[string]tftypes.Value{name: stringValue(value)})
}

// TestReporter reports each poll that changed something, and what is known once a minute, also while nothing is polled for an
// hour.
func TestReporter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent []string
		p := startReporter(t.Context(), request{timeout: 30 * time.Minute}, func(text string) { sent = append(sent, text) })
		poll := func(done int) {
			p.poll(cdn.Progress{Total: 3, Unfinished: 3 - done, Counts: map[string]int{"done": done}})
			synctest.Wait()
		}
		time.Sleep(61 * time.Second)
		poll(1)
		time.Sleep(9 * time.Second)
		poll(1)
		time.Sleep(20 * time.Second)
		poll(2)
		time.Sleep(2*time.Minute + time.Second)
		poll(3)
		p.stop()
		time.Sleep(time.Hour)
		want := []string{
			"No response yet; 1m of 30m",
			"1 of 3 URLs done, 2 in process, 0 failed; 1m1s of 30m",
			"2 of 3 URLs done, 1 in process, 0 failed; 1m30s of 30m",
			"2 of 3 URLs done, 1 in process, 0 failed; 2m30s of 30m",
			"2 of 3 URLs done, 1 in process, 0 failed; 3m30s of 30m",
			"3 of 3 URLs done, 0 in process, 0 failed; 3m31s of 30m",
		}
		if !slices.Equal(sent, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(sent, "\n"), strings.Join(want, "\n"))
		}
		if p.latest.Counts["done"] != 3 {
			t.Errorf("the latest is %v", p.latest)
		}
	})
}

// TestReporterOfNobody ends when it is canceled, although nobody takes what it sends.
func TestReporterOfNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan struct{})
		p := startReporter(ctx, request{timeout: time.Hour}, func(string) { <-gone })
		p.poll(cdn.Progress{Total: 1})
		go func() {
			time.Sleep(time.Second)
			cancel()
		}()
		p.poll(cdn.Progress{Total: 2})
		p.stop()
		close(gone)
	})
}

func TestProgressLine(t *testing.T) {
	counts := map[string]int{"done": 412, "fail": 1, "invalid": 1, "process": 86}
	tolerant := request{}
	tolerant.gate.MaxFailures = ptr(int64(5))
	failing := cdn.Progress{Total: 500, Counts: counts, Failed: 2, Unfinished: 86, Err: fmt.Errorf("gateway\r")}
	for want, c := range map[string]struct {
		r request
		p cdn.Progress
	}{
		"Nothing listed":                                {request{}, cdn.Progress{}},
		"Nothing listed, 2 missing":                     {request{}, cdn.Progress{MissingURLs: []string{"u", "v"}}},
		"412 of 500 URLs done, 86 in process, 2 failed": {request{}, cdn.Progress{Total: 500, Counts: counts, Failed: 2, Unfinished: 86}},
		"412 of 500 URLs done, 86 in process, 2 failed, the last poll failed: gateway\\r": {request{}, failing},
		"422 of 500 URLs ended, 78 in process, at least 2 failed":                         {request{}, cdn.Progress{Total: 500, Counts: counts, Failed: 2, Unfinished: 78}},
		"419 of 500 URLs done, 78 in process, 3 failed":                                   {tolerant, cdn.Progress{Total: 500, Counts: counts, Failed: 3, Unfinished: 78}},
		"at least 1000 of 5000 URLs in process, at least 2 failed":                        {tolerant, cdn.Progress{Total: 5000, Counts: counts, Failed: 2, Unfinished: 1000, AtLeast: true}},
	} {
		if got := progressLine(c.p, c.r); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestActionQuery is the query of the data source with a timeout of its own.
func TestActionQuery(t *testing.T) {
	m := queryModel{TaskID: types.StringValue("7")}
	if got, diags := m.request(pushTasksAwaiter); len(diags) > 0 || got.timeout != 30*time.Minute || got.interval != 10*time.Second {
		t.Errorf("%+v %v", got, diags)
	}
}
