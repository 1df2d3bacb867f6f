package tencentcloud

import (
	"context"
	"time"
)

// Credential is what a request is signed with. Token is set for temporary
// credentials only; a zero Expires means that the credential does not expire.
type Credential struct {
	SecretID  string
	SecretKey string
	Token     string
	Expires   time.Time
}

// String keeps the secrets of a credential that is printed by accident.
func (Credential) String() string { return "tencentcloud.Credential(redacted)" }

// GoString does for %#v what String does for %v.
func (c Credential) GoString() string { return c.String() }

// CredentialSource yields the credential of the next attempt. Implementations
// are safe for concurrent use.
type CredentialSource interface {
	// Credential returns a credential that is valid now. It is called before
	// every attempt, so that one that is about to expire can be refreshed.
	Credential(ctx context.Context) (Credential, error)

	// Refused tells the source that the service did not accept the token of c,
	// and reports whether another credential is available now.
	Refused(c Credential) bool
}

// Anonymous is the source for the STS actions that are called before there is
// a credential: they are sent with "Authorization: SKIP".
var Anonymous CredentialSource = anonymous{}

type anonymous struct{}

func (anonymous) Credential(context.Context) (Credential, error) { return Credential{}, nil }
func (anonymous) Refused(Credential) bool                        { return false }

// Static is the source of one credential that never changes.
func Static(c Credential) CredentialSource { return static(func() Credential { return c }) }

// static is a function since a struct would show its secrets when it is printed
// as part of another, where fmt does not find the Credential's String.
type static func() Credential

func (s static) Credential(context.Context) (Credential, error) { return s(), nil }
func (static) Refused(Credential) bool                          { return false }
