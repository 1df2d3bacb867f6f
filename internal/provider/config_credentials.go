package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/credentials"
)

type assumeRoleModel struct {
	RoleARN         types.String `tfsdk:"role_arn"`
	SessionName     types.String `tfsdk:"session_name"`
	SessionDuration types.Int64  `tfsdk:"session_duration"`
	Policy          types.String `tfsdk:"policy"`
	ExternalID      types.String `tfsdk:"external_id"`
	SourceIdentity  types.String `tfsdk:"source_identity"`
	SerialNumber    types.String `tfsdk:"serial_number"`
	TokenCode       types.String `tfsdk:"token_code"`
}

type assumeRoleWithSAMLModel struct {
	SAMLAssertion   types.String `tfsdk:"saml_assertion"`
	PrincipalARN    types.String `tfsdk:"principal_arn"`
	RoleARN         types.String `tfsdk:"role_arn"`
	SessionName     types.String `tfsdk:"session_name"`
	SessionDuration types.Int64  `tfsdk:"session_duration"`
}

type assumeRoleWithWebIdentityModel struct {
	ProviderID           types.String `tfsdk:"provider_id"`
	WebIdentityToken     types.String `tfsdk:"web_identity_token"`
	WebIdentityTokenFile types.String `tfsdk:"web_identity_token_file"`
	RoleARN              types.String `tfsdk:"role_arn"`
	RoleARNFile          types.String `tfsdk:"role_arn_file"`
	SessionName          types.String `tfsdk:"session_name"`
	SessionDuration      types.Int64  `tfsdk:"session_duration"`
}

type mfaCertificationModel struct {
	SerialNumber    types.String `tfsdk:"serial_number"`
	TokenCode       types.String `tfsdk:"token_code"`
	DurationSeconds types.Int64  `tfsdk:"duration_seconds"`
}

// credentials is what the block says of them. All of it is known: see unknownArguments.
func (m providerModel) credentials(ctx context.Context) (credentials.Config, diag.Diagnostics) {
	var diags diag.Diagnostics
	config := credentials.Config{
		SecretID: m.SecretID.ValueString(), SecretKey: m.SecretKey.ValueString(), SecurityToken: m.SecurityToken.ValueString(),
		Region: m.Region.ValueString(), Profile: m.Profile.ValueString(), SharedCredentialsDir: m.SharedCredentialsDir.ValueString(),
		CAMRoleName: m.CAMRoleName.ValueString(), EnablePodOIDC: m.EnablePodOIDC.ValueBool(),
	}
	diags.Append(m.AllowedAccountIDs.ElementsAs(ctx, &config.AllowedAccountIDs, false)...)
	diags.Append(m.ForbiddenAccountIDs.ElementsAs(ctx, &config.ForbiddenAccountIDs, false)...)
	if b := readBlock[assumeRoleModel](ctx, m.AssumeRole, &diags); b != nil {
		config.AssumeRole = &credentials.AssumeRole{
			RoleARN: b.RoleARN.ValueString(), SessionName: b.SessionName.ValueString(), SessionDuration: b.SessionDuration.ValueInt64(),
			Policy: b.Policy.ValueString(), ExternalID: b.ExternalID.ValueString(), SourceIdentity: b.SourceIdentity.ValueString(),
			SerialNumber: b.SerialNumber.ValueString(), TokenCode: b.TokenCode.ValueString(),
		}
	}
	if b := readBlock[assumeRoleWithSAMLModel](ctx, m.AssumeRoleWithSAML, &diags); b != nil {
		config.AssumeRoleWithSAML = &credentials.AssumeRoleWithSAML{
			SAMLAssertion: b.SAMLAssertion.ValueString(), PrincipalARN: b.PrincipalARN.ValueString(), RoleARN: b.RoleARN.ValueString(),
			SessionName: b.SessionName.ValueString(), SessionDuration: b.SessionDuration.ValueInt64(),
		}
	}
	if b := readBlock[assumeRoleWithWebIdentityModel](ctx, m.AssumeRoleWithWebIdentity, &diags); b != nil {
		config.AssumeRoleWithWebIdentity = &credentials.AssumeRoleWithWebIdentity{
			ProviderID: b.ProviderID.ValueString(), WebIdentityToken: b.WebIdentityToken.ValueString(),
			WebIdentityTokenFile: b.WebIdentityTokenFile.ValueString(), RoleARN: b.RoleARN.ValueString(),
			RoleARNFile: b.RoleARNFile.ValueString(), SessionName: b.SessionName.ValueString(),
			SessionDuration: b.SessionDuration.ValueInt64(),
		}
	}
	if b := readBlock[mfaCertificationModel](ctx, m.MFACertification, &diags); b != nil {
		config.MFACertification = &credentials.MFACertification{
			SerialNumber: b.SerialNumber.ValueString(), TokenCode: b.TokenCode.ValueString(),
			DurationSeconds: b.DurationSeconds.ValueInt64(),
		}
	}
	return config, diags
}

// readBlock gives what a block holds, nil if there is none.
func readBlock[T any](ctx context.Context, block types.Object, diags *diag.Diagnostics) *T {
	var model *T
	diags.Append(block.As(ctx, &model, basetypes.ObjectAsOptions{})...)
	return model
}

// secrets are those that are given in the block or the environment. Those of files and services come later.
func secrets(c credentials.Config, lookup func(string) (string, bool)) []string {
	all := []string{c.SecretKey, c.SecurityToken}
	if b := c.AssumeRoleWithSAML; b != nil {
		all = append(all, b.SAMLAssertion)
	}
	if b := c.AssumeRoleWithWebIdentity; b != nil {
		all = append(all, b.WebIdentityToken)
	}
	for _, variable := range []string{
		"TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SECURITY_TOKEN",
		"TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION", "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN",
	} {
		value, _ := lookup(variable)
		all = append(all, strings.TrimSpace(value))
	}
	return slices.DeleteFunc(all, func(secret string) bool { return secret == "" })
}
