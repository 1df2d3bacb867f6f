package tencentcloud

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"unsafe"
)

const success = `{"Response":{"PushLogs":[{"Url":"a"},{"Url":"b"}],"TotalCount":2,"RequestId":"r"}}`

func TestReadResponse(t *testing.T) {
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
		{"invalid UTF-8", "{\"Response\":{\"PushLogs\":[{\"Url\":\"/\xb7\xe2.jpg\"}],\"RequestId\":\"r\"}}", "/\ufffd\ufffd.jpg", ""},
		{"an overlong form", "{\"Response\":{\"PushLogs\":[{\"Url\":\"a\xc0\xafb\"}],\"RequestId\":\"r\"}}", "a\ufffd\ufffdb", ""},
		{"a cut form", "{\"Response\":{\"PushLogs\":[{\"Url\":\"\xe5\xb0\"},{\"Url\":\"b\"}],\"RequestId\":\"r\"}}", "\ufffd\ufffd b", ""},
		{"a raw surrogate", "{\"Response\":{\"PushLogs\":[{\"Url\":\"\xed\xa0\xbd\"}],\"RequestId\":\"r\"}}", "\ufffd\ufffd\ufffd", ""},
		{"invalid UTF-8 passed over", "{\"Response\":{\"PushLogs\":[],\"X\":{\"\xff\":\"\xc3\"},\"RequestId\":\"r\"}}", "", ""},
		{"a high surrogate alone", `{"Response":{"PushLogs":[{"Url":"a\ud83d"}],"RequestId":"r"}}`, "a\ufffd", ""},
		{"a low surrogate alone", `{"Response":{"PushLogs":[{"Url":"\ude00b"}],"RequestId":"r"}}`, "\ufffdb", ""},
		{"surrogates the wrong way round", `{"Response":{"PushLogs":[{"Url":"\ude00\ud83d"}],"RequestId":"r"}}`, "\ufffd\ufffd", ""},
		{"a high surrogate before a letter", `{"Response":{"PushLogs":[{"Url":"\ud83d\u0041"}],"RequestId":"r"}}`, "\ufffdA", ""},
		{"a high surrogate before another escape", `{"Response":{"PushLogs":[{"Url":"\ud83d\n"}],"RequestId":"r"}}`, "\ufffd\n", ""},
		{"nested within reason", `{"Response":{"PushLogs":[],"X":` + deep(5000) + `,"RequestId":"r"}}`, "", ""},

		{"nothing", ``, "", "unexpected EOF"},
		{"space", `  `, "", "unexpected EOF"},
		{"cut in a string", success[:30], "", "unexpected EOF"},
		{"cut between rows", success[:len(`{"Response":{"PushLogs":[{"Url":"a"}`)], "", "unexpected EOF"},
		{"cut before the last bracket", success[:len(success)-1], "", "unexpected EOF"},
		{"an unfinished escape", `{"Response":{"PushLogs":[{"Url":"\ud8"}],"RequestId":"r"}}`, "", "invalid escape sequence"},
		{"byte order mark", "\ufeff" + success, "", "invalid character"},
		{"a second value", success + `{}`, "", "more data follows the end of the JSON"},
		{"garbage behind", success + `x`, "", "invalid character"},
		{"a bracket too many", success + `}`, "", "}"},
		{"no Response", `{}`, "", `no "Response"`},
		{"other case", `{"response":{"RequestId":"r"}}`, "", `no "Response"`},
		{"Response null", `{"Response":null}`, "", `no "Response"`},
		{"Response a list", `{"Response":[]}`, "", "/Response: unexpected JSON ["},
		{"two Responses", `{"Response":{"PushLogs":[],"RequestId":"r"},"Response":{}}`, "", "duplicate object member name"},
		{"two lists", `{"Response":{"PushLogs":[],"PushLogs":[{"Url":"a"}],"RequestId":"r"}}`, "", "duplicate object member name"},
		{"a name twice in a row", `{"Response":{"PushLogs":[{"Url":"a","Url":"b"}],"RequestId":"r"}}`, "", "duplicate object member name"},
		{"a name twice in what is passed over", `{"Response":{"X":{"a":1,"a":2},"PushLogs":[],"RequestId":"r"}}`, "", "duplicate object member name"},
		{"no RequestId", `{"Response":{"PushLogs":[]}}`, "", `no "RequestId"`},
		{"RequestId null", `{"Response":{"PushLogs":[],"RequestId":null}}`, "", `no "RequestId"`},
		{"RequestId a list", `{"Response":{"PushLogs":[],"RequestId":[]}}`, "", "/Response/RequestId: unexpected JSON ["},
		{"list a string", `{"Response":{"PushLogs":"none","RequestId":"r"}}`, "", "/Response/PushLogs: unexpected JSON string"},
		{"row a number", `{"Response":{"PushLogs":[{},1],"RequestId":"r"}}`, "", "/Response/PushLogs/1: unexpected JSON number"},
		{"field an object", `{"Response":{"PushLogs":[{"Url":{"a":"b"}}],"RequestId":"r"}}`, "", "/Response/PushLogs/0/Url: unexpected JSON {"},
		{"field true", `{"Response":{"PushLogs":[{"Url":true}],"RequestId":"r"}}`, "", "/Response/PushLogs/0/Url: unexpected JSON true"},
		{"control character", "{\"Response\":{\"PushLogs\":[{\"Url\":\"a\nb\"}],\"RequestId\":\"r\"}}", "", "invalid character"},
		{"NaN", `{"Response":{"PushLogs":[{"Url":NaN}],"RequestId":"r"}}`, "", "invalid character"},
		{"nested without end", `{"Response":{"X":` + deep(20000) + `,"PushLogs":[],"RequestId":"r"}}`, "", "exceeded max depth"},
		{"no list", `{"Response":{"RequestId":"r"}}`, "", `the response is incomplete: it has no "PushLogs"`},
		{"error a string", `{"Response":{"Error":"bad","RequestId":"r"}}`, "", "/Response/Error: unexpected JSON string"},
		{"error without a code", `{"Response":{"Error":{"Message":"m"},"RequestId":"r"}}`, "", `no "Code"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readResponse[listing](strings.NewReader(c.body))
			if c.problem == "" {
				if err != nil || got.Error != nil || got.RequestID == "" {
					t.Fatalf("got %+v, %v", got, err)
				}
				if urls := strings.Join(got.Fields.PushLogs.urls, " "); urls != c.urls {
					t.Errorf("got %q, want %q", urls, c.urls)
				}
				return
			}
			var bad *ResponseError
			if !errors.As(err, &bad) || bad.Kind != Malformed || !strings.Contains(err.Error(), c.problem) {
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
		r, err := readResponse[listing](strings.NewReader(body))
		if err != nil || r.Error == nil || *r.Error != (apiError{"C", "m"}) || r.RequestID != "r" {
			t.Errorf("%s: got %+v, %v", body, r, err)
		}
	}
	r, err := readResponse[listing](strings.NewReader(`{"Response":{"Error":{"Code":"C","Message":null}}}`))
	if err != nil || r.Error == nil || *r.Error != (apiError{"C", ""}) {
		t.Errorf("got %+v, %v", r, err)
	}
	r, err = readResponse[listing](strings.NewReader("{\"Response\":{\"Error\":{\"Code\":\"C\",\"Message\":\"\xb7\\ud83d\"},\"RequestId\":7}}"))
	if err != nil || *r.Error != (apiError{"C", "\ufffd\ufffd"}) || r.RequestID != "7" {
		t.Errorf("got %+v, %v", r, err)
	}
}

// What has been read before a fault is worth having: the RequestId.
func TestRequestIDOfABadResponse(t *testing.T) {
	r, err := readResponse[listing](strings.NewReader(`{"Response":{"RequestId":"r","PushLogs":[{"Url":"a`))
	if err == nil || r.RequestID != "r" {
		t.Errorf("got %+v, %v", r, err)
	}
}

// Texts that rows repeat are held once, or 100 000 rows would need a quarter more
// memory, and others do not disturb them.
func TestRepeatedTextsAreShared(t *testing.T) {
	type row struct{ Id, Url *string }
	const n = 10_000
	var body strings.Builder
	body.WriteString(`{"Response":{"RequestId":"r","Rows":[{"Id":null}`)
	for i := range n {
		fmt.Fprintf(&body, `,{"Id":"the same","Url":"https://www.example.com/%d"}`, i)
	}
	body.WriteString(`]}}`)
	got, err := readResponse[struct{ Rows []row }](strings.NewReader(body.String()))
	if err != nil || len(got.Fields.Rows) != n+1 || got.Fields.Rows[0].Id != nil || got.Fields.Rows[0].Url != nil {
		t.Fatalf("%d rows, %v", len(got.Fields.Rows), err)
	}
	copies := map[*byte]bool{}
	for i, r := range got.Fields.Rows[1:] {
		copies[unsafe.StringData(*r.Id)] = true
		if *r.Id != "the same" || *r.Url != fmt.Sprint("https://www.example.com/", i) {
			t.Fatalf("row %d: %s, %s", i, *r.Id, *r.Url)
		}
	}
	if len(copies) > n/100 {
		t.Errorf("%d copies of the same text", len(copies))
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
		var got struct {
			N int64
			P *int64
		}
		err := decode(strings.NewReader(`{"N":`+c.json+`,"P":`+c.json+`}`), &got)
		if got.N != c.want || (got.P != nil) != (c.ok) || c.ok && *got.P != c.want || (err != nil) != c.bad {
			t.Errorf("%.40s: got %d, %v, %v", c.json, got.N, got.P, err)
		}
	}
}

// padded is a response of just so many bytes, in many small values.
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

// The cap is exact, and the response is never held as a whole.
func TestLargeResponses(t *testing.T) {
	giant := func() io.Reader {
		return io.MultiReader(strings.NewReader(`{"Response":{"X":"`), &repeated{text: "xxxxxxxx", left: maxResponse})
	}
	for _, c := range []struct {
		name  string
		body  io.Reader
		large bool
	}{
		{"as large as allowed", padded(maxResponse), false},
		{"a byte more", padded(maxResponse + 1), true},
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
			_, err := readResponse[listing](c.body)
			runtime.ReadMemStats(&after)
			if got := errors.Is(err, errTooLarge); got != c.large || !c.large && err != nil {
				t.Errorf("got %v", err)
			}
			if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 16 {
				t.Errorf("took %d MiB of memory", took)
			}
		})
	}
	if errTooLarge.Error() != "the response is larger than 64 MiB, or a single value in it is larger than 1 MiB" {
		t.Error(errTooLarge)
	}
}

// A broken connection is not the end of a response.
func TestBrokenBody(t *testing.T) {
	broken := errors.New("connection reset")
	for n := range len(success) {
		_, err := readResponse[listing](io.MultiReader(strings.NewReader(success[:n]), errorReader{broken}))
		if !errors.Is(err, broken) {
			t.Fatalf("after %d bytes: %v", n, err)
		}
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }
