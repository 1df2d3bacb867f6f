package provider

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/credentials"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// providerData is what everything that reads push tasks reads with. It shares the connections, the rate limit and what
// has been learned of the service.
type providerData struct {
	unknown []string            // provider arguments that must be known first; then there is no service
	service func() *cdn.Service // made when it is needed: the region may be in a file
	origin  func() string       // where the parts of the credential came from, in words
	secrets []string
}

// maxParallel bounds the concurrent requests of one read where the rate does not.
const maxParallel = 64

// newProviderData makes the provider data of settings. It sends no request.
func newProviderData(s settings, userAgent string) *providerData {
	transport := tencentcloud.NewTransport()
	client := tencentcloud.Config{
		UserAgent: userAgent, MaxRetries: s.maxRetries, RequestTimeout: s.requestTimeout, Transport: transport, Observe: logAttempt,
	}
	sts := client
	sts.Endpoint = s.sts
	source := credentials.New(s.credentials, credentials.Options{
		STS: sts, MetadataEndpoint: s.metadata, Obtained: logCredential,
	})
	client.Endpoint, client.Service, client.Version, client.RateCodes = s.endpoint, cdn.Name, cdn.Version, cdn.RateCodes
	client.Credentials, client.Limiter = source, tencentcloud.NewLimiter(s.requestsPerSecond)
	return &providerData{secrets: s.secrets, origin: source.Origin, service: sync.OnceValue(func() *cdn.Service {
		client.Region = source.Region()
		return cdn.NewService(tencentcloud.NewClient(client), min(s.requestsPerSecond, maxParallel))
	})}
}

// dataOf is what Configure gets of the provider. It is nil while Terraform validates, before it configures the provider.
func dataOf(configured any, diags *diag.Diagnostics) *providerData {
	data, ok := configured.(*providerData)
	if !ok && configured != nil {
		diags.AddError("Unexpected provider data", fmt.Sprintf("%T. This is a bug in the provider; please report it.", configured))
	}
	return data
}

// ready reports provider data that is not enough to read with.
func (d *providerData) ready(r reader) diag.Diagnostics {
	switch {
	case d == nil:
		return diag.Diagnostics{diag.NewErrorDiagnostic("Provider is not configured", fmt.Sprintf(
			"The %s was read before the provider was configured. This is a bug; please report it.", r))}
	case len(d.unknown) > 0:
		return diag.Diagnostics{diag.NewErrorDiagnostic(summaryUnknown, fmt.Sprintf(
			"The %s cannot be read during plan: these provider arguments are unknown until apply: %s.\n\nAdd a depends_on with the "+
				"resource that they come from. It is then read during apply.", r, strings.Join(d.unknown, ", ")))}
	}
	return nil
}

// read makes the one call of a request, and gives what the gate makes of the result too. report, if not nil, is told of
// every poll of a wait.
func (d *providerData) read(ctx context.Context, r request, report func(cdn.Progress)) (cdn.Result, cdn.Verdict, diag.Diagnostics) {
	diags := d.ready(r.reader)
	if diags.HasError() {
		return cdn.Result{}, cdn.Verdict{}, diags
	}
	diags.Append(warnOfTime(r, time.Now())...)
	result, err := d.call(ctx, r, report)
	if err != nil {
		diags.Append(redact(diagnose(err, r, d.origin()), d.secrets))
		return cdn.Result{}, cdn.Verdict{}, diags
	}
	diags.Append(warnOfIncomplete(result, r)...)
	return result, r.gate.Judge(result), diags
}

// call reads once, or waits.
func (d *providerData) call(ctx context.Context, r request, report func(cdn.Progress)) (cdn.Result, error) {
	ctx, cancel := context.WithTimeout(d.mask(ctx), r.timeout)
	defer cancel()
	if !r.wait {
		return d.service().PushTasks(ctx, r.query)
	}
	return d.service().Wait(ctx, r.query, r.gate, r.interval, func(p cdn.Progress) {
		logProgress(ctx, p)
		if report != nil {
			report(p)
		}
	})
}

// mask keeps secrets out of the log, should one get into a message after all.
func (d *providerData) mask(ctx context.Context) context.Context {
	ctx = tflog.MaskLogStrings(ctx, d.secrets...)
	return tflog.MaskFieldValuesWithFieldKeys(ctx, "secret_key", "security_token", "token", "authorization")
}

// unshared gives a log line fields of its own. Masking changes the fields of a context in place, and the requests of a read,
// which share a context, run in parallel.
func unshared(ctx context.Context) context.Context { return tflog.MaskLogStrings(ctx) }

// logAttempt logs one request. Neither its headers nor its body are ever logged.
func logAttempt(ctx context.Context, a tencentcloud.Attempt) {
	fields := map[string]any{
		"action": a.Action, "attempt": a.Number, "rows": a.Rows, "http_status": a.HTTPStatus, "code": printable(a.Code),
		"request_id": printable(a.RequestID), "took": a.Took.String(),
	}
	if a.Err != nil {
		fields["error"] = printable(a.Err.Error())
	}
	if a.RetryIn > 0 {
		fields["retry_in"] = a.RetryIn.String()
	}
	tflog.Debug(unshared(ctx), "Tencent Cloud API request", fields)
	if a.ClockMoved != 0 {
		tflog.Warn(unshared(ctx), "This machine's clock differs from the service's; requests are signed by the service's clock from now on",
			map[string]any{"difference": a.ClockMoved.String()})
	}
}

// logCredential logs where a credential came from, and nothing of it.
func logCredential(ctx context.Context, o credentials.Obtained) {
	fields := map[string]any{"source": printable(o.Source), "signs_requests": o.Final}
	if !o.Expires.IsZero() {
		fields["expires"] = o.Expires.UTC().Format(time.RFC3339)
	}
	tflog.Debug(unshared(ctx), "Credential obtained", fields)
}

// logProgress logs how far the awaited tasks are.
func logProgress(ctx context.Context, p cdn.Progress) {
	fields := map[string]any{
		"done": p.Counts[cdn.StatusDone], "process": p.Unfinished, "fail": p.Counts[cdn.StatusFail],
		"invalid": p.Counts[cdn.StatusInvalid], "missing": len(p.MissingURLs), "total": p.Total,
		"percent": fmt.Sprintf("%.1f", p.Percent), "elapsed": p.Elapsed.Round(time.Second).String(),
	}
	if deadline, ok := ctx.Deadline(); ok {
		fields["left"] = time.Until(deadline).Round(time.Second).String()
	}
	if p.Err != nil {
		fields["error"] = printable(p.Err.Error())
		tflog.Warn(unshared(ctx), "Waiting for push tasks: this poll failed and will be repeated", fields)
		return
	}
	tflog.Info(unshared(ctx), "Waiting for push tasks", fields)
}
