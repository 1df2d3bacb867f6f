package credentials

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
)

// homeDir is where ~ is: HOME, or USERPROFILE on Windows, as the official
// provider and SDK have it. Empty if the variable is not set.
func homeDir(lookup func(string) (string, bool)) string {
	name := "HOME"
	if runtime.GOOS == "windows" {
		name = "USERPROFILE"
	}
	home, _ := lookup(name)
	return home
}

// expand replaces a leading ~ by the home directory, if that is known.
func expand(path, home string) string {
	rest, found := strings.CutPrefix(path, "~")
	if !found || home == "" || (rest != "" && rest[0] != '/' && rest[0] != '\\') {
		return path
	}
	return home + rest
}

// readJSON reads a JSON object from a file into target. The error names the
// file and the place in it, and nothing of its content.
func readJSON(read func(string) ([]byte, error), source, path string, target any) *Error {
	data, err := read(path)
	if err != nil {
		return unreadable(source, path, err)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // some editors begin with a byte order mark
	if len(bytes.TrimSpace(data)) == 0 {
		return &Error{Source: source, File: path, Problem: "the file " + path + " is empty"}
	}
	if err := json.Unmarshal(data, target); err != nil {
		return &Error{Source: source, File: path, Problem: "the file " + path + " is not the JSON object it should be: " + place(data, err)}
	}
	return nil
}

// place says where in data the JSON is wrong. The messages of encoding/json
// quote the data, which may be a secret.
func place(data []byte, err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var offset int64
	what := "it cannot be read"
	switch {
	case errors.As(err, &syntax):
		offset, what = syntax.Offset, "the syntax is wrong"
	case errors.As(err, &kind) && kind.Field != "":
		offset, what = kind.Offset, fmt.Sprintf("%q has the wrong type", kind.Field)
	case errors.As(err, &kind):
		offset, what = kind.Offset, "an object was expected"
	}
	before := data[:min(max(offset, 0), int64(len(data)))]
	return fmt.Sprintf("%s in line %d", what, 1+bytes.Count(before, []byte("\n")))
}

// unreadable is the error for a file that cannot be opened. One that may not be
// is as good as absent: HOME often is another user's in a container.
func unreadable(source, path string, err error) *Error {
	if errors.Is(err, fs.ErrNotExist) {
		return &Error{Source: source, File: path, Problem: "the file " + path + " does not exist", absent: true}
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err // the path is named already
	}
	return &Error{Source: source, File: path, Problem: "the file " + path + " cannot be read", Cause: err, absent: errors.Is(err, fs.ErrPermission)}
}
