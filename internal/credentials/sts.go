package credentials

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// stsClient calls STS through the API client, with its signature, retries and
// errors.
type stsClient struct {
	config tencentcloud.Config
	region func() string
}

// as is a client that signs with a source's credentials.
func (c stsClient) as(source tencentcloud.CredentialSource, region string, secrets ...string) *tencentcloud.Client {
	config := c.config
	config.Secrets = slices.Concat(config.Secrets, secrets)
	config.Service, config.Version, config.Credentials = "sts", "2018-08-13", source
	for _, config.Region = range []string{region, c.region(), defaultRegion} {
		if config.Region != "" {
			break
		}
	}
	return tencentcloud.NewClient(config)
}

func (c stsClient) issue(ctx context.Context, call stsCall) (*issued, error) {
	answer, _, err := tencentcloud.Call[issued](ctx, c.as(call.as, call.region, call.secrets...), call.action, call.params)
	return answer, err
}

// account is the number of the account that a source's credential belongs to.
func (c stsClient) account(ctx context.Context, source tencentcloud.CredentialSource) (string, error) {
	answer, _, err := tencentcloud.Call[identity](ctx, c.as(source, ""), "GetCallerIdentity", struct{}{})
	if err != nil {
		return "", err
	}
	return answer.AccountId, nil
}

// stsCall is one call of an action that gives temporary credentials.
type stsCall struct {
	source  string
	action  string
	as      tencentcloud.CredentialSource
	region  string // the source's own if it is empty
	params  any
	seconds int64    // how long the credential is to be valid, at most
	secrets []string // of the parameters
}

// sts calls STS and makes a credential of its response.
func (d *deps) sts(ctx context.Context, call stsCall) (tencentcloud.Credential, error) {
	asked := time.Now()
	answer, err := d.client.issue(ctx, call)
	if err != nil {
		return tencentcloud.Credential{}, refused(call, err)
	}
	issued := answer.Credentials
	c := tencentcloud.Credential{SecretID: issued.TmpSecretId, SecretKey: issued.TmpSecretKey, Token: issued.Token}
	c.Expires = expiry(asked, time.Now(), time.Unix(answer.ExpiredTime, 0), time.Duration(call.seconds)*time.Second)
	return c, nil
}

// expiry is when a credential expires by this machine's clock. The service
// issues none that has expired already, nor for longer than requested: then the
// clock is wrong, and only the lifetime can be relied on.
func expiry(requested, now, told time.Time, lifetime time.Duration) time.Time {
	longest := requested.Add(lifetime)
	if told.After(now) && told.Before(longest) {
		return told
	}
	return longest
}

// refused is the error of a failed call.
func refused(call stsCall, err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own // of the credential that the call was to be signed with
	}
	e := &Error{Source: call.source, Problem: "STS issued no credential", Cause: err}
	caller, signed := call.as.(*refresher)
	switch {
	case tencentcloud.IsCode(err, "ResourceNotFound.RoleNotFound"):
		e.Remedy = "Correct the role's ARN; the console lists roles under CAM"
	case tencentcloud.IsCode(err, "UnauthorizedOperation"):
		e.Remedy = "Allow the caller sts:" + call.action + ", and name the caller in the role's trust policy"
	case tencentcloud.IsCode(err, "InvalidParameter.WebIdentityTokenError"):
		e.Remedy = "Use a token that is valid now; a token file is read again at every refresh"
	case tencentcloud.IsCode(err, "AuthFailure.MFAFailure"):
		e.Remedy = "Use a new code; each is valid for one call"
	case signed && unauthenticated(err):
		e.Remedy = "STS rejected the credential that signed the call: " + caller.whence()
	}
	return e
}

// issued is the response of the actions that give temporary credentials.
type issued struct {
	Credentials struct {
		TmpSecretId, TmpSecretKey, Token string
	}
	ExpiredTime int64 // Unix, seconds
}

// Validate reports a credential that cannot be used.
func (i *issued) Validate() error {
	if c := i.Credentials; c.TmpSecretId == "" || c.TmpSecretKey == "" || c.Token == "" {
		return errors.New("no TmpSecretId, TmpSecretKey or Token")
	}
	if i.ExpiredTime == 0 {
		return errors.New("no ExpiredTime")
	}
	return nil
}

// identity is the response of GetCallerIdentity.
type identity struct{ AccountId string }

// Validate reports a response without an account.
func (i *identity) Validate() error {
	if i.AccountId == "" {
		return errors.New("no AccountId")
	}
	return nil
}
