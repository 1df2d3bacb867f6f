package provider_test

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// secretly is a project that takes a role, with the keys in the environment and everything that can be logged.
func (s *service) secretly(t *testing.T, data string, env ...string) *project {
	t.Helper()
	p := installed(t, s.block(fmt.Sprintf("max_retries = 1\nassume_role {\nrole_arn = %q\nsession_name = \"ci\"\n}", role))+data)
	p.env = append(p.env, "TENCENTCLOUD_SECRET_ID=AKIDEXAMPLE", "TENCENTCLOUD_SECRET_KEY=dont-tell-3f1c", "TF_LOG_PATH="+filepath.Join(p.dir, "log"))
	p.env = append(p.env, env...)
	return p
}

func confidential(o cdnsim.Options) cdnsim.Options {
	o.Accounts = []cdnsim.Account{{SecretID: "AKIDEXAMPLE", SecretKey: "dont-tell-3f1c"}}
	return o
}

// secrets are all that there are: the key, what STS returned, and every signature.
func (s *service) secrets(t *testing.T) []string {
	t.Helper()
	all := []string{"dont-tell-3f1c"}
	for _, c := range s.Issued() {
		all = append(all, c.SecretID, c.SecretKey, c.Token)
	}
	for _, r := range s.Requests() {
		_, signature, found := strings.Cut(r.Header.Get("Authorization"), "Signature=")
		if !found || len(signature) != 64 {
			t.Fatalf("the header is %q", r.Header.Get("Authorization"))
		}
		all = append(all, signature)
	}
	if len(all) < 6 {
		t.Fatalf("only %d secrets, so that STS received no request", len(all))
	}
	return all
}

// tellsNone checks everything that a run has left: what it printed, its log, its state, its plan.
func (p *project) tellsNone(secrets []string, outcomes ...outcome) {
	p.t.Helper()
	left := map[string]string{}
	for i, o := range outcomes {
		left[fmt.Sprintf("output %d", i+1)] = o.stdout + o.stderr
	}
	if err := collect(left, os.DirFS(p.dir)); err != nil {
		p.t.Fatal(err)
	}
	if plan := left["plan"]; plan != "" {
		archive, err := zip.NewReader(strings.NewReader(plan), int64(len(plan)))
		if err == nil {
			err = collect(left, archive)
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
	if len(left["log"]) < 10_000 {
		p.t.Errorf("the log has only %d bytes", len(left["log"]))
	}
	for where, text := range left {
		for _, secret := range secrets {
			if at := strings.Index(text, secret); at >= 0 {
				p.t.Errorf("%s tells a secret: …%s…", where, text[max(0, at-200):min(len(text), at+len(secret)+50)])
			}
		}
	}
}

// collect adds the content of all files by their paths.
func collect(content map[string]string, files fs.FS) error {
	return fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		content[path] = string(text)
		return err
	})
}

func TestAccSecrets_planAndApply(t *testing.T) {
	t.Parallel()
	s := simulate(t, confidential(cdnsim.Options{Tasks: rows(30), MaxLimit: 20}))
	p := s.secretly(t, lookUp, "TF_LOG=TRACE")
	outcomes := []outcome{p.run("plan", "-out=plan").must(t), p.run("show", "-json", "plan").must(t), p.run("apply", "plan").must(t)}
	if n := len(urls(t, p.attributes("data.tencentcdn_push_tasks.t"))); n != 30 {
		t.Errorf("%d rows, want 30", n)
	}
	p.tellsNone(s.secrets(t), outcomes...)
}

// Not even a service that quotes the request back makes the provider tell.
func TestAccSecrets_quoted(t *testing.T) {
	t.Parallel()
	quote := func(r cdnsim.Request) string {
		return fmt.Sprintf("I got Authorization: %s, X-TC-Token: %s, %s", r.Header.Get("Authorization"), r.Token, r.Body)
	}
	for name, fault := range map[string]func(cdnsim.Request) *cdnsim.Fault{
		"in a message": func(r cdnsim.Request) *cdnsim.Fault { return cdnsim.APIError("InvalidParameter", quote(r)) },
		"in a message that is repeated": func(r cdnsim.Request) *cdnsim.Fault {
			return cdnsim.APIError("InternalError", quote(r))
		},
		"in a page": func(r cdnsim.Request) *cdnsim.Fault { return cdnsim.Body("text/html", "<pre>"+quote(r)+"</pre>") },
		"in odd JSON": func(r cdnsim.Request) *cdnsim.Fault {
			return cdnsim.Body("", `{"Response":{"PushLogs":`+jsonText(quote(r))+`,"RequestId":"r"}}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, confidential(cdnsim.Options{Faults: func(_ int, r cdnsim.Request) *cdnsim.Fault {
				if r.Action != "DescribePushTasks" {
					return nil
				}
				return fault(r)
			}}))
			p := s.secretly(t, lookUp, "TF_LOG=TRACE")
			o := p.plan()
			says(t, o.failure(t).Summary, "Cannot read push tasks")
			p.tellsNone(s.secrets(t), o)
		})
	}
}

// The log tells each attempt, and which source signs.
func TestAccLog_debug(t *testing.T) {
	t.Parallel()
	s := simulate(t, confidential(cdnsim.Options{Tasks: rows(3), Faults: cdnsim.Sequence("DescribePushTasks",
		cdnsim.APIError("InternalError.RouteError", "Internal service error."))}))
	p := s.secretly(t, lookUp, "TF_LOG=DEBUG")
	p.plan().must(t)
	lines := p.log("Tencent Cloud API request")
	requests := s.Requests()
	if len(lines) != len(requests) || len(lines) != 3 {
		t.Fatalf("%d lines for %d requests, want 3:\n%s", len(lines), len(requests), strings.Join(lines, "\n"))
	}
	for i, want := range [][]string{
		{"action=AssumeRole", "attempt=1"},
		{"action=DescribePushTasks", "attempt=1", "code=InternalError.RouteError", "rows=0", "retry_in="},
		{"action=DescribePushTasks", "attempt=2", "rows=3"},
	} {
		says(t, lines[i], append(want, "[DEBUG]", "request_id="+requests[i].Answer.RequestID, "http_status=200")...)
		if !regexp.MustCompile(`took="?[0-9.]+(µs|ms|s)`).MatchString(lines[i]) {
			t.Errorf("no time in %s", lines[i])
		}
	}
	if !regexp.MustCompile(`code=(""|) `).MatchString(lines[2]) { // Terraform 1.0 writes no quotation marks
		t.Errorf("a code in %s", lines[2])
	}
	winner := p.log("signs_requests=true")
	if len(winner) != 1 {
		t.Fatalf("%d sources sign", len(winner))
	}
	says(t, winner[0], "assume_role", role, "expires=")
}

// log are the lines of the log with a text.
func (p *project) log(text string) []string {
	p.t.Helper()
	content, err := os.ReadFile(filepath.Join(p.dir, "log"))
	if err != nil {
		p.t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(content)) {
		if strings.Contains(line, text) {
			all = append(all, strings.TrimSpace(line))
		}
	}
	return all
}

// TF_LOG_PROVIDER filters: progress is INFO, attempts are DEBUG.
func TestAccLog_levels(t *testing.T) {
	t.Parallel()
	s := simulate(t, confidential(cdnsim.Options{Tasks: pending(2, 2500*time.Millisecond, "done")}))
	p := s.secretly(t, gate(""), "TF_LOG_PROVIDER=INFO")
	p.plan().must(t)
	if lines := p.log("Tencent Cloud API request"); len(lines) > 0 {
		t.Errorf("at INFO it tells of attempts:\n%s", strings.Join(lines, "\n"))
	}
	lines := p.log("Waiting for push tasks")
	if len(lines) < 2 {
		t.Fatalf("%d lines of progress", len(lines))
	}
	says(t, lines[0], "[INFO]", "process=2", "done=0", "total=2", "percent=", "elapsed=", "left=")
	says(t, lines[len(lines)-1], "process=0", "done=2")
}
