package cdnsim

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// vector is a signature, published or computed with an independent calculator.
type vector struct {
	Name   string
	Inputs struct {
		SecretID      string      `json:"secret_id"`
		SecretKey     string      `json:"secret_key"`
		SignedHeaders [][2]string `json:"signed_headers"`
		Timestamp     int64
		Service       string
		Method        string
		Payload       string
		Token         string
	}
	CanonicalRequest string `json:"canonical_request"`
	StringToSign     string `json:"string_to_sign"`
	Signature        string
	Authorization    string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/tc3_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 9 {
		t.Fatalf("%d vectors", len(all))
	}
	return all
}

func (v *vector) request() *http.Request {
	r, _ := http.NewRequest(v.Inputs.Method, "https://unused/", nil)
	for _, h := range v.Inputs.SignedHeaders {
		if h[0] == "host" {
			r.Host = strings.ToUpper(h[1]) // the case of a header does not count
		} else {
			r.Header.Set(h[0], h[1])
		}
	}
	return r
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			auth, err := parseAuthorization(v.Authorization)
			if err != nil {
				t.Fatal(err)
			}
			values := map[string]string{}
			for _, h := range v.Inputs.SignedHeaders {
				values[h[0]] = h[1]
			}
			header := func(name string) string { return values[name] }
			canonical := canonicalRequest(v.Inputs.Method, "", header, auth.signedHeaders, []byte(v.Inputs.Payload))
			if canonical != v.CanonicalRequest {
				t.Errorf("canonical request\n%s\nwant\n%s", canonical, v.CanonicalRequest)
			}
			toSign := stringToSign(v.Inputs.Timestamp, auth.date, auth.service, canonical)
			if toSign != v.StringToSign {
				t.Errorf("string to sign\n%s\nwant\n%s", toSign, v.StringToSign)
			}
			if got := signatureOf(v.Inputs.SecretKey, auth.date, auth.service, toSign); got != v.Signature {
				t.Errorf("signature %s, want %s", got, v.Signature)
			}
			if err := auth.verify(v.Inputs.SecretKey, v.request(), v.Inputs.Timestamp, []byte(v.Inputs.Payload)); err != nil {
				t.Errorf("verify: %v", err)
			}
		})
	}
}

// Whatever part of a signed request changes, the signature no longer holds.
func TestVectorsTampered(t *testing.T) {
	for _, v := range vectors(t) {
		auth, err := parseAuthorization(v.Authorization)
		if err != nil {
			t.Fatal(err)
		}
		verify := func(key string, change func(*http.Request), timestamp int64, payload string) string {
			r := v.request()
			change(r)
			if err := auth.verify(key, r, timestamp, []byte(payload)); err != nil {
				return err.code
			}
			return ""
		}
		in, same := v.Inputs, func(*http.Request) {}
		for name, got := range map[string]string{
			"key":          verify(in.SecretKey+"x", same, in.Timestamp, in.Payload),
			"payload":      verify(in.SecretKey, same, in.Timestamp, in.Payload+" "),
			"time":         verify(in.SecretKey, same, in.Timestamp+1, in.Payload),
			"day":          verify(in.SecretKey, same, in.Timestamp+86400, in.Payload),
			"host":         verify(in.SecretKey, func(r *http.Request) { r.Host = "example.com" }, in.Timestamp, in.Payload),
			"method":       verify(in.SecretKey, func(r *http.Request) { r.Method = "PUT" }, in.Timestamp, in.Payload),
			"query":        verify(in.SecretKey, func(r *http.Request) { r.URL.RawQuery = "a=1" }, in.Timestamp, in.Payload),
			"content-type": verify(in.SecretKey, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, in.Timestamp, in.Payload),
		} {
			if got != codeSignatureFailure {
				t.Errorf("%s, changed %s: %q", v.Name, name, got)
			}
		}
	}
}

func TestAuthorizationForm(t *testing.T) {
	const good = "TC3-HMAC-SHA256 Credential=id/2019-02-25/cdn/tc3_request, SignedHeaders=content-type;host, Signature=ab"
	if _, err := parseAuthorization(good); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{"TC3-HMAC-SHA256", "TC3-HMAC-SHA1"}, {"TC3-HMAC-SHA256 ", ""}, {"Credential=", "credential="},
		{"id/", "/"}, {"/tc3_request", ""}, {"tc3_request", "tc2_request"}, {", SignedHeaders", ",SignedHeaders"},
		{"content-type;host", "host;content-type"}, {"content-type;host", "content-type"}, {"content-type;host", "host"},
		{"content-type;host", "Content-Type;host"}, {"content-type;host", "content-type;host;host"},
		{"content-type;host", "content-type;host;"}, {", Signature=ab", ""},
	} {
		header := strings.Replace(good, change[0], change[1], 1)
		if _, err := parseAuthorization(header); err == nil || err.code != codeInvalidAuthorization {
			t.Errorf("%s: %v", header, err)
		}
	}
}

func TestAuthentication(t *testing.T) {
	s := New(Options{Accounts: []Account{{SecretID: "AKIDother", SecretKey: "otherkey", AccountID: "2"}}})
	c := newClient(t, s)
	late, early := *c, *c
	late.offset, early.offset = -5*time.Minute-2*time.Second, 5*time.Minute+2*time.Second
	for name, tt := range map[string]struct {
		client *client
		code   string
	}{
		"good":                {c, ""},
		"another account":     {c.with("AKIDother", "otherkey", ""), ""},
		"unknown id":          {c.with("AKIDnone", DefaultSecretKey, ""), codeSecretIDNotFound},
		"wrong key":           {c.with(DefaultSecretID, "x", ""), codeSignatureFailure},
		"a token too many":    {c.with(DefaultSecretID, DefaultSecretKey, "tok"), codeTokenFailure},
		"late":                {&late, codeSignatureExpire},
		"early":               {&early, codeSignatureExpire},
		"no signature":        {c.setting("Authorization", ""), codeInvalidAuthorization},
		"skipped signature":   {c.setting("Authorization", "SKIP"), codeInvalidAuthorization},
		"changed after":       {c.setting("Content-Type", "application/json; charset=utf-8"), codeSignatureFailure},
		"no action":           {c.setting("X-TC-Action", ""), codeMissingParameter},
		"unknown action":      {c.setting("X-TC-Action", "DescribeNothing"), codeInvalidAction},
		"other product":       {c.setting("X-TC-Action", "GetCallerIdentity"), codeInvalidAction},
		"no version":          {c.setting("X-TC-Version", ""), codeMissingParameter},
		"wrong version":       {c.setting("X-TC-Version", "2017-03-12"), codeNoSuchVersion},
		"no timestamp":        {c.setting("X-TC-Timestamp", ""), codeMissingParameter},
		"bad timestamp":       {c.setting("X-TC-Timestamp", "now"), codeInvalidParameter},
		"form":                {c.setting("Content-Type", "application/x-www-form-urlencoded"), codeInvalidRequest},
		"charset":             {c.setting("Content-Type", "application/json; charset=latin1"), codeInvalidRequest},
		"client":              {c.setting("X-TC-RequestClient", "terraform-provider-x_1.0 a,b;c"), ""},
		"client with slash":   {c.setting("X-TC-RequestClient", "terraform/1.0"), codeInvalidParameter},
		"client too long":     {c.setting("X-TC-RequestClient", strings.Repeat("a", 129)), codeInvalidParameter},
		"client long":         {c.setting("X-TC-RequestClient", strings.Repeat("a", 128)), ""},
		"language":            {c.setting("X-TC-Language", "en-US"), ""},
		"unknown language":    {c.setting("X-TC-Language", "en"), codeInvalidParameter},
		"within five minutes": {func() *client { d := *c; d.offset = -4*time.Minute - 50*time.Second; return &d }(), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.client.tasks(`{"TaskId":"1"}`); got.code() != tt.code {
				t.Errorf("%s\nwant code %q", got.raw, tt.code)
			}
		})
	}
}
