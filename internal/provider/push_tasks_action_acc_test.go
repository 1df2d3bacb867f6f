package provider_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// actionsSince is the version of Terraform that introduced actions. OpenTofu has none.
const actionsSince = "1.14"

// needActions skips a test whose CLI has no actions.
func needActions(t *testing.T) {
	t.Helper()
	needVersion(t, actionsSince, "actions")
	if isOpenTofu() {
		t.Skip("OpenTofu has no actions.")
	}
}

// actionGate guards a release with an action.
func actionGate(arguments string) string {
	return `
variable "release" {
  type    = string
  default = "1"
}
action "tencentcdn_await_push_tasks" "t" {
  config {
    task_id       = "1533031853231313311"
    poll_interval = "1s"
    ` + arguments + `
  }
}
resource "terraform_data" "release" {
  input = var.release
  lifecycle {
    action_trigger {
      events  = [before_create, before_update]
      actions = [action.tencentcdn_await_push_tasks.t]
    }
  }
}
`
}

// progress are the messages of actions, as -json has them.
func (o outcome) progress() []string {
	var all []string
	for line := range strings.Lines(o.stdout) {
		var message struct {
			Type string
			Hook struct{ Message string }
		}
		if json.Unmarshal([]byte(line), &message) == nil && message.Type == "action_progress" {
			all = append(all, message.Hook.Message)
		}
	}
	return all
}

// An action runs before the resource that triggers it, tells how it gets on, and runs again only when the resource changes.
func TestAccAction_passes(t *testing.T) {
	t.Parallel()
	needActions(t)
	s := simulate(t, cdnsim.Options{Tasks: append(rows(2), pending(3, 2*time.Second, "done")...)})
	p := attached(t, s.config(actionGate("")))
	p.plan("-out=plan").must(t)
	s.expect(t)
	progress := p.run("apply", "-json", "plan").must(t).progress()
	says(t, strings.Join(progress, "\n"), "2 of 5 URLs done, 3 in process, 0 failed; ", "5 of 5 URLs done, 0 in process, 0 failed; ")
	s.polls(t)
	p.released(true)

	before := len(s.received())
	for _, step := range []struct {
		args     []string
		requests int
	}{
		{[]string{}, 0},
		{[]string{"-var=release=2"}, 1},
		{[]string{"-invoke=action.tencentcdn_await_push_tasks.t", "-var=release=2"}, 1},
		{[]string{"-destroy"}, 0},
	} {
		p.apply(step.args...).must(t)
		if n := len(s.received()) - before; n != step.requests {
			t.Errorf("apply %v: %d requests, want %d", step.args, n, step.requests)
		}
		before = len(s.received())
	}
}

// An action that fails keeps the resource from being created, and says what holds it.
func TestAccAction_fails(t *testing.T) {
	t.Parallel()
	needActions(t)
	s := simulate(t, cdnsim.Options{Tasks: append(rows(2), pending(3, time.Second, "fail")...)})
	p := attached(t, s.config(actionGate("max_failures = 1")))
	d := p.apply().failure(t)
	says(t, d.Summary+"\n"+d.Detail, "Error when invoking action", "Push tasks did not pass",
		`(task_id = "1533031853231313311", max_failures = 1), and they did not pass: 3 of 5 failed or are invalid, and max_failures is 1.`,
		"by status: 2 done, 3 fail, 0 invalid, 0 process", "- https://pending.www.example.com/002 (mainland, fail)")
	p.released(false)
}

// A configuration that becomes known during apply is validated then: Terraform does not.
func TestAccAction_knownAfterApply(t *testing.T) {
	t.Parallel()
	needActions(t)
	for area, want := range map[string]string{"mainland": "", "moon": "Attribute area value must be one of"} {
		s := simulate(t, cdnsim.Options{Tasks: rows(1)})
		p := attached(t, s.block("secret_id = \"AKIDEXAMPLE\"\nsecret_key = terraform_data.later.output.secret_key")+`
resource "terraform_data" "later" {
  input = { area = "`+area+`", secret_key = "EXAMPLEKEY" }
}
`+actionGate("area = terraform_data.later.output.area"))
		p.plan("-out=plan").must(t)
		o := p.run("apply", "-json", "plan")
		p.released(want == "")
		if want == "" {
			o.must(t)
			s.expect(t, `{"Area":"mainland","Limit":1000,"TaskId":"1533031853231313311"}`)
			continue
		}
		says(t, o.failure(t).Detail, want)
		s.expect(t)
	}
}
