package credentials

import (
	"cmp"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

var (
	keys        = []string{envSecretID, "environment", envSecretKey, environmentKey}
	environment = []string{envRoleARN, "env-role", envSessionName, "session"}
	block       = &AssumeRole{RoleARN: "block-role", SessionName: "session"}
	saml        = &AssumeRoleWithSAML{SAMLAssertion: assertion, PrincipalARN: "idp", RoleARN: "saml-role", SessionName: "session"}
	web         = &AssumeRoleWithWebIdentity{WebIdentityToken: jwt, RoleARN: "web-role", SessionName: "session"}
	mfa         = &MFACertification{SerialNumber: "device", TokenCode: code}
	pod         = []string{envPodRegion, "ap-pod", envPodProviderID, "tke", envPodTokenFile, "/token", envPodRoleARN, "pod-role"}
	podFile     = files{"/token": jwt + "\n"}
	profileRole = `,"role-arn":"profile-role","role-session-name":"session"`
	sharedFiles = files{"/home/user/.tencentcloud/credentials": "[default]\nsecret_id = shared ; mine\nsecret_key=" + sharedKey + "\n"}
)

// TestPrecedence shows for every source, and for each with the next one in the
// order of precedence, what the services receive: the calls to STS, and last a
// request that is signed with the outcome.
func TestPrecedence(t *testing.T) {
	for _, c := range []struct {
		name string
		with setUp
		want []string // the last without its action
	}{
		{"arguments", setUp{config: Config{SecretID: "argument", SecretKey: argumentKey}}, []string{"argument"}},
		{"arguments with a token", setUp{config: Config{SecretID: "argument", SecretKey: argumentKey, SecurityToken: token}}, []string{"argument with " + token}},
		{"variables", setUp{env: keys}, []string{"environment"}},
		{"variables with a token", setUp{env: slices.Concat(keys, []string{envSecurityToken, token})}, []string{"environment with " + token}},
		{"arguments before variables", setUp{config: Config{SecretID: "argument", SecretKey: argumentKey}, env: keys}, []string{"argument"}},
		{"an argument and a variable", setUp{config: Config{SecretID: "argument"}, env: []string{envSecretKey, environmentKey}}, []string{"argument"}},
		{"a variable's token belongs to its id", setUp{config: Config{SecretID: "argument", SecretKey: argumentKey},
			env: slices.Concat(keys, []string{envSecurityToken, token})}, []string{"argument"}},
		{"a variable's token without an id", setUp{config: Config{SecretID: "argument", SecretKey: argumentKey},
			env: []string{envSecurityToken, token}}, []string{"argument with " + token}},

		{"the variable of older SDKs", setUp{env: slices.Concat(keys, []string{envToken, token})}, []string{"environment with " + token}},
		{"the official variable before that of older SDKs", setUp{env: slices.Concat(keys, []string{envToken, "unused", envSecurityToken, token})},
			[]string{"environment with " + token}},
		{"the variable of older SDKs beside another id", setUp{config: Config{SecretID: "argument", SecretKey: argumentKey},
			env: slices.Concat(keys, []string{envToken, token})}, []string{"argument"}},
		{"the variable of older SDKs by itself is no key", setUp{env: []string{envToken, "unused"}, files: profileFiles("default", "")}, []string{"profile"}},

		{"profile", setUp{files: profileFiles("default", "")}, []string{"profile"}},
		{"profile with a token", setUp{files: profileFiles("default", `,"token":"`+token+`"`)}, []string{"profile with " + token}},
		{"profile by argument", setUp{config: Config{Profile: "ci"}, files: profileFiles("ci", "")}, []string{"profile"}},
		{"profile by variable", setUp{env: []string{envProfile, "ci"}, files: profileFiles("ci", "")}, []string{"profile"}},
		{"profile by argument before variable", setUp{config: Config{Profile: "ci"}, env: []string{envProfile, "other"}, files: profileFiles("ci", "")}, []string{"profile"}},
		{"profile in another directory", setUp{config: Config{SharedCredentialsDir: "~/.tccli"}, files: profileFiles("default", "")}, []string{"profile"}},
		{"profile in another directory by variable", setUp{env: []string{envSharedCredentialsDir, "/home/user/.tccli"}, files: profileFiles("default", "")}, []string{"profile"}},
		{"variables before profile", setUp{env: keys, files: profileFiles("default", profileRole)}, []string{"environment"}},

		{"shared file", setUp{files: sharedFiles}, []string{"shared"}},
		{"shared file by variable", setUp{env: []string{envCredentialsFile, "~/.tencentcloud/credentials"}, files: sharedFiles}, []string{"shared"}},
		{"shared file after a profile that may not be read", setUp{files: union(sharedFiles, files{"/home/user/.tccli/default.credential": forbidden})}, []string{"shared"}},
		{"profile before shared file", setUp{files: union(profileFiles("default", ""), sharedFiles)}, []string{"profile"}},
		{"shared file for a role", setUp{config: Config{AssumeRole: block}, files: sharedFiles},
			[]string{"AssumeRole block-role by shared", "AssumeRole-1 with TOKENissuedTOKEN-1"}},

		{"instance role", setUp{config: Config{CAMRoleName: "reader"}}, []string{"instance with " + issuedToken}},
		{"instance role by variable", setUp{env: []string{envCAMRoleName, "reader"}}, []string{"instance with " + issuedToken}},
		{"instance role replaces keys", setUp{config: Config{CAMRoleName: "reader"}, env: keys}, []string{"instance with " + issuedToken}},
		{"instance role replaces profile", setUp{config: Config{CAMRoleName: "reader"}, files: profileFiles("default", "")}, []string{"instance with " + issuedToken}},
		{"instance role beside a profile that may not be read", setUp{config: Config{CAMRoleName: "reader"},
			files: files{"/home/user/.tccli/default.credential": forbidden}}, []string{"instance with " + issuedToken}},
		{"instance role replaces half a pair", setUp{config: Config{CAMRoleName: "reader", SecretID: "argument"}}, []string{"instance with " + issuedToken}},

		{"profile's role", setUp{files: profileFiles("default", profileRole)},
			[]string{"AssumeRole profile-role by profile", "AssumeRole-1 with TOKENissuedTOKEN-1"}},
		{"profile's role by the instance role", setUp{config: Config{CAMRoleName: "reader"}, files: profileFiles("default", profileRole)},
			[]string{"AssumeRole profile-role by instance with TOKENissuedTOKEN", "AssumeRole-1 with TOKENissuedTOKEN-1"}},

		{"role from the environment", setUp{env: slices.Concat(keys, environment)},
			[]string{"AssumeRole env-role by environment", "AssumeRole-1 with TOKENissuedTOKEN-1"}},
		{"role from the environment by the profile's role", setUp{env: environment, files: profileFiles("default", profileRole)}, []string{
			"AssumeRole profile-role by profile", "AssumeRole env-role by AssumeRole-1 with TOKENissuedTOKEN-1",
			"AssumeRole-2 with TOKENissuedTOKEN-2"}},
		{"SAML from the environment", setUp{env: slices.Concat(environment, []string{envSAMLAssertion, assertion, envPrincipalARN, "idp"})},
			[]string{"AssumeRoleWithSAML env-role by SKIP", "AssumeRoleWithSAML-1 with TOKENissuedTOKEN-1"}},
		{"web identity from the environment", setUp{env: slices.Concat(environment, []string{envWebIdentityToken, jwt})},
			[]string{"AssumeRoleWithWebIdentity env-role by SKIP", "AssumeRoleWithWebIdentity-1 with TOKENissuedTOKEN-1"}},
		{"web identity from files of the environment", setUp{
			env:   []string{envRoleARNFile, "/role", envWebIdentityTokenFile, "/jwt", envSessionName, "session"},
			files: files{"/role": `{"role_arn":"file-role"}`, "/jwt": `{"web_identity_token":"` + jwt + `"}`}},
			[]string{"AssumeRoleWithWebIdentity file-role by SKIP", "AssumeRoleWithWebIdentity-1 with TOKENissuedTOKEN-1"}},
		{"web identity from a raw token", setUp{
			env:   slices.Concat(environment, []string{envWebIdentityTokenFile, "~/jwt"}),
			files: files{"/home/user/jwt": "\ufeff" + jwt + "\n"}},
			[]string{"AssumeRoleWithWebIdentity env-role by SKIP", "AssumeRoleWithWebIdentity-1 with TOKENissuedTOKEN-1"}},
		{"the misspelt variable", setUp{
			env:   []string{"TENCENTCLOUD_ASSUME_ROLE_ARNN_FILE", "/role", envWebIdentityToken, jwt, envSessionName, "session"},
			files: files{"/role": `{"role_arn":"file-role"}`}},
			[]string{"AssumeRoleWithWebIdentity file-role by SKIP", "AssumeRoleWithWebIdentity-1 with TOKENissuedTOKEN-1"}},

		{"assume_role", setUp{config: Config{AssumeRole: block}, env: keys},
			[]string{"AssumeRole block-role by environment", "AssumeRole-1 with TOKENissuedTOKEN-1"}},
		{"assume_role by the role from the environment", setUp{config: Config{AssumeRole: block}, env: slices.Concat(keys, environment)}, []string{
			"AssumeRole env-role by environment", "AssumeRole block-role by AssumeRole-1 with TOKENissuedTOKEN-1",
			"AssumeRole-2 with TOKENissuedTOKEN-2"}},
		{"assume_role that takes the role from the environment", setUp{config: Config{AssumeRole: &AssumeRole{}}, env: slices.Concat(keys, environment)},
			[]string{"AssumeRole env-role by environment", "AssumeRole-1 with TOKENissuedTOKEN-1"}},
		{"assume_role by the instance role", setUp{config: Config{AssumeRole: block, CAMRoleName: "reader"}},
			[]string{"AssumeRole block-role by instance with TOKENissuedTOKEN", "AssumeRole-1 with TOKENissuedTOKEN-1"}},

		{"SAML", setUp{config: Config{AssumeRoleWithSAML: saml}},
			[]string{"AssumeRoleWithSAML saml-role by SKIP", "AssumeRoleWithSAML-1 with TOKENissuedTOKEN-1"}},
		{"SAML replaces the profile and its role", setUp{config: Config{AssumeRoleWithSAML: saml}, files: profileFiles("default", profileRole)},
			[]string{"AssumeRoleWithSAML saml-role by SKIP", "AssumeRoleWithSAML-1 with TOKENissuedTOKEN-1"}},
		{"SAML replaces half a role of the environment", setUp{config: Config{AssumeRoleWithSAML: saml}, env: []string{envRoleARN, "env-role"}},
			[]string{"AssumeRoleWithSAML saml-role by SKIP", "AssumeRoleWithSAML-1 with TOKENissuedTOKEN-1"}},
		{"SAML replaces assume_role", setUp{config: Config{AssumeRole: block, AssumeRoleWithSAML: saml}, env: keys},
			[]string{"AssumeRoleWithSAML saml-role by SKIP", "AssumeRoleWithSAML-1 with TOKENissuedTOKEN-1"}},

		{"web identity", setUp{config: Config{AssumeRoleWithWebIdentity: web}},
			[]string{"AssumeRoleWithWebIdentity web-role by SKIP", "AssumeRoleWithWebIdentity-1 with TOKENissuedTOKEN-1"}},
		{"MFA by a role", setUp{config: Config{AssumeRole: block, MFACertification: mfa}, env: keys}, []string{
			"AssumeRole block-role by environment", "GetSessionToken  by AssumeRole-1 with TOKENissuedTOKEN-1",
			"GetSessionToken-2 with TOKENissuedTOKEN-2"}},
		{"assume_role by SAML from the environment", setUp{config: Config{AssumeRole: block},
			env: slices.Concat(environment, []string{envSAMLAssertion, assertion, envPrincipalARN, "idp"})}, []string{
			"AssumeRoleWithSAML env-role by SKIP", "AssumeRole block-role by AssumeRoleWithSAML-1 with TOKENissuedTOKEN-1",
			"AssumeRole-2 with TOKENissuedTOKEN-2"}},
		{"web identity replaces SAML from the environment", setUp{config: Config{AssumeRoleWithWebIdentity: web},
			env: slices.Concat(environment, []string{envSAMLAssertion, assertion, envPrincipalARN, "idp"})},
			[]string{"AssumeRoleWithWebIdentity web-role by SKIP", "AssumeRoleWithWebIdentity-1 with TOKENissuedTOKEN-1"}},
		{"web identity replaces assume_role", setUp{config: Config{AssumeRole: block, AssumeRoleWithWebIdentity: web}},
			[]string{"AssumeRoleWithWebIdentity web-role by SKIP", "AssumeRoleWithWebIdentity-1 with TOKENissuedTOKEN-1"}},
		{"web identity of a file before the environment's", setUp{
			config: Config{AssumeRoleWithWebIdentity: &AssumeRoleWithWebIdentity{WebIdentityTokenFile: "/jwt"}},
			env:    slices.Concat(environment, []string{envWebIdentityToken, "unused"}),
			files:  files{"/jwt": `{"web_identity_token":"` + jwt + `"}`}},
			[]string{"AssumeRoleWithWebIdentity env-role by SKIP", "AssumeRoleWithWebIdentity-1 with TOKENissuedTOKEN-1"}},

		{"MFA", setUp{config: Config{MFACertification: mfa}, env: keys},
			[]string{"GetSessionToken  by environment", "GetSessionToken-1 with TOKENissuedTOKEN-1"}},
		{"MFA from the environment", setUp{env: slices.Concat(keys, []string{envMFASerialNumber, "device", envMFATokenCode, code})},
			[]string{"GetSessionToken  by environment", "GetSessionToken-1 with TOKENissuedTOKEN-1"}},
		{"MFA by web identity", setUp{config: Config{AssumeRoleWithWebIdentity: web, MFACertification: mfa}}, []string{
			"AssumeRoleWithWebIdentity web-role by SKIP", "GetSessionToken  by AssumeRoleWithWebIdentity-1 with TOKENissuedTOKEN-1",
			"GetSessionToken-2 with TOKENissuedTOKEN-2"}},

		{"pod identity", setUp{config: Config{EnablePodOIDC: true}, env: pod, files: podFile},
			[]string{"AssumeRoleWithWebIdentity pod-role by SKIP", "AssumeRoleWithWebIdentity-1 with TOKENissuedTOKEN-1"}},
		{"pod identity replaces MFA", setUp{config: Config{EnablePodOIDC: true, MFACertification: mfa}, env: slices.Concat(keys, pod), files: podFile},
			[]string{"AssumeRoleWithWebIdentity pod-role by SKIP", "AssumeRoleWithWebIdentity-1 with TOKENissuedTOKEN-1"}},
		{"pod identity replaces half a role of the environment", setUp{config: Config{EnablePodOIDC: true}, env: slices.Concat(pod, environment[:2]), files: podFile},
			[]string{"AssumeRoleWithWebIdentity pod-role by SKIP", "AssumeRoleWithWebIdentity-1 with TOKENissuedTOKEN-1"}},
		{"pod identity is off", setUp{env: slices.Concat(keys, pod), files: podFile}, []string{"environment"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.with.sts = &fakeSTS{}
			source, err := c.with.source()
			if err != nil {
				t.Fatal(err)
			}
			if got := c.with.sts.requests(); len(got) != 0 {
				t.Fatalf("asked before anything was needed: %v", got)
			}
			sign(t, source, c.with.sts)
			var got []string
			for _, r := range c.with.sts.requests() {
				role, _ := r.Params["RoleArn"].(string)
				got = append(got, strings.Replace(r.String(), " by", " "+role+" by", 1))
			}
			last := len(got) - 1
			got[last] = strings.TrimPrefix(got[last], "GetCallerIdentity  by ")
			if !slices.Equal(got, c.want) {
				t.Errorf("received\n%q\nwant\n%q", got, c.want)
			}
		})
	}
}

// The guide lists the sources in the order of the code.
func TestGuideHasTheSameOrder(t *testing.T) {
	guide, err := os.ReadFile("../../templates/guides/authentication.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`(?m)^\d+\. .*$`).FindAllString(string(guide), -1)
	plan, problems := Resolve(Config{}, variables())
	if problems != nil || len(lines) != len(plan.candidates) {
		t.Fatalf("%d sources, %d in the guide, %v", len(plan.candidates), len(lines), problems)
	}
	for i, phrase := range []string{
		"enable_pod_oidc", "mfa_certification", "assume_role_with_web_identity", "assume_role_with_saml", "assume_role", "role from the environment",
		"role ", "cam_role_name", "secret_key", "profile", "credentials file",
	} {
		c := plan.candidates[i]
		if label := cmp.Or(c.label, c.name); !strings.Contains(label, phrase) || !strings.Contains(lines[i], phrase) {
			t.Errorf("%d: the code has %q, the guide %q", i+1, label, lines[i])
		}
	}
}

// sign sends one request with the source's credential.
func sign(t *testing.T, source *Source, sts *fakeSTS) {
	t.Helper()
	client := stsClient{config: stsConfig(sts), region: func() string { return "" }}
	if _, _, err := tencentcloud.Call[anything](t.Context(), client.as(source, ""), "GetCallerIdentity", struct{}{}); err != nil {
		t.Fatal(err)
	}
}

func union(all ...files) files {
	u := files{}
	for _, f := range all {
		for path, content := range f {
			u[path] = content
		}
	}
	return u
}

func TestRegion(t *testing.T) {
	configure := files{"/home/user/.tccli/default.configure": `{"_sys_param":{"region":" ap-profile "}}`}
	for _, c := range []struct {
		name string
		with setUp
		want string
	}{
		{"argument", setUp{config: Config{Region: "ap-argument"}, env: []string{envRegion, "ap-environment"}, files: configure}, "ap-argument"},
		{"variable", setUp{env: []string{envRegion, "ap-environment"}, files: configure}, "ap-environment"},
		{"profile", setUp{files: configure}, "ap-profile"},
		{"profile beside another source", setUp{config: Config{AssumeRoleWithSAML: saml}, files: configure}, "ap-profile"},
		{"profile is not read if there are keys", setUp{env: keys, files: configure}, ""},
		{"no file", setUp{}, ""},
		{"a file that does not parse", setUp{files: files{"/home/user/.tccli/default.configure": "region"}}, ""},
		{"a file without a region", setUp{files: files{"/home/user/.tccli/default.configure": "{}"}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, err := c.with.source()
			if err != nil {
				t.Fatal(err)
			}
			if got := source.Region(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
