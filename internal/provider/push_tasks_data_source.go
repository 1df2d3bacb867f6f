package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

const (
	defaultReadTimeout  = 10 * time.Minute
	defaultPollInterval = 10 * time.Second
	leastPollInterval   = time.Second
)

// pushTasksDataSource implements the data source tencentcdn_push_tasks.
type pushTasksDataSource struct {
	account *account
}

var (
	_ datasource.DataSourceWithConfigure      = (*pushTasksDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*pushTasksDataSource)(nil)
)

func newPushTasksDataSource() datasource.DataSource { return &pushTasksDataSource{} }

func (d *pushTasksDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_push_tasks"
}

func (d *pushTasksDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = pushTasksSchema(ctx)
}

func (d *pushTasksDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	if req.ProviderData == nil {
		return // Terraform validates before it configures the provider
	}
	account, ok := req.ProviderData.(*account)
	if !ok {
		resp.Diagnostics.AddError("Unexpected provider data", fmt.Sprintf("%T. This is a bug of the provider.", req.ProviderData))
		return
	}
	d.account = account
}

// ValidateConfig checks what one argument says of another. Terraform calls it again before a read, when everything is
// known.
func (d *pushTasksDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var model pushTasksModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(model.validate()...)
	}
}

func (d *pushTasksDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model pushTasksModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	asked, diags := model.request(ctx)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(d.account.ready()...)
	if resp.Diagnostics.HasError() {
		return
	}
	result, err := d.account.read(ctx, asked)
	if err != nil {
		resp.Diagnostics.Append(diagnose(err, asked))
		return
	}
	resp.Diagnostics.Append(incomplete(result, asked)...)
	resp.Diagnostics.Append(model.take(ctx, result, asked)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

// request is what a configuration asks for, in the client's terms.
type request struct {
	query   cdn.Query
	wait    bool
	poll    time.Duration
	timeout time.Duration // of the whole read
}

// read makes the one call of a read.
func (a *account) read(ctx context.Context, asked request) (cdn.Result, error) {
	ctx, cancel := context.WithTimeout(a.mask(ctx), asked.timeout)
	defer cancel()
	if !asked.wait {
		return a.service().PushTasks(ctx, asked.query)
	}
	return a.service().Wait(ctx, asked.query, cdn.Gate{}, asked.poll, func(p cdn.Progress) { logProgress(ctx, p) })
}

// logProgress tells how far the awaited tasks are.
func logProgress(ctx context.Context, p cdn.Progress) {
	fields := map[string]any{
		"done": p.Counts[cdn.StatusDone], "process": p.Unfinished, "fail": p.Counts[cdn.StatusFail],
		"invalid": p.Counts[cdn.StatusInvalid], "total": p.Total, "percent": fmt.Sprintf("%.1f", p.Percent),
		"elapsed": p.Elapsed.Round(time.Second).String(),
	}
	if deadline, ok := ctx.Deadline(); ok {
		fields["left"] = time.Until(deadline).Round(time.Second).String()
	}
	if p.Err != nil {
		fields["error"] = p.Err.Error()
		tflog.Warn(unshared(ctx), "Waiting for push tasks: this look failed and will be repeated", fields)
		return
	}
	tflog.Info(unshared(ctx), "Waiting for push tasks", fields)
}
