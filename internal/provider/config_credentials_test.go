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
	var model providerModel
	config := tfsdk.Config{Raw: raw, Schema: schema}
	if diags := config.Get(t.Context(), &model); diags.HasError() {
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
	got, diags := block(t, all).credentials(t.Context())
	if diags.HasError() {
		t.Fatal(diags)
	}
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
	if got, diags := block(t, nil).credentials(t.Context()); diags.HasError() || !reflect.DeepEqual(got, credentials.Config{}) {
		t.Errorf("of an empty block: %s, %v", fields(got), diags)
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
	_, diags := newSettings(t.Context(), half, environment{}.lookup)
	got := map[string]string{}
	for _, d := range diags {
		at, ok := d.(diag.DiagnosticWithPath)
		if !ok || d.Summary() != summaryCredentials {
			t.Fatalf("%v", d)
		}
		got[at.Path().String()] = d.Detail()
	}
	want := map[string]string{
		path.Root("secret_key").String(): "secret_id and secret_key: secret_key is not set, though secret_id is. " +
			"Set secret_key or TENCENTCLOUD_SECRET_KEY.",
		path.Root("assume_role").AtName("session_name").String(): "assume_role: session_name is not set. " +
			"Set assume_role.session_name or TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME.",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestSecrets lists what is to be masked, of the block and of the environment, and no empty text, which is in every log.
func TestSecrets(t *testing.T) {
	got := secrets(credentials.Config{
		SecretKey: "a", AssumeRoleWithSAML: &credentials.AssumeRoleWithSAML{SAMLAssertion: "b"},
		AssumeRoleWithWebIdentity: &credentials.AssumeRoleWithWebIdentity{WebIdentityToken: "c"},
	}, environment{
		"TENCENTCLOUD_SECRET_KEY": "d\n", "TENCENTCLOUD_SECURITY_TOKEN": "e", "TENCENTCLOUD_SECRET_ID": "public",
		"TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION": "f", "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": " ",
	}.lookup)
	if want := []string{"a", "b", "c", "d", "e", "f"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
