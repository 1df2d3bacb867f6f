package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// providerSchema describes the provider block. The arguments for credentials have the names of the official Tencent Cloud
// provider's, so that a set-up made for that one works unchanged.
func providerSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Tells what became of the prefetch tasks of Tencent Cloud's CDN: to look them up, to gate a " +
			"deployment on them, to audit them. Every argument is optional and may be given by its environment variable " +
			"instead; an argument counts before its variable.",
		Attributes: map[string]schema.Attribute{
			"secret_id":      text("SecretId of the API key.", "TENCENTCLOUD_SECRET_ID"),
			"secret_key":     secret("SecretKey of the API key.", "TENCENTCLOUD_SECRET_KEY"),
			"security_token": secret("Token of temporary credentials.", "TENCENTCLOUD_SECURITY_TOKEN"),
			"region": text("Region, such as `ap-guangzhou`. The CDN does without; STS uses it. Default: that of the profile.",
				"TENCENTCLOUD_REGION"),
			"domain": text("Root domain of the API; the label of the product goes in front. `intl.tencentcloudapi.com` for "+
				"the international site, `internal.tencentcloudapi.com` inside of Tencent's network. "+
				"Default: `tencentcloudapi.com`.", "TENCENTCLOUD_DOMAIN"),
			"profile": text("Profile of `tccli`, read when id, key and token are all not set. Default: `default`.",
				"TENCENTCLOUD_PROFILE"),
			"shared_credentials_dir": text("Directory of the profiles; `~` is the home directory. Default: `~/.tccli`.",
				"TENCENTCLOUD_SHARED_CREDENTIALS_DIR"),
			"cam_role_name": text("Role of the instance that Terraform runs on; its credentials come from the instance "+
				"metadata.", "TENCENTCLOUD_CAM_ROLE_NAME"),
			"enable_pod_oidc": schema.BoolAttribute{Optional: true, MarkdownDescription: "Use the role of the TKE pod that " +
				"Terraform runs in. The cluster sets `TKE_REGION`, `TKE_PROVIDER_ID`, `TKE_WEB_IDENTITY_TOKEN_FILE` and " +
				"`TKE_ROLE_ARN`."},
			"allowed_account_ids": schema.SetAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Account " +
				"IDs that the credentials may belong to. Conflicts with `forbidden_account_ids`."},
			"forbidden_account_ids": schema.SetAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Account " +
				"IDs that the credentials must not belong to. Conflicts with `allowed_account_ids`."},

			"endpoint": text("Where the CDN API is: a host, `host:port`, or a URL. Plain `http://` to a loopback address only, "+
				"since the signature would cross a network in the clear. Default: `https://cdn.<domain>`.", envEndpoint),
			"sts_endpoint": text("Where STS is, in the same forms. Default: `https://sts.<domain>`.", envSTSEndpoint),
			"metadata_endpoint": text("Where the instance metadata is: a host, `host:port`, or a URL. "+
				"Default: `http://metadata.tencentyun.com`.", envMetadataEndpoint),
			"requests_per_second": number("Requests in any second, at most, shared by all that one provider configuration "+
				"reads: 1 to 1000. Default: 20, the limit of the service.", envRequestsPerSecond),
			"max_retries": number("Attempts after the first one, 0 to 100, of a request that failed in a way that may pass. "+
				"Default: 8.", envMaxRetries),
			"request_timeout": text("How long one attempt may take, as a Go duration such as `30s`. Default: `30s`.",
				envRequestTimeout),
		},
		Blocks: map[string]schema.Block{
			"assume_role": schema.SingleNestedBlock{
				MarkdownDescription: "Take a role by STS `AssumeRole`, called with the credentials found so far.",
				Attributes: map[string]schema.Attribute{
					"role_arn":         text("ARN of the role. Required.", "TENCENTCLOUD_ASSUME_ROLE_ARN"),
					"session_name":     sessionName(),
					"session_duration": sessionDuration(),
					"policy":           text("Policy, as JSON, that limits what the session may do.", ""),
					"external_id":      text("External ID that the role's trust policy asks for.", "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID"),
					"source_identity":  text("Identity that the caller gives itself.", "TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY"),
					"serial_number":    text("Serial number of the caller's MFA device.", "TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER"),
					"token_code": secret("Code that the MFA device shows; good for one session.",
						"TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE"),
				},
			},
			"assume_role_with_saml": schema.SingleNestedBlock{
				MarkdownDescription: "Take a role by STS `AssumeRoleWithSAML`. Conflicts with `assume_role_with_web_identity`.",
				Attributes: map[string]schema.Attribute{
					"saml_assertion": secret("SAML assertion, in base64. Required.", "TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION"),
					"principal_arn": text("ARN of the identity provider's principal. Required.",
						"TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN"),
					"role_arn":         text("ARN of the role. Required.", "TENCENTCLOUD_ASSUME_ROLE_ARN"),
					"session_name":     sessionName(),
					"session_duration": sessionDuration(),
				},
			},
			"assume_role_with_web_identity": schema.SingleNestedBlock{
				MarkdownDescription: "Take a role by STS `AssumeRoleWithWebIdentity`. Conflicts with `assume_role_with_saml`.",
				Attributes: map[string]schema.Attribute{
					"provider_id": text("Name of the identity provider. Default: `OIDC`.", "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID"),
					"web_identity_token": secret("Token of the identity provider. It counts before the file; one of the two is "+
						"required.", "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN"),
					"web_identity_token_file": text("File that holds the token as JSON, `{\"web_identity_token\": \"…\"}`. It is read "+
						"anew at every renewal.", "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE"),
					"role_arn": text("ARN of the role. It counts before the file; one of the two is required.",
						"TENCENTCLOUD_ASSUME_ROLE_ARN"),
					"role_arn_file": text("File that holds the ARN as JSON, `{\"role_arn\": \"…\"}`.",
						"TENCENTCLOUD_ASSUME_ROLE_ARN_FILE"),
					"session_name":     sessionName(),
					"session_duration": sessionDuration(),
				},
			},
			"mfa_certification": schema.SingleNestedBlock{
				MarkdownDescription: "Get a session by STS `GetSessionToken` with a code of an MFA device.",
				Attributes: map[string]schema.Attribute{
					"serial_number": text("Serial number of the MFA device. Required.", "TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER"),
					"token_code": secret("Code that the device shows; good for one session. Required.",
						"TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE"),
					"duration_seconds": number("How long the session lasts, in seconds, at most 129600. Default: 1800.",
						"TENCENTCLOUD_MFA_CERTIFICATION_DURATION_SECONDS"),
				},
			},
		},
	}
}

// variableNote tells the environment variable of an argument, if it has one.
func variableNote(description, variable string) string {
	if variable == "" {
		return description
	}
	return description + " Environment: `" + variable + "`."
}

func text(description, variable string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: variableNote(description, variable)}
}

func secret(description, variable string) schema.StringAttribute {
	attribute := text(description, variable)
	attribute.Sensitive = true
	return attribute
}

func number(description, variable string) schema.Int64Attribute {
	return schema.Int64Attribute{Optional: true, MarkdownDescription: variableNote(description, variable)}
}

func sessionName() schema.StringAttribute {
	return text("Name of the session, for the audit log. Required.", "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME")
}

func sessionDuration() schema.Int64Attribute {
	return number("How long the session lasts, in seconds, at most 43200. It is renewed before it ends. Default: 7200.",
		"TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION")
}
