package tencentcloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"testing"
)

// FuzzDecodeAnswer holds the decoder to an independent reading of the same
// bytes: it never panics, and what it gives is the whole list or an error.
func FuzzDecodeAnswer(f *testing.F) {
	for _, seed := range []string{
		success, "", "{", "null", "\ufeff" + success, success + success, success[:40],
		`{"Response":{"Error":{"Code":"InternalError","Message":"m"},"RequestId":"r"}}`,
		`{"Response":{"PushLogs":null,"TotalCount":null,"RequestId":"r"}}`,
		`{"Response":{"PushLogs":[{"Url":1e400},{"Url":null},{"Url":"\ud83d\ude00"},{}],"RequestId":"r"}}`,
		`{"Response":{"PushLogs":[{"Url":"a","Url":"b"}],"RequestId":"r"}}`,
		"{\"Response\":{\"PushLogs\":[{\"Url\":\"\xff\"}],\"RequestId\":\"r\"}}",
		`{"Response":{"PushLogs":[[[[[[[[{}]]]]]]]],"RequestId":"r"}}`,
		"<html>\r\n<head><title>502 Bad Gateway</title></head></html>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got listing
		e, err := decodeAnswer(bytes.NewReader(body), &got)
		if err != nil {
			var bad *AnswerError
			if !errors.As(err, &bad) {
				t.Fatalf("the error is no AnswerError: %v", err)
			}
			return
		}
		want, ok := readAnother(body)
		if !ok {
			t.Fatalf("took what is no answer: %q", body)
		}
		if e.err != nil {
			return
		}
		if e.requestID == "" || len(got.urls) != want {
			t.Fatalf("%d rows of %d", len(got.urls), want)
		}
		// It comes to the same however the bytes arrive.
		var slowly listing
		if _, err := decodeAnswer(&oneByOne{body}, &slowly); err != nil || !slices.Equal(slowly.urls, got.urls) {
			t.Fatalf("byte by byte: %v, %v", slowly.urls, err)
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

// readAnother counts the rows of an answer with another JSON library.
func readAnother(body []byte) (rows int, ok bool) {
	var whole map[string]json.RawMessage
	var fields map[string]json.RawMessage
	var list []json.RawMessage
	if json.Unmarshal(body, &whole) != nil || json.Unmarshal(whole["Response"], &fields) != nil {
		return 0, false
	}
	if raw, listed := fields["PushLogs"]; listed && json.Unmarshal(raw, &list) != nil {
		return 0, false
	}
	return len(list), true
}
