package provider

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// advice is what to do about an error, and the argument that it is about, if there is one.
type advice struct {
	text     string
	argument string
}

// adviceByCode has the codes that DescribePushTasks and API 3.0 document. Only codes are compared: the service's messages
// may be worded otherwise or be in Chinese.
var adviceByCode = map[string]advice{
	"InternalError":                      {text: adviceInternal},
	"InternalError.CamSystemError":       {text: "The service's permission check failed internally. " + adviceInternal},
	"InvalidParameter.CdnInterfaceError": {text: "The service failed internally and reports that a retry does not help. Contact support with the RequestId."},
	"ServiceUnavailable":                 {text: adviceInternal},
	"ResponseSizeLimitExceeded":          {"The service could not send this much at once. Set a limit, or request a shorter time range.", argStartTime},

	"InvalidParameter.CdnHostInvalidParam":     {"Write keyword as a domain name, such as www.example.com, or as a complete URL.", argKeyword},
	"InvalidParameter.CdnParamError":           {text: "The service does not accept a parameter. If end_time is not set, set it. Check that the time range lies within the last 30 days and not in the future, and that offset is within what the service can return."},
	"InvalidParameter.CdnStatInvalidDate":      {"The service does not accept the time. It keeps tasks for about 30 days. A time without an offset is UTC+8. A task_id must have been submitted within the time range that is set with it.", argStartTime},
	"InvalidParameter.CdnStatInvalidMetric":    {text: adviceStatistics},
	"InvalidParameter.CdnStatInvalidProjectId": {text: adviceStatistics},

	"LimitExceeded.CdnHostOpTooOften":         {text: adviceRate},
	"UnauthorizedOperation.OperationTooOften": {text: adviceRate},
	"RequestLimitExceeded":                    {text: adviceRate},
	"LimitExceeded":                           {text: "A quota of the account is used up. Check the quotas in the CDN console."},

	"ResourceNotFound.CdnHostNotExists":      {"The account has no accelerated domain with this name. Correct keyword, or use credentials of the account that owns the domain.", argKeyword},
	"ResourceNotFound.CdnUserNotExists":      {text: "CDN is not activated for this account. Activate it in the CDN console, or use credentials of another account."},
	"ResourceUnavailable.CdnHostIsNotOnline": {"The domain is deactivated. Activate it in the CDN console, or remove it from the query.", argKeyword},

	"UnauthorizedOperation":                    {text: advicePermission},
	"UnauthorizedOperation.CdnCamUnauthorized": {text: advicePermission},
	"UnauthorizedOperation.CdnUserAuthFail":    {text: "The account's identity verification for CDN failed. Complete it in the account center of the console."},
	"UnauthorizedOperation.CdnUserAuthWait":    {text: "The account's identity verification for CDN is pending. Wait until it is done, or contact support."},
	"UnauthorizedOperation.CdnUserIsSuspended": {text: "CDN is suspended for this account, for example because of an overdue payment. Settle it in the console and restart the service."},
	"UnauthorizedOperation.CdnUserNoWhitelist": {text: "The account is not part of the beta that this requires. Contact support to join it."},
	"UnauthorizedOperation.OpNoAuth":           {text: "The account is not allowed to do this. Contact support with the RequestId."},

	"AuthFailure.InvalidAuthorization":  {text: "The service cannot read the signature. A proxy may be rewriting headers. Otherwise, please report a bug with the RequestId."},
	"AuthFailure.InvalidSecretId":       {text: adviceSecretID},
	"AuthFailure.SecretIdNotFound":      {text: adviceSecretID},
	"AuthFailure.SignatureFailure":      {text: "secret_key does not belong to secret_id, or a proxy changed the request. Check secret_key or TENCENTCLOUD_SECRET_KEY; a copied key often lacks its last character or has an extra space."},
	"AuthFailure.SignatureExpire":       {text: "The clock of this machine and that of the service differ by more than five minutes, and correcting for it did not help. Set the clock, for example with NTP."},
	"AuthFailure.TokenFailure":          {text: "The token of the temporary credentials has expired or does not belong to them. Get new credentials; security_token must be from the same session as secret_id and secret_key."},
	"AuthFailure.MFAFailure":            {text: "Multi-factor authentication failed. Pass a new code in mfa_certification; each code is valid for one session."},
	"AuthFailure.UnauthorizedOperation": {text: advicePermission},

	"InvalidAction":         {text: adviceEndpoint},
	"NoSuchVersion":         {text: adviceEndpoint},
	"NoSuchProduct":         {text: adviceEndpoint},
	"ActionOffline":         {text: "The service has withdrawn this action. Check for a newer version of the provider."},
	"UnsupportedProtocol":   {text: adviceEndpoint},
	"UnsupportedRegion":     {text: "The service does not know the region. CDN does not need one: remove region or TENCENTCLOUD_REGION, or correct it."},
	"IpInBlacklist":         {text: "The account's access rules block the address of this machine. " + adviceAddress},
	"IpNotInWhitelist":      {text: "The account's access rules do not allow the address of this machine. " + adviceAddress},
	"InvalidParameter":      {text: adviceRequest},
	"InvalidParameterValue": {text: adviceRequest},
	"MissingParameter":      {text: adviceRequest},
	"UnknownParameter":      {text: adviceRequest},
	"InvalidRequest":        {text: adviceRequest},
}

const (
	adviceInternal = "This is a fault inside the service. Try again in a few minutes; if it persists, contact support with the RequestId."
	adviceRate     = "Other clients share this account's limit of 20 requests a second: the console, other runs, other tools. Try again when they " +
		"have finished, or lower requests_per_second or terraform -parallelism."
	advicePermission = "The user or role that signed the request lacks a permission. Grant it cdn:DescribePushTasks in the CAM console, for " +
		"example with the policy QcloudCDNReadOnlyAccess."
	adviceSecretID = "The account has no such key, or the key is disabled. Check secret_id or TENCENTCLOUD_SECRET_ID, and the keys in the CAM " +
		"console."
	adviceEndpoint   = "The endpoint does not look like the CDN API in version 2018-06-06. Check endpoint and domain in the provider block."
	adviceStatistics = "This is a code of the statistics API; the endpoint may not be that of CDN. Check endpoint and domain in the provider block."
	adviceAddress    = "Check the rules for API keys in the CAM console."
	adviceTooMany    = "Narrow the query: a shorter time range, one domain as keyword, one area, one status, or a limit. To read all of " +
		"them, split the time range, for example into days with for_each."
	adviceRequest = "The service does not understand the request. Correct the argument that the message names; if none is wrong, please " +
		"report a bug with the RequestId."
)

// adviceFor finds what to do about an error of the service or the network.
func adviceFor(e *tencentcloud.Error, r request) advice {
	late := errors.As(e, new(*tencentcloud.DeadlineError)) // the code is that of an attempt that would have been repeated
	switch {
	case errors.Is(e, cdn.ErrInconsistent):
		return advice{text: "Tasks were added or removed each time. Try again; if it persists, request less: a shorter time range that " +
			"lies in the past, or one domain as keyword."}
	case errors.As(e, new(*cdn.TooLongError)):
		return advice{text: adviceTooMany}
	case e.Code == "" || late:
		return advice{text: networkAdvice(e, r)}
	}
	a, ok := adviceByCode[e.Code]
	if family, _, _ := strings.Cut(e.Code, "."); !ok && (family == "InternalError" || family == "RequestLimitExceeded") {
		a = adviceByCode[family] // these two count with all their sub-codes, as documented
	}
	if a.argument == argStartTime && !r.sets(argStartTime) {
		a.argument = argEndTime
	}
	return a
}

// networkAdvice says in plain words what stands between this machine and the service.
func networkAdvice(e *tencentcloud.Error, r request) string {
	var (
		deadline    *tencentcloud.DeadlineError
		timeout     *tencentcloud.TimeoutError
		bad         *tencentcloud.ResponseError
		proxy       *tencentcloud.ProxyError
		header      *tencentcloud.HeaderError
		dns         *net.DNSError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		op          *net.OpError
	)
	switch {
	case errors.As(e, &deadline):
		return fmt.Sprintf("The timeout for the whole read is %s. Set a longer one with timeouts { %s = %q }, or request less: a shorter time "+
			"range, or one domain as keyword.", durationText(r.timeout), r.reader.timeout, longer(r.timeout))
	case errors.As(e, &proxy) && proxy.Variable != "":
		return fmt.Sprintf("Correct %s, such as http://user:p%%40ssword@proxy.example.com:8080, where %%40 stands for @, or list %s in NO_PROXY.",
			proxy.Variable, e.Host)
	case errors.As(e, &proxy), errors.As(e, &op) && op.Op == "proxyconnect":
		return "The proxy does not let the request through. Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY in the environment."
	case errors.As(e, &header):
		return "A credential or name in a header contains characters that HTTP does not allow, such as a line feed. Correct it."
	case errors.As(e, &dns):
		return fmt.Sprintf("The name %s cannot be resolved to an address. Check endpoint and domain in the provider block, and the DNS of "+
			"this machine.", printable(dns.Name))
	case errors.As(e, &certificate):
		return certificateAdvice(certificate.Err, e.Host)
	case errors.As(e, &record), errors.Is(e, http.ErrSchemeMismatch):
		return fmt.Sprintf("%s does not speak TLS. Check endpoint in the provider block, and its port.", e.Host)
	case errors.As(e, &op) && op.Op == "remote error":
		return fmt.Sprintf("%s does not accept the TLS connection, which is of version 1.2 or later. Check endpoint in the provider block, and "+
			"whether a proxy inspects TLS.", e.Host)
	case errors.As(e, &timeout):
		return fmt.Sprintf("%s did not respond within request_timeout. Check whether a firewall drops the connection, or set a longer "+
			"request_timeout.", e.Host)
	case errors.Is(e, syscall.ECONNREFUSED):
		return fmt.Sprintf("%s refused the connection: nothing listens there. Check endpoint in the provider block, and its port.", e.Host)
	case errors.As(e, &op) && op.Op == "dial":
		return fmt.Sprintf("Cannot connect to %s. Check endpoint in the provider block, and whether a firewall blocks the connection or a "+
			"proxy is required.", e.Host)
	case errors.As(e, &bad):
		return responseAdvice(e, bad.Kind)
	}
	return "The connection broke. Try again; if it persists, check the network between this machine and " + e.Host + "."
}

// responseAdvice is about a response that is not one of the API.
func responseAdvice(e *tencentcloud.Error, kind tencentcloud.ResponseKind) string {
	const check = "check endpoint in the provider block, and any proxy on the way."
	switch {
	case kind == tencentcloud.TooLarge:
		return "The same request gets the same response, so that a retry does not help. Request less: a shorter time range, one domain as " +
			"keyword, or a limit; if a single row is too large, leave it out by keyword, area or status."
	case kind == tencentcloud.WebPage:
		return "A login page, captive portal or proxy sent a web page in place of the API's JSON. Check endpoint in the provider block, and " +
			"any proxy or network login on the way."
	case kind == tencentcloud.Malformed:
		return "The response was cut on the way, or is not one of the CDN API. Try again in a few minutes; if it persists, " + check
	case e.HTTPStatus >= 300 && e.HTTPStatus < 400:
		return "Redirects are not followed, since they would carry the signature elsewhere. Check endpoint in the provider block, and " +
			"whether a proxy asks for a login."
	case !e.Passing:
		return "The endpoint does not look like the CDN API: " + check
	}
	return "The endpoint does not look like the CDN API, or a gateway in front of it was in trouble. Try again in a few minutes; if it " +
		"persists, " + check
}

// certificateAdvice tells apart what can be wrong with a certificate.
func certificateAdvice(err error, host string) string {
	var (
		name      x509.HostnameError
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("The certificate is for another name than %s. Check endpoint and domain in the provider block.", host)
	case errors.As(err, &authority):
		return fmt.Sprintf("The certificate of %s is signed by an authority that this machine does not trust. Where a proxy inspects TLS, "+
			"add its authority to those of the system, or name its file in SSL_CERT_FILE.", host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("The certificate of %s is not valid now. Check the clock of this machine.", host)
	}
	return fmt.Sprintf("The certificate of %s cannot be verified. Check endpoint in the provider block, and what listens there.", host)
}
