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

// The summaries: what failed, short and stable. They hold no value.
const (
	summaryRead        = "Cannot read push tasks"
	summaryWait        = "Timed out waiting for push tasks"
	summaryShut        = "Push tasks did not pass"
	summaryInterrupted = "Reading push tasks was interrupted"
	summaryCredentials = "No usable credentials"
	summaryIncomplete  = "The list of push tasks may be incomplete"
	summaryTooMany     = "Too many push tasks for Terraform"
	summaryUnknown     = "Provider configuration is not known yet"
)

// diagnose turns the error of a read into a diagnostic. origin says where the credential came from; it may be empty.
func diagnose(err error, r request, origin string) diag.Diagnostic {
	var (
		waited *cdn.WaitError
		source *credentials.Error
		failed *tencentcloud.Error
	)
	switch {
	case errors.As(err, &waited):
		return diagnoseWait(waited, r)
	case errors.As(err, &source):
		return diagnoseCredentialsOfRead(source, r)
	case errors.As(err, &failed):
		return diagnoseRead(failed, r, origin)
	}
	return diag.NewErrorDiagnostic(summaryRead, couldNotRead(r)+":\n\n  "+printable(err.Error()))
}

// diagnoseRead is for what the service or the network said.
func diagnoseRead(e *tencentcloud.Error, r request, origin string) diag.Diagnostic {
	if errors.Is(e, context.Canceled) {
		return diag.NewErrorDiagnostic(summaryInterrupted, fmt.Sprintf("The %s was interrupted while it read push tasks (%s).", r.reader, r)+facts(e, ""))
	}
	advice, said := adviceFor(e, r), outcome(e)
	detail := couldNotRead(r) + ": " + said + facts(e, said)
	if advice.text != "" {
		detail += "\n\n" + advice.text
	}
	if origin != "" && strings.HasPrefix(e.Code, "AuthFailure") {
		detail += "\n\nThe request was signed with " + printable(origin) + "."
	}
	if argument := advice.argument; argument != "" && r.sets(argument) {
		return diag.NewAttributeErrorDiagnostic(path.Root(argument), summaryRead, detail)
	}
	if errors.As(e, new(*cdn.TooLongError)) {
		return diag.NewErrorDiagnostic(summaryTooMany, detail)
	}
	return diag.NewErrorDiagnostic(summaryRead, detail)
}

// redact removes secrets from an error: one may stand where the name of a host should.
func redact(d diag.Diagnostic, secrets []string) diag.Diagnostic {
	detail := tencentcloud.Redact(d.Detail(), secrets...)
	if at, ok := d.(diag.DiagnosticWithPath); ok {
		return diag.NewAttributeErrorDiagnostic(at.Path(), d.Summary(), detail)
	}
	return diag.NewErrorDiagnostic(d.Summary(), detail)
}

// couldNotRead says who could not read what.
func couldNotRead(r request) string {
	return fmt.Sprintf("The %s could not read push tasks (%s)", r.reader, r)
}

// outcome continues couldNotRead.
func outcome(e *tencentcloud.Error) string {
	var (
		bad   *tencentcloud.ResponseError
		proxy *tencentcloud.ProxyError
		long  *cdn.TooLongError
	)
	switch {
	case errors.As(e, new(*tencentcloud.DeadlineError)) && e.HTTPStatus == 0:
		return fmt.Sprintf("timed out before %s responded.", e.Host)
	case errors.As(e, new(*tencentcloud.DeadlineError)):
		return fmt.Sprintf("timed out before %s returned a usable response.", e.Host)
	case errors.Is(e, cdn.ErrInconsistent):
		return cdn.ErrInconsistent.Error() + "."
	case errors.As(e, &long):
		return long.Error() + "."
	case errors.As(e, &proxy) && proxy.Variable != "":
		return proxy.Error() + "."
	case errors.As(e, &bad) && bad.Kind == tencentcloud.WebPage:
		return fmt.Sprintf("%s returned a web page instead of the API's JSON.", e.Host)
	case e.Code != "" && e.Passing:
		return fmt.Sprintf("%s kept rejecting the request.", e.Host)
	case e.Code != "":
		return fmt.Sprintf("%s rejected the request.", e.Host)
	case e.HTTPStatus != 0:
		return fmt.Sprintf("the response from %s could not be parsed.", e.Host)
	}
	return fmt.Sprintf("no response from %s.", e.Host)
}

// facts lists what is known of a failed request beside what was said of it, for the reader and for a support ticket.
func facts(e *tencentcloud.Error, said string) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "\n  %-10s %s", name+":", printable(value))
		}
	}
	line("Action", e.Action)
	line("Code", e.Code)
	line("Message", e.Message)
	if e.HTTPStatus != 0 && e.HTTPStatus != 200 {
		line("HTTP", fmt.Sprint(e.HTTPStatus))
	}
	if e.Cause != nil && !strings.Contains(said, e.Cause.Error()) {
		line("Cause", e.Cause.Error())
	}
	line("RequestId", e.RequestID)
	if e.Attempts > 1 {
		line("Attempts", fmt.Sprint(e.Attempts))
	}
	return "\n" + b.String()
}

// diagnoseWait is for a wait that timed out or was interrupted.
func diagnoseWait(e *cdn.WaitError, r request) diag.Diagnostic {
	var b strings.Builder
	fmt.Fprintf(&b, "The %s waited %s for push tasks (%s).\n\n", r.reader, durationText(e.Progress.Elapsed), r)
	b.WriteString(progressText(e.Progress, e.Holding, r))
	fmt.Fprintf(&b, "\n\n  RequestId of the last response: %s", printable(e.RequestID))
	if failure := lastFailure(e.Cause); failure != "" {
		fmt.Fprintf(&b, "\n  The last poll failed: %s", printable(failure))
	}
	if errors.Is(e.Cause, context.Canceled) {
		return diag.NewErrorDiagnostic(summaryInterrupted, b.String())
	}
	fmt.Fprintf(&b, "\n\nA prefetch takes 5 to 30 minutes. To wait longer, set a longer timeout:\n\n  timeouts {\n    %s = %q\n  }",
		r.reader.timeout, longer(r.timeout))
	if e.Progress.Total == 0 {
		b.WriteString("\n\nIf there should be tasks, check task_id, start_time (UTC+8 unless it has an offset), and whether the " +
			"credentials are of the right account.")
	}
	return diag.NewErrorDiagnostic(summaryWait, b.String())
}

// diagnoseShut is for a wait that has ended, and not as it should.
func diagnoseShut(p cdn.Progress, v cdn.Verdict, requestID string, r request) diag.Diagnostic {
	var reasons []string
	if !v.Complete {
		reasons = append(reasons, "the list may be incomplete")
	}
	if r.gate.Exceeded(v.Failed) {
		reasons = append(reasons, fmt.Sprintf("%d of %d failed or are invalid, and max_failures is %d", v.Failed, len(v.Tasks), r.gate.Tolerated()))
	}
	return diag.NewErrorDiagnostic(summaryShut, fmt.Sprintf("The %s waited %s for push tasks (%s), and they did not pass: %s.\n\n%s\n\n"+
		"  RequestId of the last response: %s", r.reader, durationText(p.Elapsed), r, strings.Join(reasons, "; "),
		progressText(p, v.Holding(), r), printable(requestID)))
}

// lastFailure is why the last poll of a wait failed; empty if nothing but the end of the wait stopped it.
func lastFailure(cause error) string {
	var (
		failed   *tencentcloud.Error
		deadline *tencentcloud.DeadlineError
	)
	if both, ok := cause.(interface{ Unwrap() []error }); ok { // the end of the wait, and the failure
		cause = both.Unwrap()[len(both.Unwrap())-1]
	}
	switch {
	case errors.As(cause, &failed):
		if errors.As(failed, &deadline) && deadline.Last == nil && failed.Code == "" {
			return ""
		}
		return failed.Error()
	case errors.Is(cause, context.DeadlineExceeded), errors.Is(cause, context.Canceled):
		return ""
	}
	return cause.Error()
}

// progressText tells how far the rows are, and what keeps the gate shut: what is missing first, then what failed, then what
// has not ended.
func progressText(p cdn.Progress, h cdn.Holding, r request) string {
	var b strings.Builder
	switch {
	case p.Total == 0 && len(r.gate.URLs) > 0:
		b.WriteString("  None of the URLs was listed.")
	case p.Total == 0:
		b.WriteString("  No push tasks were listed.")
	default:
		if p.Unfinished > 0 {
			fmt.Fprintf(&b, "  %s of %d in process (%.0f %% done overall). As of the last full poll:\n", unfinishedText(p), max(p.Total, p.Unfinished), p.Percent)
		} else {
			fmt.Fprintf(&b, "  None of %d in process:\n", p.Total)
		}
		fmt.Fprintf(&b, "    by status: %s", countsText(p.Counts))
		var areas []string
		for _, area := range slices.Sorted(maps.Keys(h.Areas)) {
			areas = append(areas, printable(orNull(area))+" "+countsText(h.Areas[area]))
		}
		if len(areas) > 0 {
			fmt.Fprintf(&b, "\n    by area: %s", strings.Join(areas, "; "))
		}
	}
	missing := make([]string, 0, maxListed)
	for _, url := range h.MissingURLs[:min(len(h.MissingURLs), maxListed)] {
		missing = append(missing, printable(url))
	}
	list(&b, "Missing", missing, len(h.MissingURLs))
	list(&b, "Failed or invalid", rowTexts(h.Failed), p.Failed)
	unfinished := slices.DeleteFunc(slices.Clone(h.Unfinished), func(row cdn.Task) bool { return slices.ContainsFunc(h.Failed, sameRow(row)) })
	list(&b, "In process", rowTexts(unfinished), p.Unfinished-(len(h.Unfinished)-len(unfinished)))
	return b.String()
}

// unfinishedText counts the rows that have not ended.
func unfinishedText(p cdn.Progress) string {
	if p.AtLeast {
		return fmt.Sprint("at least ", p.Unfinished)
	}
	return fmt.Sprint(p.Unfinished)
}

// progressLine is progressText in a line: "412 of 500 URLs done, 86 in process, 2 failed". What has ended since the last full
// poll is done only if the failures were counted too.
func progressLine(p cdn.Progress, r request) string {
	var parts []string
	total := max(p.Total, p.Unfinished)
	ended := total - p.Unfinished
	switch known := p.Counts[cdn.StatusDone] + p.Failed; {
	case total == 0:
		parts = append(parts, "Nothing listed")
	case p.AtLeast:
		parts = append(parts, fmt.Sprintf("%s of %d URLs in process, at least %d failed", unfinishedText(p), total, p.Failed))
	case ended == known || r.gate.MaxFailures != nil:
		parts = append(parts, fmt.Sprintf("%d of %d URLs done, %d in process, %d failed", ended-p.Failed, total, p.Unfinished, p.Failed))
	default:
		parts = append(parts, fmt.Sprintf("%d of %d URLs ended, %d in process, at least %d failed", ended, total, p.Unfinished, p.Failed))
	}
	if n := len(p.MissingURLs); n > 0 {
		parts = append(parts, fmt.Sprintf("%d missing", n))
	}
	if p.Err != nil {
		parts = append(parts, "the last poll failed: "+printable(p.Err.Error()))
	}
	return strings.Join(parts, ", ")
}

// sameRow finds a row again that failed after it was seen in process: a poll reads the two one after the other.
func sameRow(a cdn.Task) func(cdn.Task) bool {
	return func(b cdn.Task) bool {
		return valueText(a.TaskID) == valueText(b.TaskID) && valueText(a.URL) == valueText(b.URL) &&
			valueText(a.Area) == valueText(b.Area) && valueText(a.CreateTime) == valueText(b.CreateTime)
	}
}

// maxListed is how many URLs of a kind a diagnostic lists.
const maxListed = 10

// list writes lines below a title, and how many more there are.
func list(b *strings.Builder, title string, lines []string, total int) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n\n  %s:\n  - %s", title, strings.Join(lines, "\n  - "))
	if rest := total - len(lines); rest > 0 {
		fmt.Fprintf(b, "\n  - and %d more", rest)
	}
}

// rowTexts writes rows with what tells them apart.
func rowTexts(rows []cdn.Task) []string {
	var all []string
	for _, row := range rows {
		text := fmt.Sprintf("%s (%s, %s", valueText(row.URL), valueText(row.Area), valueText(row.Status))
		if row.Percent != nil && !row.Is(cdn.StatusFail) && !row.Is(cdn.StatusInvalid) {
			text += fmt.Sprintf(", %d %%", *row.Percent)
		}
		all = append(all, text+")")
	}
	return all
}

// countsText writes counts by status.
func countsText(counts map[string]int) string {
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[status], printable(orNull(status))))
	}
	return strings.Join(parts, ", ")
}

// valueText is a text that the service may leave null.
func valueText(value *string) string {
	if value == nil {
		return "null"
	}
	return printable(*value)
}

// orNull is a text where "" stands for null.
func orNull(text string) string {
	if text == "" {
		return "null"
	}
	return text
}

// diagnoseCredentials is for a fault of the provider block or its variables, at the argument if there is one.
func diagnoseCredentials(e *credentials.Error) diag.Diagnostic {
	detail := strings.TrimSuffix(credentialsText(e), ".") + "."
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

// diagnoseCredentialsOfRead is for credentials that were not available when they were needed.
func diagnoseCredentialsOfRead(e *credentials.Error, r request) diag.Diagnostic {
	detail := couldNotRead(r) + ": there is no credential to sign the request with.\n\n" + credentialsText(e)
	if failed := (*tencentcloud.Error)(nil); errors.As(e.Cause, &failed) {
		detail += facts(failed, "")
	}
	if errors.Is(e, context.Canceled) {
		return diag.NewErrorDiagnostic(summaryInterrupted, detail)
	}
	return diag.NewErrorDiagnostic(summaryCredentials, detail)
}

// credentialsText is Error of the error, with what others said made printable, and without what facts lists.
func credentialsText(e *credentials.Error) string {
	var b strings.Builder
	if e.Source != "" {
		b.WriteString(printable(e.Source) + ": ")
	}
	b.WriteString(printable(e.Problem))
	if e.Cause != nil && !errors.As(e.Cause, new(*tencentcloud.Error)) {
		b.WriteString(": " + printable(e.Cause.Error()))
	}
	if e.Remedy != "" {
		b.WriteString(". " + printable(e.Remedy) + ".")
	}
	for _, tried := range e.Tried {
		b.WriteString("\n  - " + printable(tried.Source) + ": " + printable(tried.Why))
	}
	return b.String()
}

// warnOfIncomplete warns of a list whose rows the service counts higher than it returns.
func warnOfIncomplete(result cdn.Result, r request) diag.Diagnostics {
	if result.Complete {
		return nil
	}
	found := "the service may not have returned every row"
	if result.TotalCount != nil {
		found = fmt.Sprintf("the service counts %d rows but returned %d, also when they were read again", *result.TotalCount, len(result.Tasks))
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(summaryIncomplete, fmt.Sprintf("The %s read push tasks (%s): %s.\n\n"+
		"  RequestId: %s\n\nTherefore complete, all_done and passed are false. Try again later; if it persists, contact support with "+
		"the RequestId.", r.reader, r, found, printable(result.RequestID)))}
}

// retention is how long the service is known to keep tasks.
const retention = 30 * 24 * time.Hour

// warnOfTime warns of a start_time that the record hardly has.
func warnOfTime(r request, now time.Time) diag.Diagnostics {
	start, err := time.ParseInLocation(cdn.TimeLayout, r.query.StartTime, cdn.Zone)
	if err != nil {
		return nil
	}
	var summary, detail string
	written := fmt.Sprintf("start_time is %s in UTC+8 (%s in UTC)", r.query.StartTime, start.UTC().Format(cdn.TimeLayout))
	switch age := now.Sub(start); {
	case age < 0:
		summary = "start_time is in the future"
		detail = fmt.Sprintf("%s, and it is now %s in UTC. No push task can be found from then on. A time without an offset is read as "+
			"UTC+8; write a time in another zone with its offset, such as 2026-11-24T08:00:00Z.", written, now.UTC().Format(cdn.TimeLayout))
	case age > retention+time.Hour: // with an hour for a plan that takes its time
		summary = "start_time is more than 30 days ago"
		detail = written + ". The service keeps push tasks for about 30 days, so that older ones may be missing from the list."
	default:
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root(argStartTime), summary, detail)}
}

// durationText writes a duration in seconds, without the zeros at its end: 10m, 1h30m, 1m1s.
func durationText(d time.Duration) string {
	text := d.Round(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// longer is a timeout to suggest in place of one that was too short.
func longer(timeout time.Duration) string {
	for _, minutes := range []int{30, 60, 120, 240, 480} {
		if d := time.Duration(minutes) * time.Minute; d > timeout {
			return durationText(d)
		}
	}
	return fmt.Sprintf("%dh", 2*int(timeout.Hours()))
}
