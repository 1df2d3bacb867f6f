package provider

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// values are some attributes of an object; the others are null.
type values map[string]tftypes.Value

func stringValue(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }
func numberValue(n int64) tftypes.Value  { return tftypes.NewValue(tftypes.Number, n) }
func boolValue(b bool) tftypes.Value     { return tftypes.NewValue(tftypes.Bool, b) }

// object makes a configuration of a schema's type.
func object(t *testing.T, kind tftypes.Type, some values) *tfprotov6.DynamicValue {
	t.Helper()
	all := map[string]tftypes.Value{}
	for name, attribute := range kind.(tftypes.Object).AttributeTypes { //nolint:forcetypeassert // a schema is an object
		all[name] = tftypes.NewValue(attribute, nil)
	}
	for name, value := range some {
		if _, ok := all[name]; !ok {
			t.Fatalf("the schema has no %q", name)
		}
		all[name] = value
	}
	value, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, all))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

func pushTasksType(t *testing.T) tftypes.Type {
	t.Helper()
	return pushTasksSchema().Type().TerraformType(t.Context())
}

// configured gives a server its provider block.
func configured(t *testing.T, server tfprotov6.ProviderServer, block values) (tfprotov6.ProviderServer, *tfprotov6.ConfigureProviderResponse) {
	t.Helper()
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.11.4", Config: object(t, providerSchema().Type().TerraformType(t.Context()), block),
	})
	if err != nil {
		t.Fatal(err)
	}
	return server, resp
}

// twoServers are the server that is released and the framework's own, both of one service.
func twoServers(t *testing.T, service http.Handler) (fast, plain tfprotov6.ProviderServer) {
	t.Helper()
	web := httptest.NewServer(service)
	t.Cleanup(web.Close)
	block := values{"endpoint": stringValue(web.URL), "secret_id": stringValue("id"), "secret_key": stringValue("key")}
	servers := []tfprotov6.ProviderServer{NewServer("test")(), providerserver.NewProtocol6(New("test"))()}
	for _, server := range servers {
		if _, resp := configured(t, server, block); len(resp.Diagnostics) > 0 {
			t.Fatal(resp.Diagnostics[0].Detail)
		}
	}
	return servers[0], servers[1]
}

// kindType is the type of a configuration of a kind, such as data or ephemeral.
func kindType(t *testing.T, kind string) tftypes.Type {
	t.Helper()
	return schemas(t)[kind+"."+pushTasksName].ValueType()
}

// readFunc reads push tasks with a configuration.
type readFunc func(context.Context, tfprotov6.ProviderServer, *tfprotov6.DynamicValue) (*tfprotov6.DynamicValue, []*tfprotov6.Diagnostic, error)

// readers are the kinds that return rows.
var readers = map[string]readFunc{
	"data": func(ctx context.Context, server tfprotov6.ProviderServer, config *tfprotov6.DynamicValue) (*tfprotov6.DynamicValue, []*tfprotov6.Diagnostic, error) {
		resp, err := readPushTasks(ctx, server, config)
		return resp.State, resp.Diagnostics, err
	},
	"ephemeral": func(ctx context.Context, server tfprotov6.ProviderServer, config *tfprotov6.DynamicValue) (*tfprotov6.DynamicValue, []*tfprotov6.Diagnostic, error) {
		resp, err := server.OpenEphemeralResource(ctx, &tfprotov6.OpenEphemeralResourceRequest{TypeName: pushTasksName, Config: config})
		return resp.Result, resp.Diagnostics, err
	},
}

// readPushTasks reads the data source with a configuration.
func readPushTasks(ctx context.Context, server tfprotov6.ProviderServer, config *tfprotov6.DynamicValue) (*tfprotov6.ReadDataSourceResponse, error) {
	return server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: "tencentcdn_push_tasks", Config: config})
}
