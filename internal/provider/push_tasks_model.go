package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

// pushTasksModel is the data source's configuration and state.
type pushTasksModel struct {
	TaskID            types.String   `tfsdk:"task_id"`
	StartTime         types.String   `tfsdk:"start_time"`
	EndTime           types.String   `tfsdk:"end_time"`
	Keyword           types.String   `tfsdk:"keyword"`
	Area              types.String   `tfsdk:"area"`
	Status            types.String   `tfsdk:"status"`
	Offset            types.Int64    `tfsdk:"offset"`
	Limit             types.Int64    `tfsdk:"limit"`
	WaitForCompletion types.Bool     `tfsdk:"wait_for_completion"`
	PollInterval      types.String   `tfsdk:"poll_interval"`
	Timeouts          timeouts.Value `tfsdk:"timeouts"`

	PushLogs     []pushLogModel `tfsdk:"push_logs"`
	TotalCount   types.Int64    `tfsdk:"total_count"`
	RequestID    types.String   `tfsdk:"request_id"`
	StatusCounts map[string]int `tfsdk:"status_counts"`
	AllDone      types.Bool     `tfsdk:"all_done"`
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

// validate checks what one argument says of another. It passes over what is not known yet.
func (m *pushTasksModel) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	fault := func(attribute, summary, detail string) {
		diags.AddAttributeError(path.Root(attribute), summary, detail)
	}
	if m.TaskID.IsNull() && m.StartTime.IsNull() {
		if m.EndTime.IsNull() {
			fault("task_id", "Missing task_id or start_time", "Set task_id, to look one task up, or start_time, to list the tasks "+
				"from then on. The service wants one of them.")
		} else {
			fault("end_time", "end_time without start_time", "end_time counts only together with start_time or task_id. Set one of them.")
		}
	}
	start, startErr := parseServiceTime(m.StartTime.ValueString())
	end, endErr := parseServiceTime(m.EndTime.ValueString())
	if startErr == nil && endErr == nil && end.Before(start) {
		fault("end_time", "end_time before start_time", fmt.Sprintf("end_time is %s and start_time is %s, both in UTC+8. Swap or "+
			"correct them.", end.Format(cdn.TimeLayout), start.Format(cdn.TimeLayout)))
	}
	if m.WaitForCompletion.ValueBool() {
		for _, other := range []struct {
			name  string
			value attr.Value
		}{{"status", m.Status}, {"offset", m.Offset}, {"limit", m.Limit}} {
			if !other.value.IsNull() && !other.value.IsUnknown() {
				fault(other.name, other.name+" conflicts with wait_for_completion", "Waiting is for all tasks of the query: with "+
					other.name+" it could end while others are in process. Leave "+other.name+" out, or wait_for_completion.")
			}
		}
	}
	if read, ok := m.Timeouts.Object.Attributes()["read"].(types.String); ok && !read.IsNull() && !read.IsUnknown() {
		if timeout, err := time.ParseDuration(read.ValueString()); err == nil && timeout <= 0 {
			diags.AddAttributeError(path.Root("timeouts").AtName("read"), "Invalid timeout", "The time for a read must be above zero.")
		}
	}
	return diags
}

// request is what the configuration asks for.
func (m *pushTasksModel) request(ctx context.Context) (request, diag.Diagnostics) {
	timeout, diags := m.Timeouts.Read(ctx, defaultReadTimeout)
	asked := request{
		query: cdn.Query{
			TaskID: m.TaskID.ValueString(), Keyword: m.Keyword.ValueString(), Area: m.Area.ValueString(),
			Status: m.Status.ValueString(), Offset: m.Offset.ValueInt64(), Limit: m.Limit.ValueInt64(),
		},
		wait: m.WaitForCompletion.ValueBool(), poll: defaultPollInterval, timeout: timeout,
	}
	// Validators have seen these values; what they refuse does not get here.
	if at, err := parseServiceTime(m.StartTime.ValueString()); err == nil {
		asked.query.StartTime = at.Format(cdn.TimeLayout)
	}
	if at, err := parseServiceTime(m.EndTime.ValueString()); err == nil {
		asked.query.EndTime = at.Format(cdn.TimeLayout)
	}
	if interval, err := time.ParseDuration(m.PollInterval.ValueString()); err == nil {
		asked.poll = interval
	}
	return asked, diags
}

// take sets the attributes by a result.
func (m *pushTasksModel) take(ctx context.Context, result cdn.Result, asked request) diag.Diagnostics {
	counts := cdn.CountByStatus(result.Tasks)
	m.TotalCount = types.Int64Value(int64(len(result.Tasks)))
	if result.TotalCount != nil {
		m.TotalCount = types.Int64Value(*result.TotalCount)
	}
	m.RequestID = types.StringValue(result.RequestID)
	m.StatusCounts = counts
	m.AllDone = types.BoolValue(len(result.Tasks) > 0 && counts[cdn.StatusDone] == len(result.Tasks))
	m.PushLogs = []pushLogModel{}
	if answer := answerOf(ctx); answer != nil {
		return answer.take(result.Tasks, asked)
	}
	for _, task := range result.Tasks {
		m.PushLogs = append(m.PushLogs, pushLogModel(task))
	}
	return nil
}
