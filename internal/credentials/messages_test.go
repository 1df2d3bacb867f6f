package credentials

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// expiredAssertion ended at 2020-01-02T03:04:05Z.
var expiredAssertion = base64.StdEncoding.EncodeToString([]byte(
	`<Response><Assertion><Conditions NotBefore="2020-01-02T02:59:05Z" NotOnOrAfter="2020-01-02T03:04:05Z"/></Assertion></Response>`))

// TestMessages compares whole messages, and what they point at.
func TestMessages(t *testing.T) {
	deny := func(code, message string) *fakeSTS {
		return &fakeSTS{fail: func(string) (string, string) { return code, message }}
	}
	for _, c := range []struct {
		name     string
		with     setUp
		want     string
		argument string
	}{
		{name: "an id without a key", with: setUp{config: Config{SecretID: "argument"}},
			want:     "secret_id and secret_key: secret_key is not set; found only secret_id from the provider block. Set secret_key or TENCENTCLOUD_SECRET_KEY.",
			argument: "secret_key"},
		{name: "a key without an id", with: setUp{env: []string{envSecretKey, environmentKey}},
			want:     "secret_id and secret_key: secret_id is not set; found only secret_key from TENCENTCLOUD_SECRET_KEY. Set secret_id or TENCENTCLOUD_SECRET_ID.",
			argument: "secret_id"},
		{name: "a token alone", with: setUp{env: []string{envSecurityToken, token}},
			want: lines(
				"secret_id and secret_key: secret_id is not set; found only security_token from TENCENTCLOUD_SECURITY_TOKEN. Set secret_id or TENCENTCLOUD_SECRET_ID.",
				"secret_id and secret_key: secret_key is not set; found only security_token from TENCENTCLOUD_SECURITY_TOKEN. Set secret_key or TENCENTCLOUD_SECRET_KEY.",
			)},

		{name: "a profile that does not exist", with: setUp{config: Config{Profile: "ci"}},
			want: `profile "ci": the file /home/user/.tccli/ci.credential does not exist. ` +
				"Correct the name or shared_credentials_dir, or create the profile with tccli configure.",
			argument: "profile"},
		{name: "a profile that does not exist, beside an instance role", with: setUp{config: Config{Profile: "ci", CAMRoleName: "reader"}},
			want: `profile "ci": the file /home/user/.tccli/ci.credential does not exist. ` +
				"Correct the name or shared_credentials_dir, or create the profile with tccli configure.",
			argument: "profile"},
		{name: "a block with a fault that another replaces", with: setUp{config: Config{AssumeRole: &AssumeRole{RoleARN: "role"}, AssumeRoleWithSAML: saml}},
			want: "assume_role: session_name is not set. Set assume_role.session_name or TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME."},
		{name: "a profile of the environment that does not exist", with: setUp{env: []string{envProfile, "ci"}},
			want: `profile "ci": the file /home/user/.tccli/ci.credential does not exist. ` +
				"Correct the name or shared_credentials_dir, or create the profile with tccli configure."},
		{name: "a profile that may not be read", with: setUp{config: Config{Profile: "ci"}, files: files{"/home/user/.tccli/ci.credential": forbidden}},
			want: `profile "ci": the file /home/user/.tccli/ci.credential cannot be read: permission denied. Make it readable by the user that runs Terraform.`},
		{name: "a profile that does not parse", with: setUp{files: files{"/home/user/.tccli/default.credential": "{\n\"secretKey\": " + profileKey}},
			want: `profile "default": the file /home/user/.tccli/default.credential is not a valid JSON object: syntax error in line 2. ` +
				"Correct the file, or create it again with tccli configure."},
		{name: "a profile of another type", with: setUp{files: files{"/home/user/.tccli/default.credential": `{"secretId":"i","secretKey":1234567}`}},
			want: `profile "default": the file /home/user/.tccli/default.credential is not a valid JSON object: "secretKey" has the wrong type in line 1. ` +
				"Correct the file, or create it again with tccli configure."},
		{name: "a profile that is empty", with: setUp{files: files{"/home/user/.tccli/default.credential": "\n"}},
			want: `profile "default": the file /home/user/.tccli/default.credential is empty. Correct the file, or create it again with tccli configure.`},
		{name: "a profile with half a pair", with: setUp{files: files{"/home/user/.tccli/default.credential": `{"secretKey":"` + profileKey + `"}`}},
			want: `profile "default": the file /home/user/.tccli/default.credential has no secretId. Add what is missing, or create the profile again with tccli configure.`},
		{name: "a profile without keys", with: setUp{config: Config{Profile: "ci"}, files: files{"/home/user/.tccli/ci.credential": `{}`}},
			want:     `profile "ci": the file /home/user/.tccli/ci.credential has no secretId and secretKey. Add what is missing, or create the profile again with tccli configure.`,
			argument: "profile"},
		{name: "a profile's role without a session name", with: setUp{files: profileFiles("default", `,"role-arn":"role"`)},
			want: `profile "default": the file /home/user/.tccli/default.credential has only one of role-arn and role-session-name. ` +
				"Add what is missing, or create the profile again with tccli configure."},

		{name: "a shared file that does not exist", with: setUp{env: []string{envCredentialsFile, "/shared"}},
			want: "credentials file (TENCENTCLOUD_CREDENTIALS_FILE): the file /shared does not exist. " +
				"Create it with secret_id and secret_key in the section [default], or unset TENCENTCLOUD_CREDENTIALS_FILE."},
		{name: "a shared file that may not be read", with: setUp{env: []string{envCredentialsFile, "/shared"}, files: files{"/shared": forbidden}},
			want: "credentials file (TENCENTCLOUD_CREDENTIALS_FILE): the file /shared cannot be read: permission denied. Make it readable by the user that runs Terraform."},
		{name: "a shared file that is not INI", with: setUp{env: []string{envCredentialsFile, "/shared"}, files: files{"/shared": "[default]\n" + sharedKey + "\n"}},
			want: "credentials file (TENCENTCLOUD_CREDENTIALS_FILE): the file /shared is not valid INI. " +
				"Write it as [default], secret_id = … and secret_key = …, a line each."},
		{name: "a shared file with half a pair", with: setUp{files: files{"/home/user/.tencentcloud/credentials": "[default]\nsecret_id = shared\n[other]\nsecret_key = " + sharedKey}},
			want: "credentials file (TENCENTCLOUD_CREDENTIALS_FILE): the file /home/user/.tencentcloud/credentials has no secret_key in its section [default]. Add it."},

		{name: "a role without a session name", with: setUp{config: Config{AssumeRole: &AssumeRole{RoleARN: "role"}}, env: keys},
			want:     "assume_role: session_name is not set. Set assume_role.session_name or TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME.",
			argument: "assume_role.session_name"},
		{name: "two identities of the environment", with: setUp{env: slices.Concat(environment, []string{envSAMLAssertion, assertion, envWebIdentityToken, jwt})},
			want: "role from the environment: both a SAML assertion and a web identity token are set. " +
				"Unset TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION and TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN, or " +
				"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN and TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE."},
		{name: "a duration that is no number", with: setUp{config: Config{AssumeRole: block}, env: slices.Concat(keys, []string{envSessionDuration, "1h"})},
			want:     "assume_role: TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION must be a whole number of seconds from 1 to 43200",
			argument: "assume_role.session_duration"},
		{name: "a duration that is too long", with: setUp{config: Config{AssumeRoleWithSAML: &AssumeRoleWithSAML{
			SAMLAssertion: assertion, PrincipalARN: "idp", RoleARN: "role", SessionName: "session", SessionDuration: 43201}}},
			want:     "assume_role_with_saml: session_duration must be a whole number of seconds from 1 to 43200",
			argument: "assume_role_with_saml.session_duration"},
		{name: "an empty web identity block", with: setUp{config: Config{AssumeRoleWithWebIdentity: &AssumeRoleWithWebIdentity{}}},
			want: lines(
				"assume_role_with_web_identity: session_name is not set. Set assume_role_with_web_identity.session_name or TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME.",
				"assume_role_with_web_identity: neither web_identity_token nor web_identity_token_file is set. Set one of them, or TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN or TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE.",
				"assume_role_with_web_identity: neither role_arn nor role_arn_file is set. Set one of them, or TENCENTCLOUD_ASSUME_ROLE_ARN or TENCENTCLOUD_ASSUME_ROLE_ARN_FILE.",
			)},
		{name: "MFA without a code", with: setUp{config: Config{MFACertification: &MFACertification{SerialNumber: "device"}}, env: keys},
			want:     "mfa_certification: token_code is not set. Set mfa_certification.token_code or TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE.",
			argument: "mfa_certification.token_code"},
		{name: "not in a pod", with: setUp{config: Config{EnablePodOIDC: true}, env: []string{envPodRegion, "ap-pod"}},
			want: "enable_pod_oidc: not set: TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE, TKE_ROLE_ARN. " +
				"TKE sets them in a pod whose service account is bound to a role. Bind one, or remove enable_pod_oidc.",
			argument: "enable_pod_oidc"},
		{name: "a token file that does not exist", with: setUp{config: Config{AssumeRoleWithWebIdentity: &AssumeRoleWithWebIdentity{
			WebIdentityTokenFile: "/jwt", RoleARN: "role", SessionName: "session"}}},
			want:     `assume_role_with_web_identity (role): the file /jwt does not exist. Write the value alone or as {"web_identity_token": "…"}, or correct the path.`,
			argument: "assume_role_with_web_identity.web_identity_token_file"},
		{name: "a token file that is empty", with: setUp{config: Config{AssumeRoleWithWebIdentity: &AssumeRoleWithWebIdentity{
			WebIdentityTokenFile: "/jwt", RoleARN: "role", SessionName: "session"}}, files: files{"/jwt": ""}},
			want:     `assume_role_with_web_identity (role): the file /jwt is empty. Write the value alone or as {"web_identity_token": "…"}, or correct the path.`,
			argument: "assume_role_with_web_identity.web_identity_token_file"},
		{name: "a token file with an empty token", with: setUp{config: Config{AssumeRoleWithWebIdentity: &AssumeRoleWithWebIdentity{
			WebIdentityTokenFile: "/jwt", RoleARN: "role", SessionName: "session"}}, files: files{"/jwt": `{"web_identity_token":" "}`}},
			want:     `assume_role_with_web_identity (role): the file /jwt has no "web_identity_token", or an empty one. Write the value alone or as {"web_identity_token": "…"}, or correct the path.`,
			argument: "assume_role_with_web_identity.web_identity_token_file"},
		{name: "a token file that is not JSON", with: setUp{config: Config{AssumeRoleWithWebIdentity: &AssumeRoleWithWebIdentity{
			WebIdentityTokenFile: "/jwt", RoleARN: "role", SessionName: "session"}}, files: files{"/jwt": "jwt = " + jwt}},
			want:     `assume_role_with_web_identity (role): the file /jwt is not a valid JSON object: syntax error in line 1. Write the value alone or as {"web_identity_token": "…"}, or correct the path.`,
			argument: "assume_role_with_web_identity.web_identity_token_file"},
		{name: "a pod's token file that is empty", with: setUp{config: Config{EnablePodOIDC: true}, env: pod, files: files{"/token": "\n"}},
			want:     "pod identity (pod-role): the file /token is empty. Check that the pod's service account is bound to a role and that its token is mounted.",
			argument: "enable_pod_oidc"},
		{name: "an expired assertion", with: setUp{config: Config{AssumeRoleWithSAML: &AssumeRoleWithSAML{
			SAMLAssertion: expiredAssertion, PrincipalARN: "idp", RoleARN: "role", SessionName: "session"}}},
			want: "assume_role_with_saml (role): the SAML assertion expired at 2020-01-02T03:04:05Z. " +
				"Sign in to the identity provider again and set saml_assertion or TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION to the new assertion.",
			argument: "assume_role_with_saml.saml_assertion"},
		{name: "an instance without the role", with: setUp{config: Config{CAMRoleName: "writer"}},
			want:     `instance role "writer": no role of this name is attached to this instance. Attach it in the CVM console, or correct cam_role_name or TENCENTCLOUD_CAM_ROLE_NAME.`,
			argument: "cam_role_name"},

		{name: "STS knows no such role", with: setUp{config: Config{AssumeRole: block}, env: keys, sts: deny("ResourceNotFound.RoleNotFound", "role not exist")},
			want: "assume_role (block-role): STS issued no credential: AssumeRole: ResourceNotFound.RoleNotFound: role not exist (RequestId request-1). " +
				"Correct the role's ARN; the console lists roles under CAM."},
		{name: "STS refuses the keys", with: setUp{config: Config{AssumeRole: block}, env: keys, sts: deny("AuthFailure.SecretIdNotFound", "The SecretId is not found")},
			want: "assume_role (block-role): STS issued no credential: AssumeRole: AuthFailure.SecretIdNotFound: The SecretId is not found (RequestId request-1). " +
				"STS rejected the credential that signed the call: secret_id from TENCENTCLOUD_SECRET_ID, secret_key from TENCENTCLOUD_SECRET_KEY."},
		{name: "STS refuses the token", with: setUp{config: Config{AssumeRoleWithWebIdentity: web}, sts: deny("InvalidParameter.WebIdentityTokenError", "expired")},
			want: "assume_role_with_web_identity (web-role): STS issued no credential: AssumeRoleWithWebIdentity: InvalidParameter.WebIdentityTokenError: expired (RequestId request-1). " +
				"Use a token that is valid now; a token file is read again at every refresh."},
		{name: "STS refuses the code", with: setUp{config: Config{MFACertification: mfa}, env: keys, sts: deny("AuthFailure.MFAFailure", "no")},
			want: "mfa_certification: STS issued no credential: GetSessionToken: AuthFailure.MFAFailure: no (RequestId request-1). " +
				"Use a new code; each is valid for one call."},
		{name: "STS quotes the token", with: setUp{config: Config{AssumeRoleWithWebIdentity: web}, sts: deny("InvalidParameter.ParamError", "bad token "+jwt)},
			want: "assume_role_with_web_identity (web-role): STS issued no credential: AssumeRoleWithWebIdentity: InvalidParameter.ParamError: bad token (redacted) (RequestId request-1)"},
		{name: "STS refuses the first of two", with: setUp{config: Config{AssumeRole: block}, env: slices.Concat(keys, environment), sts: deny("UnauthorizedOperation", "no")},
			want: "role from the environment (env-role): STS issued no credential: AssumeRole: UnauthorizedOperation: no (RequestId request-1). " +
				"Allow the caller sts:AssumeRole, and name the caller in the role's trust policy."},
		{name: "an account that is not allowed", with: setUp{config: Config{AllowedAccountIDs: []string{"1", "2"}}, env: keys, sts: &fakeSTS{account: "3"}},
			want:     "allowed_account_ids: the credential belongs to account 3, which is not among 1, 2. Use a credential of another account, or correct the argument.",
			argument: "allowed_account_ids"},
		{name: "an account that is forbidden", with: setUp{config: Config{ForbiddenAccountIDs: []string{"3"}}, env: keys, sts: &fakeSTS{account: "3"}},
			want:     "forbidden_account_ids: the credential belongs to account 3, which is forbidden. Use a credential of another account, or correct the argument.",
			argument: "forbidden_account_ids"},
		{name: "an account that cannot be asked for", with: setUp{config: Config{ForbiddenAccountIDs: []string{"3"}}, env: keys, sts: deny("UnauthorizedOperation", "no")},
			want:     "forbidden_account_ids: could not determine the account of the credential: GetCallerIdentity: UnauthorizedOperation: no (RequestId request-1)",
			argument: "forbidden_account_ids"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := failure(t, c.with)
			message := err.Error()
			if message != c.want {
				t.Errorf("got\n%s\nwant\n%s", message, c.want)
			}
			keepsSecrets(t, message)
			keepsSecrets(t, fmt.Sprintf("%v %+v %#v", err, err, err))
			if c.argument != "" && argumentOf(c.with, err) != c.argument {
				t.Errorf("points at %q, want %q", argumentOf(c.with, err), c.argument)
			}
		})
	}
}

// An assertion that ran out by less than clocks may differ is left to STS to
// judge, and named as the likely reason when that refuses.
func TestAssertionThatJustExpired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ends := time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
		with := setUp{config: Config{AssumeRoleWithSAML: &AssumeRoleWithSAML{
			SAMLAssertion: base64.StdEncoding.EncodeToString([]byte(`<Conditions NotOnOrAfter="` + ends + `"/>`)),
			PrincipalARN:  "idp", RoleARN: "role", SessionName: "session"}}}
		source, err := with.source()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := source.Credential(t.Context()); err != nil {
			t.Fatal(err)
		}
		with.sts = &fakeSTS{fail: func(string) (string, string) { return "InvalidParameter.ParamError", "no" }}
		got := failure(t, with).Error()
		want := "assume_role_with_saml (role): the SAML assertion expired at " + ends +
			": AssumeRoleWithSAML: InvalidParameter.ParamError: no (RequestId request-1). " +
			"Sign in to the identity provider again and set saml_assertion or TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION to the new assertion."
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// failure is why a set-up gives no credential.
func failure(t *testing.T, with setUp) error {
	t.Helper()
	source, err := with.source()
	if err != nil {
		return err
	}
	credential, err := source.Credential(t.Context())
	if err == nil {
		t.Fatalf("got a credential of %q", credential.SecretID)
	}
	return err
}

// argumentOf is what the first problem points at.
func argumentOf(with setUp, err error) string {
	if _, problems := Resolve(with.config, variables(with.env...)); len(problems) > 0 {
		return problems[0].Argument
	}
	var e *Error
	if !errors.As(err, &e) {
		return "no *Error"
	}
	return e.Argument
}

func TestNotFoundListsEverySource(t *testing.T) {
	got := failure(t, setUp{config: Config{AssumeRole: block}, files: files{"/home/user/.tencentcloud/credentials": forbidden}}).Error()
	want := lines(
		"no credentials were found. Set up one of these sources.",
		"  - credentials file (TENCENTCLOUD_CREDENTIALS_FILE): the file /home/user/.tencentcloud/credentials cannot be read: permission denied",
		`  - profile "default" (profile, TENCENTCLOUD_PROFILE, shared_credentials_dir, TENCENTCLOUD_SHARED_CREDENTIALS_DIR): the file /home/user/.tccli/default.credential does not exist`,
		"  - secret_id and secret_key (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY): not set",
		"  - cam_role_name (TENCENTCLOUD_CAM_ROLE_NAME): not set",
		`  - role of profile "default": the file /home/user/.tccli/default.credential does not exist`,
		"  - role from the environment (TENCENTCLOUD_ASSUME_ROLE_ARN, TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME; by itself, "+
			"or with TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION or TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN): not set",
		"  - assume_role (block-role): set, but it has to be called with the credential of another source",
		"  - assume_role_with_saml: not set",
		"  - assume_role_with_web_identity: not set",
		"  - mfa_certification (TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER, TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE): not set",
		"  - enable_pod_oidc (TKE_REGION, TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE, TKE_ROLE_ARN): not set",
	)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Whatever is printed by accident tells no secret.
func TestPrintingTellsNoSecret(t *testing.T) {
	config := Config{
		SecretID: "argument", SecretKey: argumentKey, SecurityToken: token,
		AssumeRole:                &AssumeRole{TokenCode: code},
		AssumeRoleWithSAML:        saml,
		AssumeRoleWithWebIdentity: web, MFACertification: mfa,
	}
	source, err := setUp{config: Config{SecretID: "argument", SecretKey: argumentKey, AssumeRole: block}}.source()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Credential(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, value := range []any{
		config, &config, *config.AssumeRole, *saml, saml, *web, *mfa, source, *source.plan, source.plan,
	} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			keepsSecrets(t, fmt.Sprintf(format, value))
		}
	}
}

func TestObtainedTellsWhichSourceWon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []Obtained
		source, err := setUp{
			config: Config{AssumeRole: block}, files: profileFiles("default", ""),
			told: func(o Obtained) { got = append(got, o) },
		}.source()
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := source.Credential(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		want := []Obtained{
			{Source: `profile "default" (/home/user/.tccli/default.credential)`},
			{Source: "assume_role (block-role)", Expires: time.Now().Add(time.Hour), Final: true},
		}
		if len(got) == 2 {
			got[1].Expires = got[1].Expires.In(want[1].Expires.Location())
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
