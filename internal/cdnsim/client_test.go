package cdnsim

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// client sends requests to a Server in memory. What it signs with is held to published vectors in signature_test.go.
type client struct {
	t         *testing.T
	transport http.RoundTripper
	url       string
	id, key   string
	token     string
	header    map[string]string // set, or with "" removed, after signing
	offset    time.Duration     // of its clock
}

func newClient(t *testing.T, s *Server) *client {
	return &client{t: t, transport: s.Transport(), url: "https://cdn.tencentcloudapi.com/", id: DefaultSecretID, key: DefaultSecretKey}
}

// with is a copy of the client with a credential of its own.
func (c client) with(id, key, token string) *client {
	c.id, c.key, c.token = id, key, token
	return &c
}

func (c client) setting(name, value string) *client {
	c.header = map[string]string{name: value}
	return &c
}

func (c *client) request(ctx context.Context, action, body string) *http.Request {
	c.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	service, version := "cdn", "2018-06-06"
	if action != actionPushTasks {
		service, version = "sts", stsVersion
	}
	now := time.Now().Add(c.offset)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-TC-Action", action)
	r.Header.Set("X-TC-Version", version)
	r.Header.Set("X-TC-Timestamp", strconv.FormatInt(now.Unix(), 10))
	if c.token != "" {
		r.Header.Set("X-TC-Token", c.token)
	}
	r.Header.Set("Authorization", sign(r, c.id, c.key, service, now, []string{"content-type", "host"}, body))
	for name, value := range c.header {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	return r
}

func sign(r *http.Request, id, key, service string, at time.Time, names []string, body string) string {
	date := at.UTC().Format(time.DateOnly)
	header := func(name string) string {
		if name == "host" {
			return r.URL.Host
		}
		return r.Header.Get(name)
	}
	canonical := canonicalRequest(r.Method, "", header, names, []byte(body))
	signature := signatureOf(key, date, service, stringToSign(at.Unix(), date, service, canonical))
	return "TC3-HMAC-SHA256 Credential=" + id + "/" + date + "/" + service + "/tc3_request, SignedHeaders=" +
		strings.Join(names, ";") + ", Signature=" + signature
}

// decoded is a response as a client decodes it.
type decoded struct {
	PushLogs []struct {
		TaskId, Url, Status, CreateTime, Area string
		Percent                               int
		UpdateTime                            *string
	}
	TotalCount  *int
	RequestId   string
	Error       *struct{ Code, Message string }
	Credentials struct{ Token, TmpSecretId, TmpSecretKey string }
	ExpiredTime int64
	Expiration  string

	Arn, AccountId, UserId, PrincipalId, Type string

	raw string
}

func (r *decoded) code() string {
	if r.Error == nil {
		return ""
	}
	return r.Error.Code
}

func (c *client) call(action, body string) *decoded {
	c.t.Helper()
	return c.do(c.request(c.t.Context(), action, body))
}

func (c *client) tasks(body string) *decoded {
	c.t.Helper()
	return c.call(actionPushTasks, body)
}

func (c *client) do(r *http.Request) *decoded {
	c.t.Helper()
	response, err := c.transport.RoundTrip(r)
	if err != nil {
		c.t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	var out struct{ Response *decoded }
	if err := json.Unmarshal(bytes.TrimSpace(body), &out); err != nil || out.Response == nil {
		c.t.Fatalf("the response does not have the API's form: %v\n%s", err, body)
	}
	if response.StatusCode != http.StatusOK {
		c.t.Fatalf("HTTP status %d", response.StatusCode)
	}
	out.Response.raw = string(body)
	return out.Response
}
