package credentials

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"syscall"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// readFile is os.ReadFile, or a table.
type readFile func(path string) ([]byte, error)

// expand replaces a leading ~ by the home directory, if that is known: HOME, or
// USERPROFILE on Windows, as the official provider and SDK have it.
func (e *env) expand(path string) string {
	name := "HOME"
	if runtime.GOOS == "windows" {
		name = "USERPROFILE"
	}
	home, _ := e.lookup(name)
	rest, found := strings.CutPrefix(path, "~")
	if !found || home == "" || (rest != "" && rest[0] != '/' && rest[0] != '\\') {
		return path
	}
	return home + rest
}

// readJSON reads a JSON object from a file into target. The error names the
// file and the place in it, and nothing of its content.
func readJSON(read readFile, source, path string, target any) *Error {
	data, err := read(path)
	if err != nil {
		return unreadable(source, path, err)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // some editors begin with a byte order mark
	if len(bytes.TrimSpace(data)) == 0 {
		return &Error{Source: source, Problem: "the file " + path + " is empty"}
	}
	if err := json.Unmarshal(data, target); err != nil {
		return &Error{Source: source, Problem: "the file " + path + " is not a valid JSON object: " + place(data, err)}
	}
	return nil
}

// place says where in data the JSON is wrong. The messages of encoding/json
// quote the data, which may be a secret.
func place(data []byte, err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var offset int64
	what := "syntax error"
	if errors.As(err, &syntax) {
		offset = syntax.Offset
	}
	if errors.As(err, &kind) {
		offset, what = kind.Offset, "not an object"
	}
	if kind != nil && kind.Field != "" {
		what = fmt.Sprintf("%q has the wrong type", kind.Field)
	}
	before := data[:min(max(offset, 0), int64(len(data)))]
	return fmt.Sprintf("%s in line %d", what, 1+bytes.Count(before, []byte("\n")))
}

// unreadable is the error for a file that cannot be opened. One that may not be
// is as good as absent: HOME often is another user's in a container. So is one
// below something that is no directory: HOME=/dev/null means no home.
func unreadable(source, path string, err error) *Error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return &Error{Source: source, Problem: "the file " + path + " does not exist", absent: true}
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err // the path is named already
	}
	return &Error{
		Source: source, Problem: "the file " + path + " cannot be read", Cause: err, absent: errors.Is(err, fs.ErrPermission),
		Remedy: "Make it readable by the user that runs Terraform",
	}
}

// result keeps a nil problem from becoming an error that is not nil.
func result(c tencentcloud.Credential, problem *Error) (tencentcloud.Credential, error) {
	if problem != nil {
		return tencentcloud.Credential{}, problem
	}
	return c, nil
}
