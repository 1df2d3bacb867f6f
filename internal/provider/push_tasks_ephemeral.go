package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// pushTasksOpener is the ephemeral resource in messages.
var pushTasksOpener = reader{name: "ephemeral resource " + pushTasksName, timeout: "open", defaultTimeout: 10 * time.Minute}

// pushTasksEphemeral implements the ephemeral resource tencentcdn_push_tasks: the data source, of which nothing is kept.
type pushTasksEphemeral struct {
	data *providerData
}

var (
	_ ephemeral.EphemeralResourceWithConfigure      = (*pushTasksEphemeral)(nil)
	_ ephemeral.EphemeralResourceWithValidateConfig = (*pushTasksEphemeral)(nil)
)

func newPushTasksEphemeral() ephemeral.EphemeralResource { return &pushTasksEphemeral{} }

func (e *pushTasksEphemeral) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = pushTasksName
}

func (e *pushTasksEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the record and progress of prefetch tasks, like the data source of the same name, and keeps " +
			"nothing of it in state or plan. Terraform opens it during plan and again during apply, also when it applies a saved " +
			"plan, so that what depends on it is held back by what is true then. Requires Terraform 1.10 or OpenTofu 1.11.",
		Attributes: converted[schema.Attribute](pushTasksAttributes()),
		Blocks:     converted[schema.Block](timeoutsBlocks(pushTasksOpener)),
	}
}

func (e *pushTasksEphemeral) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	e.data = dataOf(req.ProviderData, &resp.Diagnostics)
}

func (e *pushTasksEphemeral) ValidateConfig(ctx context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	resp.Diagnostics.Append(validateConfig(ctx, req.Config, &pushTasksModel{})...)
}

func (e *pushTasksEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	if e.data != nil && len(e.data.unknown) > 0 {
		resp.Result.Raw = knownAfterApply(ctx, req.Config.Raw)
		return
	}
	model, diags := e.data.pushTasks(ctx, req.Config, pushTasksOpener)
	if resp.Diagnostics.Append(diags...); !diags.HasError() {
		resp.Diagnostics.Append(resp.Result.Set(ctx, &model)...)
	}
}

// knownAfterApply is a result for a plan in which the provider's arguments are unknown. Terraform puts off an ephemeral
// resource whose own arguments are unknown, but not one whose provider's are, and takes unknown results for what they are.
// OpenTofu puts off both.
func knownAfterApply(ctx context.Context, config tftypes.Value) tftypes.Value {
	var all map[string]tftypes.Value
	if err := config.As(&all); err != nil {
		return config // it is not an object; nothing is made of it
	}
	for name, attribute := range pushTasksAttributes() {
		if attribute.IsComputed() {
			all[name] = tftypes.NewValue(attribute.GetType().TerraformType(ctx), tftypes.UnknownValue)
		}
	}
	return tftypes.NewValue(config.Type(), all)
}
