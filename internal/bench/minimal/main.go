// Command minimal is the least provider that the framework allows: no
// configuration, one data source, one attribute. It is what a provider's start
// is compared with.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

func main() {
	options := providerserver.ServeOpts{Address: "registry.terraform.io/bench/minimal"}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return minimal{} }, options); err != nil {
		log.Fatal(err)
	}
}

type minimal struct{}

func (minimal) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "minimal"
}
func (minimal) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (minimal) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (minimal) Resources(context.Context) []func() resource.Resource                              { return nil }
func (minimal) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return answer{} }}
}

// answer is a data source that knows its value beforehand.
type answer struct{}

func (answer) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "minimal_answer"
}

func (answer) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = datasourceschema.Schema{Attributes: map[string]datasourceschema.Attribute{
		"value": datasourceschema.StringAttribute{Computed: true},
	}}
}

func (answer) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("value"), "42")...)
}
