package tencentcloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"testing"
)

// FuzzReadResponse holds the decoder to an independent reading of the same
// bytes: it never panics, and what it gives is the whole list or an error.
func FuzzReadResponse(f *testing.F) {
	for _, seed := range []string{
		success, "", "{", "null", "\ufeff" + success, success + success, success[:40],
		`{"Response":{"Error":{"Code":"InternalError","Message":"m"},"RequestId":"r"}}`,
		`{"Response":{"PushLogs":null,"TotalCount":null,"RequestId":"r"}}`,
		`{"Response":{"PushLogs":[{"Url":1e400},{"Url":null},{"Url":"\ud83d\ude00"},{}],"RequestId":"r"}}`,
		`{"Response":{"PushLogs":[{"Url":"a","Url":"b"}],"RequestId":"r"}}`,
		"{\"Response\":{\"PushLogs\":[{\"Url\":\"\xff\"}],\"RequestId\":\"r\"}}",
		"{\"Response\":{\"PushLogs\":[{\"Url\":\"\xb7\xe2\xc0\xaf\xed\xa0\xbd\\ud83d\\ude00\\ude00\\ud83d\"}],\"RequestId\":\"r\"}}",
		`{"Response":{"PushLogs":[[[[[[[[{}]]]]]]]],"RequestId":"r"}}`,
		"<html>\r\n<head><title>502 Bad Gateway</title></head></html>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := readResponse[listing](bytes.NewReader(body))
		if err != nil {
			var bad *ResponseError
			if !errors.As(err, &bad) || bad.Kind != Malformed {
				t.Fatalf("not a malformed response: %v", err)
			}
			return
		}
		want, ok := readAnother(body)
		if !ok {
			t.Fatalf("accepted what is no response: %q", body)
		}
		if got.Error != nil {
			return
		}
		if urls := got.Fields.PushLogs.urls; got.RequestID == "" || !slices.Equal(urls, want) {
			t.Fatalf("got %q, want %q", urls, want)
		}
		// It comes to the same however the bytes arrive.
		slowly, err := readResponse[listing](&oneByOne{body})
		if err != nil || !slices.Equal(slowly.Fields.PushLogs.urls, want) {
			t.Fatalf("byte by byte: %v, %v", slowly, err)
		}
	})
}

type oneByOne struct{ rest []byte }

func (r *oneByOne) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:1], r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// readAnother reads the URLs of a response with another JSON library. A null row
// has none.
func readAnother(body []byte) (urls []string, ok bool) {
	var whole, fields map[string]json.RawMessage
	var list []map[string]json.RawMessage
	if json.Unmarshal(body, &whole) != nil || json.Unmarshal(whole["Response"], &fields) != nil {
		return nil, false
	}
	if raw, listed := fields["PushLogs"]; listed && json.Unmarshal(raw, &list) != nil {
		return nil, false
	}
	for _, row := range list {
		raw := row["Url"]
		var text string
		if len(raw) > 0 && raw[0] == '"' {
			if json.Unmarshal(raw, &text) != nil {
				return nil, false
			}
		} else if string(raw) != "null" {
			text = string(raw) // the digits of a number
		}
		urls = append(urls, text)
	}
	return urls, true
}
