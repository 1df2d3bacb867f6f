package credentials

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Plan is what [Resolve] decided: the sources that count, in the order in which
// each is called with what the one before gave.
type Plan struct {
	hidden

	region             string     // of an argument or the environment
	keys               pair       // of arguments and the environment; used if first is nil and it is set
	profile            *profile   // its keys are used if first is nil, its role after that; nil if neither is
	files              *profile   // where the region may be
	shared             sharedFile // of the SDKs; the last resort
	first              step       // needs no credential to be called with; nil if there is none
	roles              []step     // each called with what came before
	allowed, forbidden []string
	looked             []Looked // sources that are not set, for the error when none serves
}

// candidate is a step before it is known whether another one makes it
// superfluous.
type candidate struct {
	step     step
	problems []*Error
	declared bool // by a block: its faults count even if it is superfluous
}

// Resolve decides which sources count: arguments before the environment, and
// each source that applies replaces those before it. In this order: the keys,
// or else the profile, or else the SDKs' file; the instance role; the profile's
// role; a role from the environment; assume_role; SAML; web identity; MFA; the
// pod's identity. What a later source does not need is left out.
//
// lookup is os.LookupEnv, or a table; an empty variable counts as not set.
// Resolve reads no file. With problems, the Plan is nil.
func Resolve(c Config, lookup func(string) (string, bool)) (*Plan, []*Error) {
	r := resolver{lookup: lookup, home: homeDir(lookup)}
	plan := &Plan{
		region: r.pick(c.Region, envRegion), keys: r.keys(c), shared: r.sharedFile(),
		allowed: c.AllowedAccountIDs, forbidden: c.ForbiddenAccountIDs,
	}
	if plan.keys == (pair{}) {
		plan.profile = r.profile(c)
		plan.files = plan.profile
	}
	candidates := r.candidates(c)
	kept := plan.arrange(r.pick(c.CAMRoleName, envCAMRoleName), candidates)
	problems := r.conflicts(c)
	for i, candidate := range candidates {
		if candidate.declared || i >= kept {
			problems = append(problems, candidate.problems...)
		}
	}
	if plan.first == nil && plan.keys != (pair{}) {
		problems = append(problems, plan.keys.check()...)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	plan.looked = r.looked(plan)
	return plan, nil
}

// arrange takes the last source that needs no credential as the first of the
// chain, since it replaces all before it. It returns the index of the first
// candidate that is used.
func (p *Plan) arrange(instance string, candidates []candidate) int {
	if instance != "" {
		p.first = instanceRole{name: instance}
	}
	kept := 0
	for i, c := range candidates {
		if c.step.anonymous() {
			p.first, kept = c.step, i
			p.profile = nil
		}
	}
	for i, c := range candidates[kept:] {
		if i > 0 || !c.step.anonymous() {
			p.roles = append(p.roles, c.step)
		}
	}
	return kept
}

// resolver looks things up in the environment.
type resolver struct {
	lookup func(string) (string, bool)
	home   string
}

// env is the first of the variables that is not empty.
func (r resolver) env(names ...string) string {
	for _, name := range names {
		if value, _ := r.lookup(name); strings.TrimSpace(value) != "" {
			return strings.TrimSpace(value) // of the line feed that many a secret store appends
		}
	}
	return ""
}

// pick is the argument, or else the variable.
func (r resolver) pick(argument string, names ...string) string {
	if argument = strings.TrimSpace(argument); argument != "" {
		return argument
	}
	return r.env(names...)
}

// keys are those of arguments and environment. A token of the environment that
// belongs to another id of the environment is of no use to the argument's.
func (r resolver) keys(c Config) pair {
	keys := pair{
		id:  r.pick(c.SecretID, envSecretID),
		key: r.pick(c.SecretKey, envSecretKey),
	}
	keys.token = strings.TrimSpace(c.SecurityToken)
	if other := r.env(envSecretID); keys.token == "" && (other == "" || other == keys.id) {
		keys.token = r.env(envSecurityToken)
	}
	return keys
}

func (r resolver) profile(c Config) *profile {
	p := &profile{name: r.pick(c.Profile, envProfile), dir: r.pick(c.SharedCredentialsDir, envSharedCredentialsDir)}
	p.asked = p.name != ""
	if p.asked && strings.TrimSpace(c.Profile) == "" {
		p.variable = envProfile
	}
	if !p.asked {
		p.name = defaultProfile
	}
	if p.dir == "" {
		p.dir = filepath.Join("~", ".tccli")
	}
	p.dir = expand(p.dir, r.home)
	return p
}

func (r resolver) sharedFile() sharedFile {
	if path := r.env(envCredentialsFile); path != "" {
		return sharedFile{path: expand(path, r.home), asked: true}
	}
	return sharedFile{path: expand(filepath.Join("~", ".tencentcloud", "credentials"), r.home)}
}

// candidates are the sources after the profile's role, in the order of
// precedence.
func (r resolver) candidates(c Config) []candidate {
	var all []candidate
	for _, candidate := range []*candidate{
		r.environmentRole(c),
		r.assumeRole(c.AssumeRole),
		r.saml(c.AssumeRoleWithSAML),
		r.webIdentity(c.AssumeRoleWithWebIdentity),
		r.mfa(c.MFACertification),
		r.pod(c.EnablePodOIDC),
	} {
		if candidate != nil {
			all = append(all, *candidate)
		}
	}
	return all
}

func (r resolver) conflicts(c Config) []*Error {
	var problems []*Error
	if len(c.AllowedAccountIDs) > 0 && len(c.ForbiddenAccountIDs) > 0 {
		problems = append(problems, &Error{
			Source: "allowed_account_ids", Argument: "allowed_account_ids",
			Problem: "conflicts with forbidden_account_ids", Remedy: "Set one of them",
		})
	}
	if c.AssumeRoleWithSAML != nil && c.AssumeRoleWithWebIdentity != nil {
		problems = append(problems, &Error{
			Source: "assume_role_with_saml", Argument: "assume_role_with_saml",
			Problem: "conflicts with assume_role_with_web_identity", Remedy: "Leave one of the blocks out",
		})
	}
	return problems
}

// looked lists what is not set, for the error when no source serves. The files
// are added once they have been looked at.
func (r resolver) looked(p *Plan) []Looked {
	const notSet, needsKeys = "not set", "set, but it must be called with a credential of another source"
	why := func(block string) string {
		if slices.ContainsFunc(p.roles, func(s step) bool { return s.block() == block }) {
			return needsKeys
		}
		return notSet
	}
	assume := why("assume_role")
	if assume == notSet {
		assume = why("") // a role from the environment
	}
	list := func(argument string, variables ...string) string {
		return fmt.Sprintf("%s (%s)", argument, strings.Join(variables, ", "))
	}
	return []Looked{
		{list("cam_role_name", envCAMRoleName), notSet},
		{list("assume_role", envRoleARN, envSessionName), assume},
		{list("assume_role_with_saml", envSAMLAssertion, envPrincipalARN, envRoleARN, envSessionName), notSet},
		{list("assume_role_with_web_identity", envWebIdentityToken, envWebIdentityTokenFile, envRoleARN, envSessionName), notSet},
		{list("mfa_certification", envMFASerialNumber, envMFATokenCode), why("mfa_certification")},
		{list("enable_pod_oidc", envPodRegion, envPodProviderID, envPodTokenFile, envPodRoleARN), notSet},
	}
}
