package bench

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	sdk "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cdn/v20180606"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// FuzzSignature compares what goes over the wire, ours and the official SDK's,
// for the same body, credential and second.
func FuzzSignature(f *testing.F) {
	f.Add(`{"TaskId":"1533031853231313311","Limit":20}`, "AKIDEXAMPLE", "EXAMPLEKEY", "", uint32(1_543_000_000))
	f.Add(`{"Keyword":"https://www.example.com/封面.jpg?a=1&b=<2>","Limit":1000}`, "AKID", "key", "token", uint32(0))
	f.Add("{ \"white\" : [ 1 , 2 ] }\n", "", "", "", uint32(86_399))
	f.Add("not JSON: \x00\xff\u2028\"\\", "id, with/separators=", "ключ\n", "to:ken", uint32(1<<31))
	f.Add("", " ", strings.Repeat("k", 100), strings.Repeat("t", 4096), ^uint32(0))
	f.Add("{}", "AKID", "key", "line\nbreak", uint32(0))
	f.Fuzz(func(t *testing.T, body, id, key, token string, seconds uint32) {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Duration(seconds) * time.Second) // from the year 2000 on, up to 2136
			ours, sent, err := ourHeaders(t, body, tencentcloud.Credential{SecretID: id, SecretKey: key, Token: token})
			var header *tencentcloud.HeaderError
			if errors.As(err, &header) && strings.ContainsFunc(id+token, unicode.IsControl) {
				return // ours refuses to send what no header can hold
			}
			if err != nil {
				t.Fatal(err)
			}
			theirs, resent := sdkHeaders(t, sent, common.NewTokenCredential(id, key, token))
			if sent != resent {
				t.Fatalf("the SDK sent %q, not %q", resent, sent)
			}
			for _, name := range []string{
				"Authorization", "Content-Type", "X-TC-Action", "X-TC-Version", "X-TC-Timestamp", "X-TC-Token",
			} {
				if ours.Get(name) != theirs.Get(name) {
					t.Errorf("%s for %q:\n%q, the SDK has\n%q", name, sent, ours.Get(name), theirs.Get(name))
				}
			}
		})
	})
}

const host = "cdn.tencentcloudapi.com"

// capture notes the request that goes through it, and answers.
type capture struct {
	header http.Header
	body   string
}

func (c *capture) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	c.header, c.body = r.Header, string(body)
	answer := `{"Response":{"PushLogs":[],"TotalCount":0,"RequestId":"1"}}`
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r,
	}, nil
}

// ourHeaders sends the body as it is where it is JSON, otherwise as a string in
// JSON, and returns what was sent.
func ourHeaders(t *testing.T, body string, credential tencentcloud.Credential) (http.Header, string, error) {
	var params any = body
	if json.Valid([]byte(body)) {
		params = json.RawMessage(body)
	}
	wire := &capture{}
	client := tencentcloud.NewClient(tencentcloud.Config{
		Endpoint: &url.URL{Scheme: "https", Host: host}, Service: cdn.Name, Version: cdn.Version,
		Credentials: tencentcloud.Static(credential), RequestTimeout: time.Minute,
		Limiter: tencentcloud.NewLimiter(1), Transport: wire,
	})
	_, _, err := tencentcloud.Call[nothing](t.Context(), client, "DescribePushTasks", params)
	return wire.header, wire.body, err
}

// nothing is an answer of which nothing matters.
type nothing struct{}

// sdkHeaders makes the SDK send this very body. It encodes bodies in its own
// way, except those of octet-stream requests; the type is put right afterwards.
func sdkHeaders(t *testing.T, body string, credential *common.Credential) (http.Header, string) {
	client, err := sdk.NewClient(credential, "", profile.NewClientProfile())
	if err != nil {
		t.Fatal(err)
	}
	wire := &capture{}
	client.WithHttpTransport(wire)
	request := sdk.NewDescribePushTasksRequest()
	request.SetContentType("application/octet-stream")
	request.SetBody([]byte(body))
	request.SetHeader(map[string]string{"Content-Type": "application/json"})
	if _, err := client.DescribePushTasksWithContext(context.Background(), request); err != nil {
		t.Fatal(err)
	}
	return wire.header, wire.body
}
