package tencentcloud

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

const success = `{"Response":{"PushLogs":[{"Url":"a"},{"Url":"b"}],"TotalCount":2,"RequestId":"r"}}`

func TestDecodeAnswer(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, c := range []struct {
		name, body string
		urls       string // of a success, joined
		problem    string // in the error otherwise
	}{
		{"success", success, "a b", ""},
		{"space around", " \r\n\t" + success + " \n", "a b", ""},
		{"null list", `{"Response":{"PushLogs":null,"RequestId":"r"}}`, "", ""},
		{"RequestId first", `{"Response":{"RequestId":"r","PushLogs":[{"Url":"a"}]}}`, "a", ""},
		{"unknown fields", `{"X":[1],"Response":{"Y":{"Z":null},"PushLogs":[{"Q":[{}],"Url":"a"}],"RequestId":"r"},"W":""}`, "a", ""},
		{"null error", `{"Response":{"Error":null,"PushLogs":[{"Url":"a"}],"RequestId":"r"}}`, "a", ""},
		{"a number for a string", `{"Response":{"PushLogs":[{"Url":1533031853231313311}],"RequestId":7}}`, "1533031853231313311", ""},
		{"null for a string", `{"Response":{"PushLogs":[{"Url":null}],"RequestId":"r"}}`, "", ""},
		{"escapes", `{"Response":{"PushLogs":[{"Url":"\u5c01\ud83d\ude00\/\n"}],"RequestId":"r"}}`, "封😀/\n", ""},
		{"nested within reason", `{"Response":{"PushLogs":[],"X":` + deep(5000) + `,"RequestId":"r"}}`, "", ""},

		{"nothing", ``, "", "unexpected EOF"},
		{"space", `  `, "", "unexpected EOF"},
		{"cut in a string", success[:30], "", "unexpected EOF"},
		{"cut between rows", success[:len(`{"Response":{"PushLogs":[{"Url":"a"}`)], "", "unexpected EOF"},
		{"cut before the last bracket", success[:len(success)-1], "", "unexpected EOF"},
		{"byte order mark", "\ufeff" + success, "", "invalid character"},
		{"a second value", success + `{}`, "", "something follows"},
		{"garbage behind", success + `x`, "", "invalid character"},
		{"a bracket too many", success + `}`, "", "}"},
		{"no Response", `{}`, "", `no "Response"`},
		{"other case", `{"response":{"RequestId":"r"}}`, "", `no "Response"`},
		{"Response null", `{"Response":null}`, "", "a JSON null where { was expected"},
		{"Response a list", `{"Response":[]}`, "", "a JSON [ where { was expected"},
		{"two Responses", `{"Response":{"PushLogs":[],"RequestId":"r"},"Response":{}}`, "", "duplicate object member name"},
		{"two lists", `{"Response":{"PushLogs":[],"PushLogs":[{"Url":"a"}],"RequestId":"r"}}`, "", "duplicate object member name"},
		{"a name twice in a row", `{"Response":{"PushLogs":[{"Url":"a","Url":"b"}],"RequestId":"r"}}`, "", "duplicate object member name"},
		{"a name twice in what is passed over", `{"Response":{"X":{"a":1,"a":2},"PushLogs":[],"RequestId":"r"}}`, "", "duplicate object member name"},
		{"no RequestId", `{"Response":{"PushLogs":[]}}`, "", `no "RequestId"`},
		{"RequestId null", `{"Response":{"PushLogs":[],"RequestId":null}}`, "", `no "RequestId"`},
		{"RequestId a list", `{"Response":{"PushLogs":[],"RequestId":[]}}`, "", "RequestId: a JSON [ where a string was expected"},
		{"list a string", `{"Response":{"PushLogs":"none","RequestId":"r"}}`, "", "PushLogs: a JSON string where [ was expected"},
		{"row a number", `{"Response":{"PushLogs":[1],"RequestId":"r"}}`, "", "a JSON number where { was expected"},
		{"row null", `{"Response":{"PushLogs":[null],"RequestId":"r"}}`, "", "a JSON null where { was expected"},
		{"field an object", `{"Response":{"PushLogs":[{"Url":{"a":"b"}}],"RequestId":"r"}}`, "", "a JSON { where a string was expected"},
		{"field true", `{"Response":{"PushLogs":[{"Url":true}],"RequestId":"r"}}`, "", "a JSON true where a string was expected"},
		{"invalid UTF-8", "{\"Response\":{\"PushLogs\":[{\"Url\":\"a\xff\"}],\"RequestId\":\"r\"}}", "", "invalid UTF-8"},
		{"invalid UTF-8 passed over", "{\"Response\":{\"PushLogs\":[],\"X\":\"\xc3\",\"RequestId\":\"r\"}}", "", "invalid UTF-8"},
		{"half a surrogate pair", `{"Response":{"PushLogs":[{"Url":"\ud83d"}],"RequestId":"r"}}`, "", `invalid surrogate pair`},
		{"control character", "{\"Response\":{\"PushLogs\":[{\"Url\":\"a\nb\"}],\"RequestId\":\"r\"}}", "", "invalid character"},
		{"NaN", `{"Response":{"PushLogs":[{"Url":NaN}],"RequestId":"r"}}`, "", "invalid character"},
		{"nested without end", `{"Response":{"X":` + deep(20000) + `,"PushLogs":[],"RequestId":"r"}}`, "", "exceeded max depth"},
		{"no list", `{"Response":{"RequestId":"r"}}`, "", `the answer is not whole: it has no "PushLogs"`},
		{"error a string", `{"Response":{"Error":"bad","RequestId":"r"}}`, "", "a JSON string where { was expected"},
		{"error without a code", `{"Response":{"Error":{"Message":"m"},"RequestId":"r"}}`, "", `no "Code"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got listing
			e, err := decodeAnswer(strings.NewReader(c.body), &got)
			if c.problem == "" {
				if err != nil || e.err != nil || e.requestID == "" {
					t.Fatalf("got %+v, %v", e, err)
				}
				if urls := strings.Join(got.urls, " "); urls != c.urls {
					t.Errorf("got %q, want %q", urls, c.urls)
				}
				return
			}
			var bad *AnswerError
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.problem) {
				t.Errorf("got %v, want %q", err, c.problem)
			}
		})
	}
}

// An error of the service counts, whatever stands beside it and in what order.
func TestDecodeError(t *testing.T) {
	for _, body := range []string{
		`{"Response":{"Error":{"Code":"C","Message":"m"},"RequestId":"r"}}`,
		`{"Response":{"RequestId":"r","Error":{"Message":"m","Detail":{},"Code":"C"}}}`,
		`{"Response":{"PushLogs":[{"Url":"a"}],"RequestId":"r","Error":{"Code":"C","Message":"m"}}}`,
	} {
		e, err := decodeAnswer(strings.NewReader(body), &listing{})
		if err != nil || e.err == nil || *e.err != (apiError{"C", "m"}) || e.requestID != "r" {
			t.Errorf("%s: got %+v, %v", body, e, err)
		}
	}
	e, err := decodeAnswer(strings.NewReader(`{"Response":{"Error":{"Code":"C","Message":null}}}`), &listing{})
	if err != nil || e.err == nil || *e.err != (apiError{"C", ""}) {
		t.Errorf("got %+v, %v", e, err)
	}
}

func TestInteger(t *testing.T) {
	for _, c := range []struct {
		json string
		want int64
		ok   bool
		bad  bool
	}{
		{"0", 0, true, false}, {"-1", -1, true, false}, {`"42"`, 42, true, false}, {"null", 0, false, false},
		{"9223372036854775807", 9223372036854775807, true, false}, {"-9223372036854775808", -9223372036854775808, true, false},
		{"100.0", 100, true, false}, {"1e2", 100, true, false}, {`"1e2"`, 100, true, false}, {"-0", 0, true, false},
		{"9223372036854775808", 0, false, true}, {"1e300", 0, false, true}, {"1e999999999", 0, false, true},
		{"-1e300", 0, false, true}, {"1.5", 0, false, true}, {"9007199254740992.0", 1 << 53, true, false}, {"9007199254740994.0", 0, false, true}, {`""`, 0, false, true}, {`"many"`, 0, false, true},
		{`"NaN"`, 0, false, true}, {`"Inf"`, 0, false, true}, {"true", 0, false, true}, {"[1]", 0, false, true},
		{strings.Repeat("9", 5000), 0, false, true},
	} {
		got, ok, err := Integer(jsontext.NewDecoder(strings.NewReader(c.json)))
		if got != c.want || ok != c.ok || (err != nil) != c.bad {
			t.Errorf("%.40s: got %d, %v, %v", c.json, got, ok, err)
		}
	}
}

// padded is an answer of just so many bytes, in many small values.
func padded(size int) io.Reader {
	const head, tail = `{"Response":{"PushLogs":[],"RequestId":"r","X":[0`, `]}}`
	const item = ",1234567"
	left := size - len(head) - len(tail)
	return io.MultiReader(strings.NewReader(head), &repeated{text: item, left: left / len(item) * len(item)},
		strings.NewReader(strings.Repeat(" ", left%len(item))+tail))
}

// repeated reads as a text again and again.
type repeated struct {
	text string
	left int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n+len(r.text) <= len(p) && r.left > 0 {
		n += copy(p[n:], r.text)
		r.left -= len(r.text)
	}
	if n == 0 { // less room than one text
		r.left -= len(r.text)
		n = copy(p, " ")
	}
	return n, nil
}

// The cap is exact, and the answer is never held as a whole.
func TestLargeAnswers(t *testing.T) {
	giant := func() io.Reader {
		return io.MultiReader(strings.NewReader(`{"Response":{"X":"`), &repeated{text: "xxxxxxxx", left: maxAnswer})
	}
	for _, c := range []struct {
		name  string
		body  io.Reader
		large bool
	}{
		{"as large as allowed", padded(maxAnswer), false},
		{"a byte more", padded(maxAnswer + 1), true},
		{"without end", &repeated{text: "        ", left: 1 << 40}, true},
		{"a string without end", giant(), true},
		{"a number without end", io.MultiReader(strings.NewReader(`{"Response":`), &repeated{text: "11111111", left: 1 << 40}), true},
		{"a name without end", io.MultiReader(strings.NewReader(`{"`), &repeated{text: "nnnnnnnn", left: 1 << 40}), true},
		{"an unwanted value without end", io.MultiReader(strings.NewReader(`{"Response":{"RequestId":[`), &repeated{text: "[],[],0,", left: 1 << 40}), true},
		{"a long string", strings.NewReader(`{"Response":{"PushLogs":[{"Url":"` + strings.Repeat("x", maxValue/2) + `"}],"RequestId":"r"}}`), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := decodeAnswer(c.body, &listing{})
			runtime.ReadMemStats(&after)
			if got := errors.Is(err, errTooLarge); got != c.large || !c.large && err != nil {
				t.Errorf("got %v", err)
			}
			if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 16 {
				t.Errorf("took %d MiB of memory", took)
			}
		})
	}
	if errTooLarge.Error() != "the answer is larger than 64 MiB, or a single value in it larger than 1 MiB" {
		t.Error(errTooLarge)
	}
}

// A broken connection is not the end of an answer.
func TestBrokenBody(t *testing.T) {
	broken := errors.New("connection reset")
	for n := range len(success) {
		_, err := decodeAnswer(io.MultiReader(strings.NewReader(success[:n]), errorReader{broken}), &listing{})
		if !errors.Is(err, broken) {
			t.Fatalf("after %d bytes: %v", n, err)
		}
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }
