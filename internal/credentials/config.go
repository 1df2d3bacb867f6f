// Package credentials says where a secret comes from: the provider block, the
// environment, shared files, an instance's or a pod's identity, and the roles
// that STS issues credentials for.
//
// [Resolve] decides on the sources. It is pure: it reads no file and sends no
// request. [New] makes a [Source] of its result, which does both, but only when
// the first request needs a credential.
package credentials

// Config is what the provider block says about credentials. Names, environment
// variables and meaning are those of the official Terraform provider, so that
// the same setup serves both.
//
// The tags say what has to be known of an argument before it is used: its name
// in Terraform (tfsdk), the variables that apply where it is not set, the first
// of several (env), its default, the most seconds of a duration (max), its name
// as a parameter of the action that its block is for (json), and what it is:
//   - required: the source cannot do without it
//   - secret: it is kept out of logs
//   - path: a leading ~ is the home directory
//
// A field that is zero is not set. The token and the role of a web identity are
// each required in one of two forms.
type Config struct {
	redacted

	SecretID      string `tfsdk:"secret_id" env:"TENCENTCLOUD_SECRET_ID" is:"required"`
	SecretKey     string `tfsdk:"secret_key" env:"TENCENTCLOUD_SECRET_KEY" is:"required secret"`
	SecurityToken string `tfsdk:"security_token" env:"TENCENTCLOUD_SECURITY_TOKEN TENCENTCLOUD_TOKEN" is:"secret"` // the second is that of older SDKs

	Region               string `tfsdk:"region" env:"TENCENTCLOUD_REGION"`
	Profile              string `tfsdk:"profile" env:"TENCENTCLOUD_PROFILE" default:"default"`
	SharedCredentialsDir string `tfsdk:"shared_credentials_dir" env:"TENCENTCLOUD_SHARED_CREDENTIALS_DIR" default:"~/.tccli" is:"path"`
	CAMRoleName          string `tfsdk:"cam_role_name" env:"TENCENTCLOUD_CAM_ROLE_NAME"` // the role of the instance that this runs on

	AssumeRole                *AssumeRole                `tfsdk:"assume_role"`
	AssumeRoleWithSAML        *AssumeRoleWithSAML        `tfsdk:"assume_role_with_saml"`
	AssumeRoleWithWebIdentity *AssumeRoleWithWebIdentity `tfsdk:"assume_role_with_web_identity"`
	EnablePodOIDC             bool                       `tfsdk:"enable_pod_oidc"` // the role of the TKE pod that this runs in
	MFACertification          *MFACertification          `tfsdk:"mfa_certification"`

	// Account numbers that the credential must, or must not, belong to.
	AllowedAccountIDs   []string `tfsdk:"allowed_account_ids"`
	ForbiddenAccountIDs []string `tfsdk:"forbidden_account_ids"`
}

// AssumeRole is the block assume_role.
type AssumeRole struct {
	redacted `json:"-"`

	RoleARN         string `tfsdk:"role_arn" env:"TENCENTCLOUD_ASSUME_ROLE_ARN" is:"required" json:"RoleArn"`
	SessionName     string `tfsdk:"session_name" env:"TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME" is:"required" json:"RoleSessionName"`
	SessionDuration int64  `tfsdk:"session_duration" env:"TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION" default:"7200" max:"43200" json:"DurationSeconds"`
	Policy          string `tfsdk:"policy" json:"Policy,omitempty"` // JSON; the most that the session may do
	ExternalID      string `tfsdk:"external_id" env:"TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID" is:"secret" json:"ExternalId,omitempty"`
	SourceIdentity  string `tfsdk:"source_identity" env:"TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY" json:"SourceIdentity,omitempty"`
	SerialNumber    string `tfsdk:"serial_number" env:"TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER" json:"SerialNumber,omitempty"` // of the caller's MFA device
	TokenCode       string `tfsdk:"token_code" env:"TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE" is:"secret" json:"TokenCode,omitempty"`
}

// AssumeRoleWithSAML is the block assume_role_with_saml.
type AssumeRoleWithSAML struct {
	redacted `json:"-"`

	SAMLAssertion   string `tfsdk:"saml_assertion" env:"TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION" is:"required secret"` // base64
	PrincipalARN    string `tfsdk:"principal_arn" env:"TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN" is:"required" json:"PrincipalArn"`
	RoleARN         string `tfsdk:"role_arn" env:"TENCENTCLOUD_ASSUME_ROLE_ARN" is:"required" json:"RoleArn"`
	SessionName     string `tfsdk:"session_name" env:"TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME" is:"required" json:"RoleSessionName"`
	SessionDuration int64  `tfsdk:"session_duration" env:"TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION" default:"7200" max:"43200" json:"DurationSeconds"`
}

// AssumeRoleWithWebIdentity is the block assume_role_with_web_identity.
type AssumeRoleWithWebIdentity struct {
	redacted `json:"-"`

	ProviderID           string `tfsdk:"provider_id" env:"TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID" default:"OIDC" json:"ProviderId"`
	WebIdentityToken     string `tfsdk:"web_identity_token" env:"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN" is:"secret"`
	WebIdentityTokenFile string `tfsdk:"web_identity_token_file" env:"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE" is:"path" json:"-"` // the token, or JSON: {"web_identity_token": "…"}
	RoleARN              string `tfsdk:"role_arn" env:"TENCENTCLOUD_ASSUME_ROLE_ARN" json:"RoleArn"`
	RoleARNFile          string `tfsdk:"role_arn_file" env:"TENCENTCLOUD_ASSUME_ROLE_ARN_FILE TENCENTCLOUD_ASSUME_ROLE_ARNN_FILE" is:"path" json:"-"` // the same for role_arn; the second is what the official provider reads
	SessionName          string `tfsdk:"session_name" env:"TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME" is:"required" json:"RoleSessionName"`
	SessionDuration      int64  `tfsdk:"session_duration" env:"TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION" default:"7200" max:"43200" json:"DurationSeconds"`
}

// MFACertification is the block mfa_certification.
type MFACertification struct {
	redacted `json:"-"`

	SerialNumber    string `tfsdk:"serial_number" env:"TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER" is:"required"`
	TokenCode       string `tfsdk:"token_code" env:"TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE" is:"required secret"`
	DurationSeconds int64  `tfsdk:"duration_seconds" env:"TENCENTCLOUD_MFA_CERTIFICATION_DURATION_SECONDS" default:"1800" max:"129600"`
}

// envCredentialsFile is the official Go SDK's variable. There is no argument
// for it.
const envCredentialsFile = "TENCENTCLOUD_CREDENTIALS_FILE"

const (
	defaultSessionDuration = 7200 // seconds, as STS

	// defaultRegion is sent to STS, which insists on one; any will do.
	defaultRegion = "ap-guangzhou"

	// podSessionName tells in the account's audit log who used a pod's role.
	podSessionName = "terraform-provider-tencentcdn"
)

// redacted keeps what embeds it from telling its secrets when it is printed by
// accident.
type redacted struct{}

// String is what %v and %s print.
func (redacted) String() string { return "(redacted)" }

// GoString is what %#v prints.
func (redacted) GoString() string { return "(redacted)" }
