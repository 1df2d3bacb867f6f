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

// environmentRole is the role that the environment alone names. It does not
// count if the block assume_role takes its role from there: the same role twice
// would serve nothing.
func (e *env) environmentRole(block *AssumeRole) *candidate {
	const source = "role from the environment"
	byKeys, plain := completed[AssumeRole](e, source, "assume_role", nil)
	bySAML, saml := completed[AssumeRoleWithSAML](e, source, "assume_role_with_saml", nil)
	byWeb, web := completed[AssumeRoleWithWebIdentity](e, source, "assume_role_with_web_identity", nil)
	isSAML := bySAML.sets("saml_assertion", "principal_arn")
	isWeb := byWeb.sets("web_identity_token", "web_identity_token_file") || byWeb.sets("role_arn_file") && !byWeb.sets("role_arn")
	switch {
	case block != nil && Clean(block.RoleARN) == "":
	case isSAML && isWeb:
		return &candidate{name: source, alone: true, problems: []*Error{{
			Source:  source,
			Problem: "both a SAML assertion and a web identity token are set",
			Remedy: fmt.Sprintf("Unset %s and %s, or %s and %s", bySAML.variable("saml_assertion"), bySAML.variable("principal_arn"),
				byWeb.variable("web_identity_token"), byWeb.variable("web_identity_token_file")),
		}}}
	case isSAML:
		return assumeWithSAML(bySAML, saml)
	case isWeb:
		return assumeWithWebIdentity(byWeb, web)
	case byKeys.sets("role_arn"):
		return assume(byKeys, plain)
	}
	return unset(fmt.Sprintf("%s (%s, %s; by itself, or with %s or %s)", source, byKeys.variable("role_arn"), byKeys.variable("session_name"),
		bySAML.variable("saml_assertion"), byWeb.variable("web_identity_token")))
}

// assume is the source of the action AssumeRole.
func assume(g *given, a *AssumeRole) *candidate {
	c := g.candidate(a.RoleARN)
	c.once = a.TokenCode != ""
	c.fetch = func(ctx context.Context, d *deps, caller tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
		params := *a
		// The document of AssumeRole wants the policy encoded as for a URL, even
		// in a JSON body. A space becomes %20, which every decoder knows.
		params.Policy = strings.ReplaceAll(url.QueryEscape(a.Policy), "+", "%20")
		return d.sts(ctx, stsCall{
			source: c.name, action: "AssumeRole", as: caller, params: params, seconds: a.SessionDuration,
			secrets: []string{a.TokenCode, a.ExternalID},
		})
	}
	return c
}

// assumeWithSAML is the source of the action AssumeRoleWithSAML.
func assumeWithSAML(g *given, a *AssumeRoleWithSAML) *candidate {
	c := g.candidate(a.RoleARN)
	c.alone = true
	c.fetch = func(ctx context.Context, d *deps, _ tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
		ends, known := assertionEnd(a.SAMLAssertion)
		expired := &Error{
			Source: c.name, Problem: "the SAML assertion expired at " + ends.UTC().Format(time.RFC3339),
			Remedy: "Sign in to the identity provider again and set saml_assertion or " + g.variable("saml_assertion") + " to the new assertion",
		}
		if g.declared {
			expired.Argument = g.path("saml_assertion")
		}
		if known && time.Since(ends) > clockTolerance {
			return tencentcloud.Credential{}, expired
		}
		credential, err := d.sts(ctx, stsCall{
			source: c.name, action: "AssumeRoleWithSAML", as: tencentcloud.Anonymous, params: *a, seconds: a.SessionDuration,
			secrets: []string{a.SAMLAssertion},
		})
		if e := (*Error)(nil); errors.As(err, &e) && known && time.Now().After(ends) {
			expired.Cause = e.Cause
			return credential, expired
		}
		return credential, err
	}
	return c
}

func assumeWithWebIdentity(g *given, a *AssumeRoleWithWebIdentity) *candidate {
	g.either("web_identity_token", &a.WebIdentityToken, &a.WebIdentityTokenFile)
	g.either("role_arn", &a.RoleARN, &a.RoleARNFile)
	c := g.candidate(cmp.Or(a.RoleARN, a.RoleARNFile))
	return byWebIdentity(c, a, "", func(argument string, problem *Error) {
		problem.Remedy = fmt.Sprintf(`Write the value alone or as {"%s": "…"}, or correct the path`, argument)
		if g.declared {
			problem.Argument = g.path(argument + "_file")
		}
	})
}

// byWebIdentity makes a candidate the source of the action
// AssumeRoleWithWebIdentity. It reads the files each time, since whoever issues
// the token replaces it there.
func byWebIdentity(c *candidate, a *AssumeRoleWithWebIdentity, region string, explain func(argument string, problem *Error)) *candidate {
	c.alone = true
	c.fetch = func(ctx context.Context, d *deps, _ tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
		params := *a
		for _, in := range []struct {
			argument, path string
			text           *string
		}{
			{"web_identity_token", a.WebIdentityTokenFile, &params.WebIdentityToken},
			{"role_arn", a.RoleARNFile, &params.RoleARN},
		} {
			if *in.text != "" {
				continue
			}
			text, problem := fromFile(d.readFile, c.name, in.path, in.argument)
			if problem != nil {
				explain(in.argument, problem)
				return tencentcloud.Credential{}, problem
			}
			*in.text = text
		}
		return d.sts(ctx, stsCall{
			source: c.name, action: "AssumeRoleWithWebIdentity", as: tencentcloud.Anonymous, region: region, params: params,
			seconds: a.SessionDuration, secrets: []string{params.WebIdentityToken},
		})
	}
	return c
}

// fromFile reads a text from a file that holds it as a member of a JSON object,
// or by itself, as TKE and CI systems write their tokens.
func fromFile(read readFile, source, path, member string) (string, *Error) {
	data, err := read(path)
	if err != nil {
		return "", unreadable(source, path, err)
	}
	text := Clean(string(data))
	if text != "" && text[0] != '{' && len(strings.Fields(text)) == 1 {
		return text, nil
	}
	var members map[string]any
	if problem := readJSON(read, source, path, &members); problem != nil {
		return "", problem
	}
	text, _ = members[member].(string)
	if text = Clean(text); text == "" {
		return "", &Error{Source: source, Problem: fmt.Sprintf("the file %s has no %q, or an empty one", path, member)}
	}
	return text, nil
}

// podIdentity is the source of the role of a TKE pod, for whose service account
// the cluster keeps a token in a file.
func (e *env) podIdentity(enabled bool) *candidate {
	const argument = "enable_pod_oidc"
	var names, missing []string
	need := func(variable string) string {
		value, _ := e.first(variable)
		names = append(names, variable)
		if value == "" {
			missing = append(missing, variable)
		}
		return value
	}
	region := need("TKE_REGION")
	a := &AssumeRoleWithWebIdentity{
		ProviderID: need("TKE_PROVIDER_ID"), WebIdentityTokenFile: need("TKE_WEB_IDENTITY_TOKEN_FILE"), RoleARN: need("TKE_ROLE_ARN"),
		SessionName: podSessionName, SessionDuration: defaultSessionDuration,
	}
	if !enabled {
		return unset(fmt.Sprintf("%s (%s)", argument, strings.Join(names, ", ")))
	}
	c := &candidate{name: fmt.Sprintf("pod identity (%s)", a.RoleARN), declared: true}
	if len(missing) > 0 {
		c.problems = []*Error{{
			Source: argument, Argument: argument, Problem: "not set: " + strings.Join(missing, ", "),
			Remedy: "TKE sets them in a pod whose service account is bound to a role. Bind one, or remove enable_pod_oidc",
		}}
	}
	return byWebIdentity(c, a, region, func(_ string, problem *Error) {
		problem.Argument = argument
		problem.Remedy = "Check that the pod's service account is bound to a role and that its token is mounted"
	})
}

// mfaSession is the source of the action GetSessionToken.
func (e *env) mfaSession(block *MFACertification) *candidate {
	const name = "mfa_certification"
	source := name
	if block == nil {
		source = "MFA from the environment"
	}
	g, m := completed(e, source, name, block)
	if block == nil && !g.sets("serial_number", "token_code") {
		return unset(fmt.Sprintf("%s (%s, %s)", name, g.variable("serial_number"), g.variable("token_code")))
	}
	c := g.candidate("")
	c.once = true
	c.fetch = func(ctx context.Context, d *deps, caller tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
		return d.sts(ctx, stsCall{
			source: c.name, action: "GetSessionToken", as: caller, params: *m, seconds: m.DurationSeconds, secrets: []string{m.TokenCode},
		})
	}
	return c
}
