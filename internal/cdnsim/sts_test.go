package cdnsim

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const roleArn = "qcs::cam::uin/100000000009:roleName/reader"

func parameters(t *testing.T, set map[string]any) string {
	t.Helper()
	b, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSTS(t *testing.T) {
	sts := STSOptions{
		Roles:           []Role{{Arn: roleArn, ExternalID: "ext", SerialNumber: "serial", TokenCode: "123456"}},
		MFASerialNumber: "device", MFATokenCode: "654321", SAMLAssertion: "YXNzZXJ0aW9u", SAMLPrincipalArn: "principal",
		WebIdentityToken: "jwt", WebIdentityProviderID: "OIDC",
	}
	c := newClient(t, New(Options{STS: sts}))
	session := map[string]any{"RoleArn": roleArn, "RoleSessionName": "me", "DurationSeconds": 60}
	good := map[string]map[string]any{
		"AssumeRole":                {"ExternalId": "ext", "SerialNumber": "serial", "TokenCode": "123456", "Policy": "{}", "SourceIdentity": "x"},
		"AssumeRoleWithSAML":        {"SAMLAssertion": "YXNzZXJ0aW9u", "PrincipalArn": "principal"},
		"AssumeRoleWithWebIdentity": {"WebIdentityToken": "jwt", "ProviderId": "OIDC"},
		"GetSessionToken":           {"SerialNumber": "device", "TokenCode": "654321", "DurationSeconds": 60},
	}
	for action, set := range good {
		if action != "GetSessionToken" {
			maps.Copy(set, session)
		}
	}
	const roles = "AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity"
	for _, tt := range []struct {
		actions, name string
		value         any // nil takes the parameter away
		code          string
	}{
		{roles + " GetSessionToken", "", nil, ""},
		{roles + " GetSessionToken", "DurationSeconds", 43201, codeSTSOverTime},
		{roles + " GetSessionToken", "DurationSeconds", 43200, ""},
		{roles + " GetSessionToken", "DurationSeconds", 0, codeSTSParam},
		{roles + " GetSessionToken", "DurationSeconds", "60", codeInvalidParameter},
		{roles + " GetSessionToken", "Unknown", "x", codeUnknownParameter},
		{roles, "RoleArn", nil, codeMissingParameter},
		{roles, "RoleArn", "reader", codeSTSParam},
		{roles, "RoleArn", roleArn + "2", codeSTSRoleNotFound},
		{roles, "RoleSessionName", nil, codeMissingParameter},
		{roles, "RoleSessionName", "a b", codeSTSParam},
		{"AssumeRole", "ExternalId", nil, codeUnauthorized},
		{"AssumeRole", "ExternalId", "other", codeUnauthorized},
		{"AssumeRole", "ExternalId", "a b", codeSTSParam},
		{"AssumeRole GetSessionToken", "TokenCode", "000000", codeMFAFailure},
		{"AssumeRole GetSessionToken", "SerialNumber", nil, codeMFAFailure},
		{"AssumeRole", "Policy", "{", codeSTSPolicy},
		{"AssumeRole", "Policy", "%7B%22a%22%3A1%7D", ""},
		{"AssumeRoleWithSAML", "SAMLAssertion", nil, codeMissingParameter},
		{"AssumeRoleWithSAML", "SAMLAssertion", "b3RoZXI=", codeSTSParam},
		{"AssumeRoleWithSAML", "SAMLAssertion", "???", codeSTSParam},
		{"AssumeRoleWithSAML", "PrincipalArn", "other", codeSTSParam},
		{"AssumeRoleWithWebIdentity", "WebIdentityToken", "other", codeSTSWebIdentity},
		{"AssumeRoleWithWebIdentity", "ProviderId", "other", codeSTSParam},
		{"AssumeRoleWithWebIdentity", "ProviderId", nil, codeMissingParameter},
	} {
		for action := range strings.FieldsSeq(tt.actions) {
			set := maps.Clone(good[action])
			set[tt.name] = tt.value
			if tt.value == nil {
				delete(set, tt.name)
			}
			caller := c
			if strings.Contains(action, "With") {
				caller = c.setting("Authorization", "SKIP")
			}
			if got := caller.call(action, parameters(t, set)); got.code() != tt.code {
				t.Errorf("%s, %s = %v: %s, want %q", action, tt.name, tt.value, got.raw, tt.code)
			}
		}
	}
	for _, action := range []string{"AssumeRole", "GetSessionToken", "GetCallerIdentity"} {
		if got := c.setting("Authorization", "SKIP").call(action, "{}"); got.code() != codeInvalidAuthorization {
			t.Errorf("%s unsigned: %s", action, got.raw)
		}
	}
}

// A temporary credential is good with its token, until it ends, and chains.
func TestTemporaryCredential(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{})
		c := newClient(t, s)
		requested := parameters(t, map[string]any{"RoleArn": roleArn, "RoleSessionName": "me", "DurationSeconds": 60})
		got := c.call("AssumeRole", requested)
		ends := time.Now().Add(time.Minute)
		if got.ExpiredTime != ends.Unix() || got.Expiration != ends.UTC().Format("2006-01-02T15:04:05Z") {
			t.Errorf("ends %d, %s; want %s", got.ExpiredTime, got.Expiration, ends)
		}
		id, key, token := got.Credentials.TmpSecretId, got.Credentials.TmpSecretKey, got.Credentials.Token
		temporary := c.with(id, key, token)
		who := temporary.call("GetCallerIdentity", "{}")
		if who.AccountId != "100000000009" || who.Type != "AssumedRole" || who.PrincipalId != "reader:me" || who.UserId != "reader:me" ||
			who.Arn != "qcs::sts:100000000009:assumed-role/reader/me" {
			t.Errorf("%s", who.raw)
		}
		for name, tt := range map[string]struct {
			client *client
			code   string
		}{
			"good": {temporary, ""}, "no token": {c.with(id, key, ""), codeTokenFailure},
			"wrong token": {c.with(id, key, "x"), codeTokenFailure}, "wrong key": {c.with(id, "x", token), codeSignatureFailure},
		} {
			if got := tt.client.tasks(`{"TaskId":"1"}`); got.code() != tt.code {
				t.Errorf("%s: %s", name, got.raw)
			}
		}
		s.Configure(func(o *Options) { o.STS.Lifetime = 2 * time.Second })
		short := temporary.call("AssumeRole", requested)
		chained := c.with(short.Credentials.TmpSecretId, short.Credentials.TmpSecretKey, short.Credentials.Token)
		time.Sleep(1999 * time.Millisecond)
		if got := chained.tasks(`{"TaskId":"1"}`); got.code() != "" {
			t.Errorf("%s", got.raw)
		}
		time.Sleep(time.Millisecond)
		if got := chained.tasks(`{"TaskId":"1"}`); got.code() != codeTokenFailure {
			t.Errorf("%s", got.raw)
		}
		if issued := s.Issued(); len(issued) != 2 || issued[0].SecretID != id || issued[0].Expires.Unix() != ends.Unix() {
			t.Errorf("%v", issued)
		}
		s.Revoke(id)
		if got := temporary.tasks(`{"TaskId":"1"}`); got.code() != codeSecretIDNotFound {
			t.Errorf("%s", got.raw)
		}
		made := s.Issue(time.Minute)
		if got := c.with(made.SecretID, made.SecretKey, made.Token).tasks(`{"TaskId":"1"}`); got.code() != "" {
			t.Errorf("%s", got.raw)
		}
	})
}

func TestCallerIdentity(t *testing.T) {
	c := newClient(t, New(Options{Accounts: []Account{{SecretID: "AKIDuser", SecretKey: "k", AccountID: "7"}}}))
	got := c.call("GetCallerIdentity", "{}")
	if got.AccountId != DefaultAccountID || got.UserId != DefaultAccountID || got.Type != "RootAccount" {
		t.Errorf("%s", got.raw)
	}
	got = c.with("AKIDuser", "k", "").call("GetCallerIdentity", "{}")
	if got.AccountId != "7" || got.UserId != "7" || got.PrincipalId != "7" || got.Type != "RootAccount" || got.Arn != "qcs::cam::uin/7:uin/7" {
		t.Errorf("%s", got.raw)
	}
}

func TestRegion(t *testing.T) {
	c := newClient(t, New(Options{STS: STSOptions{RequireRegion: true}}))
	requested := parameters(t, map[string]any{"RoleArn": roleArn, "RoleSessionName": "me"})
	if got := c.call("AssumeRole", requested); got.code() != codeMissingParameter {
		t.Errorf("%s", got.raw)
	}
	if got := c.setting("X-TC-Region", "ap-guangzhou").call("AssumeRole", requested); got.code() != "" {
		t.Errorf("%s", got.raw)
	}
}

func TestMetadata(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Metadata: MetadataOptions{Roles: []string{"one", "two"}, Lifetime: 5 * time.Second}})
		c := newClient(t, s)
		get := func(path string) (int, string) {
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://metadata.tencentyun.com/latest/meta-data/"+path, nil)
			response, err := c.transport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(response.Body)
			return response.StatusCode, string(body)
		}
		const roles = "cam/security-credentials"
		for _, path := range []string{roles, roles + "/"} {
			if status, body := get(path); status != 200 || body != "one\ntwo" {
				t.Errorf("%d %q", status, body)
			}
		}
		for _, path := range []string{roles + "/three", "cam", "instance-id"} {
			if status, _ := get(path); status != 404 {
				t.Errorf("%s: %d", path, status)
			}
		}
		_, body := get(roles + "/two")
		var got struct {
			TmpSecretId, TmpSecretKey, Token, Expiration, Code string
			ExpiredTime                                        int64
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		ends := time.Now().Add(5 * time.Second)
		if got.Code != "Success" || got.ExpiredTime != ends.Unix() || got.Expiration != ends.UTC().Format(time.RFC3339) {
			t.Errorf("%s", body)
		}
		temporary := c.with(got.TmpSecretId, got.TmpSecretKey, got.Token)
		if got := temporary.tasks(`{"TaskId":"1"}`); got.code() != "" {
			t.Errorf("%s", got.raw)
		}
		time.Sleep(5 * time.Second)
		if got := temporary.tasks(`{"TaskId":"1"}`); got.code() != codeTokenFailure {
			t.Errorf("%s", got.raw)
		}
		s.Configure(func(o *Options) { o.Metadata.Roles = nil })
		if status, _ := get(roles + "/"); status != 404 {
			t.Errorf("no roles: %d", status)
		}
	})
}

func TestMetadataSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Metadata: MetadataOptions{Roles: []string{"one"}, Silent: true}})
		start := time.Now()
		_, err := (&http.Client{Transport: s.Transport(), Timeout: 3 * time.Second}).Get("http://metadata/latest/meta-data/cam/security-credentials/")
		if err == nil || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if log := s.Requests(); len(log) != 1 || log[0].Action != "" || log[0].Answer.Status != 0 {
			t.Errorf("%+v", log)
		}
	})
}
