package provider_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

const role = "qcs::cam::uin/100000000001:roleName/cdn-reader"

// file writes a file of the test's own and returns its path.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Each source of credentials, to what the service receives in the end.
func TestAccCredentials_sources(t *testing.T) {
	t.Parallel()
	assertion := base64.StdEncoding.EncodeToString([]byte("<Response/>"))
	profile := file(t, "ci.credential", `{"secretId":"AKIDEXAMPLE","secretKey":"EXAMPLEKEY"}`)
	ini := file(t, "credentials", "[default]\nsecret_id = AKIDEXAMPLE\nsecret_key = EXAMPLEKEY\n")
	token, jwt := file(t, "token.json", `{"web_identity_token":"eyJhbGciOi"}`), file(t, "jwt", "eyJwb2Qi\n")
	cvmRole := file(t, "default.credential", `{"type":"cvm-role"}`)
	for name, c := range map[string]struct {
		options   cdnsim.Options
		arguments string
		env       []string // of a real process
		sts       []string // actions and parameters that STS received
		metadata  int      // requests to the instance metadata
		warning   string
	}{
		"static":      {arguments: keys},
		"environment": {env: []string{"TENCENTCLOUD_SECRET_ID=AKIDEXAMPLE", "TENCENTCLOUD_SECRET_KEY=EXAMPLEKEY"}},
		"profile":     {arguments: fmt.Sprintf("profile = \"ci\"\nshared_credentials_dir = %q", filepath.Dir(profile))},
		"quoted variables, as docker --env-file leaves them": {
			env: []string{`TENCENTCLOUD_SECRET_ID="AKIDEXAMPLE"`, "TENCENTCLOUD_SECRET_KEY='EXAMPLEKEY'\u200b", `TENCENTCLOUD_REGION="ap-guangzhou"`},
		},
		"half a role of the environment is ignored": {
			env: []string{"TENCENTCLOUD_SECRET_ID=AKIDEXAMPLE", "TENCENTCLOUD_SECRET_KEY=EXAMPLEKEY", "TENCENTCLOUD_ASSUME_ROLE_ARN=" + role},
			warning: "role from the environment: ignored because it is incomplete; not set: TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME. " +
				"Set what is missing, or unset TENCENTCLOUD_ASSUME_ROLE_ARN.",
		},
		"profile that is the role of the instance": {
			options:   cdnsim.Options{Metadata: cdnsim.MetadataOptions{Roles: []string{"reader", "other"}}},
			arguments: fmt.Sprintf("shared_credentials_dir = %q", filepath.Dir(cvmRole)), metadata: 2,
		},
		"raw web identity token": {
			options:   cdnsim.Options{STS: cdnsim.STSOptions{WebIdentityToken: "eyJwb2Qi"}},
			arguments: fmt.Sprintf("assume_role_with_web_identity {\nweb_identity_token_file = %q\nrole_arn = %q\nsession_name = \"ci\"\n}", jwt, role),
			sts: []string{`AssumeRoleWithWebIdentity {"DurationSeconds":7200,"ProviderId":"OIDC","RoleArn":"` + role +
				`","RoleSessionName":"ci","WebIdentityToken":"eyJwb2Qi"}`},
		},
		"SDK file": {env: []string{"TENCENTCLOUD_CREDENTIALS_FILE=" + ini}},
		"instance role": {
			options: cdnsim.Options{Metadata: cdnsim.MetadataOptions{Roles: []string{"reader"}}}, arguments: `cam_role_name = "reader"`,
			metadata: 1,
		},
		"assume_role": {
			options: cdnsim.Options{STS: cdnsim.STSOptions{Roles: []cdnsim.Role{{Arn: role, ExternalID: "pipeline"}}}},
			arguments: keys + fmt.Sprintf("assume_role {\nrole_arn = %q\nsession_name = \"ci\"\nsession_duration = 3600\n"+
				"external_id = \"pipeline\"\nsource_identity = \"alice\"\n}", role),
			sts: []string{`AssumeRole {"DurationSeconds":3600,"ExternalId":"pipeline","RoleArn":"` + role +
				`","RoleSessionName":"ci","SourceIdentity":"alice"}`},
		},
		"role of the environment": {
			env: []string{"TENCENTCLOUD_SECRET_ID=AKIDEXAMPLE", "TENCENTCLOUD_SECRET_KEY=EXAMPLEKEY",
				"TENCENTCLOUD_ASSUME_ROLE_ARN=" + role, "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME=env"},
			sts: []string{`AssumeRole {"DurationSeconds":7200,"RoleArn":"` + role + `","RoleSessionName":"env"}`},
		},
		"SAML": {
			options: cdnsim.Options{STS: cdnsim.STSOptions{SAMLAssertion: assertion}},
			arguments: fmt.Sprintf("assume_role_with_saml {\nsaml_assertion = %q\nprincipal_arn = \"qcs::cam::uin/100000000001:saml-provider/corp\"\n"+
				"role_arn = %q\nsession_name = \"ci\"\n}", assertion, role),
			sts: []string{`AssumeRoleWithSAML {"DurationSeconds":7200,"PrincipalArn":"qcs::cam::uin/100000000001:saml-provider/corp","RoleArn":"` +
				role + `","RoleSessionName":"ci","SAMLAssertion":"` + assertion + `"}`},
		},
		"web identity": {
			options: cdnsim.Options{STS: cdnsim.STSOptions{WebIdentityToken: "eyJhbGciOi"}},
			arguments: fmt.Sprintf("assume_role_with_web_identity {\nprovider_id = \"GitHub\"\nweb_identity_token_file = %q\nrole_arn = %q\n"+
				"session_name = \"ci\"\n}", token, role),
			sts: []string{`AssumeRoleWithWebIdentity {"DurationSeconds":7200,"ProviderId":"GitHub","RoleArn":"` + role +
				`","RoleSessionName":"ci","WebIdentityToken":"eyJhbGciOi"}`},
		},
		"MFA": {
			options:   cdnsim.Options{STS: cdnsim.STSOptions{MFASerialNumber: "softToken", MFATokenCode: "123456"}},
			arguments: keys + "mfa_certification {\nserial_number = \"softToken\"\ntoken_code = \"123456\"\n}",
			sts:       []string{`GetSessionToken {"DurationSeconds":1800,"SerialNumber":"softToken","TokenCode":"123456"}`},
		},
		"pod identity": {
			options:   cdnsim.Options{STS: cdnsim.STSOptions{WebIdentityToken: "eyJwb2Qi"}},
			arguments: "enable_pod_oidc = true",
			env:       []string{"TKE_REGION=ap-guangzhou", "TKE_PROVIDER_ID=cls-1", "TKE_WEB_IDENTITY_TOKEN_FILE=" + jwt, "TKE_ROLE_ARN=" + role},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.options.Tasks = rows(1)
			s := simulate(t, c.options)
			p := (*project)(nil)
			if c.env == nil {
				p = attached(t, s.block(c.arguments)+lookUp)
			} else {
				p = installed(t, s.block(c.arguments)+lookUp)
				p.env = append(p.env, c.env...)
			}
			o := p.plan().must(t)
			warning := ""
			for _, d := range o.diagnostics("warning") {
				if d.Summary == "Incomplete credentials in the environment" {
					warning += d.Detail
				}
			}
			if warning != c.warning {
				t.Errorf("warns %q, want %q", warning, c.warning)
			}

			requests := s.pushTasks()
			if len(requests) != 1 || requests[0].Answer.Code != "" {
				t.Fatalf("%d requests, the first with the response %+v", len(requests), requests[0].Answer)
			}
			id, token := "AKIDEXAMPLE", ""
			if issued := s.Issued(); len(issued) > 0 {
				id, token = issued[len(issued)-1].SecretID, issued[len(issued)-1].Token
			}
			if requests[0].SecretID != id || requests[0].Token != token {
				t.Errorf("the service received id %s and token %q, want %s and %q", requests[0].SecretID, requests[0].Token, id, token)
			}
			if name == "pod identity" {
				c.sts = []string{podCall(t, s)}
			}
			var sts []string
			for _, r := range s.Requests() {
				if r.Version == "2018-08-13" {
					sts = append(sts, r.Action+" "+jsonText(r.Params))
				}
			}
			if strings.Join(sts, "\n") != strings.Join(c.sts, "\n") {
				t.Errorf("STS received\n  %s\nwant\n  %s", strings.Join(sts, "\n  "), strings.Join(c.sts, "\n  "))
			}
			if n := len(s.asked("")); n != c.metadata {
				t.Errorf("%d requests to the metadata, want %d", n, c.metadata)
			}
		})
	}
}

// podCall is what STS is to receive for a pod, whose session has a name of the provider's making.
func podCall(t *testing.T, s *service) string {
	t.Helper()
	calls := s.asked("AssumeRoleWithWebIdentity")
	if len(calls) != 1 {
		t.Fatalf("%d calls of AssumeRoleWithWebIdentity", len(calls))
	}
	if calls[0].Region != "ap-guangzhou" {
		t.Errorf("the region is %q", calls[0].Region)
	}
	return fmt.Sprintf(`AssumeRoleWithWebIdentity {"DurationSeconds":7200,"ProviderId":"cls-1","RoleArn":"%s","RoleSessionName":"%s",`+
		`"WebIdentityToken":"eyJwb2Qi"}`, role, calls[0].Params["RoleSessionName"])
}

// Temporary keys are sent with their token.
func TestAccCredentials_token(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{})
	issued := s.Issue(time.Hour)
	attached(t, s.block(fmt.Sprintf("secret_id = %q\nsecret_key = %q\nsecurity_token = %q", issued.SecretID, issued.SecretKey, issued.Token))+
		lookUp).plan().must(t)
	if r := s.pushTasks()[0]; r.SecretID != issued.SecretID || r.Token != issued.Token || r.Answer.Code != "" {
		t.Errorf("the service received %s and %s, and responded with %q", r.SecretID, r.Token, r.Answer.Code)
	}
}

// A login of tccli signs requests until it expires, and an error then says how to renew it.
func TestAccCredentials_login(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{})
	issued := s.Issue(time.Hour)
	login := func(expires time.Time) string {
		return filepath.Dir(file(t, "default.credential", fmt.Sprintf(`{"type":"oauth","secretId":%q,"secretKey":%q,"token":%q,"expiresAt":%d,"oauth":{}}`,
			issued.SecretID, issued.SecretKey, issued.Token, expires.Unix())))
	}
	attached(t, s.block(fmt.Sprintf("shared_credentials_dir = %q", login(time.Now().Add(time.Hour))))+lookUp).plan().must(t)
	if r := s.pushTasks()[0]; r.SecretID != issued.SecretID || r.Token != issued.Token || r.Answer.Code != "" {
		t.Errorf("the service received %s and %s, and responded with %q", r.SecretID, r.Token, r.Answer.Code)
	}
	dir := login(time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC).AddDate(-10, 0, 0))
	d := attached(t, s.block(fmt.Sprintf("shared_credentials_dir = %q", dir))+lookUp).plan().failure(t)
	says(t, d.Detail, `profile "default"`, filepath.Join(dir, "default.credential"), "expired at 2016-11-24T08:00:00Z", "tccli auth login")
	if strings.Contains(d.Detail, issued.SecretKey) || strings.Contains(d.Detail, issued.Token) {
		t.Errorf("it tells a secret: %s", d.Detail)
	}
}

// A role's credentials that expire during a wait are refreshed before the service rejects one.
func TestAccCredentials_renewal(t *testing.T) {
	t.Parallel()
	needVersion(t, "1.2.0", "postcondition")
	s := simulate(t, cdnsim.Options{Tasks: pending(2, 27*time.Second, "done"), STS: cdnsim.STSOptions{Lifetime: 8 * time.Second}})
	p := attached(t, s.block(keys+fmt.Sprintf("assume_role {\nrole_arn = %q\nsession_name = \"ci\"\n}", role))+gate(postcondition))
	p.apply().must(t)
	ids := map[string]bool{}
	for _, r := range s.pushTasks() {
		ids[r.SecretID] = true
	}
	if len(ids) < 4 {
		t.Errorf("the service received %d different credentials, want 4 or more", len(ids))
	}
	for code, n := range s.Counts().ByCode {
		if code != "" {
			t.Errorf("%d requests were rejected with %s", n, code)
		}
	}
}

// A credential of an account that is not allowed reads nothing.
func TestAccCredentials_account(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{Tasks: rows(1)})
	d := attached(t, s.block(keys+`allowed_account_ids = ["200000000002"]`)+lookUp).plan().failure(t)
	says(t, d.Summary+"\n"+d.Detail, "No usable credentials", "allowed_account_ids", "100000000001", "200000000002")
	s.expect(t)
	d = attached(t, s.block(keys+`forbidden_account_ids = ["100000000001"]`)+lookUp).plan().failure(t)
	says(t, d.Detail, "forbidden_account_ids", "100000000001")
	s.expect(t)
	attached(t, s.block(keys+`allowed_account_ids = ["200000000002", "100000000001"]`)+lookUp).plan().must(t)
	s.expect(t, all)
	if n := len(s.asked("GetCallerIdentity")); n != 3 {
		t.Errorf("STS received %d requests for the account, want once for each plan", n)
	}
}

// An error of a source says which source, what is wrong, and what to do.
func TestAccCredentials_refused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options   cdnsim.Options
		arguments string
		says      []string
	}{
		"no such role": {
			cdnsim.Options{STS: cdnsim.STSOptions{Roles: []cdnsim.Role{{Arn: "qcs::cam::uin/1:roleName/other"}}}},
			keys + fmt.Sprintf("assume_role {\nrole_arn = %q\nsession_name = \"ci\"\n}", role),
			[]string{"assume_role", role, "ResourceNotFound.RoleNotFound", "Correct the role's ARN"},
		},
		"external id": {
			cdnsim.Options{STS: cdnsim.STSOptions{Roles: []cdnsim.Role{{Arn: role, ExternalID: "pipeline"}}}},
			keys + fmt.Sprintf("assume_role {\nrole_arn = %q\nsession_name = \"ci\"\n}", role),
			[]string{"assume_role", "UnauthorizedOperation", "sts:AssumeRole", "trust policy"},
		},
		"no metadata": {
			cdnsim.Options{Metadata: cdnsim.MetadataOptions{Silent: true}}, `cam_role_name = "reader"`,
			[]string{`instance role "reader"`, "within 2s", "TENCENTCLOUD_CAM_ROLE_NAME"},
		},
		"no profile": {
			cdnsim.Options{}, `profile = "missing"`, []string{`profile "missing"`, "missing.credential", "does not exist", "tccli configure"},
		},
		"token": {cdnsim.Options{}, "secret_id = \"AKIDEXAMPLE\"\nsecret_key = \"EXAMPLEKEY\"\nsecurity_token = \"stale-token\"",
			[]string{"AuthFailure.TokenFailure", "security_token"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, c.options)
			began := time.Now()
			o := attached(t, s.block(c.arguments)+lookUp).plan()
			d := o.failure(t)
			says(t, d.Summary+"\n"+d.Detail, c.says...)
			for _, secret := range []string{"EXAMPLEKEY", "stale-token"} {
				if strings.Contains(d.Detail, secret) {
					t.Errorf("it tells a secret: %s", d.Detail)
				}
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// No request is sent for a credential that nothing needs.
func TestAccCredentials_lazy(t *testing.T) {
	t.Parallel()
	needVersion(t, "1.4.0", "terraform_data")
	s := simulate(t, cdnsim.Options{})
	p := attached(t, s.block(`cam_role_name = "reader"`)+"resource \"terraform_data\" \"other\" {}\n")
	p.plan().must(t)
	p.run("validate").must(t)
	if n := s.Counts().Requests; n > 0 {
		t.Errorf("%d requests", n)
	}
}
