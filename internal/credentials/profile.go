package credentials

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// profile is a profile of the command-line interface tccli: two JSON files in
// its directory, <name>.credential and <name>.configure. A nil profile does not
// count.
type profile struct {
	name, dir string
	named     bool   // in the configuration or environment, so that its absence is an error
	argument  string // that named it, if one did
}

func newProfile(c *Config, g *given) *profile {
	p := &profile{name: c.Profile, dir: c.SharedCredentialsDir, named: g.sets("profile")}
	if p.named && g.from["profile"] == "" {
		p.argument = "profile"
	}
	return p
}

// profileFile is what <name>.credential holds.
type profileFile struct {
	Type        string `json:"type"` // of a login, or cvm-role; absent or "default" for keys
	SecretID    string `json:"secretId"`
	SecretKey   string `json:"secretKey"`
	Token       string `json:"token"`
	ExpiresAt   int64  `json:"expiresAt"` // of a login: Unix, seconds
	RoleARN     string `json:"role-arn"`
	SessionName string `json:"role-session-name"`
}

// cvmRole is the type of a profile that is the role of the instance.
const cvmRole = "cvm-role"

// logins are the commands that renew a profile, by its type.
var logins = map[string]string{"oauth": "tccli auth login", "sso": "tccli sso login"}

func (p *profile) String() string { return fmt.Sprintf("profile %q", p.name) }

func (p *profile) path() string { return filepath.Join(p.dir, p.name+".credential") }

// read gives what <name>.credential holds.
func (p *profile) read(read readFile) (profileFile, *Error) {
	var file profileFile
	if problem := readJSON(read, p.String(), p.path(), &file); problem != nil {
		problem.Argument = p.argument
		switch {
		case problem.Cause != nil:
		case problem.absent:
			problem.Remedy = "Correct the name or shared_credentials_dir, or create the profile with tccli configure"
		default:
			problem.Remedy = "Correct the file, or create it again with tccli configure"
		}
		problem.absent = problem.absent && !p.named
		return profileFile{}, problem
	}
	for _, value := range []*string{&file.Type, &file.SecretID, &file.SecretKey, &file.Token, &file.RoleARN, &file.SessionName} {
		*value = Clean(*value)
	}
	return file, nil
}

// fault is about what the file says. It is that of an absent file if the file
// says nothing of what is needed, as one that is there for its region.
func (p *profile) fault(problem string, silent bool) *Error {
	return &Error{
		Source: p.String(), Argument: p.argument, Problem: fmt.Sprintf("the file %s %s", p.path(), problem),
		Remedy: "Add what is missing, or create the profile again with tccli configure", absent: silent && !p.named,
	}
}

// keys is the source of the profile's keys, or what its type says.
func (p *profile) keys() *candidate {
	if p == nil {
		return unset("profile")
	}
	return &candidate{
		name:   fmt.Sprintf("%v (%s)", p, p.path()),
		label:  fmt.Sprintf("%v (profile, %s, shared_credentials_dir, %s)", p, variableOf["profile"], variableOf["shared_credentials_dir"]),
		origin: fmt.Sprintf("%v, the file %s", p, p.path()),
		alone:  true,
		find: func(read readFile) *Error {
			_, problem := p.usable(read)
			return problem
		},
		fetch: func(ctx context.Context, d *deps, _ tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
			file, problem := p.usable(d.readFile)
			switch {
			case problem != nil:
				return tencentcloud.Credential{}, problem
			case file.Type == cvmRole:
				return instanceRole("").fetch(ctx, d)
			}
			return result(p.credential(file))
		},
	}
}

// usable reads the file and reports if it can give no credential.
func (p *profile) usable(read readFile) (profileFile, *Error) {
	file, problem := p.read(read)
	missing := "secretId and secretKey"
	switch {
	case problem != nil:
		return file, problem
	case file.Type == cvmRole || file.SecretID != "" && file.SecretKey != "":
		return file, nil
	case file.SecretID != "":
		missing = "secretKey"
	case file.SecretKey != "":
		missing = "secretId"
	}
	return file, p.fault("has no "+missing, file.SecretID+file.SecretKey+file.Token == "")
}

// credential gives the keys of the file. Those of a login expire, and the
// command that renews them is the user's to run.
func (p *profile) credential(file profileFile) (tencentcloud.Credential, *Error) {
	c := tencentcloud.Credential{SecretID: file.SecretID, SecretKey: file.SecretKey, Token: file.Token}
	login := logins[file.Type]
	if login == "" || file.ExpiresAt == 0 {
		return c, nil
	}
	if c.Expires = time.Unix(file.ExpiresAt, 0); c.Expires.After(time.Now()) {
		return c, nil
	}
	if p.name != "default" {
		login += " --profile " + p.name
	}
	return tencentcloud.Credential{}, &Error{
		Source: p.String(), Argument: p.argument,
		Problem: fmt.Sprintf("the login in the file %s expired at %s", p.path(), c.Expires.UTC().Format(time.RFC3339)),
		Remedy:  fmt.Sprintf("Renew it with %s, then run Terraform again", login),
	}
}

// role is the source of the role that the profile names.
func (p *profile) role() *candidate {
	if p == nil {
		return unset("role of the profile")
	}
	a := &AssumeRole{SessionDuration: defaultSessionDuration}
	c := assume(&given{source: fmt.Sprintf("role of %v", p)}, a)
	c.find = func(read readFile) *Error {
		file, problem := p.read(read)
		switch {
		case problem != nil:
			return problem
		case file.RoleARN == "" && file.SessionName == "":
			return &Error{Source: c.name, Problem: "the file " + p.path() + " has no role-arn", absent: true}
		case file.RoleARN == "" || file.SessionName == "":
			return p.fault("has only one of role-arn and role-session-name", false)
		}
		a.RoleARN, a.SessionName = file.RoleARN, file.SessionName
		c.name = fmt.Sprintf("role of %v (%s)", p, a.RoleARN)
		return nil
	}
	return c
}

// region is that of <name>.configure; empty if there is none, for whatever
// reason: it is a preference, not a credential.
func (p *profile) region(read readFile) string {
	var file struct {
		SysParam struct {
			Region string `json:"region"`
		} `json:"_sys_param"`
	}
	if problem := readJSON(read, p.String(), filepath.Join(p.dir, p.name+".configure"), &file); problem != nil {
		return ""
	}
	return Clean(file.SysParam.Region)
}
