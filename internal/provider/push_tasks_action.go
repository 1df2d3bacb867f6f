package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

const awaitPushTasksName = "tencentcdn_await_push_tasks"

// pushTasksAwaiter is the action in messages.
var pushTasksAwaiter = reader{name: "action " + awaitPushTasksName, timeout: "invoke", defaultTimeout: 30 * time.Minute}

// pushTasksAction implements the action tencentcdn_await_push_tasks. It changes nothing: it waits, and fails unless the gate
// has passed.
type pushTasksAction struct {
	data *providerData
}

var (
	_ action.ActionWithConfigure      = (*pushTasksAction)(nil)
	_ action.ActionWithValidateConfig = (*pushTasksAction)(nil)
)

func newPushTasksAction() action.Action { return &pushTasksAction{} }

func (a *pushTasksAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = awaitPushTasksName
}

func (a *pushTasksAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Waits for prefetch tasks, and fails unless they pass: every matching row was read, there is at least " +
			"one, every row is `done`, `fail` or `invalid`, at most `max_failures` of them are `fail` or `invalid`, and none of `urls` " +
			"is missing. Reports its progress meanwhile. It only reads. Triggered before a resource is created or updated, it holds " +
			"that change back, and runs only when there is one. Requires Terraform 1.14.",
		Attributes: converted[schema.Attribute](queryAttributes()),
		Blocks:     converted[schema.Block](timeoutsBlocks(pushTasksAwaiter)),
	}
}

func (a *pushTasksAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.data = dataOf(req.ProviderData, &resp.Diagnostics)
}

func (a *pushTasksAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	resp.Diagnostics.Append(validateConfig(ctx, req.Config, &queryModel{})...)
}

func (a *pushTasksAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model queryModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	request, diags := model.request(pushTasksAwaiter)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	request.wait = true
	reporter := startReporter(ctx, request, func(text string) { resp.SendProgress(action.InvokeProgressEvent{Message: text}) })
	result, verdict, diags := a.data.read(ctx, request, reporter.poll)
	reporter.stop()
	if resp.Diagnostics.Append(diags...); !diags.HasError() && !verdict.Passed {
		resp.Diagnostics.Append(diagnoseShut(reporter.latest, verdict, result.RequestID, request))
	}
}

// maxSilence is how long a wait goes on without a word.
const maxSilence = time.Minute

// reporter reports the progress of a wait: after each poll that changed something, and at least once a minute.
type reporter struct {
	polls    chan cdn.Progress
	latest   cdn.Progress
	ended    chan struct{}
	canceled <-chan struct{}
}

// startReporter starts a reporter, which ends with stop. Nothing waits for send once ctx has ended: whoever takes what is
// sent may be gone by then.
func startReporter(ctx context.Context, r request, send func(string)) *reporter {
	p := &reporter{polls: make(chan cdn.Progress), ended: make(chan struct{}), canceled: ctx.Done()}
	go func() {
		defer close(p.ended)
		began, text := time.Now(), "No response yet"
		silence := time.NewTicker(maxSilence)
		defer silence.Stop()
		for {
			select {
			case poll, ok := <-p.polls:
				if !ok {
					return
				}
				before := text
				if text = progressLine(poll, r); text == before {
					continue
				}
			case <-silence.C:
			}
			silence.Reset(maxSilence)
			send(fmt.Sprintf("%s; %s of %s", text, durationText(time.Since(began)), durationText(r.timeout)))
		}
	}()
	return p
}

// poll reports one poll.
func (p *reporter) poll(progress cdn.Progress) {
	p.latest = progress
	select {
	case p.polls <- progress:
	case <-p.canceled:
	}
}

// stop returns when everything has been sent.
func (p *reporter) stop() {
	close(p.polls)
	select {
	case <-p.ended:
	case <-p.canceled:
	}
}
