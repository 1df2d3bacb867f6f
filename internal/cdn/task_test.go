package cdn

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// literal is a simulator that answers every request with a file, byte for byte.
func literal(t *testing.T, file string) *cdnsim.Server {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return cdnsim.New(cdnsim.Options{Literal: body})
}

// row writes a task as text; null is written as such.
func row(t *Task) string {
	text := func(s *string) string {
		if s == nil {
			return "null"
		}
		return *s
	}
	percent := "null"
	if t.Percent != nil {
		percent = fmt.Sprint(*t.Percent)
	}
	return strings.Join([]string{text(t.TaskID), text(t.URL), text(t.Status), percent,
		text(t.CreateTime), text(t.Area), text(t.UpdateTime)}, "|")
}

func TestAnswers(t *testing.T) {
	for file, want := range map[string][]string{
		"document.json":  {"1533031853231313311|http://www.test.com/|done|100|2018-07-30 18:10:53|mainland|null"},
		"nulls.json":     {"null|null|null|null|null|null|null", "null|null|null|null|null|null|null"},
		"null_list.json": nil,
		"null_total.json": {
			"1|http://a.example/|null|null|null|null|null",
		},
		"odd_types.json": {
			"15330318532313133110001|http://a.example/?a=1&b=<2|process|42|2026-11-24 12:00:00|global|2026-11-24 12:01:00",
			"15330318532313133110002|http://a.example/2|queued|100|2026-11-24 12:00:00|mainland|2026-11-24 12:02:00",
		},
		"same_texts.json":     {"1|null|done|null|null|global|null", "Done|Done|done|null|null|done|null"},
		"unknown_fields.json": {"1|http://a.example/|null|null|null|null|null"},
	} {
		t.Run(file, func(t *testing.T) {
			result := read(t, serviceOf(literal(t, file), 4), Query{TaskID: "1", Limit: int64(len(want))})
			var got []string
			for i := range result.Tasks {
				got = append(got, row(&result.Tasks[i]))
			}
			equal(t, "rows", got, want)
		})
	}
}

// The answer that the API document prints, for whatever is asked: one row beside
// a TotalCount of 20.
func TestDocumentedAnswer(t *testing.T) {
	sim := literal(t, "document.json")
	result := read(t, serviceOf(sim, 4), Query{TaskID: "1533031853231313311"})
	if len(result.Tasks) != 1 || !result.Tasks[0].Is(StatusDone) {
		t.Errorf("tasks: %v", result.Tasks)
	}
	if result.TotalCount == nil || *result.TotalCount != 20 {
		t.Errorf("TotalCount: %v", result.TotalCount)
	}
	if want := "4d5a83f8-a61f-445b-8036-5636be640bef"; result.RequestID != want {
		t.Errorf("RequestID %q, want %q", result.RequestID, want)
	}
	complete(t, result, false)
	equal(t, "asked", asked(sim), []request{{0, 1000}, {1, 1000}, {0, 1000}, {1, 1000}, {0, 1000}, {1, 1000}})
}

func TestBadAnswers(t *testing.T) {
	const whole = `{"Response":{"PushLogs":[{"TaskId":"1"},%s],"TotalCount":1,"RequestId":"r"}}`
	for body, want := range map[string]string{
		fmt.Sprintf(whole, `{"Url":{}}`):                                       "PushLogs: row 2: Url: a JSON { where a string was expected",
		fmt.Sprintf(whole, `{"Status":true}`):                                  "PushLogs: row 2: Status: a JSON true where a string was expected",
		fmt.Sprintf(whole, `{"Percent":"half"}`):                               "PushLogs: row 2: Percent: not a whole number that fits 64 bits",
		fmt.Sprintf(whole, `{"Percent":0.5}`):                                  "PushLogs: row 2: Percent: not a whole number that fits 64 bits",
		fmt.Sprintf(whole, `[]`):                                               "PushLogs: row 2: a JSON [ where { was expected",
		fmt.Sprintf(whole, `null`):                                             "PushLogs: row 2: a JSON null where { was expected",
		`{"Response":{"PushLogs":{},"TotalCount":1,"RequestId":"r"}}`:          "PushLogs: a JSON { where [ was expected",
		`{"Response":{"PushLogs":[],"TotalCount":[],"RequestId":"r"}}`:         "TotalCount: a JSON [ where a string was expected",
		`{"Response":{"PushLogs":[],"TotalCount":-1,"RequestId":"r"}}`:         `its "TotalCount" is -1`,
		`{"Response":{"TotalCount":1,"RequestId":"r"}}`:                        `it has no "PushLogs"`,
		`{"Response":{"PushLogs":[{"TaskId":"1"},{"Url":"a`:                    "unexpected EOF",
		`{"Response":{"PushLogs":[{"Url":"a","Url":"b"}],"RequestId":"r"}}`:    "duplicate",
		`{"Response":{"PushLogs":[{"Url":"` + "\xff" + `"}],"RequestId":"r"}}`: "invalid UTF-8",
	} {
		sim := cdnsim.New(cdnsim.Options{Literal: []byte(body)})
		service := NewService(clientOf(sim.Transport(), noRetries), 1)
		if _, err := service.PushTasks(t.Context(), Query{TaskID: "1"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %v", body, err, want)
		}
	}
}

// What a request sends: unset filters not at all, Limit always.
func TestRequests(t *testing.T) {
	for want, q := range map[string]Query{
		`{"TaskId":"1","Limit":1000}`: {TaskID: "1"},
		`{"StartTime":"2026-11-24 00:00:00","Offset":7,"Limit":5}`: {
			StartTime: "2026-11-24 00:00:00", Offset: 7, Limit: 5},
		`{"TaskId":"0012","StartTime":"2026-11-24 00:00:00","EndTime":"2026-11-25 00:00:00",` +
			`"Keyword":"https://a.example/?a=1&b=<2>","Area":"global","Status":"fail","Limit":1000}`: {
			TaskID: "0012", StartTime: "2026-11-24 00:00:00", EndTime: "2026-11-25 00:00:00",
			Keyword: "https://a.example/?a=1&b=<2>", Area: "global", Status: StatusFail},
	} {
		sim := cdnsim.New(cdnsim.Options{})
		read(t, serviceOf(sim, 1), q)
		if got := string(sim.Requests()[0].Body); got != want {
			t.Errorf("sent\n%s, want\n%s", got, want)
		}
	}
}
