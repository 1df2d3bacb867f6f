package credentials

import (
	"cmp"
	"context"
	"fmt"

	"gopkg.in/ini.v1"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// keys completes the top of the provider block and makes a source of its keys,
// and the profile that applies if there is none of them.
func (e *env) keys(c *Config) (*candidate, *profile) {
	g := e.complete(given{source: "secret_id and secret_key"}, c)
	id, _ := e.first(variableOf["secret_id"])
	switch variable := g.from["security_token"]; {
	case variable == "":
	case id != "" && id != c.SecretID, // the token of another id is of no use to the argument's
		variable != variableOf["security_token"] && !g.sets("secret_id", "secret_key"): // nor is what older SDKs read, by itself
		c.SecurityToken = ""
		delete(g.from, "security_token")
	}
	if !g.sets("secret_id", "secret_key", "security_token") {
		return unset(fmt.Sprintf("secret_id and secret_key (%s, %s)", variableOf["secret_id"], variableOf["secret_key"])), newProfile(c, g)
	}
	credential := tencentcloud.Credential{SecretID: c.SecretID, SecretKey: c.SecretKey, Token: c.SecurityToken}
	k := &candidate{name: g.source, origin: g.origin("secret_id", "secret_key", "security_token"), alone: true, once: true}
	for _, argument := range g.missing {
		k.problems = append(k.problems, &Error{
			Source: g.source, Argument: argument,
			Problem: fmt.Sprintf("%s is not set; found only %s", argument, k.origin),
			Remedy:  fmt.Sprintf("Set %s or %s", argument, variableOf[argument]),
		})
	}
	k.fetch = func(context.Context, *deps, tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
		return credential, nil
	}
	return k, nil
}

// sharedFile is the source of the official SDKs' file: INI, with secret_id and
// secret_key in the section [default].
func (e *env) sharedFile() *candidate {
	path, variable := e.first(envCredentialsFile)
	path = e.expand(cmp.Or(path, "~/.tencentcloud/credentials"))
	source := fmt.Sprintf("credentials file (%s)", envCredentialsFile)
	find := func(read readFile) (tencentcloud.Credential, *Error) {
		c, problem := readINI(read, source, path)
		if problem != nil && variable != "" {
			problem.absent = false // it was named
		}
		return c, problem
	}
	return &candidate{
		name: fmt.Sprintf("credentials file (%s)", path), label: source, origin: "secret_id and secret_key from the file " + path, alone: true,
		find: func(read readFile) *Error {
			_, problem := find(read)
			return problem
		},
		fetch: func(_ context.Context, d *deps, _ tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
			return result(find(d.readFile))
		},
	}
}

// readINI gives the keys of a file.
func readINI(read readFile, source, path string) (tencentcloud.Credential, *Error) {
	none := tencentcloud.Credential{}
	data, err := read(path)
	if err != nil {
		problem := unreadable(source, path, err)
		if problem.Cause == nil {
			problem.Remedy = "Create it with secret_id and secret_key in the section [default], or unset " + envCredentialsFile
		}
		return none, problem
	}
	file, err := ini.LoadSources(ini.LoadOptions{SpaceBeforeInlineComment: true}, data)
	if err != nil { // which quotes the line
		return none, &Error{
			Source: source, Problem: fmt.Sprintf("the file %s is not valid INI", path),
			Remedy: "Write it as [default], secret_id = … and secret_key = …, a line each",
		}
	}
	keys := map[string]string{}
	for _, name := range []string{"secret_id", "secret_key"} {
		if keys[name] = Clean(file.Section("default").Key(name).Value()); keys[name] == "" {
			return none, &Error{Source: source, Problem: fmt.Sprintf("the file %s has no %s in its section [default]", path, name), Remedy: "Add it"}
		}
	}
	return tencentcloud.Credential{SecretID: keys["secret_id"], SecretKey: keys["secret_key"]}, nil
}
