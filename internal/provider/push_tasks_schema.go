package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

const timeForms = "`YYYY-MM-DD hh:mm:ss` in UTC+8, the time of the service, or RFC 3339 with any offset, such as " +
	"`2026-11-24T08:00:00Z`, which is converted"

// pushTasksSchema describes the data source. The names of the API stand behind the descriptions.
func pushTasksSchema(ctx context.Context) schema.Schema {
	optionalText := func(description string, validators ...validator.String) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: validators}
	}
	optionalNumber := func(description string, least int64) schema.Int64Attribute {
		return schema.Int64Attribute{Optional: true, MarkdownDescription: description,
			Validators: []validator.Int64{int64validator.AtLeast(least)}}
	}
	return schema.Schema{
		MarkdownDescription: "The record and progress of prefetch tasks, by the API's `DescribePushTasks`. It returns every " +
			"task that matches, over as many pages as that takes, or fails: a part is never passed off as the whole. It can " +
			"wait until the tasks have ended.",
		Attributes: map[string]schema.Attribute{
			"task_id": optionalText("ID of the task, as the submission returned it. One of `task_id` and `start_time` is "+
				"required. API: `TaskId`.", notEmpty{}),
			"start_time": optionalText("Tasks from this time on: "+timeForms+". API: `StartTime`.", serviceTime{}),
			"end_time": optionalText("Tasks up to this time, in the same forms; not before `start_time`, and only together "+
				"with it or with `task_id`. API: `EndTime`.", serviceTime{}),
			"keyword": optionalText("A domain name, or a URL that starts with `http://` or `https://`. API: `Keyword`.", keyword{}),
			"area": optionalText("Where the content was to be cached: `mainland` (Chinese mainland), `overseas` (outside of it) "+
				"or `global`. API: `Area`.", stringvalidator.OneOf("mainland", "overseas", "global")),
			"status": optionalText("`fail` (the prefetch failed), `done` (it succeeded), `process` (in progress) or `invalid` "+
				"(the origin answered with a 4XX or 5XX status). API: `Status`.",
				stringvalidator.OneOf(cdn.StatusFail, cdn.StatusDone, cdn.StatusProcess, cdn.StatusInvalid)),
			"offset": optionalNumber("Rows to skip, 0 or more. API: `Offset`.", 0),
			"limit": optionalNumber("At most this many rows, 1 or more. Not set means all of them, not the 20 of the API. "+
				"API: `Limit`.", 1),
			"wait_for_completion": schema.BoolAttribute{Optional: true, MarkdownDescription: "Read again until at least one task " +
				"is listed and none is in `process`. `fail` and `invalid` are final and end the wait too. Conflicts with " +
				"`status`, `offset` and `limit`."},
			"poll_interval": optionalText("Time between such reads, as a Go duration of `1s` or more. Default: `10s`.",
				duration{least: leastPollInterval}),

			"push_logs": schema.ListNestedAttribute{
				Computed: true,
				MarkdownDescription: "The tasks, one row for each URL, in the order of the service; `[]` when there are none. " +
					"Many rows share one `task_id`. API: `PushLogs`.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"task_id": schema.StringAttribute{Computed: true, MarkdownDescription: "ID of the task. API: `TaskId`."},
					"url":     schema.StringAttribute{Computed: true, MarkdownDescription: "URL to prefetch. API: `Url`."},
					"status": schema.StringAttribute{Computed: true, MarkdownDescription: "`fail`, `done`, `process` or `invalid`, or " +
						"what else the service says, in lower case. API: `Status`."},
					"percent": schema.Int64Attribute{Computed: true, MarkdownDescription: "Progress, 0 to 100. 100 does not mean done. " +
						"API: `Percent`."},
					"create_time": schema.StringAttribute{Computed: true, MarkdownDescription: "When the task was submitted, in UTC+8. " +
						"API: `CreateTime`."},
					"area": schema.StringAttribute{Computed: true, MarkdownDescription: "`mainland`, `overseas` or `global`, in lower " +
						"case. API: `Area`."},
					"update_time": schema.StringAttribute{Computed: true, MarkdownDescription: "When the row changed last, in UTC+8; null " +
						"if the service has no value. API: `UpdateTime`."},
				}},
			},
			"total_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many tasks match, as the service " +
				"counts; the number of rows where it does not. API: `TotalCount`."},
			"request_id": schema.StringAttribute{Computed: true, MarkdownDescription: "ID of the last request, for a ticket. " +
				"API: `RequestId`."},
			"status_counts": schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: "Rows by status. " +
				"`fail`, `done`, `process` and `invalid` are always there."},
			"all_done": schema.BoolAttribute{Computed: true, MarkdownDescription: "True when there is at least one row and every one " +
				"is `done`."},
		},
		Blocks: map[string]schema.Block{
			"timeouts": timeouts.BlockWithOpts(ctx, timeouts.Opts{
				ReadDescription: "Time for the whole read, the waiting included, as a Go duration such as `30m`. Default: `10m`.",
			}),
		},
	}
}
