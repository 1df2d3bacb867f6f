package credentials

import (
	"context"
	"fmt"
	"slices"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// candidates are all sources, in the order of precedence. The first one that is
// set signs the requests; one that needs a caller is called with the credential
// of the next one that is set. The guide "Authentication" has the same list.
func (e *env) candidates(c *Config, keys *candidate, p *profile) []*candidate {
	return []*candidate{
		e.podIdentity(c.EnablePodOIDC),
		e.mfaSession(c.MFACertification), // or its variables; needs a caller
		declared(e, "assume_role_with_web_identity", c.AssumeRoleWithWebIdentity, assumeWithWebIdentity),
		declared(e, "assume_role_with_saml", c.AssumeRoleWithSAML, assumeWithSAML),
		declared(e, "assume_role", c.AssumeRole, assume), // needs a caller
		e.environmentRole(c.AssumeRole),                  // needs a caller, unless it is by SAML or web identity
		p.role(),                                         // of the tccli profile; needs a caller
		instance(c.CAMRoleName),
		keys, // secret_id, secret_key, security_token
		p.keys(),
		e.sharedFile(), // of the SDKs
	}
}

// candidate is a source that may count.
type candidate struct {
	name     string // for errors and the log, such as assume_role (qcs::cam::uin/1:roleName/reader)
	label    string // in the list of what was tried, unless it is the name
	unset    string // why it does not count; empty if it does
	origin   string // where id, key and token come from, unless the name says it
	alone    bool   // it needs no caller
	once     bool   // fetching again gives nothing new, as with a code that is valid for one call
	declared bool   // by a block or argument: its problems count even if another source replaces it
	problems []*Error
	warning  *Error

	// find looks for the file that the source is in. It reports an absent one,
	// or why another cannot serve. It is nil if there is nothing to look for.
	find func(readFile) *Error

	// fetch gets a new credential.
	fetch func(ctx context.Context, d *deps, caller tencentcloud.CredentialSource) (tencentcloud.Credential, error)
}

func unset(label string) *candidate { return &candidate{label: label, unset: "not set"} }

// declared is the source of a block.
func declared[T any](e *env, name string, block *T, source func(*given, *T) *candidate) *candidate {
	if block == nil {
		return unset(name)
	}
	return source(completed(e, name, name, block))
}

// candidate makes a source of a block, or of variables alone, which do not count
// if one is missing: the official provider ignores them then.
func (g *given) candidate(detail string) *candidate {
	c := &candidate{name: g.source, declared: g.declared}
	if detail != "" {
		c.name = fmt.Sprintf("%s (%s)", g.source, detail)
	}
	if len(g.missing) > 0 && !g.declared {
		c.warning = g.incomplete()
		c.unset = c.warning.Problem
		return c
	}
	g.required()
	c.problems = g.problems
	return c
}

// Plan is what [Resolve] decided.
type Plan struct {
	redacted

	// Warnings are about variables that are ignored.
	Warnings []*Error

	candidates         []*candidate // in the order of precedence, up to one that needs no caller
	region             string       // of an argument or the environment
	profile            *profile     // where the region may be; nil if the profile does not count
	allowed, forbidden []string
	secrets            []string
}

// minSecret is the fewest bytes that are masked. A shorter text is part of many
// a word, and masking it would tell what it is.
const minSecret = 6

// Secrets are all that arguments and variables give, used or not, for the log to
// mask: keys, tokens, MFA codes, external IDs, SAML assertions and web identity
// tokens. Those of files and services are not among them.
func (p *Plan) Secrets() []string {
	long := slices.DeleteFunc(slices.Clone(p.secrets), func(secret string) bool { return len(secret) < minSecret })
	slices.Sort(long)
	return slices.Compact(long)
}

// Resolve decides which sources count. lookup is os.LookupEnv, or a table; an
// empty variable counts as not set. Resolve reads no file. With problems, the
// Plan is nil.
func Resolve(c Config, lookup func(string) (string, bool)) (*Plan, []*Error) {
	e := &env{lookup: lookup}
	keys, p := e.keys(&c)
	plan := &Plan{region: c.Region, profile: p, allowed: c.AllowedAccountIDs, forbidden: c.ForbiddenAccountIDs}
	var problems []*Error
	replaced := false
	for _, candidate := range e.candidates(&c, keys, p) {
		if !replaced || candidate.declared {
			problems = append(problems, candidate.problems...)
		}
		if replaced {
			continue
		}
		plan.candidates = append(plan.candidates, candidate)
		if candidate.warning != nil {
			plan.Warnings = append(plan.Warnings, candidate.warning)
		}
		replaced = candidate.alone && candidate.unset == "" && candidate.find == nil
	}
	if len(problems) > 0 {
		return nil, problems
	}
	plan.secrets = e.secrets
	return plan, nil
}
