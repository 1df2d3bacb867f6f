package cdnsim

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestQuota(t *testing.T) {
	for _, counts := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := New(Options{QuotaPerSecond: 3, QuotaCountsRefused: counts,
				Accounts: []Account{{SecretID: "AKIDother", SecretKey: "k", AccountID: "2"}}})
			c := newClient(t, s)
			send := func() string {
				time.Sleep(200 * time.Millisecond)
				if c.tasks(`{"TaskId":"1"}`).code() == codeRequestLimitExceeded {
					return "-"
				}
				return "+"
			}
			got := ""
			for range 12 {
				got += send()
			}
			// Three in any second: those at 0.2, 0.4, 0.6 s are in the way until 1.2, 1.4, 1.6 s.
			want := "+++--+++--++"
			if counts {
				want = "+++---------" // whoever does not wait stays refused
			}
			if got != want {
				t.Errorf("refused requests count: %v: %s, want %s", counts, got, want)
			}
			if got := c.with("AKIDother", "k", "").tasks(`{"TaskId":"1"}`); got.code() != "" {
				t.Errorf("another account: %s", got.raw)
			}
			if got := c.call("GetCallerIdentity", "{}"); got.code() != "" {
				t.Errorf("another action: %s", got.raw)
			}
		})
	}
}

func TestLog(t *testing.T) {
	s := New(Options{Tasks: sample()})
	c := newClient(t, s)
	c = c.setting("X-TC-RequestClient", "me")
	good := c.tasks(`{"TaskId":"20","Limit":1}`)
	c.with("AKIDnone", "k", "tok").tasks(`{}`)
	log := s.Requests()
	if len(log) != 2 {
		t.Fatalf("%d entries", len(log))
	}
	one, two := log[0], log[1]
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(good.RequestId) {
		t.Errorf("RequestId %q", good.RequestId)
	}
	if want := (Answer{Status: 200, Rows: 1, Total: 2, RequestID: good.RequestId, Bytes: int64(len(good.raw))}); one.Answer != want {
		t.Errorf("%+v, want %+v", one.Answer, want)
	}
	got := []string{one.Method, one.Path, one.Host, one.Action, one.Version, one.Service, one.SecretID, one.RequestClient,
		one.ContentType, one.UserAgent, strings.Join(one.SignedHeaders, ";"), string(one.Body)}
	want := []string{"POST", "/", "cdn.tencentcloudapi.com", actionPushTasks, "2018-06-06", "cdn", DefaultSecretID, "me",
		"application/json", "Go-http-client/1.1", "content-type;host", `{"TaskId":"20","Limit":1}`}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
	if one.Params["TaskId"] != "20" || time.Since(time.Unix(one.Timestamp, 0)) > time.Minute || time.Since(one.Time) > time.Minute {
		t.Errorf("%+v", one)
	}
	if two.Number != 2 || two.Token != "tok" || two.Answer.Code != codeSecretIDNotFound || two.Answer.Rows != 0 {
		t.Errorf("%+v", two)
	}
	n := s.Counts()
	if n.Requests != 2 || n.Rows != 1 || n.ByAction[actionPushTasks] != 2 || n.ByCode[""] != 1 || n.ByCode[codeSecretIDNotFound] != 1 {
		t.Errorf("%+v", n)
	}
	s.ResetLog()
	c.tasks(`{}`)
	if log := s.Requests(); len(log) != 1 || log[0].Number != 1 || s.Counts().Requests != 1 {
		t.Errorf("%+v", log)
	}
}

func TestLogLimit(t *testing.T) {
	for limit, kept := range map[int]int{0: 10, 3: 3, -1: 0} {
		observed := 0
		var s *Server
		s = New(Options{LogLimit: limit, OnRequest: func(r Request) { observed += len(s.Requests()) + 1 }})
		c := newClient(t, s)
		for range 10 {
			c.tasks(`{"TaskId":"1"}`)
		}
		log := s.Requests()
		if len(log) != kept || kept > 0 && log[kept-1].Number != 10 || s.Counts().Requests != 10 || observed < 10 {
			t.Errorf("limit %d: %d entries, %d observed", limit, len(log), observed)
		}
	}
}

func TestTransportForm(t *testing.T) {
	s := New(Options{})
	c := newClient(t, s)
	get := c.request(t.Context(), actionPushTasks, "{}")
	get.Method = http.MethodGet
	if got := c.do(get); got.code() != codeUnsupportedProtocol {
		t.Errorf("%s", got.raw)
	}
	if got := c.tasks(strings.Repeat(" ", maxRequestSize-2) + "{}"); got.code() != codeCdnParamError {
		t.Errorf("10 MB: %s", got.raw)
	}
	if got := c.tasks(strings.Repeat(" ", maxRequestSize-1) + "{}"); got.code() != codeRequestSize {
		t.Errorf("over 10 MB: %s", got.raw)
	}
	elsewhere := c.request(t.Context(), actionPushTasks, "{}")
	elsewhere.URL.Path = "/other"
	if response, err := c.transport.RoundTrip(elsewhere); err != nil || response.StatusCode != http.StatusNotFound {
		t.Errorf("%v %v", response, err)
	}
	// A product that the simulator does not have.
	r := c.request(t.Context(), actionPushTasks, "{}")
	r.Header.Set("Authorization", sign(r, c.id, c.key, "cvm", time.Now(), []string{"content-type", "host"}, "{}"))
	if got := c.do(r); got.code() != codeNoSuchProduct {
		t.Errorf("%s", got.raw)
	}
	// More headers may be signed, and then they count.
	for _, changed := range []bool{false, true} {
		r := c.request(t.Context(), actionPushTasks, `{"TaskId":"1"}`)
		names := []string{"content-type", "host", "x-tc-action", "x-tc-region"}
		r.Header.Set("X-TC-Region", "ap-Guangzhou")
		r.Header.Set("Authorization", sign(r, c.id, c.key, "cdn", time.Now(), names, `{"TaskId":"1"}`))
		want := ""
		if changed {
			r.Header.Set("X-TC-Region", "ap-beijing")
			want = codeSignatureFailure
		}
		if got := c.do(r); got.code() != want {
			t.Errorf("changed: %v: %s", changed, got.raw)
		}
	}
	missing := c.request(t.Context(), actionPushTasks, "{}")
	missing.Header.Set("Authorization", sign(missing, c.id, c.key, "cdn", time.Now(), []string{"content-type", "host", "x-tc-region"}, "{}"))
	if got := c.do(missing); got.code() != codeInvalidAuthorization {
		t.Errorf("%s", got.raw)
	}
}
