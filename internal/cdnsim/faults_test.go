package cdnsim

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// outcome of one request, as text: status, interesting headers, body and errors.
func outcomeOf(c *client, transport http.RoundTripper, gzipToo bool) string {
	r := c.request(c.t.Context(), actionPushTasks, `{"TaskId":"20"}`)
	if gzipToo {
		r.Header.Set("Accept-Encoding", "gzip")
	}
	response, err := transport.RoundTrip(r)
	switch {
	case errors.Is(err, io.EOF):
		return "EOF"
	case err != nil:
		return err.Error()
	}
	defer response.Body.Close()
	var body io.Reader = response.Body
	if response.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(body); err != nil {
			return "no gzip: " + err.Error()
		}
	}
	raw, err := io.ReadAll(body)
	text := strings.TrimSpace(string(raw))
	if len(text) > 40 {
		text = text[:30] + "..." + text[len(text)-2:]
	}
	if len(raw) > 1<<20 {
		text += fmt.Sprint(" MiB:", len(raw)>>20)
	}
	h := response.Header
	return fmt.Sprint(response.StatusCode, " ", h.Get("Content-Type"), " ", h.Get("Retry-After"), h.Get("Location"), " ", text, " ", err)
}

// Every fault looks the same over a real connection and in memory.
func TestFaults(t *testing.T) {
	retryAfter := Page(503)
	retryAfter.RetryAfter = "7"
	status := APIError("InternalError", "m")
	status.Status = 500
	for name, tt := range map[string]struct {
		fault *Fault
		want  string
	}{
		"none":        {nil, `200 application/json  {"Response":{"PushLogs":[{"Tas...}} <nil>`},
		"API error":   {APIError("InternalError", "m"), `200 application/json  {"Response":{"Error":{"Code":"...}} <nil>`},
		"with status": {status, `500 application/json  {"Response":{"Error":{"Code":"...}} <nil>`},
		"timeout":     {Page(408), "408 text/html  <html>\r\n<head><title>408 Reque...l> <nil>"},
		"HTML":        {Page(200), "200 text/html  <html>\r\n<head><title>200 OK</t...l> <nil>"},
		"HTML body":   {Body("text/html", "<p>Sign in</p>"), "200 text/html  <p>Sign in</p> <nil>"},
		"page":        {Page(0), "502 text/html  <html>\r\n<head><title>502 Bad G...l> <nil>"},
		"retry after": {retryAfter, "503 text/html 7 <html>\r\n<head><title>503 Servi...l> <nil>"},
		"close":       {Close(), "EOF"},
		"cut":         {Cut(), `200 application/json  {"Response":{"PushLogs":[{"Tas...`},
		"empty":       {Empty(), "200 application/json   <nil>"},
		"body":        {Body("text/plain", "what"), "200 text/plain  what <nil>"},
		"gzip":        {Gzip(), `200 application/json  {"Response":{"PushLogs":[{"Tas...}} <nil>`},
		"redirect":    {Redirect(0, "http://127.0.0.1:1/"), "302 text/html http://127.0.0.1:1/ <html>\r\n<head><title>302 Found...l> <nil>"},
		"huge":        {Huge(3), `200 application/json  {"Response":{"PushLogs":[],"To...}} MiB:3 <nil>`},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(Options{Tasks: sample(), Faults: func(int, Request) *Fault { return tt.fault }})
			c := newClient(t, s)
			server := httptest.NewServer(s)
			defer server.Close()
			wire := &http.Transport{}
			defer wire.CloseIdleConnections()
			overNetwork := *c
			overNetwork.url = server.URL
			for _, gzipToo := range []bool{false, true} {
				memory, network := outcomeOf(c, c.transport, gzipToo), outcomeOf(&overNetwork, wire, gzipToo)
				if memory != network {
					t.Errorf("in memory\n%s\nover the network\n%s", memory, network)
				}
				if tt.fault != nil && tt.fault.Kind == FaultCut {
					if !strings.HasSuffix(memory, io.ErrUnexpectedEOF.Error()) {
						t.Errorf("%s", memory)
					}
					memory = memory[:strings.Index(memory, "...")+3]
				}
				if memory != tt.want {
					t.Errorf("%s\nwant\n%s", memory, tt.want)
				}
			}
			for _, r := range s.Requests() {
				kind := FaultKind("")
				if tt.fault != nil {
					kind = tt.fault.Kind
				}
				if r.Answer.Fault != kind || (r.Answer.Status == 0) != (kind == FaultClose) {
					t.Errorf("log says %+v", r.Answer)
				}
			}
		})
	}
}

// A stalled request ends when its client gives up, in memory and over a connection.
func TestStall(t *testing.T) {
	o := Options{Faults: Sequence("", Stall())}
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, New(o))
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.transport.RoundTrip(c.request(ctx, actionPushTasks, `{"TaskId":"1"}`))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 30*time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
	o.Faults = Sequence("", Stall())
	arrived := make(chan struct{})
	stall := o.Faults
	o.Faults = func(n int, r Request) *Fault { close(arrived); return stall(n, r) }
	s := New(o)
	server := httptest.NewServer(s)
	defer server.Close()
	c := newClient(t, s)
	c.url = server.URL
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	if _, err := http.DefaultTransport.RoundTrip(c.request(ctx, actionPushTasks, `{"TaskId":"1"}`)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A fault hides no wrong signature, and its delay and the latency are taken.
func TestFaultOrderAndDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := APIError("InternalError", "")
		slow.Delay = 3 * time.Second
		s := New(Options{Faults: Sequence(actionPushTasks, slow, nil, slow), Latency: time.Second, NetworkLatency: 4 * time.Minute})
		c := newClient(t, s)
		c.call("GetCallerIdentity", "{}")
		if got := c.with(DefaultSecretID, "wrong", "").tasks(`{"TaskId":"1"}`); got.code() != codeSignatureFailure {
			t.Errorf("%s", got.raw)
		}
		for i, want := range []string{"InternalError", "", "InternalError", ""} {
			start := time.Now()
			got := c.tasks(`{"TaskId":"1"}`)
			took := 4*time.Minute + time.Second
			if want != "" {
				took += 3 * time.Second
			}
			if got.code() != want || time.Since(start) != took {
				t.Errorf("%d: %s after %s", i, got.raw, time.Since(start))
			}
		}
		s.Configure(func(o *Options) { o.NetworkLatency = 6 * time.Minute })
		if got := c.tasks(`{"TaskId":"1"}`); got.code() != codeSignatureExpire {
			t.Errorf("%s", got.raw)
		}
	})
}

func TestRandomFaults(t *testing.T) {
	one, same, other := RandomFaults(0.3, 1), RandomFaults(0.3, 1), RandomFaults(0.3, 2)
	const n = 10000
	faults, differ, kinds, codes := 0, 0, map[FaultKind]bool{}, map[string]bool{}
	for i := range n {
		a, b, c := one(i, Request{}), same(i, Request{}), other(i, Request{})
		if fmt.Sprintf("%+v", a) != fmt.Sprintf("%+v", b) {
			t.Fatalf("request %d: %+v and %+v", i, a, b)
		}
		if a != nil {
			faults++
			kinds[a.Kind] = true
			codes[fmt.Sprint(a.Code, a.Status)] = true
		}
		if (a == nil) != (c == nil) {
			differ++
		}
	}
	if faults < n*27/100 || faults > n*33/100 || differ < n/4 || len(kinds) != 5 {
		t.Errorf("%d faults, %d differ, kinds %v", faults, differ, kinds)
	}
	if !codes["RequestLimitExceeded.Gateway0"] || !codes["InternalError.UnknownError0"] || !codes["408"] {
		t.Errorf("%v", codes)
	}
	if RandomFaults(0, 1)(1, Request{}) != nil || RandomFaults(1, 1)(1, Request{}) == nil {
		t.Error("rates 0 and 1")
	}
}

// An error's texts may hold anything, and what a request sent can be quoted in them.
func TestErrorTexts(t *testing.T) {
	const odd = "\x1b[2J\r\n\u202e\x7f\u0085 \xb7\""
	s := New(Options{RequestID: "id " + odd, Faults: Sequence("AssumeRole", &Fault{
		Kind: FaultAPIError, Code: "code " + odd, Message: "message " + odd, RequestID: "id " + odd,
	})})
	c := newClient(t, s)
	want := strings.ReplaceAll(odd, "\xb7", "\ufffd") // as a client decodes it
	got := c.call("AssumeRole", "{}")
	if got.Error.Code != "code "+want || got.Error.Message != "message "+want || got.RequestId != "id "+want ||
		strings.Count(got.raw, "\xb7") != 3 {
		t.Errorf("%q", got.raw)
	}
	if got := c.tasks(`{"TaskId":"1"}`); got.RequestId != "id "+want || !strings.Contains(got.raw, "\xb7") {
		t.Errorf("%q", got.raw)
	}
	if id := s.Requests()[0].Answer.RequestID; id != "id "+odd {
		t.Errorf("log: %q", id)
	}
}

// Whatever STS was sent can come back in an error: an assertion, a code of an MFA device.
func TestErrorThatQuotesTheRequest(t *testing.T) {
	c := newClient(t, New(Options{Faults: func(_ int, r Request) *Fault {
		sent, _ := r.Params["TokenCode"].(string)
		f := APIError("InvalidParameter."+sent, "TokenCode "+sent+" is not valid: "+string(r.Body))
		f.RequestID = "id-" + sent
		return f
	}}))
	got := c.call("GetSessionToken", `{"TokenCode":"123456"}`)
	if got.Error.Code != "InvalidParameter.123456" || got.RequestId != "id-123456" ||
		got.Error.Message != `TokenCode 123456 is not valid: {"TokenCode":"123456"}` {
		t.Errorf("%s", got.raw)
	}
}

// The clock that a client can read from Date is the one that its timestamp is held to.
func TestClockSkew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, New(Options{ClockSkew: time.Hour}))
		response, err := c.transport.RoundTrip(c.request(t.Context(), actionPushTasks, `{"TaskId":"1"}`))
		if err != nil {
			t.Fatal(err)
		}
		date, err := http.ParseTime(response.Header.Get("Date"))
		if err != nil || time.Until(date) != time.Hour {
			t.Fatalf("%v %v", date, err)
		}
		if got := c.tasks(`{"TaskId":"1"}`); got.code() != codeSignatureExpire {
			t.Errorf("%s", got.raw)
		}
		c.offset = time.Hour
		if got := c.tasks(`{"TaskId":"1"}`); got.code() != "" {
			t.Errorf("%s", got.raw)
		}
	})
}
