package credentials

import "strings"

// Error is why a source gives no credential. It is the one error type of this
// package, and never holds a secret.
type Error struct {
	Source   string  // which source, such as assume_role; empty when none was found
	Argument string  // the path of the argument at fault, such as assume_role.session_name; empty if there is none
	Problem  string  // what is wrong, without a full stop
	Remedy   string  // what to do about it, without a full stop; may be empty
	Tried    []Tried // when none was found
	Cause    error   // what the service, the network or the file system said; may be nil

	absent bool // the problem is only that there is no such file, so that the next source may serve
}

// Tried is a source that gives no credential.
type Tried struct {
	Source string // with the names of its arguments and variables
	Why    string // it does not
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Source != "" {
		b.WriteString(e.Source + ": ")
	}
	b.WriteString(e.why())
	if e.Remedy != "" {
		b.WriteString(". " + e.Remedy + ".")
	}
	for _, t := range e.Tried {
		b.WriteString("\n  - " + t.Source + ": " + t.Why)
	}
	return b.String()
}

// why is the problem with its cause.
func (e *Error) why() string {
	if e.Cause == nil {
		return e.Problem
	}
	return e.Problem + ": " + e.Cause.Error()
}

// Unwrap gives the cause, so that errors.As finds an error of the service and
// errors.Is a cancelled context.
func (e *Error) Unwrap() error { return e.Cause }
