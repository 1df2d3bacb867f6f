package credentials

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// checkAccount asks STS once whose credential it is, if only some accounts'
// will do. Who asks while that is under way waits for the same answer; after
// one that could not be had, the next asks anew.
func (s *Source) checkAccount(ctx context.Context, source tencentcloud.CredentialSource) error {
	if len(s.plan.allowed) == 0 && len(s.plan.forbidden) == 0 {
		return nil
	}
	s.mu.Lock()
	if s.account == nil {
		s.account = launch(ctx, func(ctx context.Context) (struct{}, error) {
			account, err := s.world.accountOf(ctx, source)
			if err != nil {
				s.mu.Lock()
				s.account = nil
				s.mu.Unlock()
				return struct{}{}, s.plan.unknownAccount(err)
			}
			if problem := s.plan.refuseAccount(account); problem != nil {
				return struct{}{}, problem
			}
			return struct{}{}, nil
		})
	}
	check := s.account
	s.mu.Unlock()
	select {
	case <-check.done:
		return check.err
	case <-ctx.Done():
		return s.plan.unknownAccount(ctx.Err())
	}
}

// accountArgument is the one of the two that is set.
func (p *Plan) accountArgument() string {
	if len(p.allowed) > 0 {
		return "allowed_account_ids"
	}
	return "forbidden_account_ids"
}

func (p *Plan) unknownAccount(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own // of the credential that the call was to be signed with
	}
	return &Error{
		Source: p.accountArgument(), Argument: p.accountArgument(),
		Problem: "the account of the credential could not be asked for", Cause: err,
	}
}

// refuseAccount is the error for an account that is not to be used.
func (p *Plan) refuseAccount(account string) *Error {
	problem := ""
	switch {
	case len(p.allowed) > 0 && !slices.Contains(p.allowed, account):
		problem = fmt.Sprintf("the credential belongs to account %s, which is not among %s", account, strings.Join(p.allowed, ", "))
	case slices.Contains(p.forbidden, account):
		problem = fmt.Sprintf("the credential belongs to account %s, which is forbidden", account)
	default:
		return nil
	}
	return &Error{
		Source: p.accountArgument(), Argument: p.accountArgument(), Problem: problem,
		Remedy: "Use a credential of another account, or correct the argument",
	}
}
