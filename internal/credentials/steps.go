package credentials

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// step is one source of temporary credentials in a chain.
type step interface {
	String() string  // for errors and logs
	block() string   // that declares it; empty for one of the environment
	anonymous() bool // needs no credential to be called with
	single() bool    // holds a code that is good for one call, so that it cannot be renewed

	// fetch gets a new credential, calling with that of previous.
	fetch(ctx context.Context, w *world, previous tencentcloud.CredentialSource) (tencentcloud.Credential, error)
}

// assumeRole is the action AssumeRole.
type assumeRole struct {
	source     string
	declaredBy string
	AssumeRole
}

func (a assumeRole) String() string { return fmt.Sprintf("%s (%s)", a.source, a.RoleARN) }
func (a assumeRole) block() string  { return a.declaredBy }
func (assumeRole) anonymous() bool  { return false }
func (a assumeRole) single() bool   { return a.TokenCode != "" }

func (a assumeRole) fetch(ctx context.Context, w *world, previous tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
	return w.sts(ctx, stsCall{
		source: a, action: "AssumeRole", as: previous, seconds: a.SessionDuration,
		secrets: []string{a.TokenCode, a.ExternalID},
		params: struct {
			RoleArn         string
			RoleSessionName string
			DurationSeconds int64
			Policy          string `json:",omitempty"`
			ExternalId      string `json:",omitempty"`
			SourceIdentity  string `json:",omitempty"`
			SerialNumber    string `json:",omitempty"`
			TokenCode       string `json:",omitempty"`
		}{a.RoleARN, a.SessionName, a.SessionDuration, escapePolicy(a.Policy), a.ExternalID, a.SourceIdentity, a.SerialNumber, a.TokenCode},
	})
}

// escapePolicy encodes a policy as for a URL, which the document of AssumeRole
// asks for, even in a JSON body. A space becomes %20, which every decoder knows.
func escapePolicy(policy string) string {
	return strings.ReplaceAll(url.QueryEscape(policy), "+", "%20")
}

// samlRole is the action AssumeRoleWithSAML.
type samlRole struct {
	source     string
	declaredBy string
	AssumeRoleWithSAML
}

func (s samlRole) String() string { return fmt.Sprintf("%s (%s)", s.source, s.RoleARN) }
func (s samlRole) block() string  { return s.declaredBy }
func (samlRole) anonymous() bool  { return true }
func (samlRole) single() bool     { return false }

func (s samlRole) fetch(ctx context.Context, w *world, _ tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
	ends, known := assertionEnd(s.SAMLAssertion)
	expired := &Error{
		Source: s.String(), Variable: envSAMLAssertion,
		Problem: "the SAML assertion expired at " + ends.UTC().Format(time.RFC3339),
		Remedy:  "Sign in to the identity provider again and hand in the new assertion, as saml_assertion or " + envSAMLAssertion,
	}
	if s.declaredBy != "" {
		expired.Argument = s.declaredBy + ".saml_assertion"
	}
	if known && time.Since(ends) > clockTolerance {
		return tencentcloud.Credential{}, expired
	}
	credential, err := w.sts(ctx, stsCall{
		source: s, action: "AssumeRoleWithSAML", as: tencentcloud.Anonymous, seconds: s.SessionDuration,
		secrets: []string{s.SAMLAssertion},
		params: struct {
			SAMLAssertion   string
			PrincipalArn    string
			RoleArn         string
			RoleSessionName string
			DurationSeconds int64
		}{s.SAMLAssertion, s.PrincipalARN, s.RoleARN, s.SessionName, s.SessionDuration},
	})
	if e := (*Error)(nil); errors.As(err, &e) && known && time.Now().After(ends) {
		expired.Cause = e.Cause
		return credential, expired
	}
	return credential, err
}

// webRole is the action AssumeRoleWithWebIdentity.
type webRole struct {
	source     string
	declaredBy string
	AssumeRoleWithWebIdentity
}

func (r webRole) String() string {
	return fmt.Sprintf("%s (%s)", r.source, cmp.Or(r.RoleARN, r.RoleARNFile))
}
func (r webRole) block() string { return r.declaredBy }
func (webRole) anonymous() bool { return true }
func (webRole) single() bool    { return false }

// fetch reads the files anew, since whoever issues the token replaces it there.
func (r webRole) fetch(ctx context.Context, w *world, _ tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
	token, arn := r.WebIdentityToken, r.RoleARN
	if token == "" {
		var problem *Error
		if token, problem = r.fromFile(w, r.WebIdentityTokenFile, "web_identity_token", envWebIdentityTokenFile); problem != nil {
			return tencentcloud.Credential{}, problem
		}
	}
	if arn == "" {
		var problem *Error
		if arn, problem = r.fromFile(w, r.RoleARNFile, "role_arn", envRoleARNFile); problem != nil {
			return tencentcloud.Credential{}, problem
		}
	}
	return w.sts(ctx, stsCall{
		source: r, action: "AssumeRoleWithWebIdentity", as: tencentcloud.Anonymous, seconds: r.SessionDuration,
		secrets: []string{token},
		params:  webIdentity{r.ProviderID, token, arn, r.SessionName, r.SessionDuration},
	})
}

// fromFile reads one string of a JSON file.
func (r webRole) fromFile(w *world, path, name, variable string) (string, *Error) {
	var members map[string]any
	problem := readJSON(w.readFile, r.source, path, &members)
	value, _ := members[name].(string)
	if value = strings.TrimSpace(value); problem == nil && value == "" {
		problem = &Error{Source: r.source, File: path, Problem: fmt.Sprintf("the file %s has no %q, or an empty one", path, name)}
	}
	if problem != nil {
		problem.Variable = variable
		problem.Remedy = fmt.Sprintf(`Let it be {"%s": "…"}, or correct the path`, name)
		if r.declaredBy != "" {
			problem.Argument = r.declaredBy + "." + name + "_file"
		}
		return "", problem
	}
	return value, nil
}

// webIdentity are the parameters of AssumeRoleWithWebIdentity.
type webIdentity struct {
	ProviderId       string
	WebIdentityToken string
	RoleArn          string
	RoleSessionName  string
	DurationSeconds  int64
}

// podRole is the role of a TKE pod, for whose service account the cluster keeps
// a token in a file.
type podRole struct{ region, providerID, tokenFile, roleARN string }

func (p podRole) String() string { return fmt.Sprintf("pod identity (%s)", p.roleARN) }
func (podRole) block() string    { return "enable_pod_oidc" }
func (podRole) anonymous() bool  { return true }
func (podRole) single() bool     { return false }

// fetch reads the token anew, since the cluster replaces it there.
func (p podRole) fetch(ctx context.Context, w *world, _ tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
	data, err := w.readFile(p.tokenFile)
	token := strings.TrimSpace(string(data))
	var problem *Error
	switch {
	case err != nil:
		problem = unreadable(p.String(), p.tokenFile, err)
	case token == "":
		problem = &Error{Source: p.String(), File: p.tokenFile, Problem: "the token file " + p.tokenFile + " is empty"}
	}
	if problem != nil {
		problem.Argument, problem.Variable = "enable_pod_oidc", envPodTokenFile
		problem.Remedy = "See whether the pod's service account is bound to a role and its token is mounted"
		return tencentcloud.Credential{}, problem
	}
	return w.sts(ctx, stsCall{
		source: p, action: "AssumeRoleWithWebIdentity", as: tencentcloud.Anonymous, seconds: defaultSessionDuration,
		region: p.region, secrets: []string{token},
		params: webIdentity{p.providerID, token, p.roleARN, podSessionName, defaultSessionDuration},
	})
}

// mfaSession is the action GetSessionToken.
type mfaSession struct {
	source     string
	declaredBy string
	MFACertification
}

func (m mfaSession) String() string { return m.source }
func (m mfaSession) block() string  { return cmp.Or(m.declaredBy, "mfa_certification") }
func (mfaSession) anonymous() bool  { return false }
func (mfaSession) single() bool     { return true }

func (m mfaSession) fetch(ctx context.Context, w *world, previous tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
	return w.sts(ctx, stsCall{
		source: m, action: "GetSessionToken", as: previous, seconds: m.DurationSeconds,
		secrets: []string{m.TokenCode},
		params: struct {
			SerialNumber    string
			TokenCode       string
			DurationSeconds int64
		}{m.SerialNumber, m.TokenCode, m.DurationSeconds},
	})
}
