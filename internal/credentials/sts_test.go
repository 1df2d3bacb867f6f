package credentials

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// TestParameters shows what each action is called with, and in which region.
func TestParameters(t *testing.T) {
	for _, c := range []struct {
		name   string
		with   setUp
		region string
		want   map[string]any
	}{
		{"AssumeRole at its least", setUp{config: Config{AssumeRole: block}, env: keys}, "ap-guangzhou", map[string]any{
			"RoleArn": "block-role", "RoleSessionName": "session", "DurationSeconds": 7200.0}},
		{"AssumeRole with everything", setUp{config: Config{Region: "ap-argument", AssumeRole: &AssumeRole{
			RoleARN: "role", SessionName: "session", SessionDuration: 900, Policy: `{"a": "b+c"}`, ExternalID: "external",
			SourceIdentity: "me", SerialNumber: "device", TokenCode: code}}, env: keys}, "ap-argument", map[string]any{
			"RoleArn": "role", "RoleSessionName": "session", "DurationSeconds": 900.0, "Policy": "%7B%22a%22%3A%20%22b%2Bc%22%7D",
			"ExternalId": "external", "SourceIdentity": "me", "SerialNumber": "device", "TokenCode": code}},
		{"AssumeRole from the environment", setUp{env: append([]string{envSessionDuration, "900", envExternalID, "external",
			envSourceIdentity, "me", envSerialNumber, "device", envTokenCode, code, envRegion, "ap-environment"},
			append(keys, environment...)...)}, "ap-environment", map[string]any{
			"RoleArn": "env-role", "RoleSessionName": "session", "DurationSeconds": 900.0,
			"ExternalId": "external", "SourceIdentity": "me", "SerialNumber": "device", "TokenCode": code}},
		{"AssumeRoleWithSAML", setUp{config: Config{AssumeRoleWithSAML: saml}}, "ap-guangzhou", map[string]any{
			"SAMLAssertion": assertion, "PrincipalArn": "idp", "RoleArn": "saml-role", "RoleSessionName": "session", "DurationSeconds": 7200.0}},
		{"AssumeRoleWithWebIdentity", setUp{config: Config{AssumeRoleWithWebIdentity: web}}, "ap-guangzhou", map[string]any{
			"ProviderId": "OIDC", "WebIdentityToken": jwt, "RoleArn": "web-role", "RoleSessionName": "session", "DurationSeconds": 7200.0}},
		{"AssumeRoleWithWebIdentity of the environment", setUp{env: append([]string{envWebIdentityToken, jwt, envProviderID, "idp"}, environment...)},
			"ap-guangzhou", map[string]any{
				"ProviderId": "idp", "WebIdentityToken": jwt, "RoleArn": "env-role", "RoleSessionName": "session", "DurationSeconds": 7200.0}},
		{"AssumeRoleWithWebIdentity by a file of the block, before a token of the environment", setUp{
			config: Config{AssumeRoleWithWebIdentity: &AssumeRoleWithWebIdentity{WebIdentityTokenFile: "/jwt", RoleARN: "role", SessionName: "session"}},
			env:    []string{envWebIdentityToken, "unused", envRoleARN, "unused"}, files: files{"/jwt": jwt}},
			"ap-guangzhou", map[string]any{
				"ProviderId": "OIDC", "WebIdentityToken": jwt, "RoleArn": "role", "RoleSessionName": "session", "DurationSeconds": 7200.0}},
		{"AssumeRoleWithWebIdentity by a token, before a file", setUp{
			config: Config{AssumeRoleWithWebIdentity: &AssumeRoleWithWebIdentity{WebIdentityToken: jwt, WebIdentityTokenFile: "/unused",
				RoleARN: "role", RoleARNFile: "/unused", SessionName: "session"}}},
			"ap-guangzhou", map[string]any{
				"ProviderId": "OIDC", "WebIdentityToken": jwt, "RoleArn": "role", "RoleSessionName": "session", "DurationSeconds": 7200.0}},
		{"GetSessionToken", setUp{config: Config{MFACertification: mfa}, env: keys}, "ap-guangzhou", map[string]any{
			"SerialNumber": "device", "TokenCode": code, "DurationSeconds": 1800.0}},
		{"a pod", setUp{config: Config{Region: "ap-argument", EnablePodOIDC: true}, env: pod, files: podFile}, "ap-pod", map[string]any{
			"ProviderId": "tke", "WebIdentityToken": jwt, "RoleArn": "pod-role",
			"RoleSessionName": "terraform-provider-tencentcdn", "DurationSeconds": 7200.0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.with.sts = &fakeSTS{}
			source, err := c.with.source()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := source.Credential(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := c.with.sts.requests()
			if len(got) != 1 || !reflect.DeepEqual(got[0].Params, c.want) || got[0].Region != c.region {
				t.Errorf("received %v\nwant %v in %s", got, c.want, c.region)
			}
		})
	}
}

// An error keeps what a program needs of the service's own, without secrets.
func TestErrorOfTheServiceIsKept(t *testing.T) {
	sts := &fakeSTS{fail: func(string) (string, string) { return "InvalidParameter.ParamError", "not valid: " + jwt }}
	err := failure(t, setUp{config: Config{AssumeRoleWithWebIdentity: web}, sts: sts})
	if !tencentcloud.IsCode(err, "InvalidParameter.ParamError") {
		t.Errorf("the code is lost: %v", err)
	}
	var service *tencentcloud.Error
	if !errors.As(err, &service) || service.Message != "not valid: (redacted)" || service.RequestID != "request-1" {
		t.Errorf("got %+v", service)
	}
}

// An answer that is no credential is an error that tells nothing of it.
func TestAnswersThatAreNoCredential(t *testing.T) {
	for _, c := range []struct{ name, answer, problem string }{
		{"no token", `"Credentials":{"TmpSecretId":"i","TmpSecretKey":"` + issuedKey + `","New":{}},"ExpiredTime":1`,
			"the response is incomplete: no TmpSecretId, TmpSecretKey or Token"},
		{"no end", `"Credentials":{"TmpSecretId":"i","TmpSecretKey":"` + issuedKey + `","Token":"` + issuedToken + `"},"ExpiredTime":null`,
			"the response is incomplete: no ExpiredTime"},
		{"another type", `"Credentials":["` + issuedKey + `"]`,
			"the response could not be parsed: /Response/Credentials: unexpected JSON ["},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the client asks again
				sts := &fakeSTS{raw: `{` + c.answer + `,"RequestId":"r"}`}
				got := failure(t, setUp{config: Config{AssumeRole: block}, env: keys, sts: sts}).Error()
				if !strings.Contains(got, c.problem) {
					t.Errorf("got %s\nwant %s", got, c.problem)
				}
				keepsSecrets(t, got)
			})
		})
	}
}
