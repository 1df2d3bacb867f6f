package credentials

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"gopkg.in/ini.v1"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// pair is a secret id with its key, and the token if they are temporary.
type pair struct{ id, key, token string }

func (p pair) credential() tencentcloud.Credential {
	return tencentcloud.Credential{SecretID: p.id, SecretKey: p.key, Token: p.token}
}

// check reports half a pair of arguments or variables.
func (p pair) check() []*Error {
	var problems []*Error
	need := func(value, argument, variable string) {
		if value == "" {
			problems = append(problems, &Error{
				Source: "secret_id and secret_key", Argument: argument, Variable: variable,
				Problem: argument + " is not set, though " + p.present() + " is",
				Remedy:  fmt.Sprintf("Set %s or %s", argument, variable),
			})
		}
	}
	need(p.id, "secret_id", envSecretID)
	need(p.key, "secret_key", envSecretKey)
	return problems
}

// present names what there is of half a pair.
func (p pair) present() string {
	switch {
	case p.id != "":
		return "secret_id"
	case p.key != "":
		return "secret_key"
	}
	return "security_token"
}

// sharedFile is the file of the official SDKs: INI, with secret_id and
// secret_key in the section [default].
type sharedFile struct {
	path  string
	asked bool // by TENCENTCLOUD_CREDENTIALS_FILE
}

func (f sharedFile) String() string {
	return fmt.Sprintf("credentials file (%s)", envCredentialsFile)
}

// read gives the pair of the file.
func (f sharedFile) read(read func(string) ([]byte, error)) (pair, *Error) {
	data, err := read(f.path)
	if err != nil {
		problem := unreadable(f.String(), f.path, err)
		problem.Variable = envCredentialsFile
		problem.Remedy = "Let the user that runs Terraform read it"
		if problem.Cause == nil {
			problem.Remedy = "Create it with secret_id and secret_key in the section [default], or unset " + envCredentialsFile
		}
		return pair{}, problem
	}
	file, err := ini.LoadSources(ini.LoadOptions{SpaceBeforeInlineComment: true}, data)
	if err != nil {
		return pair{}, &Error{
			Source: f.String(), Variable: envCredentialsFile, File: f.path,
			Problem: fmt.Sprintf("the file %s is not INI: %s", f.path, iniPlace(data, err)),
			Remedy:  "Write it as [default], secret_id = … and secret_key = …, a line each",
		}
	}
	section := file.Section("default")
	keys := pair{
		id:  strings.TrimSpace(section.Key("secret_id").Value()),
		key: strings.TrimSpace(section.Key("secret_key").Value()),
	}
	for _, need := range []struct{ name, value string }{{"secret_id", keys.id}, {"secret_key", keys.key}} {
		if need.value == "" {
			return pair{}, &Error{
				Source: f.String(), Variable: envCredentialsFile, File: f.path,
				Problem: fmt.Sprintf("the file %s has no %s in its section [default]", f.path, need.name),
				Remedy:  "Add it",
			}
		}
	}
	return keys, nil
}

// iniPlace says where the INI is wrong. The library's messages quote the line.
func iniPlace(data []byte, err error) string {
	var delimiter ini.ErrDelimiterNotFound
	var name ini.ErrEmptyKeyName
	line := ""
	switch {
	case errors.As(err, &delimiter):
		line = delimiter.Line
	case errors.As(err, &name):
		line = name.Line
	default:
		return "the syntax is wrong"
	}
	for i, l := range bytes.Split(data, []byte("\n")) {
		if strings.TrimSpace(string(l)) == strings.TrimSpace(line) {
			return fmt.Sprintf("the syntax is wrong in line %d", i+1)
		}
	}
	return "the syntax is wrong"
}
