// Package credentials says where a secret comes from: the provider block, the
// environment, shared files, an instance's or a pod's identity, and the roles
// that STS gives out for them.
//
// [Resolve] decides on the sources. It is pure: it reads no file and asks no
// one. [New] makes a [Source] of its result, which does both, but only when the
// first request needs a credential.
package credentials

// Config is what the provider block says about credentials. A field that is
// zero is not set, and then its environment variable counts. Names and meaning
// are those of the official Terraform provider, so that what works there works
// here.
type Config struct {
	hidden

	SecretID      string
	SecretKey     string
	SecurityToken string // of temporary credentials

	Region               string
	Profile              string // "default" if it is set nowhere
	SharedCredentialsDir string // ~/.tccli if it is set nowhere
	CAMRoleName          string // the role of the instance that this runs on

	AssumeRole                *AssumeRole
	AssumeRoleWithSAML        *AssumeRoleWithSAML
	AssumeRoleWithWebIdentity *AssumeRoleWithWebIdentity
	EnablePodOIDC             bool // the role of the TKE pod that this runs in
	MFACertification          *MFACertification

	// Account numbers that the credential must, or must not, belong to.
	AllowedAccountIDs   []string
	ForbiddenAccountIDs []string
}

// AssumeRole is the block assume_role.
type AssumeRole struct {
	hidden

	RoleARN         string
	SessionName     string
	SessionDuration int64  // seconds, at most 43200; 7200 if it is set nowhere
	Policy          string // JSON; what the session may do at most
	ExternalID      string
	SourceIdentity  string
	SerialNumber    string // of the caller's MFA device
	TokenCode       string // that the MFA device shows; good for one call
}

// AssumeRoleWithSAML is the block assume_role_with_saml.
type AssumeRoleWithSAML struct {
	hidden

	SAMLAssertion   string // base64
	PrincipalARN    string
	RoleARN         string
	SessionName     string
	SessionDuration int64 // seconds, at most 43200; 7200 if it is set nowhere
}

// AssumeRoleWithWebIdentity is the block assume_role_with_web_identity. A
// literal beats a file.
type AssumeRoleWithWebIdentity struct {
	hidden

	ProviderID           string // "OIDC" if it is set nowhere
	WebIdentityToken     string
	WebIdentityTokenFile string // JSON: {"web_identity_token": "…"}; read again at every refresh
	RoleARN              string
	RoleARNFile          string // JSON: {"role_arn": "…"}
	SessionName          string
	SessionDuration      int64 // seconds, at most 43200; 7200 if it is set nowhere
}

// MFACertification is the block mfa_certification.
type MFACertification struct {
	hidden

	SerialNumber    string
	TokenCode       string // good for one call
	DurationSeconds int64  // at most 129600; 1800 if it is set nowhere
}

// The environment variables, which are the official provider's, those that TKE
// sets in a pod, and the one of the official Go SDK.
const (
	envSecretID             = "TENCENTCLOUD_SECRET_ID"
	envSecretKey            = "TENCENTCLOUD_SECRET_KEY"
	envSecurityToken        = "TENCENTCLOUD_SECURITY_TOKEN"
	envRegion               = "TENCENTCLOUD_REGION"
	envProfile              = "TENCENTCLOUD_PROFILE"
	envSharedCredentialsDir = "TENCENTCLOUD_SHARED_CREDENTIALS_DIR"
	envCAMRoleName          = "TENCENTCLOUD_CAM_ROLE_NAME"

	envRoleARN              = "TENCENTCLOUD_ASSUME_ROLE_ARN"
	envSessionName          = "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME"
	envSessionDuration      = "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION"
	envExternalID           = "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID"
	envSourceIdentity       = "TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY"
	envSerialNumber         = "TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER"
	envTokenCode            = "TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE"
	envSAMLAssertion        = "TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION"
	envPrincipalARN         = "TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN"
	envProviderID           = "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID"
	envWebIdentityToken     = "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN"
	envWebIdentityTokenFile = "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE"
	envRoleARNFile          = "TENCENTCLOUD_ASSUME_ROLE_ARN_FILE"
	envRoleARNFileMisspelt  = "TENCENTCLOUD_ASSUME_ROLE_ARNN_FILE" // what the official provider reads

	envMFASerialNumber    = "TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER"
	envMFATokenCode       = "TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE"
	envMFADurationSeconds = "TENCENTCLOUD_MFA_CERTIFICATION_DURATION_SECONDS"

	envPodRegion     = "TKE_REGION"
	envPodProviderID = "TKE_PROVIDER_ID"
	envPodTokenFile  = "TKE_WEB_IDENTITY_TOKEN_FILE"
	envPodRoleARN    = "TKE_ROLE_ARN"

	envCredentialsFile = "TENCENTCLOUD_CREDENTIALS_FILE"
)

const (
	defaultProfile         = "default"
	defaultProviderID      = "OIDC"
	defaultSessionDuration = 7200  // seconds, as STS
	maxSessionDuration     = 43200 // seconds, as STS
	defaultMFADuration     = 1800  // seconds, as STS
	maxMFADuration         = 129600

	// defaultRegion is sent to STS, which insists on one; any will do.
	defaultRegion = "ap-guangzhou"

	// podSessionName tells in the account's audit log who used a pod's role.
	podSessionName = "terraform-provider-tencentcdn"
)

// hidden keeps what embeds it from telling its secrets when it is printed by
// accident.
type hidden struct{}

// String is what %v and %s print.
func (hidden) String() string { return "(hidden)" }

// GoString is what %#v prints.
func (hidden) GoString() string { return "(hidden)" }
