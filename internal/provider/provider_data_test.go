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
			RequestID: "s\x1b", Err: errors.New("refused\x1b"), RetryIn: time.Minute, ClockMoved: -47 * time.Minute})
	})
	want := []map[string]any{
		{"@level": "debug", "@message": "Tencent Cloud API request", "action": "DescribePushTasks", "attempt": 1.0, "rows": 20.0,
			"http_status": 200.0, "code": "", "request_id": "r", "took": "1s"},
		{"@level": "debug", "@message": "Tencent Cloud API request", "action": "DescribePushTasks", "attempt": 2.0, "rows": 0.0,
			"http_status": 200.0, "code": "AuthFailure.SignatureExpire", "request_id": `s\x1b`, "took": "0s", "error": `refused\x1b`, "retry_in": "1m0s"},
		{"@level": "warn", "@message": "This machine's clock differs from the service's; requests are signed by the service's clock from now on",
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
	progress := cdn.Progress{Total: 4, Unfinished: 1, Counts: map[string]int{"done": 2, "fail": 1, "process": 1, "invalid": 0}, MissingURLs: []string{"u"}, Percent: 87.54, Elapsed: 61 * time.Second}
	failed := progress
	failed.Err = errors.New("gateway\r")
	got := logged(t, func(ctx context.Context) {
		logProgress(ctx, progress)
		ctx, cancel := context.WithTimeout(ctx, time.Hour+400*time.Millisecond)
		defer cancel()
		logProgress(ctx, failed)
	})
	common := map[string]any{"done": 2.0, "process": 1.0, "fail": 1.0, "invalid": 0.0, "missing": 1.0, "total": 4.0, "percent": "87.5", "elapsed": "1m1s"}
	first := map[string]any{"@level": "info", "@message": "Waiting for push tasks"}
	second := map[string]any{"@level": "warn", "@message": "Waiting for push tasks: this poll failed and will be repeated", "left": "1h0m0s", "error": `gateway\r`}
	for name, value := range common {
		first[name], second[name] = value, value
	}
	if want := []map[string]any{first, second}; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestMask redacts a secret that gets into a message or a field after all.
func TestMask(t *testing.T) {
	d := &providerData{secrets: []string{"hunter2"}}
	for _, line := range logged(t, func(ctx context.Context) {
		logAttempt(d.mask(ctx), tencentcloud.Attempt{Code: "x", Err: errors.New("the key hunter2 is wrong")})
	}) {
		for name, value := range line {
			if text, ok := value.(string); ok && strings.Contains(text, "hunter2") {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}

// TestSecretAsEndpoint quotes no host that is a secret.
func TestSecretAsEndpoint(t *testing.T) {
	server, _ := configured(t, NewServer("test")(), values{"endpoint": stringValue("http://localhost:1"), "max_retries": numberValue(0),
		"secret_id": stringValue("id"), "secret_key": stringValue("localhost")})
	resp, err := readPushTasks(t.Context(), server, object(t, pushTasksType(t), values{"task_id": stringValue("1")}))
	if err != nil || len(resp.Diagnostics) != 1 {
		t.Fatal(err, resp)
	}
	if text := resp.Diagnostics[0].Detail; strings.Contains(text, "localhost") || !strings.Contains(text, "no response from (redacted):1.") {
		t.Errorf("%s", text)
	}
}

// TestUnknownProviderArguments plans on while nothing has to be read, and says what to do where something has.
func TestUnknownProviderArguments(t *testing.T) {
	server := NewServer("test")()
	_, configuredAs := configured(t, server, values{"secret_key": unknownText, "secret_id": stringValue("id")})
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

// TestUnknownProviderArgumentsOpened plans on with an ephemeral resource, whose attributes are then unknown too, and with an
// action.
func TestUnknownProviderArgumentsOpened(t *testing.T) {
	server := NewServer("test")()
	configured(t, server, values{"secret_key": unknownText, "secret_id": stringValue("id")})
	kind := kindType(t, "ephemeral")
	result, diags, err := readers["ephemeral"](t.Context(), server, object(t, kind, values{"task_id": stringValue("1")}))
	if err != nil || len(diags) > 0 {
		t.Fatal(err, diags)
	}
	value, err := result.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]tftypes.Value
	if err := value.As(&got); err != nil {
		t.Fatal(err)
	}
	for name, attribute := range pushTasksAttributes() {
		if got[name].IsFullyKnown() == attribute.IsComputed() {
			t.Errorf("%s is %s", name, got[name])
		}
	}
	if !got["task_id"].Equal(stringValue("1")) || !got["keyword"].IsNull() {
		t.Errorf("task_id is %s, keyword %s", got["task_id"], got["keyword"])
	}
	if resp := planAction(t, server, nil); len(resp.Diagnostics) > 0 || resp.Deferred != nil {
		t.Errorf("%+v", resp)
	}
}

var unknownText = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)

// planAction plans the action with a task ID that is not known yet.
func planAction(t *testing.T, s tfprotov6.ProviderServer, capabilities *tfprotov6.PlanActionClientCapabilities) *tfprotov6.PlanActionResponse {
	t.Helper()
	actions, ok := s.(tfprotov6.ActionServer)
	if !ok {
		t.Fatal("the server has no actions")
	}
	config := object(t, schemas(t)["action."+awaitPushTasksName].ValueType(), values{"task_id": unknownText})
	valid, err := actions.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: awaitPushTasksName, Config: config})
	if err != nil || len(valid.Diagnostics) > 0 {
		t.Fatal(err, valid)
	}
	resp, err := actions.PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: awaitPushTasksName, Config: config, ClientCapabilities: capabilities})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// TestUnknownProviderArgumentsDeferred leaves it to a Terraform that can put a read off.
func TestUnknownProviderArgumentsDeferred(t *testing.T) {
	server := NewServer("test")()
	config := object(t, providerSchema().Type().TerraformType(t.Context()), values{"endpoint": unknownText})
	if _, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		Config: config, ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true},
	}); err != nil {
		t.Fatal(err)
	}
	query := values{"task_id": stringValue("1")}
	read, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: pushTasksName, Config: object(t, kindType(t, "data"), query),
		ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: true},
	})
	if err != nil || len(read.Diagnostics) > 0 {
		t.Fatal(err, read)
	}
	opened, err := server.OpenEphemeralResource(t.Context(), &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: pushTasksName, Config: object(t, kindType(t, "ephemeral"), query),
		ClientCapabilities: &tfprotov6.OpenEphemeralResourceClientCapabilities{DeferralAllowed: true},
	})
	if err != nil || len(opened.Diagnostics) > 0 {
		t.Fatal(err, opened)
	}
	planned := planAction(t, server, &tfprotov6.PlanActionClientCapabilities{DeferralAllowed: true})
	for kind, deferred := range map[string]*tfprotov6.Deferred{"data": read.Deferred, "ephemeral": opened.Deferred, "action": planned.Deferred} {
		if deferred == nil || deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
			t.Errorf("%s: %+v", kind, deferred)
		}
	}
}
