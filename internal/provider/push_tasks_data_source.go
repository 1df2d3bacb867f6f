package provider

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

// pushTasksName is the name of the data source, and of the ephemeral resource.
const pushTasksName = "tencentcdn_push_tasks"

// pushTasksReader is the data source in messages.
var pushTasksReader = reader{name: "data source " + pushTasksName, timeout: "read", defaultTimeout: 10 * time.Minute}

// pushTasksDataSource implements the data source tencentcdn_push_tasks.
type pushTasksDataSource struct {
	data *providerData
}

var (
	_ datasource.DataSourceWithConfigure      = (*pushTasksDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*pushTasksDataSource)(nil)
)

func newPushTasksDataSource() datasource.DataSource { return &pushTasksDataSource{} }

func (d *pushTasksDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = pushTasksName
}

func (d *pushTasksDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = pushTasksSchema()
}

func (d *pushTasksDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.data = dataOf(req.ProviderData, &resp.Diagnostics)
}

func (d *pushTasksDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	resp.Diagnostics.Append(validateConfig(ctx, req.Config, &pushTasksModel{})...)
}

func (d *pushTasksDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	model, diags := d.data.pushTasks(ctx, req.Config, pushTasksReader)
	if resp.Diagnostics.Append(diags...); !diags.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	}
}

// pushTasks reads what a data source or an ephemeral resource asks for.
func (d *providerData) pushTasks(ctx context.Context, config tfsdk.Config, r reader) (model pushTasksModel, diags diag.Diagnostics) {
	diags.Append(config.Get(ctx, &model)...)
	if diags.HasError() {
		return model, diags
	}
	request, invalid := model.request(r)
	diags.Append(invalid...)
	if diags.HasError() {
		return model, diags
	}
	result, verdict, more := d.read(ctx, request, nil)
	diags.Append(more...)
	if diags.HasError() {
		return model, diags
	}
	model.set(result, verdict)
	diags.Append(passRows(ctx, verdict.Tasks, &model.PushLogs, request)...)
	return model, diags
}

const (
	argStatus            = "status"
	argOffset            = "offset"
	argLimit             = "limit"
	argWaitForCompletion = "wait_for_completion"

	attrPushLogs = "push_logs"
)

// pushTasksModel is a configuration, and what is made of it.
type pushTasksModel struct {
	queryModel

	Status            types.String `tfsdk:"status"`
	Offset            types.Int64  `tfsdk:"offset"`
	Limit             types.Int64  `tfsdk:"limit"`
	WaitForCompletion types.Bool   `tfsdk:"wait_for_completion"`

	PushLogs     []pushLogModel `tfsdk:"push_logs"`
	TotalCount   types.Int64    `tfsdk:"total_count"`
	RequestID    types.String   `tfsdk:"request_id"`
	StatusCounts map[string]int `tfsdk:"status_counts"`
	MissingURLs  []string       `tfsdk:"missing_urls"`
	Complete     types.Bool     `tfsdk:"complete"`
	AllDone      types.Bool     `tfsdk:"all_done"`
	Passed       types.Bool     `tfsdk:"passed"`
}

// pushLogModel is a cdn.Task by the names of the schema.
type pushLogModel struct {
	TaskID     *string `tfsdk:"task_id"`
	URL        *string `tfsdk:"url"`
	Status     *string `tfsdk:"status"`
	Percent    *int64  `tfsdk:"percent"`
	CreateTime *string `tfsdk:"create_time"`
	Area       *string `tfsdk:"area"`
	UpdateTime *string `tfsdk:"update_time"`
}

// validate checks the query, and that what judges every row of it is not combined with what leaves rows out.
func (m *pushTasksModel) validate() diag.Diagnostics {
	diags := m.queryModel.validate()
	var judging []string
	for _, a := range []struct {
		name  string
		value attr.Value
	}{
		{argWaitForCompletion, m.WaitForCompletion}, {argURLs, m.URLs}, {argLatestOnly, m.LatestOnly}, {argMaxFailures, m.MaxFailures},
	} {
		if isSet(a.value) {
			judging = append(judging, a.name)
		}
	}
	for _, a := range []struct {
		name  string
		value attr.Value
	}{{argStatus, m.Status}, {argOffset, m.Offset}, {argLimit, m.Limit}} {
		if isSet(a.value) && len(judging) > 0 {
			others := strings.Join(judging, ", ")
			diags.AddAttributeError(path.Root(a.name), "Conflicting arguments", fmt.Sprintf("%[1]s conflicts with %[2]s: with %[1]s, "+
				"rows that count would be left out. Remove %[1]s, or remove %[2]s.", a.name, others))
		}
	}
	return diags
}

// request converts the configuration.
func (m *pushTasksModel) request(r reader) (request, diag.Diagnostics) {
	converted, diags := m.queryModel.request(r)
	converted.query.Status, converted.query.Offset, converted.query.Limit = m.Status.ValueString(), m.Offset.ValueInt64(), m.Limit.ValueInt64()
	converted.wait = m.WaitForCompletion.ValueBool()
	return converted, diags
}

// set sets the attributes but for the rows: see passRows.
func (m *pushTasksModel) set(result cdn.Result, verdict cdn.Verdict) {
	m.TotalCount = types.Int64Value(int64(len(result.Tasks)))
	if result.TotalCount != nil {
		m.TotalCount = types.Int64Value(*result.TotalCount)
	}
	m.RequestID = types.StringValue(result.RequestID)
	m.StatusCounts = verdict.Counts
	m.MissingURLs = verdict.MissingURLs
	m.Complete = types.BoolValue(verdict.Complete)
	m.AllDone = types.BoolValue(verdict.AllDone)
	m.Passed = types.BoolValue(verdict.Passed)
}

func pushTasksSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads the record and progress of prefetch tasks with the API's `DescribePushTasks`. Returns every " +
			"matching task, over as many pages as it takes, or fails: a partial list is never passed off as complete. It can " +
			"wait until the tasks have ended.",
		Attributes: pushTasksAttributes(),
		Blocks:     timeoutsBlocks(pushTasksReader),
	}
}

// pushTasksAttributes describes pushTasksModel but for the timeouts. The names of the API stand behind the descriptions.
func pushTasksAttributes() map[string]schema.Attribute {
	attributes := queryAttributes()
	const narrows = " Narrows `status_counts`, `all_done` and `passed` to the rows that are returned. Conflicts with " +
		"`wait_for_completion`, `urls`, `latest_only` and `max_failures`."
	attributes[argStatus] = optionalText("Only rows with this status: `fail` (the prefetch failed), `done` (it succeeded), "+
		"`process` (in progress) or `invalid` (the origin returned a 4XX or 5XX status)."+narrows+" API: `Status`.",
		stringvalidator.OneOf(cdn.StatusFail, cdn.StatusDone, cdn.StatusProcess, cdn.StatusInvalid))
	attributes[argOffset] = optionalNumber("Number of rows to skip: 0 or more. Defaults to `0`."+narrows+" API: `Offset`.", 0)
	attributes[argLimit] = optionalNumber("Maximum number of rows: 1 or more. If not set, all rows are returned, not 20 as by the "+
		"API's default."+narrows+" API: `Limit`.", 1)
	attributes[argWaitForCompletion] = schema.BoolAttribute{Optional: true, MarkdownDescription: "Poll until there is at least " +
		"one row, every row is `done`, `fail` or `invalid`, and each of `urls` is listed, or until there are more than " +
		"`max_failures` failures. Any other status is still in progress. Defaults to `false`. Conflicts with `status`, `offset` and `limit`."}

	attributes[attrPushLogs] = schema.ListNestedAttribute{
		Computed: true,
		MarkdownDescription: "The tasks, one row for each URL, in the order of the service; `[]` if there are none. Many rows share " +
			"one `task_id`, and a URL can have several rows. API: `PushLogs`.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"task_id": schema.StringAttribute{Computed: true, MarkdownDescription: "ID of the task. API: `TaskId`."},
			"url":     schema.StringAttribute{Computed: true, MarkdownDescription: "URL to prefetch. API: `Url`."},
			"status": schema.StringAttribute{Computed: true, MarkdownDescription: "`fail`, `done`, `process`, `invalid`, or any other " +
				"status that the service returns, in lower case. API: `Status`."},
			"percent": schema.Int64Attribute{Computed: true, MarkdownDescription: "Progress from 0 to 100. 100 does not mean `done`. " +
				"API: `Percent`."},
			"create_time": schema.StringAttribute{Computed: true, MarkdownDescription: "When the task was submitted, in UTC+8. " +
				"API: `CreateTime`."},
			"area": schema.StringAttribute{Computed: true, MarkdownDescription: "`mainland`, `overseas` or `global`, in lower " +
				"case. API: `Area`."},
			"update_time": schema.StringAttribute{Computed: true, MarkdownDescription: "When the row last changed, in UTC+8; null " +
				"if the service has no value. API: `UpdateTime`."},
		}},
	}
	attributes["total_count"] = schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of matching rows as the service " +
		"counts them, regardless of `urls`, `latest_only`, `offset` and `limit`; the number of rows read if the service returns no " +
		"count. API: `TotalCount`."}
	attributes["request_id"] = schema.StringAttribute{Computed: true, MarkdownDescription: "ID of the last request, for support " +
		"tickets. API: `RequestId`."}
	attributes["status_counts"] = schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: "Number of rows " +
		"in `push_logs` by status. `fail`, `done`, `process` and `invalid` are always present."}
	attributes["missing_urls"] = schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Those of " +
		"`urls` that no row is for, as written, sorted; `[]` if there are none."}
	attributes["complete"] = schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether every matching row was read. `false` " +
		"only if the service keeps counting more rows than it returns; a warning is shown then."}
	attributes["all_done"] = schema.BoolAttribute{Computed: true, MarkdownDescription: "`true` if the list is complete, there is at " +
		"least one row, every row is `done`, and none of `urls` is missing."}
	attributes["passed"] = schema.BoolAttribute{Computed: true, MarkdownDescription: "`true` if the list is complete, there is at " +
		"least one row, every row is `done`, `fail` or `invalid`, at most `max_failures` of them are `fail` or `invalid`, and none " +
		"of `urls` is missing."}
	return attributes
}
