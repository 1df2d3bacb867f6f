package cdnsim

// apiError is an error as the service reports it: in the body of a 200.
type apiError struct {
	code, message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func failure(code, message string) *apiError { return &apiError{code, message} }

// The codes that the simulator itself sends, of the common error list and of that of DescribePushTasks.
const (
	codeInvalidAuthorization = "AuthFailure.InvalidAuthorization"
	codeSecretIDNotFound     = "AuthFailure.SecretIdNotFound"
	codeSignatureExpire      = "AuthFailure.SignatureExpire"
	codeSignatureFailure     = "AuthFailure.SignatureFailure"
	codeTokenFailure         = "AuthFailure.TokenFailure"
	codeMFAFailure           = "AuthFailure.MFAFailure"
	codeInvalidAction        = "InvalidAction"
	codeInvalidParameter     = "InvalidParameter"
	codeInvalidRequest       = "InvalidRequest"
	codeMissingParameter     = "MissingParameter"
	codeNoSuchProduct        = "NoSuchProduct"
	codeNoSuchVersion        = "NoSuchVersion"
	codeRequestLimitExceeded = "RequestLimitExceeded"
	codeRequestSize          = "RequestSizeLimitExceeded"
	codeUnknownParameter     = "UnknownParameter"
	codeUnsupportedProtocol  = "UnsupportedProtocol"
	codeUnauthorized         = "UnauthorizedOperation"

	codeCdnHostInvalidParam = "InvalidParameter.CdnHostInvalidParam"
	codeCdnParamError       = "InvalidParameter.CdnParamError"
	codeCdnStatInvalidDate  = "InvalidParameter.CdnStatInvalidDate"

	codeSTSOverTime     = "InvalidParameter.OverTimeError"
	codeSTSParam        = "InvalidParameter.ParamError"
	codeSTSPolicy       = "InvalidParameter.StrategyFormatError"
	codeSTSWebIdentity  = "InvalidParameter.WebIdentityTokenError"
	codeSTSRoleNotFound = "ResourceNotFound.RoleNotFound"
)

func badParam(message string) *apiError {
	return failure(codeCdnParamError, "Parameter error. "+message)
}
func badDate(message string) *apiError {
	return failure(codeCdnStatInvalidDate, "Invalid date. "+message)
}
