package credentials

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// checkAccount requests from STS, once, whose credential it is, if only the
// credentials of some accounts are to be used. All callers share one request;
// after one that failed, the next caller sends another.
func (s *Source) checkAccount(ctx context.Context, signer *refresher) error {
	if len(s.plan.allowed) == 0 && len(s.plan.forbidden) == 0 {
		return nil
	}
	s.mu.Lock()
	if s.account.known {
		defer s.mu.Unlock()
		return s.account.err
	}
	check := s.account.check.DoChan("", func() (any, error) {
		account, err := s.deps.client.account(context.WithoutCancel(ctx), signer)
		if err != nil {
			return nil, s.plan.unknownAccount(err, signer)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.account.known, s.account.err = true, s.plan.refuseAccount(account)
		return nil, s.account.err
	})
	s.mu.Unlock()
	select {
	case result := <-check:
		return result.Err
	case <-ctx.Done():
		return s.plan.unknownAccount(ctx.Err(), signer)
	}
}

func (p *Plan) unknownAccount(err error, signer *refresher) error {
	var own *Error
	if errors.As(err, &own) {
		return own // of the credential that the call was to be signed with
	}
	e := p.accountError("could not determine the account of the credential", "")
	if e.Cause = err; unauthenticated(err) {
		e.Remedy = "Correct the credential: " + signer.whence()
	}
	return e
}

// refuseAccount is the error for an account that is not to be used.
func (p *Plan) refuseAccount(account string) error {
	const remedy = "Use a credential of another account, or correct the argument"
	switch {
	case len(p.allowed) > 0 && !slices.Contains(p.allowed, account):
		return p.accountError(fmt.Sprintf("the credential belongs to account %s, which is not among %s", account, strings.Join(p.allowed, ", ")), remedy)
	case slices.Contains(p.forbidden, account):
		return p.accountError(fmt.Sprintf("the credential belongs to account %s, which is forbidden", account), remedy)
	}
	return nil
}

// accountError points at the one of the two arguments that is set.
func (p *Plan) accountError(problem, remedy string) *Error {
	argument := "allowed_account_ids"
	if len(p.allowed) == 0 {
		argument = "forbidden_account_ids"
	}
	return &Error{Source: argument, Argument: argument, Problem: problem, Remedy: remedy}
}

// unauthenticated reports whether the service rejected the credential itself.
func unauthenticated(err error) bool {
	var e *tencentcloud.Error
	return errors.As(err, &e) && strings.HasPrefix(e.Code, "AuthFailure") &&
		e.Code != "AuthFailure.MFAFailure" && e.Code != "AuthFailure.UnauthorizedOperation"
}
