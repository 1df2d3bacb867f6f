package provider

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/credentials"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// logged runs something and gives the lines that it logged, without those that every line has.
func logged(t *testing.T, run func(context.Context)) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	run(tflogtest.RootLogger(t.Context(), &out))
	lines, err := tflogtest.MultilineJSONDecode(&out)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		delete(line, "@module")
	}
	return lines
}

func TestLogAttempt(t *testing.T) {
	got := logged(t, func(ctx context.Context) {
		logAttempt(ctx, tencentcloud.Attempt{Action: "DescribePushTasks", Number: 1, Rows: 20, HTTPStatus: 200, RequestID: "r", Took: time.Second})
		logAttempt(ctx, tencentcloud.Attempt{Action: "DescribePushTasks", Number: 2, HTTPStatus: 200, Code: "AuthFailure.SignatureExpire",
			RequestID: "s", Err: errors.New("refused"), RetryIn: time.Minute, ClockMoved: -47 * time.Minute})
	})
	want := []map[string]any{
		{"@level": "debug", "@message": "Tencent Cloud API request", "action": "DescribePushTasks", "attempt": 1.0, "rows": 20.0,
			"http_status": 200.0, "code": "", "request_id": "r", "took": "1s"},
		{"@level": "debug", "@message": "Tencent Cloud API request", "action": "DescribePushTasks", "attempt": 2.0, "rows": 0.0,
			"http_status": 200.0, "code": "AuthFailure.SignatureExpire", "request_id": "s", "took": "0s", "error": "refused", "retry_in": "1m0s"},
		{"@level": "warn", "@message": "This machine's clock differs from that of the service; requests are signed by the service's clock from now on",
			"difference": "-47m0s"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestLogCredential(t *testing.T) {
	got := logged(t, func(ctx context.Context) {
		logCredential(ctx, credentials.Obtained{Source: "profile", Final: true})
		logCredential(ctx, credentials.Obtained{Source: "role", Expires: time.Unix(0, 0)})
	})
	want := []map[string]any{
		{"@level": "debug", "@message": "Credential obtained", "source": "profile", "signs_requests": true},
		{"@level": "debug", "@message": "Credential obtained", "source": "role", "signs_requests": false, "expires": "1970-01-01T00:00:00Z"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestLogProgress(t *testing.T) {
	progress := cdn.Progress{Total: 4, Process: 1, Counts: map[string]int{"done": 2, "fail": 1, "process": 1, "invalid": 0}, Percent: 87.54, Elapsed: 61 * time.Second}
	failed := progress
	failed.Err = errors.New("gateway")
	got := logged(t, func(ctx context.Context) {
		logProgress(ctx, progress)
		ctx, cancel := context.WithTimeout(ctx, time.Hour+400*time.Millisecond)
		defer cancel()
		logProgress(ctx, failed)
	})
	common := map[string]any{"done": 2.0, "process": 1.0, "fail": 1.0, "invalid": 0.0, "total": 4.0, "percent": "87.5", "elapsed": "1m1s"}
	first := map[string]any{"@level": "info", "@message": "Waiting for push tasks"}
	second := map[string]any{"@level": "warn", "@message": "Waiting for push tasks: this look failed and will be repeated", "left": "1h0m0s", "error": "gateway"}
	for name, value := range common {
		first[name], second[name] = value, value
	}
	if want := []map[string]any{first, second}; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestMask blots out a secret that gets into a message or a field in spite of all.
func TestMask(t *testing.T) {
	a := &account{secrets: []string{"hunter2"}}
	for _, line := range logged(t, func(ctx context.Context) {
		logAttempt(a.mask(ctx), tencentcloud.Attempt{Code: "x", Err: errors.New("the key hunter2 is wrong")})
	}) {
		for name, value := range line {
			if text, ok := value.(string); ok && strings.Contains(text, "hunter2") {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}

// TestUnknownProviderArguments plans on while nothing has to be read, and says what to do where something has.
func TestUnknownProviderArguments(t *testing.T) {
	server := NewServer("test")()
	_, configuredAs := configured(t, server, values{"secret_key": tftypes.NewValue(tftypes.String, tftypes.UnknownValue), "secret_id": stringValue("id")})
	if len(configuredAs.Diagnostics) > 0 {
		t.Fatal(configuredAs.Diagnostics[0].Detail)
	}
	resp, err := readPushTasks(t.Context(), server, object(t, pushTasksType(t), values{"task_id": stringValue("1")}))
	if err != nil || len(resp.Diagnostics) != 1 {
		t.Fatal(err, resp)
	}
	if d := resp.Diagnostics[0]; d.Summary != summaryUnknown || !strings.Contains(d.Detail, "secret_key") || !strings.Contains(d.Detail, "depends_on") {
		t.Errorf("%s: %s", d.Summary, d.Detail)
	}
}

// TestUnknownProviderArgumentsDeferred leaves it to a Terraform that can put a read off.
func TestUnknownProviderArgumentsDeferred(t *testing.T) {
	server := NewServer("test")()
	config := object(t, providerSchema().Type().TerraformType(t.Context()), values{"endpoint": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	if _, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		Config: config, ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true},
	}); err != nil {
		t.Fatal(err)
	}
	resp, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: "tencentcdn_push_tasks", Config: object(t, pushTasksType(t), values{"task_id": stringValue("1")}),
		ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: true},
	})
	if err != nil || len(resp.Diagnostics) > 0 || resp.Deferred == nil || resp.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
		t.Errorf("%v, %+v", err, resp)
	}
}
