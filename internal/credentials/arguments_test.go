package credentials

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
)

func TestClean(t *testing.T) {
	for _, value := range []string{"key", " key\r\n", `"key"`, "'key'", "\u200bkey\u200b", "\ufeffkey", "\ufeff \"key\"\u200b\n", "\u00a0key\u3000"} {
		if got := Clean(value); got != "key" {
			t.Errorf("%q: %q", value, got)
		}
	}
	for _, value := range []string{"", "AKID-x_y", "a b", `{"version": "2.0"}`, "Zm9v+/=="} {
		if got := Clean(value); got != value {
			t.Errorf("%q: %q", value, got)
		}
	}
}

// What docker --env-file and editors leave around a value signs no request.
func TestValuesAreCleaned(t *testing.T) {
	for name, with := range map[string]setUp{
		"variables":   {env: []string{envSecretID, `"environment"`, envSecretKey, "'" + environmentKey + "'", envToken, "\ufeff" + token + "\u200b"}},
		"arguments":   {config: Config{SecretID: "\u200benvironment", SecretKey: `"` + environmentKey + `"`, SecurityToken: token + "\ufeff"}},
		"profile":     {files: files{"/home/user/.tccli/default.credential": "\ufeff" + `{"secretId":"\u200benvironment","secretKey":"'` + environmentKey + `'","token":" ` + token + `"}`}},
		"shared file": {env: []string{envCredentialsFile, "'/shared'"}, files: files{"/shared": "[default]\nsecret_id = \u200benvironment\nsecret_key = " + environmentKey + "\ufeff\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			source, err := with.source()
			if err != nil {
				t.Fatal(err)
			}
			c, err := source.Credential(t.Context())
			if err != nil || c.SecretID != "environment" || c.SecretKey != environmentKey || (c.Token != token && name != "shared file") {
				t.Errorf("got %q, %q, %q and %v", c.SecretID, c.SecretKey, c.Token, err)
			}
		})
	}
}

// Every argument has the variable of the official provider.
func TestVariables(t *testing.T) {
	want := map[string]string{
		"secret_id": envSecretID, "secret_key": envSecretKey, "security_token": envSecurityToken, "region": envRegion,
		"profile": envProfile, "shared_credentials_dir": envSharedCredentialsDir, "cam_role_name": envCAMRoleName,
		"assume_role.role_arn": envRoleARN, "assume_role.session_name": envSessionName, "assume_role.session_duration": envSessionDuration,
		"assume_role.external_id": envExternalID, "assume_role.source_identity": envSourceIdentity,
		"assume_role.serial_number": envSerialNumber, "assume_role.token_code": envTokenCode,
		"assume_role_with_saml.saml_assertion": envSAMLAssertion, "assume_role_with_saml.principal_arn": envPrincipalARN,
		"assume_role_with_saml.role_arn": envRoleARN, "assume_role_with_saml.session_name": envSessionName,
		"assume_role_with_saml.session_duration":                envSessionDuration,
		"assume_role_with_web_identity.provider_id":             envProviderID,
		"assume_role_with_web_identity.web_identity_token":      envWebIdentityToken,
		"assume_role_with_web_identity.web_identity_token_file": envWebIdentityTokenFile,
		"assume_role_with_web_identity.role_arn":                envRoleARN, "assume_role_with_web_identity.role_arn_file": envRoleARNFile,
		"assume_role_with_web_identity.session_name":     envSessionName,
		"assume_role_with_web_identity.session_duration": envSessionDuration,
		"mfa_certification.serial_number":                envMFASerialNumber, "mfa_certification.token_code": envMFATokenCode,
		"mfa_certification.duration_seconds": envMFADurationSeconds,
	}
	if got := Variables(Config{}); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// Variables that make half a source are ignored, and a warning says what is missing.
func TestIncompleteVariables(t *testing.T) {
	const role, by = "role from the environment: ignored because it is incomplete; not set: ", "environment"
	for _, c := range []struct {
		name   string
		with   setUp
		signer string
		want   []string
	}{
		{"a role without a session name", setUp{env: []string{envRoleARN, "role"}}, by,
			[]string{role + "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME. Set what is missing, or unset TENCENTCLOUD_ASSUME_ROLE_ARN."}},
		{"a session name alone", setUp{env: []string{envSessionName, "session"}}, by, nil}, // it may be meant for a block
		{"an assertion without its principal", setUp{env: slices.Concat(environment, []string{envSAMLAssertion, assertion})}, by,
			[]string{role + "TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN. Set what is missing, or unset TENCENTCLOUD_ASSUME_ROLE_ARN, " +
				"TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION, TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME."}},
		{"a role's file without a token", setUp{env: []string{envRoleARNFileMisspelt, "/role", envSessionName, "session"}}, by,
			[]string{role + "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN (or TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE). " +
				"Set what is missing, or unset TENCENTCLOUD_ASSUME_ROLE_ARNN_FILE, TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME."}},
		{"MFA without a code", setUp{env: []string{envMFASerialNumber, "device"}}, by,
			[]string{"MFA from the environment: ignored because it is incomplete; not set: TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE. " +
				"Set what is missing, or unset TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER."}},
		{"half a role that a block replaces", setUp{config: Config{AssumeRoleWithSAML: saml}, env: []string{envRoleARN, "role"}}, "AssumeRoleWithSAML-1", nil},
		{"half a role that a block completes", setUp{config: Config{AssumeRole: &AssumeRole{SessionName: "session"}}, env: []string{envRoleARN, "role"}},
			"AssumeRole-1", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.with.env = append(slices.Clone(keys), c.with.env...)
			plan, problems := Resolve(c.with.config, variables(c.with.env...))
			if problems != nil {
				t.Fatal(problems)
			}
			var got []string
			for _, w := range plan.Warnings {
				got = append(got, w.Error())
				keepsSecrets(t, w.Error())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%q\nwant\n%q", got, c.want)
			}
			source, err := c.with.source()
			if err != nil {
				t.Fatal(err)
			}
			if credential, err := source.Credential(t.Context()); err != nil || credential.SecretID != c.signer {
				t.Errorf("got the credential %q and %v, want %q", credential.SecretID, err, c.signer)
			}
		})
	}
}

// The same halves in a block are errors.
func TestIncompleteBlocks(t *testing.T) {
	for _, config := range []Config{
		{AssumeRole: &AssumeRole{RoleARN: "role"}}, {MFACertification: &MFACertification{SerialNumber: "device"}},
		{AssumeRoleWithSAML: &AssumeRoleWithSAML{SAMLAssertion: assertion, RoleARN: "role", SessionName: "session"}},
	} {
		if _, problems := Resolve(config, variables(keys...)); len(problems) != 1 || problems[0].Argument == "" {
			t.Errorf("%v", problems)
		}
	}
}

// Secrets has every secret of arguments and variables, used or not, and no word that is too short to be one.
func TestSecrets(t *testing.T) {
	config := Config{SecretID: "argument", SecretKey: "secret-1", SecurityToken: "secret-2",
		AssumeRole:                &AssumeRole{RoleARN: "role", SessionName: "session", ExternalID: "secret-3", TokenCode: "secret-4"},
		AssumeRoleWithWebIdentity: &AssumeRoleWithWebIdentity{RoleARN: "role", SessionName: "session", WebIdentityToken: "secret-5"},
		MFACertification:          &MFACertification{SerialNumber: "device", TokenCode: "12345"},
	}
	environment := []string{envProviderID, "not a secret"}
	for i, name := range []string{envSecretKey, envSecurityToken, envExternalID, envTokenCode, envSAMLAssertion, envWebIdentityToken, envMFATokenCode} {
		environment = append(environment, name, fmt.Sprintf("\"variable-%d\"\n", i+1))
	}
	for name, change := range map[string]func(*Config){"web identity": func(*Config) {}, "SAML": func(c *Config) {
		c.AssumeRoleWithWebIdentity = nil
		c.AssumeRoleWithSAML = &AssumeRoleWithSAML{RoleARN: "role", SessionName: "session", PrincipalARN: "idp", SAMLAssertion: "secret-5"}
	}} {
		changed := config
		change(&changed)
		plan, problems := Resolve(changed, variables(environment...))
		if problems != nil {
			t.Fatal(problems)
		}
		want := []string{"secret-1", "secret-2", "secret-3", "secret-4", "secret-5",
			"variable-1", "variable-2", "variable-3", "variable-4", "variable-5", "variable-6", "variable-7"}
		if got := plan.Secrets(); !slices.Equal(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
