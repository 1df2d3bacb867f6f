package cdnsim

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	stsVersion       = "2018-08-13"
	defaultLifetime  = 7200  // seconds, the default of DurationSeconds
	maxLifetime      = 43200 // seconds
	defaultRoleOwner = "uin/" + DefaultAccountID
)

var (
	sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,128}$`)
	externalID  = regexp.MustCompile(`^[\w+=,.@:/-]{2,128}$`)
)

// stsActions are the actions of STS by name, with the parameters of the public request structures.
var stsActions = map[string]*action{
	"AssumeRole": {service: "sts", version: stsVersion, serve: (*Server).assumeRole, params: map[string]paramType{
		"RoleArn": stringParam, "RoleSessionName": stringParam, "DurationSeconds": integerParam, "Policy": stringParam,
		"ExternalId": stringParam, "Tags": listParam, "SourceIdentity": stringParam, "SerialNumber": stringParam,
		"TokenCode": stringParam}},
	"AssumeRoleWithSAML": {service: "sts", version: stsVersion, unsigned: true, serve: (*Server).assumeRoleWithSAML,
		params: map[string]paramType{"SAMLAssertion": stringParam, "PrincipalArn": stringParam, "RoleArn": stringParam,
			"RoleSessionName": stringParam, "DurationSeconds": integerParam}},
	"AssumeRoleWithWebIdentity": {service: "sts", version: stsVersion, unsigned: true,
		serve: (*Server).assumeRoleWithWebIdentity, params: map[string]paramType{"ProviderId": stringParam,
			"WebIdentityToken": stringParam, "RoleArn": stringParam, "RoleSessionName": stringParam,
			"DurationSeconds": integerParam}},
	"GetSessionToken": {service: "sts", version: stsVersion, serve: (*Server).getSessionToken,
		params: map[string]paramType{"SerialNumber": stringParam, "TokenCode": stringParam, "DurationSeconds": integerParam}},
	"GetCallerIdentity": {service: "sts", version: stsVersion, serve: (*Server).getCallerIdentity,
		params: map[string]paramType{}},
}

func (s *Server) assumeRole(o *Options, c call) (*response, *apiError) {
	role, err := c.role(o)
	if err != nil {
		return nil, err
	}
	given := c.params.strings["ExternalId"]
	if c.params.has("ExternalId") && !externalID.MatchString(given) {
		return nil, failure(codeSTSParam, "ExternalId is not valid.")
	}
	if role.ExternalID != "" && role.ExternalID != given {
		return nil, failure(codeUnauthorized, "The role does not trust this ExternalId.")
	}
	if err := c.checkMFA(role.SerialNumber, role.TokenCode); err != nil {
		return nil, err
	}
	if err := checkPolicy(c.params.strings["Policy"]); err != nil {
		return nil, err
	}
	return s.session(o, c, role)
}

func (s *Server) assumeRoleWithSAML(o *Options, c call) (*response, *apiError) {
	if err := c.require("SAMLAssertion", "PrincipalArn"); err != nil {
		return nil, err
	}
	assertion := c.params.strings["SAMLAssertion"]
	_, notBase64 := base64.StdEncoding.DecodeString(assertion)
	if notBase64 != nil || differs(o.STS.SAMLAssertion, assertion) {
		return nil, failure(codeSTSParam, "SAMLAssertion is not valid.")
	}
	if differs(o.STS.SAMLPrincipalArn, c.params.strings["PrincipalArn"]) {
		return nil, failure(codeSTSParam, "PrincipalArn is not valid.")
	}
	role, err := c.role(o)
	if err != nil {
		return nil, err
	}
	return s.session(o, c, role)
}

func (s *Server) assumeRoleWithWebIdentity(o *Options, c call) (*response, *apiError) {
	if err := c.require("ProviderId", "WebIdentityToken"); err != nil {
		return nil, err
	}
	if differs(o.STS.WebIdentityToken, c.params.strings["WebIdentityToken"]) {
		return nil, failure(codeSTSWebIdentity, "WebIdentityToken is not valid.")
	}
	if differs(o.STS.WebIdentityProviderID, c.params.strings["ProviderId"]) {
		return nil, failure(codeSTSParam, "ProviderId is not valid.")
	}
	role, err := c.role(o)
	if err != nil {
		return nil, err
	}
	return s.session(o, c, role)
}

func (s *Server) getSessionToken(o *Options, c call) (*response, *apiError) {
	if err := c.checkMFA(o.STS.MFASerialNumber, o.STS.MFATokenCode); err != nil {
		return nil, err
	}
	if err := c.checkRegion(o); err != nil {
		return nil, err
	}
	return s.grant(o, c, c.who)
}

func (s *Server) getCallerIdentity(_ *Options, c call) (*response, *apiError) {
	return successResponse(map[string]any{
		"Arn": c.who.arn, "AccountId": c.who.account, "UserId": c.who.identity, "PrincipalId": c.who.identity,
		"Type": c.who.kind,
	}), nil
}

// session issues a credential of a role session.
func (s *Server) session(o *Options, c call, role Role) (*response, *apiError) {
	account := strings.TrimPrefix(defaultRoleOwner, "uin/")
	if parts := strings.Split(role.Arn, ":"); len(parts) > 4 {
		account = strings.TrimPrefix(parts[4], "uin/")
	}
	return s.grant(o, c, assumed(account, role.Arn, c.params.strings["RoleSessionName"]))
}

// grant issues a credential that lives as long as the call requests.
func (s *Server) grant(o *Options, c call, who *principal) (*response, *apiError) {
	seconds := c.params.integer("DurationSeconds", defaultLifetime)
	if seconds > maxLifetime {
		return nil, failure(codeSTSOverTime, "DurationSeconds is larger than 43200.")
	}
	if seconds <= 0 {
		return nil, failure(codeSTSParam, "DurationSeconds is not positive.")
	}
	lifetime := time.Duration(seconds) * time.Second
	if o.STS.Lifetime > 0 {
		lifetime = o.STS.Lifetime
	}
	issued := s.issue(who, lifetime)
	return successResponse(map[string]any{
		"Credentials": map[string]string{
			"Token": issued.Token, "TmpSecretId": issued.SecretID, "TmpSecretKey": issued.SecretKey,
		},
		"ExpiredTime": issued.Expires.Unix(),
		"Expiration":  issued.Expires.UTC().Format(time.RFC3339),
	}), nil
}

// role is the requested role, after a check of the parameters that all ways to assume one have in common.
func (c call) role(o *Options) (Role, *apiError) {
	if err := c.checkRegion(o); err != nil {
		return Role{}, err
	}
	if err := c.require("RoleArn", "RoleSessionName"); err != nil {
		return Role{}, err
	}
	arn := c.params.strings["RoleArn"]
	if !sessionName.MatchString(c.params.strings["RoleSessionName"]) {
		return Role{}, failure(codeSTSParam, "RoleSessionName is not valid.")
	}
	if !strings.HasPrefix(arn, "qcs::cam::uin/") || !strings.Contains(arn, ":role") {
		return Role{}, failure(codeSTSParam, "RoleArn is not valid.")
	}
	if len(o.STS.Roles) == 0 {
		return Role{Arn: arn}, nil
	}
	i := slices.IndexFunc(o.STS.Roles, func(r Role) bool { return r.Arn == arn })
	if i < 0 {
		return Role{}, failure(codeSTSRoleNotFound, "The role does not exist.")
	}
	return o.STS.Roles[i], nil
}

func (c call) require(names ...string) *apiError {
	for _, name := range names {
		if c.params.strings[name] == "" {
			return failure(codeMissingParameter, "The parameter `"+name+"` is missing.")
		}
	}
	return nil
}

func (c call) checkRegion(o *Options) *apiError {
	if o.STS.RequireRegion && c.region == "" {
		return failure(codeMissingParameter, "The request header `X-TC-Region` is missing.")
	}
	return nil
}

func (c call) checkMFA(serialNumber, tokenCode string) *apiError {
	if differs(serialNumber, c.params.strings["SerialNumber"]) || differs(tokenCode, c.params.strings["TokenCode"]) {
		return failure(codeMFAFailure, "MFA failed.")
	}
	return nil
}

// checkPolicy accepts a policy as JSON or, as the documents of the SDKs require, URL-encoded JSON.
func checkPolicy(policy string) *apiError {
	plain, err := url.QueryUnescape(policy)
	if policy != "" && !json.Valid([]byte(policy)) && (err != nil || !json.Valid([]byte(plain))) {
		return failure(codeSTSPolicy, "Policy is not valid.")
	}
	return nil
}

// differs reports whether a value is expected, and another one given.
func differs(expected, given string) bool { return expected != "" && expected != given }
