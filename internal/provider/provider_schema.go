package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// providerSchema describes the provider block. The arguments for credentials have the names of the official Tencent Cloud
// provider's, so that the same setup serves both. The name of each argument's environment variable is added from the
// model.
func providerSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads the prefetch tasks of Tencent Cloud CDN: look them up, gate a deployment on them, audit " +
			"them. Every argument is optional and can be set by its environment variable instead; an argument takes precedence " +
			"over its variable.",
		Attributes: withVariables("", map[string]schema.Attribute{
			"secret_id":      text("SecretId of the API key."),
			"secret_key":     secret("SecretKey of the API key."),
			"security_token": secret("Token of temporary credentials. `TENCENTCLOUD_TOKEN` is read too."),
			"region": text("Region, such as `ap-guangzhou`. The CDN needs none; STS uses it. Defaults to the region of the profile, " +
				"then, for STS, to `ap-guangzhou`."),
			"domain": text("Root domain of the API; the label of the product goes in front. `intl.tencentcloudapi.com` for " +
				"the international site, `internal.tencentcloudapi.com` inside Tencent's network. Defaults to `tencentcloudapi.com`."),
			"profile":                text("Profile of `tccli`, read if neither ID, key nor token is set. Defaults to `default`."),
			"shared_credentials_dir": text("Directory of the profiles; `~` is the home directory. Defaults to `~/.tccli`."),
			"cam_role_name":          text("Role of the instance that Terraform runs on. Its credentials come from the instance metadata."),
			"enable_pod_oidc": schema.BoolAttribute{Optional: true, MarkdownDescription: "Use the role of the TKE pod that " +
				"Terraform runs in. The cluster sets `TKE_REGION`, `TKE_PROVIDER_ID`, `TKE_WEB_IDENTITY_TOKEN_FILE` and " +
				"`TKE_ROLE_ARN`."},
			"allowed_account_ids": schema.SetAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Account " +
				"IDs that the credentials may belong to. Conflicts with `forbidden_account_ids`."},
			"forbidden_account_ids": schema.SetAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Account " +
				"IDs that the credentials must not belong to. Conflicts with `allowed_account_ids`."},

			"endpoint": text("Endpoint of the CDN API: a host, `host:port`, or a URL. Plain `http://` is accepted for a loopback " +
				"address only, since credentials would cross a network in clear text. Defaults to `https://cdn.<domain>`."),
			"sts_endpoint": text("Endpoint of STS, in the same forms. Defaults to `https://sts.<domain>`."),
			"metadata_endpoint": text("Endpoint of the instance metadata: a host, `host:port`, or a URL. " +
				"Defaults to `http://metadata.tencentyun.com`."),
			"requests_per_second": number("Maximum number of requests in any second, shared by everything that one provider " +
				"configuration reads: 1 to 1000. Defaults to 20, the limit of the service."),
			"max_retries":     number("Number of retries of a request that failed for a reason that may pass, 0 to 100. Defaults to 8."),
			"request_timeout": text("Timeout of one attempt, as a Go duration such as `30s`. Defaults to `30s`."),
		}),
		Blocks: map[string]schema.Block{
			"assume_role": schema.SingleNestedBlock{
				MarkdownDescription: "Assume a role with STS `AssumeRole`, called with the credentials found so far.",
				Attributes: withVariables("assume_role.", map[string]schema.Attribute{
					"role_arn":         text("ARN of the role. Required."),
					"session_name":     sessionName(),
					"session_duration": sessionDuration(),
					"policy":           text("Policy, as JSON, that limits what the session may do."),
					"external_id":      text("External ID that the role's trust policy requires."),
					"source_identity":  text("Identity that the caller states, for the audit log."),
					"serial_number":    text("Serial number of the caller's MFA device."),
					"token_code":       secret("Code that the MFA device shows; valid for one session."),
				}),
			},
			"assume_role_with_saml": schema.SingleNestedBlock{
				MarkdownDescription: "Assume a role with STS `AssumeRoleWithSAML`. Conflicts with `assume_role_with_web_identity`.",
				Attributes: withVariables("assume_role_with_saml.", map[string]schema.Attribute{
					"saml_assertion":   secret("SAML assertion, in base64. Required."),
					"principal_arn":    text("ARN of the identity provider's principal. Required."),
					"role_arn":         text("ARN of the role. Required."),
					"session_name":     sessionName(),
					"session_duration": sessionDuration(),
				}),
			},
			"assume_role_with_web_identity": schema.SingleNestedBlock{
				MarkdownDescription: "Assume a role with STS `AssumeRoleWithWebIdentity`. Conflicts with `assume_role_with_saml`.",
				Attributes: withVariables("assume_role_with_web_identity.", map[string]schema.Attribute{
					"provider_id":        text("Name of the identity provider. Defaults to `OIDC`."),
					"web_identity_token": secret("Token of the identity provider. Takes precedence over the file; one of the two is required."),
					"web_identity_token_file": text("File that holds the token: a JWT, or JSON, `{\"web_identity_token\": \"…\"}`. It is read " +
						"again at every refresh."),
					"role_arn":         text("ARN of the role. Takes precedence over the file; one of the two is required."),
					"role_arn_file":    text("File that holds the ARN as JSON, `{\"role_arn\": \"…\"}`."),
					"session_name":     sessionName(),
					"session_duration": sessionDuration(),
				}),
			},
			"mfa_certification": schema.SingleNestedBlock{
				MarkdownDescription: "Get a session with STS `GetSessionToken` and a code of an MFA device.",
				Attributes: withVariables("mfa_certification.", map[string]schema.Attribute{
					"serial_number":    text("Serial number of the MFA device. Required."),
					"token_code":       secret("Code that the device shows; valid for one session. Required."),
					"duration_seconds": number("Duration of the session in seconds, at most 129600. Defaults to 1800."),
				}),
			},
		},
	}
}

// withVariables adds to each description the environment variable that can be set instead.
func withVariables(block string, attributes map[string]schema.Attribute) map[string]schema.Attribute {
	for name, attribute := range attributes {
		variable := variables[block+name]
		if variable == "" {
			continue
		}
		note := " Environment: `" + variable + "`."
		switch attribute := attribute.(type) {
		case schema.StringAttribute:
			attribute.MarkdownDescription += note
			attributes[name] = attribute
		case schema.Int64Attribute:
			attribute.MarkdownDescription += note
			attributes[name] = attribute
		}
	}
	return attributes
}

func text(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description}
}

func secret(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: description}
}

func number(description string) schema.Int64Attribute {
	return schema.Int64Attribute{Optional: true, MarkdownDescription: description}
}

func sessionName() schema.StringAttribute {
	return text("Name of the session, for the audit log. Required.")
}

func sessionDuration() schema.Int64Attribute {
	return number("Duration of the session in seconds, at most 43200. It is refreshed before it ends. Defaults to 7200.")
}
