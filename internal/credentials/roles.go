package credentials

import (
	"fmt"
	"strconv"
	"strings"
)

// settings reads the values of one source: of its block and the environment, or
// of the environment alone if block is empty. It collects what is missing.
type settings struct {
	resolver
	source   string
	block    string
	problems []*Error
}

func (s *settings) path(attribute string) string {
	if s.block == "" {
		return ""
	}
	return s.block + "." + attribute
}

// need is pick for a value that the source cannot do without.
func (s *settings) need(argument, attribute, variable string) string {
	value := s.pick(argument, variable)
	if value == "" {
		s.missing(attribute, variable)
	}
	return value
}

func (s *settings) missing(attribute, variable string) {
	if s.block == "" {
		family := "TENCENTCLOUD_ASSUME_ROLE_"
		if strings.HasPrefix(variable, "TENCENTCLOUD_MFA_CERTIFICATION_") {
			family = "TENCENTCLOUD_MFA_CERTIFICATION_"
		}
		s.fail(attribute, variable, variable+" is not set, though others of its family are",
			"Set it, or unset the variables that begin with "+family)
		return
	}
	s.fail(attribute, variable, attribute+" is not set", fmt.Sprintf("Set %s or %s", s.path(attribute), variable))
}

func (s *settings) fail(attribute, variable, problem, remedy string) {
	s.problems = append(s.problems, &Error{
		Source: s.source, Argument: s.path(attribute), Variable: variable, Problem: problem, Remedy: remedy,
	})
}

// seconds is a duration: an argument, a variable, or the default for both unset
// or zero.
func (s *settings) seconds(argument int64, attribute, variable string, normal, most int64) int64 {
	value, name := argument, attribute
	if text := s.env(variable); value == 0 && text != "" {
		name = variable
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			n = -1
		}
		value = n
	}
	if value < 0 || value > most {
		s.problems = append(s.problems, &Error{
			Source: s.source, Argument: s.path(attribute), Variable: variable,
			Problem: fmt.Sprintf("%s is not a whole number of seconds from 1 to %d", name, most), Remedy: "Correct it",
		})
	}
	if value == 0 {
		return normal
	}
	return value
}

func (s *settings) sessionDuration(argument int64) int64 {
	return s.seconds(argument, "session_duration", envSessionDuration, defaultSessionDuration, maxSessionDuration)
}

func (s *settings) candidate(st step) *candidate {
	return &candidate{step: st, problems: s.problems, declared: s.block != ""}
}

// environmentRole is the role that the environment alone names. It applies if
// there is a role or an identity to get one for, unless assume_role takes the
// role from there, since the same role twice would serve nothing, or a block
// replaces it.
func (r resolver) environmentRole(c Config) *candidate {
	saml := r.env(envSAMLAssertion, envPrincipalARN) != ""
	web := r.env(envWebIdentityToken, envWebIdentityTokenFile) != ""
	named := r.env(envRoleARN) != ""
	if !named && r.env(envRoleARNFile, envRoleARNFileMisspelt) != "" {
		named, web = true, true
	}
	taken := c.AssumeRole != nil && strings.TrimSpace(c.AssumeRole.RoleARN) == ""
	replaced := c.AssumeRoleWithSAML != nil || c.AssumeRoleWithWebIdentity != nil
	if taken || replaced || (!named && !saml && !web) {
		return nil
	}
	s := settings{resolver: r, source: "role from the environment"}
	switch {
	case saml && web:
		s.problems = append(s.problems, &Error{
			Source: s.source, Variable: envSAMLAssertion,
			Problem: "there is a SAML assertion and a web identity token, and which to use is not clear",
			Remedy: fmt.Sprintf("Unset %s and %s, or else %s and %s",
				envSAMLAssertion, envPrincipalARN, envWebIdentityToken, envWebIdentityTokenFile),
		})
		return s.candidate(samlRole{source: s.source})
	case saml:
		return s.saml(AssumeRoleWithSAML{})
	case web:
		return s.webIdentity(AssumeRoleWithWebIdentity{})
	}
	return s.assumeRole(AssumeRole{})
}

func (r resolver) assumeRole(block *AssumeRole) *candidate {
	if block == nil {
		return nil
	}
	s := settings{resolver: r, source: "assume_role", block: "assume_role"}
	return s.assumeRole(*block)
}

func (s *settings) assumeRole(a AssumeRole) *candidate {
	a.RoleARN = s.need(a.RoleARN, "role_arn", envRoleARN)
	a.SessionName = s.need(a.SessionName, "session_name", envSessionName)
	a.SessionDuration = s.sessionDuration(a.SessionDuration)
	a.ExternalID = s.pick(a.ExternalID, envExternalID)
	a.SourceIdentity = s.pick(a.SourceIdentity, envSourceIdentity)
	a.SerialNumber = s.pick(a.SerialNumber, envSerialNumber)
	a.TokenCode = s.pick(a.TokenCode, envTokenCode)
	return s.candidate(assumeRole{source: s.source, declaredBy: s.block, AssumeRole: a})
}

func (r resolver) saml(block *AssumeRoleWithSAML) *candidate {
	if block == nil {
		return nil
	}
	s := settings{resolver: r, source: "assume_role_with_saml", block: "assume_role_with_saml"}
	return s.saml(*block)
}

func (s *settings) saml(a AssumeRoleWithSAML) *candidate {
	a.SAMLAssertion = s.need(a.SAMLAssertion, "saml_assertion", envSAMLAssertion)
	a.PrincipalARN = s.need(a.PrincipalARN, "principal_arn", envPrincipalARN)
	a.RoleARN = s.need(a.RoleARN, "role_arn", envRoleARN)
	a.SessionName = s.need(a.SessionName, "session_name", envSessionName)
	a.SessionDuration = s.sessionDuration(a.SessionDuration)
	return s.candidate(samlRole{source: s.source, declaredBy: s.block, AssumeRoleWithSAML: a})
}

func (r resolver) webIdentity(block *AssumeRoleWithWebIdentity) *candidate {
	if block == nil {
		return nil
	}
	s := settings{resolver: r, source: "assume_role_with_web_identity", block: "assume_role_with_web_identity"}
	return s.webIdentity(*block)
}

// webIdentity takes the token, and the role, from the block if the block has
// either form of it: a literal of the environment does not beat an argument.
func (s *settings) webIdentity(a AssumeRoleWithWebIdentity) *candidate {
	a.ProviderID = s.pick(a.ProviderID, envProviderID)
	if a.ProviderID == "" {
		a.ProviderID = defaultProviderID
	}
	a.WebIdentityToken, a.WebIdentityTokenFile = s.either(a.WebIdentityToken, a.WebIdentityTokenFile,
		"web_identity_token", envWebIdentityToken, envWebIdentityTokenFile)
	a.RoleARN, a.RoleARNFile = s.either(a.RoleARN, a.RoleARNFile,
		"role_arn", envRoleARN, envRoleARNFile, envRoleARNFileMisspelt)
	a.SessionName = s.need(a.SessionName, "session_name", envSessionName)
	a.SessionDuration = s.sessionDuration(a.SessionDuration)
	return s.candidate(webRole{source: s.source, declaredBy: s.block, AssumeRoleWithWebIdentity: a})
}

// either is a literal or a path, of arguments or else of variables.
func (s *settings) either(literal, path, attribute, variable string, fileVariables ...string) (string, string) {
	literal, path = strings.TrimSpace(literal), strings.TrimSpace(path)
	if literal == "" && path == "" {
		literal, path = s.env(variable), s.env(fileVariables...)
	}
	switch {
	case literal != "":
		return literal, ""
	case path == "" && s.block == "":
		s.missing(attribute, variable)
	case path == "":
		s.fail(attribute, variable, fmt.Sprintf("neither %s nor %s_file is set", attribute, attribute),
			fmt.Sprintf("Set one of them, or %s or %s", variable, fileVariables[0]))
	}
	return "", expand(path, s.home)
}

func (r resolver) mfa(block *MFACertification) *candidate {
	const name = "mfa_certification"
	s := settings{resolver: r, source: name, block: name}
	if block == nil {
		if r.env(envMFASerialNumber) == "" && r.env(envMFATokenCode) == "" {
			return nil
		}
		s.source, s.block = "MFA from the environment", ""
		block = &MFACertification{}
	}
	m := *block
	m.SerialNumber = s.need(m.SerialNumber, "serial_number", envMFASerialNumber)
	m.TokenCode = s.need(m.TokenCode, "token_code", envMFATokenCode)
	m.DurationSeconds = s.seconds(m.DurationSeconds, "duration_seconds", envMFADurationSeconds, defaultMFADuration, maxMFADuration)
	return s.candidate(mfaSession{source: s.source, declaredBy: s.block, MFACertification: m})
}

func (r resolver) pod(enabled bool) *candidate {
	if !enabled {
		return nil
	}
	s := settings{resolver: r, source: "enable_pod_oidc", block: "enable_pod_oidc"}
	var missing []string
	need := func(variable string) string {
		value := r.env(variable)
		if value == "" {
			missing = append(missing, variable)
		}
		return value
	}
	p := podRole{
		region: need(envPodRegion), providerID: need(envPodProviderID),
		tokenFile: need(envPodTokenFile), roleARN: need(envPodRoleARN),
	}
	if len(missing) > 0 {
		s.problems = append(s.problems, &Error{
			Source: s.source, Argument: "enable_pod_oidc", Variable: missing[0],
			Problem: "not set: " + strings.Join(missing, ", "),
			Remedy:  "TKE sets them in a pod whose service account is bound to a role. Bind one, or leave enable_pod_oidc out",
		})
	}
	return s.candidate(p)
}
