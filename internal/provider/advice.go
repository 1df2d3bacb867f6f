package provider

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// advice is what to do about an error, and the argument that it is about, if it is about one.
type advice struct {
	text     string
	argument string
}

// adviceByCode has the codes that DescribePushTasks and API 3.0 document. Only codes are compared: the service's messages
// may be worded otherwise or be in Chinese.
var adviceByCode = map[string]advice{
	"InternalError":                      {text: adviceInternal},
	"InternalError.CamSystemError":       {text: "The service's check of permissions failed by itself. " + adviceInternal},
	"InternalError.CdnConfigError":       {text: adviceInternal},
	"InternalError.CdnDbError":           {text: adviceInternal},
	"InternalError.CdnQuerySystemError":  {text: adviceInternal},
	"InternalError.CdnSystemError":       {text: adviceInternal},
	"InternalError.Error":                {text: adviceInternal},
	"InternalError.ProxyServer":          {text: adviceInternal},
	"InternalError.RouteError":           {text: adviceInternal},
	"InvalidParameter.CdnInterfaceError": {text: "The service failed inside and says that trying again does not help. Open a ticket with the RequestId."},
	"ServiceUnavailable":                 {text: adviceInternal},
	"ResponseSizeLimitExceeded":          {text: "The service could not send so much at once. Set a limit, or ask for a shorter time.", argument: "start_time"},

	"InvalidParameter.CdnHostInvalidParam":     {"Write keyword as a domain name, such as www.example.com, or as a complete URL.", "keyword"},
	"InvalidParameter.CdnParamError":           {text: "The service does not accept a parameter. If end_time is not set, set it; see that the window lies within the last 30 days and is not in the future, and that offset is not beyond what the service reaches."},
	"InvalidParameter.CdnStatInvalidDate":      {"The service does not accept the time. Tasks are kept for about 30 days; times without an offset are UTC+8; a task_id must have been submitted within the window that is set with it.", "start_time"},
	"InvalidParameter.CdnStatInvalidMetric":    {text: "This is a code of the statistics API; the endpoint may not be the CDN's. See endpoint and domain of the provider block."},
	"InvalidParameter.CdnStatInvalidProjectId": {text: "This is a code of the statistics API; the endpoint may not be the CDN's. See endpoint and domain of the provider block."},

	"LimitExceeded.CdnHostOpTooOften":                   {text: adviceRate},
	"UnauthorizedOperation.OperationTooOften":           {text: adviceRate},
	"RequestLimitExceeded":                              {text: adviceRate},
	"RequestLimitExceeded.IPLimitExceeded":              {text: adviceRate},
	"RequestLimitExceeded.UinLimitExceeded":             {text: adviceRate},
	"RequestLimitExceeded.GlobalRegionUinLimitExceeded": {text: adviceRate},
	"LimitExceeded":                                     {text: "A quota of the account is used up. See the quotas in the CDN console."},

	"ResourceNotFound.CdnHostNotExists":      {"The account has no accelerated domain of this name. Correct keyword, or use credentials of the account that the domain belongs to.", "keyword"},
	"ResourceNotFound.CdnUserNotExists":      {text: "The CDN is not activated for this account. Activate it in the CDN console, or use credentials of another account."},
	"ResourceUnavailable.CdnHostIsNotOnline": {"The domain is deactivated. Activate it in the CDN console, or leave it out of the query.", "keyword"},

	"UnauthorizedOperation":                    {text: advicePermission},
	"UnauthorizedOperation.CdnCamUnauthorized": {text: advicePermission},
	"UnauthorizedOperation.CdnUserAuthFail":    {text: "The account's identity verification for the CDN failed. Complete it in the account centre of the console."},
	"UnauthorizedOperation.CdnUserAuthWait":    {text: "The account's identity verification for the CDN is pending. Wait until it is done, or ask in a ticket."},
	"UnauthorizedOperation.CdnUserIsSuspended": {text: "The CDN of this account is suspended, as it is with an overdue payment. Settle that in the console and start the service again."},
	"UnauthorizedOperation.CdnUserNoWhitelist": {text: "The account does not take part in the beta that this needs. Ask for it in a ticket."},
	"UnauthorizedOperation.OpNoAuth":           {text: "The account may not do this. Open a ticket with the RequestId."},

	"AuthFailure.InvalidAuthorization":  {text: "The service cannot read the signature. A proxy between may change headers; else please report a bug, with the RequestId."},
	"AuthFailure.InvalidSecretId":       {text: adviceSecretID},
	"AuthFailure.SecretIdNotFound":      {text: adviceSecretID},
	"AuthFailure.SignatureFailure":      {text: "secret_key does not belong to secret_id, or a proxy between changed the request. See secret_key or TENCENTCLOUD_SECRET_KEY; a copied key often lacks its last character or has a space."},
	"AuthFailure.SignatureExpire":       {text: "The clock of this machine and that of the service differ by more than five minutes, and correcting for it did not help. Set the clock, for example by NTP."},
	"AuthFailure.TokenFailure":          {text: "The token of the temporary credentials has expired or does not belong to them. Get new ones; security_token must be from the same session as secret_id and secret_key."},
	"AuthFailure.MFAFailure":            {text: "Multi-factor authentication failed. Hand in a new code by mfa_certification; each is good for one session."},
	"AuthFailure.UnauthorizedOperation": {text: advicePermission},

	"InvalidAction":         {text: adviceEndpoint},
	"NoSuchVersion":         {text: adviceEndpoint},
	"NoSuchProduct":         {text: adviceEndpoint},
	"ActionOffline":         {text: "The service has withdrawn this action. See whether a newer version of the provider is there."},
	"UnsupportedProtocol":   {text: adviceEndpoint},
	"UnsupportedRegion":     {text: "The service does not know the region. The CDN needs none: leave region out, or correct it. See region or TENCENTCLOUD_REGION."},
	"IpInBlacklist":         {text: "The account's access rules refuse the address of this machine. See the rules for API keys in the CAM console."},
	"IpNotInWhitelist":      {text: "The account's access rules do not list the address of this machine. See the rules for API keys in the CAM console."},
	"InvalidParameter":      {text: adviceRequest},
	"InvalidParameterValue": {text: adviceRequest},
	"MissingParameter":      {text: adviceRequest},
	"UnknownParameter":      {text: adviceRequest},
	"InvalidRequest":        {text: adviceRequest},
}

const (
	adviceInternal = "This is a fault inside the service. Run again in some minutes; if it stays, open a ticket with the RequestId."
	adviceRate     = "Others use the same account, whose limit is 20 requests a second: the console, other runs, other tools. Run again " +
		"when they have ended, or let each ask less: a lower requests_per_second, or terraform -parallelism=1."
	advicePermission = "The user or role that signs lacks a permission. Grant it cdn:DescribePushTasks in the CAM console, for example by the " +
		"policy QcloudCDNReadOnlyAccess."
	adviceSecretID = "The account has no such key, or the key is disabled. See secret_id or TENCENTCLOUD_SECRET_ID, and the keys in the CAM " +
		"console. Keys of the international site work with its own domain only."
	adviceEndpoint = "What answered is not the CDN API in its version 2018-06-06. See endpoint and domain of the provider block."
	adviceRequest  = "The service does not understand the request. Correct the argument that the message names; if none is wrong, please report " +
		"a bug, with the RequestId."
)

// adviceFor finds what to do about an error of the service or the network.
func adviceFor(e *tencentcloud.Error, asked request) advice {
	late := errors.As(e, new(*tencentcloud.DeadlineError)) // the code is that of an attempt that would have been repeated
	if e.Code != "" && !late {
		a := adviceByCode[e.Code]
		if a.argument == "start_time" && !asked.sets("start_time") {
			a.argument = "end_time"
		}
		return a
	}
	return advice{text: networkAdvice(e, asked)}
}

// networkAdvice says in plain words what stands between this machine and the service.
func networkAdvice(e *tencentcloud.Error, asked request) string {
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
		return fmt.Sprintf("The time for the whole read, %v, was up. Give the data source a longer one with timeouts { read = \"30m\" }, "+
			"or ask for less: a shorter time, one domain as keyword.", asked.timeout)
	case errors.As(e, &proxy), errors.As(e, &op) && op.Op == "proxyconnect":
		return "The proxy does not let the request through. See HTTPS_PROXY, HTTP_PROXY and NO_PROXY in the environment."
	case errors.As(e, &header):
		return "A credential or name in a header holds characters that HTTP does not allow, such as a line feed. Correct it."
	case errors.As(e, &dns):
		return fmt.Sprintf("The name %s cannot be resolved to an address. See endpoint and domain of the provider block, and the DNS of "+
			"this machine.", dns.Name)
	case errors.As(e, &certificate):
		return certificateAdvice(certificate.Err, e.Host)
	case errors.As(e, &record), errors.Is(e, http.ErrSchemeMismatch):
		return fmt.Sprintf("%s does not speak TLS. See endpoint of the provider block, and its port.", e.Host)
	case errors.As(e, &op) && op.Op == "remote error":
		return fmt.Sprintf("%s does not accept the TLS connection, which is of version 1.2 or later. See endpoint of the provider block, and "+
			"whether a proxy inspects TLS.", e.Host)
	case errors.As(e, &timeout):
		return fmt.Sprintf("%s did not answer within the request_timeout. See whether a firewall drops what goes there, or set a longer "+
			"request_timeout.", e.Host)
	case errors.Is(e, syscall.ECONNREFUSED):
		return fmt.Sprintf("%s refused the connection: nothing listens there. See endpoint of the provider block, and its port.", e.Host)
	case errors.As(e, &op) && op.Op == "dial":
		return fmt.Sprintf("No connection to %s can be made. See endpoint of the provider block, and whether a firewall or a missing proxy "+
			"stands in the way.", e.Host)
	case errors.As(e, &bad) && e.HTTPStatus >= 300 && e.HTTPStatus < 400:
		return "A redirect is not followed, since it would carry the signature elsewhere. See endpoint of the provider block, and whether a " +
			"proxy asks for a login."
	case errors.As(e, &bad):
		return "What answered may not be the CDN API, or a gateway before it was in trouble. Run again in some minutes; if it stays, see " +
			"endpoint of the provider block, and any proxy on the way."
	}
	return "The connection broke. Run again; if it stays, see the network between this machine and " + e.Host + "."
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
		return fmt.Sprintf("The certificate that answered is for another name than %s. See endpoint and domain of the provider block.", host)
	case errors.As(err, &authority):
		return fmt.Sprintf("The certificate of %s is signed by an authority that this machine does not trust. Where a proxy inspects TLS, "+
			"add its authority to those of the system, or name its file in SSL_CERT_FILE.", host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("The certificate of %s is not valid now. See whether the clock of this machine is right.", host)
	}
	return fmt.Sprintf("The certificate of %s cannot be verified. See endpoint of the provider block, and what answers there.", host)
}
