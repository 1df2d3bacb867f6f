package cdn

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// literal is a simulator that responds to every request with a file, byte for byte.
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

func TestResponses(t *testing.T) {
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

// The response that the API document prints, to any request: one row beside
// a TotalCount of 20.
func TestDocumentedResponse(t *testing.T) {
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

func TestBadResponses(t *testing.T) {
	const whole = `{"Response":{"PushLogs":[{"TaskId":"1"},%s],"TotalCount":1,"RequestId":"r"}}`
	for body, want := range map[string]string{
		fmt.Sprintf(whole, `{"Url":{}}`):                                    "/Response/PushLogs/1/Url: unexpected JSON {",
		fmt.Sprintf(whole, `{"Status":true}`):                               "/Response/PushLogs/1/Status: unexpected JSON true",
		fmt.Sprintf(whole, `{"Percent":"half"}`):                            "/Response/PushLogs/1/Percent: not an integer that fits 64 bits",
		fmt.Sprintf(whole, `{"Percent":0.5}`):                               "/Response/PushLogs/1/Percent: not an integer that fits 64 bits",
		fmt.Sprintf(whole, `[]`):                                            "/Response/PushLogs/1: unexpected JSON [",
		fmt.Sprintf(whole, `null`):                                          "/Response/PushLogs/1: unexpected JSON null where a row is required",
		`{"Response":{"PushLogs":{},"TotalCount":1,"RequestId":"r"}}`:       "/Response/PushLogs: unexpected JSON {",
		`{"Response":{"PushLogs":[],"TotalCount":[],"RequestId":"r"}}`:      "/Response/TotalCount: not an integer that fits 64 bits",
		`{"Response":{"PushLogs":[],"TotalCount":-1,"RequestId":"r"}}`:      `its "TotalCount" is -1`,
		`{"Response":{"TotalCount":1,"RequestId":"r"}}`:                     `the response is incomplete: it has no "PushLogs"`,
		`{"Response":{"TotalCount":null,"RequestId":"r"}}`:                  `it has no "PushLogs"`,
		`{"Response":{"RequestId":"r"}}`:                                    `it has no "PushLogs"`,
		`{"Response":{"PushLogs":[{"TaskId":"1"},{"Url":"a`:                 "unexpected EOF",
		`{"Response":{"PushLogs":[{"Url":"a","Url":"b"}],"RequestId":"r"}}`: "duplicate",
	} {
		sim := cdnsim.New(cdnsim.Options{Literal: []byte(body)})
		service := NewService(clientOf(sim.Transport(), noRetries), 1)
		if _, err := service.PushTasks(t.Context(), Query{TaskID: "1"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %v", body, err, want)
		}
	}
}

// A text that is not UTF-8 is kept with U+FFFD for what cannot be read.
func TestTextsThatAreNotUTF8(t *testing.T) {
	for raw, want := range map[string]string{
		"\xb7\xe2.jpg":       "\ufffd\ufffd.jpg",         // GBK
		"\xc0\xaf\xe0\x80":   "\ufffd\ufffd\ufffd\ufffd", // overlong forms
		"\xed\xa0\xbd":       "\ufffd\ufffd\ufffd",       // a surrogate
		"\xf4\x90\x80\x80":   "\ufffd\ufffd\ufffd\ufffd", // beyond Unicode
		`a\ud83d`:            "a\ufffd",                  // a high surrogate alone
		`\ude00b`:            "\ufffdb",                  // a low one
		`\ude00\ud83d`:       "\ufffd\ufffd",             // the wrong way round
		`\ud83d\ud83d\ude00`: "\ufffd\U0001f600",         // a high one before a pair
		"é\xe9":              "é\ufffd",
	} {
		body := `{"Response":{"PushLogs":[{"TaskId":"` + raw + `","Url":"https://a.example/` + raw + `","Status":"Done"}],"TotalCount":1,"RequestId":"r"}}`
		sim := cdnsim.New(cdnsim.Options{Literal: []byte(body)})
		result := read(t, NewService(clientOf(sim.Transport(), noRetries), 1), Query{TaskID: "1", Limit: 1})
		if got := row(&result.Tasks[0]); got != want+"|https://a.example/"+want+"|done|null|null|null|null" {
			t.Errorf("%q: got %q", raw, got)
		}
		message := `{"Response":{"Error":{"Code":"FailedOperation","Message":"no ` + raw + `"},"RequestId":"r"}}`
		sim = cdnsim.New(cdnsim.Options{Literal: []byte(message)})
		_, err := serviceOf(sim, 1).PushTasks(t.Context(), Query{TaskID: "1"})
		if got := fmt.Sprint(err); got != "DescribePushTasks: FailedOperation: no "+want+" (RequestId r)" {
			t.Errorf("%q: got %q", raw, got)
		}
	}
}

// A list that is missing is no rows where the count agrees, and is retried
// otherwise.
func TestMissingList(t *testing.T) {
	for _, count := range []string{"0", `"0"`} {
		sim := cdnsim.New(cdnsim.Options{Literal: []byte(`{"Response":{"TotalCount":` + count + `,"RequestId":"r"}}`)})
		result := read(t, serviceOf(sim, 1), Query{TaskID: "1"})
		if len(result.Tasks) != 0 || *result.TotalCount != 0 || result.RequestID != "r" || len(sim.Requests()) != 1 {
			t.Errorf("%s: got %+v after %d requests", count, result, len(sim.Requests()))
		}
	}
	synctest.Test(t, func(t *testing.T) {
		sim := cdnsim.New(cdnsim.Options{Literal: []byte(`{"Response":{"TotalCount":3,"RequestId":"r"}}`)})
		_, err := serviceOf(sim, 1).PushTasks(t.Context(), Query{TaskID: "1"})
		want := `DescribePushTasks: the response is incomplete: it has no "PushLogs" (RequestId r) after 3 attempts`
		if fmt.Sprint(err) != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	})
}

// The product's own codes for too many requests slow down and are retried.
func TestRateCodes(t *testing.T) {
	for _, code := range []string{"LimitExceeded.CdnHostOpTooOften", "UnauthorizedOperation.OperationTooOften"} {
		synctest.Test(t, func(t *testing.T) {
			sim := cdnsim.New(cdnsim.Options{Tasks: numbered(3), Faults: cdnsim.Sequence("", cdnsim.APIError(code, "too often"))})
			result := read(t, serviceOf(sim, 1), month)
			if len(result.Tasks) != 3 || len(sim.Requests()) != 2 {
				t.Errorf("%s: %d rows after %d requests", code, len(result.Tasks), len(sim.Requests()))
			}
		})
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
