package credentials

import (
	"fmt"
	"path/filepath"
	"strings"
)

// profile is a profile of the command-line interface tccli: two JSON files in
// its directory, <name>.credential and <name>.configure.
type profile struct {
	name, dir string
	asked     bool   // by name, so that its absence is an error
	variable  string // that asked, if no argument did
}

// profileFile is what <name>.credential holds.
type profileFile struct {
	SecretID    string `json:"secretId"`
	SecretKey   string `json:"secretKey"`
	Token       string `json:"token"`
	RoleARN     string `json:"role-arn"`
	SessionName string `json:"role-session-name"`
}

func (p *profile) String() string { return fmt.Sprintf("profile %q", p.name) }

func (p *profile) credentialPath() string { return filepath.Join(p.dir, p.name+".credential") }
func (p *profile) configurePath() string  { return filepath.Join(p.dir, p.name+".configure") }

// read gives what <name>.credential holds.
func (p *profile) read(read func(string) ([]byte, error)) (profileFile, *Error) {
	var file profileFile
	if problem := readJSON(read, p.String(), p.credentialPath(), &file); problem != nil {
		p.blame(problem)
		problem.Remedy = "Correct the file, or write it anew with tccli configure"
		switch {
		case problem.Cause != nil:
			problem.Remedy = "Let the user that runs Terraform read it"
		case problem.absent:
			problem.Remedy = "Correct the name or shared_credentials_dir, or create the profile with tccli configure"
		}
		return profileFile{}, problem
	}
	for _, value := range []*string{&file.SecretID, &file.SecretKey, &file.Token, &file.RoleARN, &file.SessionName} {
		*value = strings.TrimSpace(*value)
	}
	return file, nil
}

// blame notes what asked for the profile.
func (p *profile) blame(e *Error) {
	e.Variable = envProfile
	if p.asked && p.variable == "" {
		e.Argument = "profile"
	}
}

// keys gives the pair of the file. The problem is that of an absent one if the
// file has none of it at all, as it may well be in one that is only there for
// its region.
func (p *profile) keys(file profileFile) (pair, *Error) {
	keys := pair{file.SecretID, file.SecretKey, file.Token}
	missing := "secretId and secretKey"
	switch {
	case keys.id != "" && keys.key != "":
		return keys, nil
	case keys.id != "":
		missing = "secretKey"
	case keys.key != "":
		missing = "secretId"
	}
	problem := p.fault(fmt.Sprintf("the file %s has no %s", p.credentialPath(), missing))
	problem.absent = keys == (pair{})
	return pair{}, problem
}

// role gives the step for the role that the file names, nil if it names none.
func (p *profile) role(file profileFile) (step, *Error) {
	switch {
	case file.RoleARN == "" && file.SessionName == "":
		return nil, nil
	case file.SessionName == "":
		return nil, p.fault(fmt.Sprintf("the file %s has a role-arn without a role-session-name", p.credentialPath()))
	case file.RoleARN == "":
		return nil, p.fault(fmt.Sprintf("the file %s has a role-session-name without a role-arn", p.credentialPath()))
	}
	return assumeRole{source: p.String(), AssumeRole: AssumeRole{
		RoleARN: file.RoleARN, SessionName: file.SessionName, SessionDuration: defaultSessionDuration,
	}}, nil
}

func (p *profile) fault(problem string) *Error {
	e := &Error{
		Source: p.String(), File: p.credentialPath(), Problem: problem,
		Remedy: "Add what is missing, or write the profile anew with tccli configure",
	}
	p.blame(e)
	return e
}

// region is that of <name>.configure; empty if there is none to be had, for
// whatever reason: it is a preference, not a credential.
func (p *profile) region(read func(string) ([]byte, error)) string {
	var file struct {
		SysParam struct {
			Region string `json:"region"`
		} `json:"_sys_param"`
	}
	if problem := readJSON(read, p.String(), p.configurePath(), &file); problem != nil {
		return ""
	}
	return strings.TrimSpace(file.SysParam.Region)
}
