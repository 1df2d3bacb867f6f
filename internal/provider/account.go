package provider

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/credentials"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// account is what data sources read with. All of them share its connections, its rate limit and what it has learnt.
type account struct {
	unknown []string            // arguments of the provider block that must be known first; then there is no service
	service func() *cdn.Service // made when it is needed: the region may be in a file
	secrets []string
}

// newAccount makes an account of settings. It asks no one.
func newAccount(s settings, userAgent string) *account {
	transport := tencentcloud.NewTransport()
	client := tencentcloud.Config{
		UserAgent: userAgent, RequestClient: tencentcloud.RequestClient(userAgent),
		MaxRetries: s.maxRetries, RequestTimeout: s.requestTimeout, Transport: transport, Observe: logAttempt,
	}
	sts := client
	sts.Endpoint = s.sts
	source := credentials.New(s.credentials, credentials.Options{
		STS: sts, MetadataEndpoint: s.metadata, Obtained: logCredential,
	})
	client.Endpoint, client.Service, client.Version = s.endpoint, cdn.Name, cdn.Version
	client.RateCodes = cdn.RateCodes
	client.Credentials, client.Limiter = source, tencentcloud.NewLimiter(s.requestsPerSecond)
	return &account{secrets: s.secrets, service: sync.OnceValue(func() *cdn.Service {
		client.Region = source.Region()
		return cdn.NewService(tencentcloud.NewClient(client), min(s.requestsPerSecond, mostParallel))
	})}
}

// mostParallel bounds the requests of one read that are under way at once, where the rate does not.
const mostParallel = 64

// mask keeps secrets out of the log, should one get into a message in spite of all.
func (a *account) mask(ctx context.Context) context.Context {
	ctx = tflog.MaskLogStrings(ctx, a.secrets...)
	return tflog.MaskFieldValuesWithFieldKeys(ctx, "secret_key", "security_token", "token", "authorization")
}

// unshared gives a log line fields of its own. Masking changes the fields that a context brings along in place, and the
// pages of a read, which share a context, are asked for in parallel.
func unshared(ctx context.Context) context.Context { return tflog.MaskLogStrings(ctx) }

// logAttempt tells of one request. Neither its headers nor its body are ever logged.
func logAttempt(ctx context.Context, a tencentcloud.Attempt) {
	fields := map[string]any{
		"action": a.Action, "attempt": a.Number, "rows": a.Rows, "http_status": a.HTTPStatus, "code": a.Code,
		"request_id": a.RequestID, "took": a.Took.String(),
	}
	if a.Err != nil {
		fields["error"] = a.Err.Error()
	}
	if a.RetryIn > 0 {
		fields["retry_in"] = a.RetryIn.String()
	}
	tflog.Debug(unshared(ctx), "Tencent Cloud API request", fields)
	if a.ClockMoved != 0 {
		tflog.Warn(unshared(ctx), "This machine's clock differs from that of the service; requests are signed by the service's clock from now on",
			map[string]any{"difference": a.ClockMoved.String()})
	}
}

// logCredential tells where a credential came from, and nothing of it.
func logCredential(ctx context.Context, o credentials.Obtained) {
	fields := map[string]any{"source": o.Source, "signs_requests": o.Final}
	if !o.Expires.IsZero() {
		fields["expires"] = o.Expires.UTC().Format(time.RFC3339)
	}
	tflog.Debug(unshared(ctx), "Credential obtained", fields)
}
