package provider_test

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

func needEphemeral(t *testing.T) {
	t.Helper()
	needEither(t, "1.10.0", "1.11.0", "ephemeral resources")
}

// ephemeralGate holds a release back until all tasks are done.
func ephemeralGate(arguments string) string {
	return `
ephemeral "tencentcdn_push_tasks" "t" {
` + arguments + `
  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = "The cache is not warm." # which may not quote what is ephemeral
    }
  }
}
resource "terraform_data" "release" {
  depends_on = [ephemeral.tencentcdn_push_tasks.t]
}
`
}

const exampleTask = `task_id = "1533031853231313311"`

// A saved plan is held by what is true when it is applied, and neither plan nor state have anything of the tasks.
func TestAccEphemeral_savedPlan(t *testing.T) {
	t.Parallel()
	needEphemeral(t)
	s := simulate(t, cdnsim.Options{Tasks: rows(3)})
	p := attached(t, s.config(ephemeralGate(exampleTask)))
	p.plan("-out=plan").must(t)
	s.expect(t, all)
	s.Update(func(t *cdnsim.Task) {
		if t.URL == "https://www.example.com/001" {
			t.Status = "fail"
		}
	})
	says(t, p.run("apply", "-json", "plan").failure(t).Detail, "The cache is not warm.")
	s.expect(t, all, all)
	p.released(false)
	p.keepsNothing("plan")

	s.Update(func(t *cdnsim.Task) { t.Status = "done" })
	p.plan("-out=plan").must(t)
	p.run("apply", "-json", "plan").must(t)
	p.released(true)
	p.keepsNothing("plan")
}

// released checks whether what is behind a gate was created.
func (p *project) released(want bool) {
	p.t.Helper()
	created := strings.Contains(p.run("state", "list").stdout, "terraform_data.release")
	if created != want {
		p.t.Errorf("released: %v, want %v", created, want)
	}
}

// keepsNothing checks that neither the state nor a plan have a URL of the tasks.
func (p *project) keepsNothing(plan string) {
	p.t.Helper()
	files := map[string]string{}
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		if text, err := os.ReadFile(filepath.Join(p.dir, name)); err == nil {
			files[name] = string(text)
		}
	}
	archive, err := zip.OpenReader(filepath.Join(p.dir, plan))
	if err != nil {
		p.t.Fatal(err)
	}
	defer archive.Close()
	for _, file := range archive.File {
		content, err := file.Open()
		if err != nil {
			p.t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			p.t.Fatal(err)
		}
		files[plan+"/"+file.Name] = string(text)
	}
	for name, text := range files {
		if strings.Contains(text, "www.example.com") {
			p.t.Errorf("%s has a URL of the tasks", name)
		}
	}
	if !strings.Contains(files[plan+"/tfconfig/m-/main.tf"], "tencentcdn_push_tasks") {
		p.t.Errorf("the plan was not read: %d files", len(files))
	}
}

// What is known only after apply is put off until then, whether it is an argument of the query or of the provider.
func TestAccEphemeral_knownAfterApply(t *testing.T) {
	t.Parallel()
	needEphemeral(t)
	const later = `
resource "terraform_data" "later" {
  input = { task_id = "1533031853231313311", secret_key = "EXAMPLEKEY" }
}
`
	for name, c := range map[string]struct{ provider, query string }{
		"query":    {keys, "task_id = terraform_data.later.output.task_id"},
		"provider": {"secret_id = \"AKIDEXAMPLE\"\nsecret_key = terraform_data.later.output.secret_key", exampleTask},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, cdnsim.Options{Tasks: rows(3)})
			p := attached(t, s.block(c.provider)+later+ephemeralGate(c.query))
			p.plan("-out=plan").must(t)
			s.expect(t)
			p.run("apply", "-json", "plan").must(t)
			s.expect(t, all)
			p.released(true)

			s.Update(func(t *cdnsim.Task) { t.Status = "fail" })
			says(t, p.apply("-replace=terraform_data.later", "-replace=terraform_data.release").failure(t).Detail, "The cache is not warm.")
		})
	}
}

// An ephemeral resource waits, and its timeout is that of its own block.
func TestAccEphemeral_wait(t *testing.T) {
	t.Parallel()
	needEphemeral(t)
	waiting := exampleTask + "\nwait_for_completion = true\npoll_interval = \"1s\"\n"
	s := simulate(t, cdnsim.Options{Tasks: pending(2, 2*time.Second, "done")})
	attached(t, s.config(ephemeralGate(waiting))).plan().must(t)
	s.polls(t)

	s = simulate(t, cdnsim.Options{Tasks: pending(2, 0, "")})
	d := attached(t, s.config(ephemeralGate(waiting+"timeouts {\n  open = \"2s\"\n}"))).plan().failure(t)
	says(t, d.Summary+"\n"+d.Detail, "Timed out waiting for push tasks", "The ephemeral resource tencentcdn_push_tasks waited 2s", `open = "30m"`)
}

// The attributes are those of the data source, and the rows of several pages are all there.
func TestAccEphemeral_attributes(t *testing.T) {
	t.Parallel()
	needEphemeral(t)
	s := simulate(t, cdnsim.Options{Tasks: cdnsim.Generate(2500, time.Now())})
	from := time.Now().Add(-29 * 24 * time.Hour).UTC().Format(time.RFC3339)
	p := attached(t, s.config(`
ephemeral "tencentcdn_push_tasks" "t" {
  start_time = "`+from+`"
}
data "tencentcdn_push_tasks" "t" {
  start_time = "`+from+`"
}
resource "terraform_data" "same" {
  lifecycle {
    precondition {
      condition = (
        jsonencode(ephemeral.tencentcdn_push_tasks.t.push_logs) == jsonencode(data.tencentcdn_push_tasks.t.push_logs) &&
        length(ephemeral.tencentcdn_push_tasks.t.push_logs) == 2500 && ephemeral.tencentcdn_push_tasks.t.complete &&
        ephemeral.tencentcdn_push_tasks.t.total_count == 2500 && length(ephemeral.tencentcdn_push_tasks.t.missing_urls) == 0 &&
        ephemeral.tencentcdn_push_tasks.t.status_counts == data.tencentcdn_push_tasks.t.status_counts &&
        ephemeral.tencentcdn_push_tasks.t.start_time == "`+from+`"
      )
      error_message = "They differ."
    }
  }
}
`))
	p.apply().must(t)
}

// What can be known to be wrong is refused at the argument, before any request.
func TestAccEphemeral_invalid(t *testing.T) {
	t.Parallel()
	needEphemeral(t)
	s := simulate(t, cdnsim.Options{Tasks: rows(1)})
	d := attached(t, s.config(ephemeralGate(exampleTask+"\nlimit = 1\nmax_failures = 0"))).plan().failure(t)
	says(t, d.Summary+": "+d.Detail+" at "+d.code(), "Conflicting arguments: limit conflicts with max_failures", "at limit = 1")
	s.expect(t)
}
