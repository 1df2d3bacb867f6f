package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

const dataSource = "tencentcdn_push_tasks" // and of the ephemeral resource

// Provider is a provider as Terraform sees it, without a process between.
type Provider struct {
	server tfprotov6.ProviderServer
	query  tfprotov6.DynamicValue // the data source's configuration
	opened tfprotov6.DynamicValue // the ephemeral resource's
}

// Since is a start_time that all rows of a new simulator have, and of which the
// provider does not warn: 29 days ago.
func Since() string { return time.Now().Add(-29 * 24 * time.Hour).UTC().Format(time.RFC3339) }

// Configured makes the calls that Terraform makes before it reads: everything
// since start is what the data source will be asked for.
func Configured(ctx context.Context, server tfprotov6.ProviderServer, endpoint *url.URL, perSecond int, start string) (*Provider, error) {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	block, err := configuration(schemas.Provider, map[string]any{
		"endpoint": endpoint.String(), "secret_id": cdnsim.DefaultSecretID, "secret_key": cdnsim.DefaultSecretKey,
		"requests_per_second": int64(perSecond),
	})
	if err != nil {
		return nil, err
	}
	configured, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.11.4", Config: &block})
	if err != nil {
		return nil, err
	}
	if err := failed(configured.Diagnostics); err != nil {
		return nil, err
	}
	query, err := configuration(schemas.DataSourceSchemas[dataSource], map[string]any{"start_time": start})
	if err != nil {
		return nil, err
	}
	opened, err := configuration(schemas.EphemeralResourceSchemas[dataSource], map[string]any{"start_time": start})
	return &Provider{server, query, opened}, err
}

// configuration is a block in which all that is not given is null.
func configuration(schema *tfprotov6.Schema, given map[string]any) (tfprotov6.DynamicValue, error) {
	block, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		return tfprotov6.DynamicValue{}, errors.New("the schema is not an object")
	}
	values := map[string]tftypes.Value{}
	for name, kind := range block.AttributeTypes {
		values[name] = tftypes.NewValue(kind, given[name])
	}
	return tfprotov6.NewDynamicValue(block, tftypes.NewValue(block, values))
}

// Read reads the data source and returns its state.
func (p *Provider) Read(ctx context.Context) ([]byte, error) {
	answer, err := p.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: dataSource, Config: &p.query})
	if err != nil {
		return nil, err
	}
	if err := failed(answer.Diagnostics); err != nil {
		return nil, err
	}
	return answer.State.MsgPack, nil
}

// Open opens the ephemeral resource and returns its result.
func (p *Provider) Open(ctx context.Context) ([]byte, error) {
	response, err := p.server.OpenEphemeralResource(ctx, &tfprotov6.OpenEphemeralResourceRequest{TypeName: dataSource, Config: &p.opened})
	if err != nil {
		return nil, err
	}
	if err := failed(response.Diagnostics); err != nil {
		return nil, err
	}
	return response.Result.MsgPack, nil
}

// failed makes an error of any diagnostic: warnings are not expected either.
func failed(diagnostics []*tfprotov6.Diagnostic) error {
	for _, d := range diagnostics {
		return fmt.Errorf("%v: %s: %s", d.Severity, d.Summary, d.Detail)
	}
	return nil
}

// Rows counts the rows of push_logs in a state.
func Rows(state []byte) (int, error) {
	dec := msgpack.NewDecoder(bytes.NewReader(state))
	attributes, err := dec.DecodeMapLen()
	for range attributes {
		name, err := dec.DecodeString()
		if err != nil {
			return 0, err
		}
		if name == "push_logs" {
			return dec.DecodeArrayLen()
		}
		if err := dec.Skip(); err != nil {
			return 0, err
		}
	}
	return 0, errors.Join(err, errors.New("the state has no push_logs"))
}
