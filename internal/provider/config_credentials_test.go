package provider

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/credentials"
)

// block reads a provider block as Configure does.
func block(t *testing.T, some values) providerModel {
	t.Helper()
	schema := providerSchema()
	kind := schema.Type().TerraformType(t.Context())
	raw, err := object(t, kind, some).Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	model, diags := readBlock(t.Context(), tfsdk.Config{Raw: raw, Schema: schema})
	if diags.HasError() {
		t.Fatal(diags)
	}
	return model
}

// TestCredentialsOfTheBlock sets every argument to a value of its own and finds it in the field of its name.
func TestCredentialsOfTheBlock(t *testing.T) {
	all := values{}
	for name, kind := range providerSchema().Type().TerraformType(t.Context()).(tftypes.Object).AttributeTypes { //nolint:forcetypeassert // a schema is an object
		all[name] = marked(name, kind)
	}
	got := block(t, all).Config
	want := credentials.Config{
		SecretID: "secret_id", SecretKey: "secret_key", SecurityToken: "security_token", Region: "region", Profile: "profile",
		SharedCredentialsDir: "shared_credentials_dir", CAMRoleName: "cam_role_name", EnablePodOIDC: true,
		AllowedAccountIDs: []string{"allowed_account_ids"}, ForbiddenAccountIDs: []string{"forbidden_account_ids"},
		AssumeRole: &credentials.AssumeRole{RoleARN: "assume_role.role_arn", SessionName: "assume_role.session_name",
			SessionDuration: 7, Policy: "assume_role.policy", ExternalID: "assume_role.external_id",
			SourceIdentity: "assume_role.source_identity", SerialNumber: "assume_role.serial_number", TokenCode: "assume_role.token_code"},
		AssumeRoleWithSAML: &credentials.AssumeRoleWithSAML{SAMLAssertion: "assume_role_with_saml.saml_assertion",
			PrincipalARN: "assume_role_with_saml.principal_arn", RoleARN: "assume_role_with_saml.role_arn",
			SessionName: "assume_role_with_saml.session_name", SessionDuration: 7},
		AssumeRoleWithWebIdentity: &credentials.AssumeRoleWithWebIdentity{ProviderID: "assume_role_with_web_identity.provider_id",
			WebIdentityToken:     "assume_role_with_web_identity.web_identity_token",
			WebIdentityTokenFile: "assume_role_with_web_identity.web_identity_token_file",
			RoleARN:              "assume_role_with_web_identity.role_arn", RoleARNFile: "assume_role_with_web_identity.role_arn_file",
			SessionName: "assume_role_with_web_identity.session_name", SessionDuration: 7},
		MFACertification: &credentials.MFACertification{SerialNumber: "mfa_certification.serial_number",
			TokenCode: "mfa_certification.token_code", DurationSeconds: 7},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %s\nwant %s", fields(got), fields(want))
	}
	if got := block(t, nil).Config; !reflect.DeepEqual(got, credentials.Config{}) {
		t.Errorf("of an empty block: %s", fields(got))
	}
}

// marked is a value that tells where it was set.
func marked(at string, kind tftypes.Type) tftypes.Value {
	switch kind := kind.(type) {
	case tftypes.Object:
		members := map[string]tftypes.Value{}
		for name, member := range kind.AttributeTypes {
			members[name] = marked(at+"."+name, member)
		}
		return tftypes.NewValue(kind, members)
	case tftypes.Set:
		return tftypes.NewValue(kind, []tftypes.Value{stringValue(at)})
	}
	switch {
	case kind.Is(tftypes.Number):
		return numberValue(7)
	case kind.Is(tftypes.Bool):
		return boolValue(true)
	}
	return stringValue(at)
}

// fields prints what the types hide.
func fields(c credentials.Config) string {
	var b strings.Builder
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		fmt.Fprintf(&b, "\n  %s: %v", v.Type().Field(i).Name, reflect.Indirect(v.Field(i)))
	}
	return b.String()
}

// TestCredentialFaults points at the argument, within its block.
func TestCredentialFaults(t *testing.T) {
	role := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}
	for name, kind := range providerSchema().Type().TerraformType(t.Context()).(tftypes.Object).AttributeTypes { //nolint:forcetypeassert // a schema is an object
		if name == "assume_role" {
			role = kind.(tftypes.Object) //nolint:forcetypeassert // a block is one too
		}
	}
	members := map[string]tftypes.Value{}
	for name, kind := range role.AttributeTypes {
		members[name] = tftypes.NewValue(kind, nil)
	}
	members["role_arn"] = stringValue("qcs::cam::uin/1:roleName/r")
	half := block(t, values{"secret_id": stringValue("id"), "assume_role": tftypes.NewValue(role, members)})
	_, diags := newSettings(half, environment{}.lookup)
	got := map[string]string{}
	for _, d := range diags {
		at, ok := d.(diag.DiagnosticWithPath)
		if !ok || d.Summary() != summaryCredentials {
			t.Fatalf("%v", d)
		}
		got[at.Path().String()] = d.Detail()
	}
	want := map[string]string{
		path.Root("secret_key").String(): "secret_id and secret_key: secret_key is not set; found only secret_id from the provider block. " +
			"Set secret_key or TENCENTCLOUD_SECRET_KEY.",
		path.Root("assume_role").AtName("session_name").String(): "assume_role: session_name is not set. " +
			"Set assume_role.session_name or TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME.",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestIncompleteVariables warns of variables that are ignored, and says what is missing.
func TestIncompleteVariables(t *testing.T) {
	_, diags := newSettings(block(t, values{"secret_id": stringValue("id"), "secret_key": stringValue("key")}),
		environment{"TENCENTCLOUD_ASSUME_ROLE_ARN": "role"}.lookup)
	if len(diags) != 1 || diags[0].Severity() != diag.SeverityWarning {
		t.Fatalf("%v", diags)
	}
	want := "role from the environment: ignored because it is incomplete; not set: TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME. " +
		"Set what is missing, or unset TENCENTCLOUD_ASSUME_ROLE_ARN."
	if diags[0].Summary() != "Incomplete credentials in the environment" || diags[0].Detail() != want {
		t.Errorf("%s: %s", diags[0].Summary(), diags[0].Detail())
	}
}

// TestConflicts points at one of two arguments that exclude each other.
func TestConflicts(t *testing.T) {
	accounts := func(id ...string) []string { return id }
	for name, c := range map[string]struct {
		config credentials.Config
		at     string
		want   string
	}{
		"accounts": {credentials.Config{AllowedAccountIDs: accounts("1"), ForbiddenAccountIDs: accounts("2")}, "allowed_account_ids",
			"allowed_account_ids conflicts with forbidden_account_ids. Set one of them."},
		"identities": {credentials.Config{AssumeRoleWithSAML: &credentials.AssumeRoleWithSAML{},
			AssumeRoleWithWebIdentity: &credentials.AssumeRoleWithWebIdentity{}}, "assume_role_with_saml",
			"assume_role_with_saml conflicts with assume_role_with_web_identity. Remove one of the blocks."},
	} {
		diags := conflicts(providerModel{Config: c.config})
		if len(diags) != 1 || diags[0].Summary() != summaryCredentials || diags[0].Detail() != c.want {
			t.Fatalf("%s: %v", name, diags)
		}
		if at, ok := diags[0].(diag.DiagnosticWithPath); !ok || !at.Path().Equal(path.Root(c.at)) {
			t.Errorf("%s: points elsewhere: %v", name, diags[0])
		}
	}
	if diags := conflicts(providerModel{Config: credentials.Config{AllowedAccountIDs: accounts("1"), ForbiddenAccountIDs: accounts()}}); len(diags) > 0 {
		t.Errorf("an empty set conflicts: %v", diags)
	}
}

// TestSecretsOfTheSettings masks what the block and the environment hold.
func TestSecretsOfTheSettings(t *testing.T) {
	s, diags := newSettings(block(t, values{"secret_id": stringValue("id"), "secret_key": stringValue("key-of-block")}),
		environment{"TENCENTCLOUD_SECRET_KEY": "key-of-environment"}.lookup)
	if diags.HasError() || !slices.Equal(s.secrets, []string{"key-of-block", "key-of-environment"}) {
		t.Errorf("%q, %v", s.secrets, diags)
	}
}
