package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/credentials"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// The summaries: what failed, short and stable.
const (
	summaryRead        = "Cannot read push tasks"
	summaryWait        = "Push tasks did not end in time"
	summaryInterrupted = "Reading push tasks was interrupted"
	summaryCredentials = "No usable credentials"
	summaryDoubt       = "The list of push tasks may not be whole"
	summaryUnknown     = "Provider configuration is not known yet"
)

// diagnose turns the error of a read into what the user gets to see.
func diagnose(err error, asked request) diag.Diagnostic {
	var (
		waited *cdn.WaitError
		source *credentials.Error
		failed *tencentcloud.Error
	)
	switch {
	case errors.As(err, &waited):
		return diagnoseWait(waited, asked)
	case errors.As(err, &source):
		return diagnoseCredentialsOfRead(source, asked)
	case errors.As(err, &failed):
		return diagnoseRead(failed, asked)
	}
	return diag.NewErrorDiagnostic(summaryRead, asking(asked)+":\n\n  "+err.Error())
}

// diagnoseRead is for what the service or the network said.
func diagnoseRead(e *tencentcloud.Error, asked request) diag.Diagnostic {
	if errors.Is(e, context.Canceled) {
		return diag.NewErrorDiagnostic(summaryInterrupted, asking(asked)+", and was told to stop before it had the whole answer."+facts(e))
	}
	advice := adviceFor(e, asked)
	detail := asking(asked) + ", " + outcome(e) + facts(e)
	if advice.text != "" {
		detail += "\n\n" + advice.text
	}
	if argument := advice.argument; argument != "" && asked.sets(argument) {
		return diag.NewAttributeErrorDiagnostic(path.Root(argument), summaryRead, detail)
	}
	return diag.NewErrorDiagnostic(summaryRead, detail)
}

// asking says who asked for what.
func asking(asked request) string {
	return "The data source tencentcdn_push_tasks asked for " + describe(asked.query)
}

// outcome continues asking.
func outcome(e *tencentcloud.Error) string {
	switch {
	case errors.As(e, new(*tencentcloud.DeadlineError)):
		return fmt.Sprintf("and the time was up before %s had given a usable answer.", e.Host)
	case e.Code != "" && e.Passing:
		return fmt.Sprintf("and %s went on refusing.", e.Host)
	case e.Code != "":
		return fmt.Sprintf("and %s refused.", e.Host)
	case e.HTTPStatus != 0:
		return fmt.Sprintf("and the answer of %s cannot be used.", e.Host)
	}
	return fmt.Sprintf("and there is no answer of %s.", e.Host)
}

// facts lists what is known of a failed request, for the reader and for a ticket.
func facts(e *tencentcloud.Error) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "\n  %-10s %s", name+":", strings.ReplaceAll(value, "\n", "\n             "))
		}
	}
	line("Action", e.Action)
	line("Code", e.Code)
	line("Message", e.Message)
	if e.HTTPStatus != 0 && e.HTTPStatus != 200 {
		line("HTTP", fmt.Sprint(e.HTTPStatus))
	}
	if e.Cause != nil {
		line("Cause", e.Cause.Error())
	}
	line("RequestId", e.RequestID)
	if e.Attempts > 1 {
		line("Attempts", fmt.Sprint(e.Attempts))
	}
	return "\n" + b.String()
}

// describe writes a query as its arguments.
func describe(q cdn.Query) string {
	var parts []string
	for _, p := range []struct{ name, value string }{
		{"task_id", q.TaskID}, {"start_time", q.StartTime}, {"end_time", q.EndTime}, {"keyword", q.Keyword},
		{"area", q.Area}, {"status", q.Status},
	} {
		if p.value != "" {
			parts = append(parts, fmt.Sprintf("%s = %q", p.name, p.value))
		}
	}
	if q.Offset > 0 {
		parts = append(parts, fmt.Sprintf("offset = %d", q.Offset))
	}
	if q.Limit > 0 {
		parts = append(parts, fmt.Sprintf("limit = %d", q.Limit))
	}
	return strings.Join(parts, ", ")
}

// sets reports whether the configuration has an argument of this name.
func (r request) sets(argument string) bool {
	return strings.Contains(", "+describe(r.query), ", "+argument+" = ")
}

// diagnoseWait is for tasks that had not ended when the time was up.
func diagnoseWait(e *cdn.WaitError, asked request) diag.Diagnostic {
	var b strings.Builder
	p := e.Progress
	fmt.Fprintf(&b, "%s and waited %v for them to end.\n\n", asking(asked), p.Elapsed.Round(time.Second))
	if p.Total == 0 {
		b.WriteString("  No task was listed in that time.\n")
	} else {
		fmt.Fprintf(&b, "  %d of %d in process (%.0f %% of the whole done); at the latest look at all of them: %s\n",
			p.Unfinished, max(p.Total, p.Unfinished), p.Percent, countsText(p.Counts))
	}
	for _, task := range e.Holding.Unfinished {
		fmt.Fprintf(&b, "  - %s (%s %%)\n", valueText(task.URL), valueText(task.Percent))
	}
	if rest := p.Unfinished - len(e.Holding.Unfinished); rest > 0 {
		fmt.Fprintf(&b, "  - and %d more\n", rest)
	}
	fmt.Fprintf(&b, "  RequestId of the latest answer: %s\n", e.RequestID)
	if failed := (*tencentcloud.Error)(nil); errors.As(e.Cause, &failed) {
		fmt.Fprintf(&b, "  The latest request met: %v\n", failed)
	}
	if errors.Is(e.Cause, context.Canceled) {
		return diag.NewErrorDiagnostic(summaryInterrupted, strings.TrimSuffix(b.String(), "\n"))
	}
	b.WriteString("\nA prefetch takes 5 to 30 minutes. To wait longer, give the data source a longer time:\n\n" +
		"  timeouts {\n    read = \"30m\"\n  }")
	if p.Total == 0 {
		b.WriteString("\n\nIf there should have been a task, see whether task_id, start_time (UTC+8 without an offset) and the " +
			"account are the right ones.")
	}
	return diag.NewErrorDiagnostic(summaryWait, b.String())
}

func countsText(counts map[string]int) string {
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[status], status))
	}
	return strings.Join(parts, ", ")
}

// diagnoseCredentials is for a fault of the provider block or its variables, at the argument if there is one.
func diagnoseCredentials(e *credentials.Error) diag.Diagnostic {
	detail := strings.TrimSuffix(e.Error(), ".") + "."
	if e.Argument == "" {
		return diag.NewErrorDiagnostic(summaryCredentials, detail)
	}
	return diag.NewAttributeErrorDiagnostic(argumentPath(e.Argument), summaryCredentials, detail)
}

// argumentPath reads a path such as assume_role.role_arn.
func argumentPath(dotted string) path.Path {
	names := strings.Split(dotted, ".")
	at := path.Root(names[0])
	for _, name := range names[1:] {
		at = at.AtName(name)
	}
	return at
}

// diagnoseCredentialsOfRead is for credentials that could not be had when they were needed.
func diagnoseCredentialsOfRead(e *credentials.Error, asked request) diag.Diagnostic {
	detail := asking(asked) + ", and there is no credential to sign the request with.\n\n" + e.Error()
	if failed := (*tencentcloud.Error)(nil); errors.As(e.Cause, &failed) {
		detail += facts(failed)
	}
	if errors.Is(e, context.Canceled) {
		return diag.NewErrorDiagnostic(summaryInterrupted, detail)
	}
	return diag.NewErrorDiagnostic(summaryCredentials, detail)
}

// incomplete warns of a list of which the service counts more rows than it gives.
func incomplete(result cdn.Result, asked request) diag.Diagnostics {
	if result.Complete {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(summaryDoubt, fmt.Sprintf("%s: the service counts %s rows and gave %d, also when "+
		"it was asked again.", asking(asked), valueText(result.TotalCount), len(result.Tasks)))}
}

// ready reports a provider block that says too little, as yet, to read with.
func (a *account) ready() diag.Diagnostics {
	if a != nil && len(a.unknown) == 0 {
		return nil
	}
	if a == nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Provider is not configured", "The data source tencentcdn_push_tasks was to be "+
			"read before the provider was configured. This is a bug; please report it.")}
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic(summaryUnknown, fmt.Sprintf(
		"The data source tencentcdn_push_tasks has to be read now, and these arguments of the provider \"tencentcdn\" block will be "+
			"known only after apply: %s.\n\nLet the data source wait until they are: give it a depends_on with the resource that "+
			"they come from. It is then read at apply.", strings.Join(a.unknown, ", ")))}
}

// valueText is a value that the service may leave null.
func valueText[T any](value *T) string {
	if value == nil {
		return "null"
	}
	return fmt.Sprint(*value)
}
