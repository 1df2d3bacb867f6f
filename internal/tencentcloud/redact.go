package tencentcloud

import (
	"cmp"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	redacted = "(redacted)"

	// minAnywhere is how many bytes a secret must have to be replaced inside a
	// longer word. Keys, tokens and MFA codes have as many. A shorter secret, say
	// the password of a proxy, is replaced only where it stands alone: inside
	// words it would make messages unreadable, and give itself away.
	minAnywhere = 6
)

// Redact replaces secrets in a text that the other side can fill, in case it
// quotes the request. Empty secrets are ignored.
func Redact(text string, secrets ...string) string {
	forms := slices.Clone(secrets)
	for _, secret := range secrets {
		forms = append(forms, url.QueryEscape(secret))
	}
	// The longest first, since one may be part of another.
	slices.SortFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, secret := range forms {
		switch {
		case len(secret) < minAnywhere && !word.MatchString(secret): // none, or punctuation, which is in any text
		case len(secret) < minAnywhere && word.FindString(secret) == secret:
			text = word.ReplaceAllStringFunc(text, func(w string) string {
				if w == secret {
					return redacted
				}
				return w
			})
		default:
			text = strings.ReplaceAll(text, secret, redacted)
		}
	}
	return text
}

// word matches what a short secret must not be a part of.
var word = regexp.MustCompile(`[\pL\pN]+`)

// redact redacts every text that came from the other side.
func (e *Error) redact(secrets []string) *Error {
	clean := *e
	for _, text := range []*string{&clean.Code, &clean.Message, &clean.RequestID} {
		*text = Redact(*text, secrets...)
	}
	clean.Cause = redactCause(e.Cause, secrets)
	return &clean
}

// redactCause keeps the types of this package. Any other error that holds a secret
// becomes a plain one.
func redactCause(err error, secrets []string) error {
	switch e := err.(type) { //nolint:errorlint // each level is copied on its own
	case nil, *HeaderError, *TimeoutError:
		return err // nothing in them comes from the other side
	case *ResponseError:
		return &ResponseError{Kind: e.Kind, Problem: Redact(e.Problem, secrets...), Cause: redactCause(e.Cause, secrets)}
	}
	text := err.Error()
	if clean := Redact(text, secrets...); clean != text {
		return errors.New(clean)
	}
	return err
}
