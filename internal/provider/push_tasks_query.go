package provider

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

// The names of a query's arguments, as schema, messages and diagnostics have them.
const (
	argTaskID       = "task_id"
	argStartTime    = "start_time"
	argEndTime      = "end_time"
	argKeyword      = "keyword"
	argArea         = "area"
	argURLs         = "urls"
	argLatestOnly   = "latest_only"
	argMaxFailures  = "max_failures"
	argPollInterval = "poll_interval"
	argTimeouts     = "timeouts"
)

const (
	defaultPollInterval = 10 * time.Second
	minPollInterval     = time.Second
)

// reader is who reads push tasks: the name in messages, and the timeout that bounds a read.
type reader struct {
	name           string
	timeout        string // its argument in the timeouts block
	defaultTimeout time.Duration
}

func (r reader) String() string { return r.name }

// queryModel is the query that all readers share.
type queryModel struct {
	TaskID       types.String `tfsdk:"task_id"`
	StartTime    types.String `tfsdk:"start_time"`
	EndTime      types.String `tfsdk:"end_time"`
	Keyword      types.String `tfsdk:"keyword"`
	Area         types.String `tfsdk:"area"`
	URLs         types.Set    `tfsdk:"urls"`
	LatestOnly   types.Bool   `tfsdk:"latest_only"`
	MaxFailures  types.Int64  `tfsdk:"max_failures"`
	PollInterval types.String `tfsdk:"poll_interval"`
	Timeouts     types.Object `tfsdk:"timeouts"`
}

// queryAttributes describes queryModel but for the timeouts.
func queryAttributes() map[string]schema.Attribute {
	const timeForms = "`YYYY-MM-DD hh:mm:ss` in UTC+8, the time zone of the service, or RFC 3339 with any offset, such as " +
		"`2026-11-24T08:00:00Z`"
	return map[string]schema.Attribute{
		argTaskID: optionalText("ID of a prefetch task, as the submission returned it. One of `task_id` and `start_time` is "+
			"required. Surrounding whitespace is ignored. API: `TaskId`.", validTaskID),
		argStartTime: optionalText("Start of the time range in which the tasks were submitted: "+timeForms+". The service keeps "+
			"tasks for about 30 days. API: `StartTime`.", validTime),
		argEndTime: optionalText("End of the time range, in the same formats as `start_time`. Must not be before `start_time`, and "+
			"requires `start_time` or `task_id`. API: `EndTime`.", validTime),
		argKeyword: optionalText("Domain name, or URL that starts with `http://` or `https://`. It is sent unchanged, apart from "+
			"Terraform's own normalization of text to Unicode NFC. API: `Keyword`.", validKeyword),
		argArea: optionalText("Acceleration region of the tasks: `mainland` (Chinese mainland), `overseas` (outside the Chinese "+
			"mainland) or `global`. API: `Area`.", stringvalidator.OneOf("mainland", "overseas", "global")),
		argURLs: schema.SetAttribute{Optional: true, ElementType: types.StringType, Validators: []validator.Set{validURLs},
			MarkdownDescription: "URLs that must all be listed. Rows of other URLs are ignored. Each must start with `http://` or " +
				"`https://`; there must be at least one. Different spellings of a URL are the same URL: case of scheme and host, " +
				"default port, empty path, percent-encoding that changes nothing, Unicode NFC."},
		argLatestOnly: schema.BoolAttribute{Optional: true, MarkdownDescription: "If there are several rows for the same URL and " +
			"area, ignore all but the newest by `create_time`. Rows of the same second are all kept. Defaults to `false`."},
		argMaxFailures: optionalNumber("Number of rows that may be `fail` or `invalid` before the gate is shut: 0 or more. "+
			"Defaults to `0`. If set, a wait ends as soon as more rows have failed.", 0),
		argPollInterval: optionalText("Time between two polls while waiting, as a Go duration of `1s` or more. Defaults to `10s`.",
			validDuration(minPollInterval)),
	}
}

// timeoutsBlocks describes the timeouts of a reader.
func timeoutsBlocks(r reader) map[string]schema.Block {
	return map[string]schema.Block{argTimeouts: schema.SingleNestedBlock{Attributes: map[string]schema.Attribute{
		r.timeout: optionalText("Timeout for reading and waiting together, as a Go duration such as `30m`. Defaults to `"+
			durationText(r.defaultTimeout)+"`.", validTimeout),
	}}}
}

// converted makes the attributes or blocks of a data source those of another kind: the framework has a package of types for
// each kind, and they differ in nothing but their names.
func converted[To, From any](all map[string]From) map[string]To {
	out := make(map[string]To, len(all))
	for name, one := range all {
		out[name], _ = any(one).(To)
	}
	return out
}

func optionalText(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: validators}
}

func optionalNumber(description string, minimum int64) schema.Int64Attribute {
	return schema.Int64Attribute{Optional: true, MarkdownDescription: description, Validators: []validator.Int64{int64validator.AtLeast(minimum)}}
}

// validateConfig checks what one argument of a configuration says of another. Terraform calls it again when everything is
// known.
func validateConfig(ctx context.Context, config tfsdk.Config, model interface{ validate() diag.Diagnostics }) diag.Diagnostics {
	diags := config.Get(ctx, model)
	if !diags.HasError() {
		diags.Append(model.validate()...)
	}
	return diags
}

// validate checks what one argument says of another. It passes over what is not known yet.
func (m *queryModel) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	if m.TaskID.IsNull() && m.StartTime.IsNull() {
		if m.EndTime.IsNull() {
			diags.AddAttributeError(path.Root(argTaskID), "Missing task_id or start_time", "Set task_id to look up one task, or "+
				"start_time to list tasks from then on. The service requires one of them.")
		} else {
			diags.AddAttributeError(path.Root(argEndTime), "end_time without start_time", "end_time requires start_time or task_id. "+
				"Set one of them.")
		}
	}
	start, startErr := parseServiceTime(m.StartTime.ValueString())
	end, endErr := parseServiceTime(m.EndTime.ValueString())
	known := startErr == nil && endErr == nil && !isPlaceholder(start) && !isPlaceholder(end)
	if known && end.Before(start) {
		diags.AddAttributeError(path.Root(argEndTime), "end_time before start_time", fmt.Sprintf("end_time is %s and start_time is %s, "+
			"both in UTC+8. Swap or correct them.", end.Format(cdn.TimeLayout), start.Format(cdn.TimeLayout)))
	}
	return diags
}

// request is a configuration in the client's terms.
type request struct {
	reader   reader
	query    cdn.Query
	gate     cdn.Gate
	wait     bool
	interval time.Duration // between two polls
	timeout  time.Duration // of the whole read
}

// request converts the query. Validation has seen all of it, with one exception: it lets a placeholder for a time pass.
func (m *queryModel) request(r reader) (request, diag.Diagnostics) {
	var diags diag.Diagnostics
	converted := request{
		reader: r,
		query: cdn.Query{
			TaskID: trimID(m.TaskID.ValueString()), Keyword: m.Keyword.ValueString(), Area: m.Area.ValueString(),
			StartTime: timeToSend(argStartTime, m.StartTime, &diags), EndTime: timeToSend(argEndTime, m.EndTime, &diags),
		},
		gate:     cdn.Gate{URLs: texts(m.URLs), LatestOnly: m.LatestOnly.ValueBool(), MaxFailures: m.MaxFailures.ValueInt64Pointer()},
		interval: defaultPollInterval, timeout: r.defaultTimeout,
	}
	if interval, err := time.ParseDuration(m.PollInterval.ValueString()); err == nil {
		converted.interval = interval
	}
	timeout, _ := m.Timeouts.Attributes()[r.timeout].(types.String)
	if d, err := time.ParseDuration(timeout.ValueString()); err == nil {
		converted.timeout = d
	}
	return converted, diags
}

// timeToSend is a time in the service's form; empty if the argument is not set.
func timeToSend(argument string, value types.String, diags *diag.Diagnostics) string {
	if value.IsNull() {
		return ""
	}
	at, err := parseServiceTime(value.ValueString())
	if err != nil || isPlaceholder(at) {
		diags.AddAttributeError(path.Root(argument), "Invalid time", fmt.Sprintf("%s = %q: this is not the time of a push task. "+
			"Terraform 1.5 passes such a time for plantimestamp() during validation only, and it must have been replaced when the "+
			"tasks are read. Set a real time, or upgrade Terraform.", argument, value.ValueString()))
	}
	return at.Format(cdn.TimeLayout)
}

// texts are the elements of a set, sorted; nil for a set that is null.
func texts(set types.Set) []string {
	var all []string
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok {
			all = append(all, text.ValueString())
		}
	}
	slices.Sort(all)
	return all
}

// argument is one that a request sets.
type argument struct{ name, value string }

// arguments are those that a request sets, as a configuration would write them.
func (r request) arguments() []argument {
	q := r.query
	all := []argument{
		{argTaskID, quoted(q.TaskID)}, {argStartTime, quoted(q.StartTime)}, {argEndTime, quoted(q.EndTime)},
		{argKeyword, quoted(q.Keyword)}, {argArea, quoted(q.Area)}, {argStatus, quoted(q.Status)},
		{argOffset, nonZero(q.Offset)}, {argLimit, nonZero(q.Limit)},
	}
	if n := len(r.gate.URLs); n > 0 {
		all = append(all, argument{argURLs, fmt.Sprintf("(%d)", n)})
	}
	if r.gate.LatestOnly {
		all = append(all, argument{argLatestOnly, "true"})
	}
	if r.gate.MaxFailures != nil {
		all = append(all, argument{argMaxFailures, strconv.FormatInt(*r.gate.MaxFailures, 10)})
	}
	return slices.DeleteFunc(all, func(a argument) bool { return a.value == "" })
}

// String writes a request as its arguments.
func (r request) String() string {
	var all []string
	for _, a := range r.arguments() {
		all = append(all, a.name+" = "+a.value)
	}
	return strings.Join(all, ", ")
}

// sets reports whether a request sets the argument.
func (r request) sets(name string) bool {
	return slices.ContainsFunc(r.arguments(), func(a argument) bool { return a.name == name })
}

func quoted(text string) string {
	if text == "" {
		return ""
	}
	return strconv.Quote(text)
}

func nonZero(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// isSet reports whether an argument has a value that counts: not null, unknown or false.
func isSet(value attr.Value) bool {
	flag, isFlag := value.(types.Bool)
	return !value.IsNull() && !value.IsUnknown() && (!isFlag || flag.ValueBool())
}
