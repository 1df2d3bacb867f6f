// Package provider is the Terraform provider: its configuration, what reads push tasks, and how it reports what went wrong.
package provider

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/credentials"
)

// Address is where registries have the provider.
const Address = "registry.terraform.io/tencentcdn/tencentcdn"

// tencentcdnProvider implements the provider block.
type tencentcdnProvider struct {
	version string // of the release; "dev" for a local build
}

var (
	_ provider.Provider                       = (*tencentcdnProvider)(nil)
	_ provider.ProviderWithValidateConfig     = (*tencentcdnProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*tencentcdnProvider)(nil)
	_ provider.ProviderWithActions            = (*tencentcdnProvider)(nil)
)

// New returns the provider as the framework knows it. NewServer returns the one to be served.
func New(version string) provider.Provider { return &tencentcdnProvider{version: version} }

func (p *tencentcdnProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName, resp.Version = "tencentcdn", p.version
}

func (p *tencentcdnProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerSchema()
}

// ValidateConfig checks the arguments alone. Only Configure knows the environment.
func (p *tencentcdnProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	block, diags := readBlock(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(conflicts(block)...)
	noVariables := func(string) (string, bool) { return "", false }
	plan, _ := credentials.Resolve(block.Config, noVariables)
	_, diags = newConnection(block, plan, noVariables)
	resp.Diagnostics.Append(diags...)
}

// Configure makes the provider data. It reads no file and sends no request. An argument that is unknown until apply is no
// error here: only reading without it is.
func (p *tencentcdnProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	block, diags := readBlock(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if unknown := unknownArguments(req.Config.Raw); len(unknown) > 0 {
		provide(resp, &providerData{unknown: unknown})
		if req.ClientCapabilities.DeferralAllowed {
			resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
		}
		return
	}
	settings, diags := newSettings(block, os.LookupEnv)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	provide(resp, newProviderData(settings, userAgent(p.version, req.TerraformVersion)))
}

// provide gives the provider data to everything that reads.
func provide(resp *provider.ConfigureResponse, data *providerData) {
	resp.DataSourceData, resp.EphemeralResourceData, resp.ActionData = data, data, data
}

func userAgent(version, terraformVersion string) string {
	return "terraform-provider-tencentcdn/" + version + " Terraform/" + terraformVersion
}

func (p *tencentcdnProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newPushTasksDataSource}
}

func (p *tencentcdnProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newPushTasksEphemeral}
}

func (p *tencentcdnProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{newPushTasksAction}
}

func (p *tencentcdnProvider) Resources(context.Context) []func() resource.Resource { return nil }
