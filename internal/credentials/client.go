package credentials

import (
	"context"
	"errors"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// stsClient calls STS through the API client, with its signature, retries and
// errors.
type stsClient struct {
	config tencentcloud.Config
	region func() string
}

// as is a client that signs with a source's credentials.
func (c stsClient) as(source tencentcloud.CredentialSource, region string) *tencentcloud.Client {
	config := c.config
	config.Service, config.Version, config.Credentials = "sts", "2018-08-13", source
	for _, config.Region = range []string{region, c.region(), defaultRegion} {
		if config.Region != "" {
			break
		}
	}
	return tencentcloud.NewClient(config)
}

func (c stsClient) issue(ctx context.Context, call stsCall) (*issued, error) {
	answer, _, err := tencentcloud.Call[issued](ctx, c.as(call.as, call.region), call.action, call.params)
	return answer, err
}

// account is the number of the account that a source's credential belongs to.
func (c stsClient) account(ctx context.Context, source tencentcloud.CredentialSource) (string, error) {
	answer, _, err := tencentcloud.Call[identity](ctx, c.as(source, ""), "GetCallerIdentity", struct{}{})
	if err != nil {
		return "", err
	}
	return answer.account, nil
}

// identity is the answer of GetCallerIdentity.
type identity struct{ account string }

// DecodeField takes the account and passes over the rest.
func (i *identity) DecodeField(name string, dec *jsontext.Decoder) (err error) {
	if name != "AccountId" {
		return dec.SkipValue()
	}
	i.account, _, err = tencentcloud.String(dec)
	return err
}

// Complete reports an answer without an account.
func (i *identity) Complete() error {
	if i.account == "" {
		return errors.New("no AccountId")
	}
	return nil
}
