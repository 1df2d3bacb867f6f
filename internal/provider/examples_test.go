package provider_test

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

const examples = "../../examples"

// trial is one run of an example, by the program that users have.
type trial struct {
	options cdnsim.Options
	vars    []string // name=value
	env     []string
	home    map[string]string // files below the home directory, by the name of a file of the example
	refused string            // what the error says; the run succeeds if it is empty
	check   func(*testing.T, *project, outcome, *service)
}

var accountKeys = []string{"TENCENTCLOUD_SECRET_ID=AKIDEXAMPLE", "TENCENTCLOUD_SECRET_KEY=EXAMPLEKEY"}

// trials are the examples by directory, and by what becomes of them.
func trials() map[string]map[string]trial {
	done, bad := cdnsim.Options{Tasks: rows(3)}, cdnsim.Options{Tasks: append(rows(3), task("https://www.example.com/bad", "invalid"))}
	example := []string{"task_id=1533031853231313311"}
	soon := []string{"task_id=1533031853231313311", "poll_interval=1s"}
	return map[string]map[string]trial{
		"provider": {
			"done": {options: done, check: outputs("all_done", `true`)},
			"bad":  {options: bad, check: outputs("all_done", `false`)},
		},
		"data-sources/tencentcdn_push_tasks": {
			"open": {options: cdnsim.Options{Tasks: append(rows(2), anotherTask("fail"))}, check: outputs(
				"statuses_by_url", `{"https://www.example.com/000":["done"],"https://www.example.com/001":["done"]}`,
				"november", `{"done":2,"fail":1,"invalid":0,"process":0}`, "november_failures", `["https://www.example.com/another"]`)},
			"shut": {options: bad, refused: `The cache is not warm: {"done":3,"fail":0,"invalid":1,"process":0}.`},
		},
		"ephemeral-resources/tencentcdn_push_tasks": {
			"open": {options: done, check: applied("terraform_data")},
			"shut": {options: bad, refused: "The cache is not warm."},
		},
		"actions/tencentcdn_await_push_tasks": {
			"open": {options: cdnsim.Options{Tasks: append(rows(2), task("https://www.example.com/other", "fail"))}, check: applied("terraform_data")},
			"shut": {options: cdnsim.Options{Tasks: []cdnsim.Task{task("https://www.example.com/000", "done"), task("https://www.example.com/001", "fail")}},
				refused: "https://www.example.com/001 (mainland, fail)"},
		},
		"demo": {
			"open": {options: cdnsim.Options{Tasks: demo("done")}, check: outputs("gate", `"open: 5 of 5 URLs are done"`)},
			"shut": {options: cdnsim.Options{Tasks: demo("fail")}, refused: `The cache is not warm: {"done":2,"fail":3,"invalid":0,"process":0}.`},
		},
		"audit-questions": {"fortnight": {options: cdnsim.Options{Tasks: recent("done", "done", "fail", "invalid")}, check: outputs(
			"how_many_by_status", `{"done":2,"fail":1,"invalid":1,"process":0}`, "how_many_failed_by_domain", `{"www.example.com":2}`,
			"which_tasks_failed", `["1533031853231313311"]`)}},
		"gate-postcondition": {
			"open": {options: done, vars: example, check: applied("terraform_data")},
			"shut": {options: bad, vars: example, refused: "invalid: https://www.example.com/bad"},
			"none": {vars: example, refused: "The cache is not warm: no push tasks are listed for task 1533031853231313311."},
		},
		"gate-at-apply": {
			"open": {options: done, vars: example, check: applied("terraform_data")},
			"shut": {options: bad, vars: example, refused: `The cache is not warm: {"done":3,"fail":0,"invalid":1,"process":0}.`},
			"none": {vars: example, refused: "The cache is not warm: no push tasks are listed."},
		},
		"gate-ephemeral": {
			"open": {options: done, vars: example, check: applied("terraform_data")},
			"shut": {options: bad, vars: example, refused: "The cache is not warm."},
			"none": {vars: example, refused: "The cache is not warm."},
		},
		"gate-action": {
			"open": {options: cdnsim.Options{Tasks: pending(2, time.Second, "done")}, vars: soon, check: applied("terraform_data")},
			"shut": {options: cdnsim.Options{Tasks: pending(2, time.Second, "invalid")}, vars: soon, refused: "2 of 2 failed or are invalid, and max_failures is 0"},
			"late": {options: cdnsim.Options{Tasks: pending(2, 0, "")}, vars: append([]string{"timeout=2s"}, soon...), refused: "waited 2s for push tasks"},
		},
		"gate-areas": {
			"open": {options: cdnsim.Options{Tasks: append(rows(1), anotherTask("done"))},
				vars: []string{`task_ids={mainland="1533031853231313311",overseas="1602745231"}`}, check: applied("terraform_data")},
			"shut": {options: cdnsim.Options{Tasks: append(rows(1), anotherTask("process"))},
				vars:    []string{`task_ids={mainland="1533031853231313311",overseas="1602745231"}`},
				refused: `The cache is not warm in overseas: {"done":0,"fail":0,"invalid":0,"process":1}.`},
			"none": {options: done, vars: []string{`task_ids={mainland="1533031853231313311",overseas="1602745231"}`},
				refused: "The cache is not warm in overseas: no push tasks are listed for task 1602745231."},
		},
		"gate-check": {
			"open": {options: done, vars: example, check: warnings()},
			"shut": {options: bad, vars: example, check: warnings(`The cache is not warm: {"done":3,"fail":0,"invalid":1,"process":0}.`)},
			"none": {vars: example, check: warnings("The cache is not warm: no push tasks are listed for task 1533031853231313311.")},
		},
		"gate-ci": {
			"open": {options: done, vars: example, check: warnings()},
			"shut": {options: bad, vars: example, check: warnings("The cache is not warm: {\"done\":3,\"fail\":0,\"invalid\":1,\"process\":0}.\n" +
				"invalid: https://www.example.com/bad")},
		},
		"gate-urls": {
			"open":  {options: cdnsim.Options{Tasks: shared("done")}, vars: wanted(), check: applied("terraform_data")},
			"shut":  {options: cdnsim.Options{Tasks: shared("fail")}, vars: wanted(), refused: `The cache is not warm in overseas: {"done":39,"fail":1,"invalid":0,"process":0}.`},
			"short": {options: cdnsim.Options{Tasks: shared("done")[1:]}, vars: append(wanted(), "timeout=3s"), refused: "Missing:\n  - https://www.example.com/launch/00\n"},
		},
		"gate-playlist": {
			"open":  {options: cdnsim.Options{Tasks: playlist(3, "done")}, vars: soon, check: applied("terraform_data")},
			"shut":  {options: cdnsim.Options{Tasks: playlist(3, "invalid")}, vars: soon, refused: "invalid: https://video.example.net/vod/1/seg-00003.ts"},
			"short": {options: cdnsim.Options{Tasks: playlist(2, "done")}, vars: append([]string{"timeout=4s"}, soon...), refused: "Missing:\n  - https://video.example.net/vod/1/seg-00003.ts\n"},
		},
		"gate-last-hour": {
			"open": {options: cdnsim.Options{Tasks: append(recent("done", "done"), anotherTask("fail"))},
				vars: []string{"domain=www.example.com"}, check: applied("terraform_data")},
			"shut": {options: cdnsim.Options{Tasks: recent("done", "fail")}, vars: []string{"domain=www.example.com"},
				refused: `The cache is not warm: {"done":1,"fail":1,"invalid":0,"process":0}.`},
			"none": {options: done, vars: []string{"domain=www.example.com"}, refused: "no push tasks are listed for www.example.com in the last hour"},
		},
		"wait-for-task": {
			"open": {options: cdnsim.Options{Tasks: pending(2, time.Second, "done")}, vars: soon, check: applied("terraform_data")},
			"shut": {options: cdnsim.Options{Tasks: pending(2, time.Second, "invalid")}, vars: soon, refused: "invalid: https://pending.www.example.com/001"},
			"late": {options: cdnsim.Options{Tasks: pending(2, 0, "")}, vars: append([]string{"timeout=2s"}, soon...), refused: "waited 2s for push tasks"},
		},
		"modules/prefetch-gate": {
			"open": {options: cdnsim.Options{Tasks: pending(2, time.Second, "done")}, vars: soon,
				check: outputs("failures", `[]`, "status_counts", `{"done":2,"fail":0,"invalid":0,"process":0}`)},
			"open, one may fail": {options: bad, vars: append([]string{"max_failures=1"}, soon...),
				check: outputs("failures", `[{"area":"mainland","status":"invalid","task_id":"1533031853231313311","url":"https://www.example.com/bad"}]`)},
			"open, several tasks": {options: cdnsim.Options{Tasks: append(rows(1), anotherTask("done"))},
				vars:  []string{`task_ids=["1533031853231313311", "1602745231\n"]`, "poll_interval=1s"},
				check: outputs("status_counts", `{"done":2,"fail":0,"invalid":0,"process":0}`)},
			"open, latest of known URLs": {options: cdnsim.Options{Tasks: shared("done")},
				vars:  append(wanted()[:2:2], "area=overseas", "latest_only=true", "start_time=2026-11-24 00:00:00", "poll_interval=1s"),
				check: outputs("status_counts", `{"done":40,"fail":0,"invalid":0,"process":0}`)},
			"shut": {options: bad, vars: soon, refused: "The cache is not warm: task 1533031853231313311.\n" +
				"By status: 3 done, 0 fail, 1 invalid, 0 process\nBy area: mainland 3 done, 1 invalid\n" +
				"Failed or invalid:\n  - https://www.example.com/bad (mainland, invalid)"},
			"shut early": {options: cdnsim.Options{Tasks: slices.Concat(failing(12), later([]cdnsim.Task{task("https://www.example.com/\x1b[2J", "process")}))},
				vars: append([]string{"max_failures=2"}, soon...), refused: "(mainland, fail)\n  - and 2 more\n" +
					"In process:\n  - https://www.example.com/?[2J (mainland, process)"},
		},
		"credentials/environment":          {"": {env: nil, check: signedBy(false)}},
		"credentials/static":               {"": {vars: []string{"secret_id=AKIDEXAMPLE", "secret_key=EXAMPLEKEY"}, check: signedBy(false)}},
		"credentials/profile":              {"": {home: map[string]string{".tccli/ci.credential": "ci.credential"}, check: signedBy(false)}},
		"credentials/sdk-credentials-file": {"": {home: map[string]string{".tencentcloud/credentials": "credentials"}, check: signedBy(false)}},
		"credentials/accounts": {
			"allowed": {env: accountKeys, check: signedBy(false)},
			"not allowed": {options: cdnsim.Options{Accounts: []cdnsim.Account{{SecretID: "AKIDEXAMPLE", SecretKey: "EXAMPLEKEY", AccountID: "200000000002"}}},
				env: accountKeys, refused: "the credential belongs to account 200000000002"},
		},
		"credentials/instance-role": {"": {options: cdnsim.Options{Metadata: cdnsim.MetadataOptions{Roles: []string{"cdnsim"}}}, check: signedBy(true)}},
		"credentials/assume-role": {"": {options: cdnsim.Options{STS: cdnsim.STSOptions{Roles: []cdnsim.Role{{Arn: role, ExternalID: "release-pipeline"}}}},
			env: accountKeys, check: signedBy(true)}},
		"credentials/mfa": {"": {options: cdnsim.Options{STS: cdnsim.STSOptions{MFATokenCode: "123456"}}, env: accountKeys,
			vars: []string{"token_code=123456"}, check: signedBy(true)}},
		"credentials/saml": {"": {vars: []string{"saml_assertion=" + base64.StdEncoding.EncodeToString([]byte("<Response/>"))}, check: signedBy(true)}},
		"credentials/web-identity": {"": {options: cdnsim.Options{STS: cdnsim.STSOptions{WebIdentityToken: "eyJhbGciOi...", WebIdentityProviderID: "GitHub"}},
			vars: []string{"web_identity_token_file=token.json"}, check: signedBy(true)}},
		"credentials/pod-identity": {"": {options: cdnsim.Options{STS: cdnsim.STSOptions{WebIdentityToken: "a-jwt"}},
			env:  []string{"TKE_REGION=ap-guangzhou", "TKE_PROVIDER_ID=cls-1", "TKE_WEB_IDENTITY_TOKEN_FILE=jwt", "TKE_ROLE_ARN=" + role},
			home: map[string]string{"../jwt": ""}, check: signedBy(true)}},
	}
}

// Every example runs, and does what it says: a gate opens, and stays shut. A CLI that is too old for one refuses it.
func TestExamples(t *testing.T) {
	t.Parallel()
	all := trials()
	elsewhere := []string{"audit"} // TestAudit
	for _, directory := range exampleDirectories(t) {
		if oldest := requiredVersion(t, directory); olderThan(t, oldest) || isOpenTofu() && oldest == actionsSince {
			t.Run(directory+" needs "+oldest, func(t *testing.T) {
				t.Parallel()
				example(t, directory).needsNewerCLI()
			})
			continue
		}
		if !slices.Contains(elsewhere, directory) && all[directory] == nil {
			t.Errorf("the example %s is not tested", directory)
		}
		for name, c := range all[directory] {
			t.Run(strings.TrimSuffix(directory+" "+name, " "), func(t *testing.T) {
				t.Parallel()
				c.run(t, directory)
			})
		}
	}
}

// exampleDirectories are all that hold a configuration.
func exampleDirectories(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(examples, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(path, ".tf") || strings.HasSuffix(path, ".tf.json")) {
			directory, _ := filepath.Rel(examples, filepath.Dir(path))
			found[filepath.ToSlash(directory)] = true
		}
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("there is no example: %v", err)
	}
	return slices.Sorted(maps.Keys(found))
}

// example is a project with the files of an example.
func example(t *testing.T, directory string) *project {
	t.Helper()
	needCLI(t)
	p := &project{t: t, dir: t.TempDir()}
	if err := os.CopyFS(p.dir, os.DirFS(filepath.Join(examples, directory))); err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(p.dir, "home")
	p.env = []string{"TF_CLI_CONFIG_FILE=" + p.override(), "HOME=" + home, "USERPROFILE=" + home}
	return p
}

// copied is an example, for a test that is skipped where the CLI is too old for it.
func copied(t *testing.T, directory string) *project {
	t.Helper()
	needVersion(t, requiredVersion(t, directory), "what the example needs")
	return example(t, directory)
}

// requiredVersion is the oldest version of a CLI that an example says it works with: 1.0 if it does not say.
func requiredVersion(t *testing.T, directory string) string {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(examples, directory, "*.tf"))
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if oldest := regexp.MustCompile(`required_version = ">= ([0-9.]+)"`).FindSubmatch(content); oldest != nil {
			return string(oldest[1])
		}
	}
	return "1.0"
}

// needsNewerCLI checks that the CLI refuses a configuration because of its required_version. It is init that always says
// so: Terraform 1.0 plans no more than the first block that it does not know. OpenTofu names the block instead.
func (p *project) needsNewerCLI() {
	p.t.Helper()
	o := p.run("init", "-no-color")
	if o.code != 1 || !regexp.MustCompile(`Error: Unsupported (\w+ Core version|block type)`).MatchString(o.stdout+o.stderr) {
		p.t.Errorf("exit code %d, and nothing about the required version:\n%s%s", o.code, o.stdout, o.stderr)
	}
}

// at tells a project where the service is.
func (p *project) at(s *service) {
	for _, name := range []string{"TENCENTCDN_ENDPOINT", "TENCENTCDN_STS_ENDPOINT", "TENCENTCDN_METADATA_ENDPOINT"} {
		p.env = append(p.env, name+"="+s.url)
	}
}

func (c trial) run(t *testing.T, directory string) {
	p := example(t, directory)
	for target, source := range c.home {
		content := []byte("a-jwt")
		if source != "" {
			var err error
			if content, err = os.ReadFile(filepath.Join(p.dir, source)); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(p.dir, "home", target)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	credentials := strings.HasPrefix(directory, "credentials/")
	if credentials {
		c.options.Tasks = rows(1)
		c.vars = append(c.vars, "task_id=1533031853231313311")
		c.env = append(c.env, exports(t, p)...)
	} else {
		c.env = accountKeys
	}
	s := simulate(t, c.options)
	p.at(s)
	p.env = append(p.env, c.env...)
	var args []string
	for _, v := range c.vars {
		args = append(args, "-var="+v)
	}
	o := p.apply(args...)
	if c.refused != "" {
		says(t, o.failure(t).Detail, c.refused)
	} else {
		o.must(t)
	}
	if c.check != nil {
		c.check(t, p, o, s)
	}
}

// exports are the variables that the shell scripts of an example set.
func exports(t *testing.T, p *project) []string {
	t.Helper()
	scripts, _ := filepath.Glob(filepath.Join(p.dir, "*.sh"))
	var all []string
	for _, path := range scripts {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, variable := range regexp.MustCompile(`(?m)^export (\w+)="(.*)"$`).FindAllStringSubmatch(string(content), -1) {
			all = append(all, variable[1]+"="+variable[2])
		}
	}
	return all
}

// outputs checks outputs, given as names and JSON.
func outputs(namesAndValues ...string) func(*testing.T, *project, outcome, *service) {
	return func(t *testing.T, p *project, _ outcome, _ *service) {
		for pair := range slices.Chunk(namesAndValues, 2) {
			equal(t, pair[0], p.output(pair[0]), pair[1])
		}
	}
}

// applied checks that what stands behind a gate has been created.
func applied(resource string) func(*testing.T, *project, outcome, *service) {
	return func(t *testing.T, p *project, _ outcome, _ *service) {
		for _, r := range p.state().Resources {
			if r.Type == resource && r.Name == "release" && len(r.Instances) == 1 {
				return
			}
		}
		t.Error("what stands behind the gate was not created")
	}
}

// warnings checks which warnings there are, beside that of the development override.
func warnings(want ...string) func(*testing.T, *project, outcome, *service) {
	return func(t *testing.T, _ *project, o outcome, _ *service) {
		var got []string
		for _, d := range o.diagnostics("warning") {
			if !strings.Contains(d.Summary, "development overrides") {
				got = append(got, d.Detail)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("the warnings are %q, want %q", got, want)
		}
	}
}

// signedBy checks whose credential the service received: the account's, or a temporary one.
func signedBy(temporary bool) func(*testing.T, *project, outcome, *service) {
	return func(t *testing.T, p *project, _ outcome, s *service) {
		equal(t, "status_counts", p.output("status_counts"), `{"done":1,"fail":0,"invalid":0,"process":0}`)
		want := "AKIDEXAMPLE"
		if temporary {
			issued := s.Issued()
			want = issued[len(issued)-1].SecretID
		}
		if id := s.pushTasks()[0].SecretID; id != want {
			t.Errorf("the service received the id %s, want %s", id, want)
		}
	}
}

// anotherTask is a row of another task, elsewhere.
func anotherTask(status string) cdnsim.Task {
	t := task("https://www.example.com/another", status)
	t.TaskID, t.Area = "1602745231", "overseas"
	return t
}

// recent are rows of some minutes ago.
func recent(statuses ...string) []cdnsim.Task {
	all := rows(len(statuses))
	for i := range all {
		all[i].Status, all[i].CreateTime = statuses[i], time.Now().Add(-time.Duration(i+10)*time.Minute)
	}
	return all
}

// failing are n rows that failed.
func failing(n int) []cdnsim.Task {
	all := rows(n)
	for i := range all {
		all[i].Status = "fail"
	}
	return all
}

// wanted are the variables for the URLs of shared.
func wanted() []string {
	var urls []string
	for i := range 40 {
		urls = append(urls, fmt.Sprintf("https://www.example.com/launch/%02d", i))
	}
	return []string{"urls=" + jsonText(urls), "poll_interval=1s", "domain=www.example.com", "since=" + submitted.Add(-time.Hour).Format(time.RFC3339)}
}

// shared is a domain that others push to as well: 40 URLs in two areas, some of which failed and were pushed again, the last
// in overseas still in process, and another team's rows.
func shared(final string) []cdnsim.Task {
	var all []cdnsim.Task
	for _, area := range []string{"mainland", "overseas"} {
		for i := range 40 {
			t := task(fmt.Sprintf("https://www.example.com/launch/%02d", i), "done")
			t.Area, t.CreateTime = area, submitted.Add(10*time.Minute)
			all = append(all, t)
			if i%10 == 5 {
				t.Status, t.CreateTime = "fail", submitted
				all = append(all, t)
			}
		}
	}
	last := &all[len(all)-1]
	last.Status, last.Added, last.DoneAfter, last.Final = "process", notYet, time.Second, final
	return append(all, task("https://www.example.com/others/a", "fail"), task("https://www.example.com/others/b", "process"))
}

// playlist is a playlist and n of its segments, which are listed one by one; the last of them ends as given.
func playlist(n int, final string) []cdnsim.Task {
	all := []cdnsim.Task{task("https://video.example.net/vod/1/index.m3u8", "done")}
	for i := range n {
		segment := task(fmt.Sprintf("https://video.example.net/vod/1/seg-%05d.ts", i+1), "done")
		segment.ListedAfter = time.Duration(i) * 700 * time.Millisecond
		all = append(all, segment)
	}
	all[n].Status = final
	return later(all)
}

// demo is the data of `make demo`, whose task in process soon ends.
func demo(final string) []cdnsim.Task {
	all := cdnsim.Demo(time.Now())
	for i := range all {
		if all[i].TaskID == cdnsim.DemoTaskProcess && all[i].Status == "process" {
			all[i].Added, all[i].DoneAfter, all[i].Final = notYet, time.Second, final
		}
	}
	return all
}

// The suites of the examples' modules pass, by the program and mocked data, and reach no service.
func TestExamples_suites(t *testing.T) {
	t.Parallel()
	suites, err := filepath.Glob(filepath.Join(examples, "modules", "*", "tests", "*.tftest.hcl"))
	if err != nil || len(suites) == 0 {
		t.Fatalf("there is no suite: %v", err)
	}
	modules := map[string]bool{}
	for _, suite := range suites {
		directory, _ := filepath.Rel(examples, filepath.Dir(filepath.Dir(suite)))
		modules[directory] = true
	}
	for directory := range modules {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			needMocks(t)
			p := copied(t, directory)
			o := p.run("test", "-no-color").must(t)
			runs := 0
			for _, suite := range suites {
				if strings.Contains(suite, directory) {
					content, _ := os.ReadFile(suite)
					runs += strings.Count("\n"+string(content), "\nrun \"")
				}
			}
			if passed := strings.Count(o.stdout, "... pass\n"); passed < runs || runs == 0 {
				t.Errorf("%d lines of success for %d runs:\n%s", passed, runs, o.stdout)
			}
		})
	}
}

// A machine reads the verdict of gate-ci: as JUnit, and in the plan.
func TestExamples_report(t *testing.T) {
	t.Parallel()
	needVersion(t, "1.11.0", "terraform test -junit-xml")
	if isOpenTofu() {
		t.Skip("OpenTofu has no -junit-xml.")
	}
	for status, want := range map[string]struct{ junit, check string }{
		"done":    {`errors="0"`, `"status":"pass"`},
		"invalid": {`errors="1"`, `"status":"fail"`},
	} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			p := copied(t, "gate-ci")
			p.at(simulate(t, cdnsim.Options{Tasks: append(rows(3), task("https://www.example.com/last", status))}))
			p.env = append(p.env, accountKeys...)
			id := "-var=task_id=1533031853231313311"
			if o := p.run("test", "-no-color", "-junit-xml=report.xml", id); (o.code == 0) != (status == "done") {
				t.Errorf("exit code %d\n%s%s", o.code, o.stdout, o.stderr)
			}
			report, err := os.ReadFile(filepath.Join(p.dir, "report.xml"))
			if err != nil {
				t.Fatal(err)
			}
			says(t, string(report), `<testcase name="cache_is_warm"`, want.junit)
			p.plan("-out=plan", id).must(t)
			says(t, p.run("show", "-json", "plan").must(t).stdout, `"checks":[{"address":{"kind":"check","name":"cache_is_warm"`, want.check)
		})
	}
}
