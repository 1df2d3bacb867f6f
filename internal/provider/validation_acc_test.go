package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// What can be known to be wrong is refused at its attribute, before any request. Each case is a data source of one
// configuration, so that one plan tells all.
func TestAccValidation_dataSource(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, arguments string
		at              string // the line that the error points at
		says            []string
	}{
		{"neither", `area = "global"`, `data "tencentcdn_push_tasks" "neither" {`, []string{"task_id", "start_time"}},
		{"empty_task", `task_id = ""`, `task_id = ""`, []string{"empty"}},
		{"blank_task", `task_id = "  "`, `task_id = "  "`, []string{"empty"}},
		{"words", `start_time = "yesterday"`, `start_time = "yesterday"`, []string{`"yesterday"`, "2026-11-24 16:00:00", "UTC+8"}},
		{"date", `start_time = "2026-11-24"`, `start_time = "2026-11-24"`, []string{"not a time"}},
		{"month", `start_time = "2026-13-01 00:00:00"`, `start_time = "2026-13-01 00:00:00"`, []string{"not a time"}},
		{"fraction", `start_time = "2026-11-24 16:00:00.5"`, `start_time = "2026-11-24 16:00:00.5"`, []string{"not a time"}},
		{"digit", `start_time = "2026-11-24 6:00:00"`, `start_time = "2026-11-24 6:00:00"`, []string{"not a time"}},
		{"end", "task_id = \"1\"\nend_time = \"24.11.2026\"", `end_time = "24.11.2026"`, []string{"not a time"}},
		{"end_alone", `end_time = "2026-11-24 16:00:00"`, `end_time = "2026-11-24 16:00:00"`, []string{"start_time", "task_id"}},
		{"backwards", "start_time = \"2026-11-24 16:00:00\"\nend_time = \"2026-11-24T07:59:59Z\"",
			`end_time = "2026-11-24T07:59:59Z"`, []string{"2026-11-24 15:59:59", "2026-11-24 16:00:00"}},
		{"keyword_label", "task_id = \"1\"\nkeyword = \"localhost\"", `keyword = "localhost"`, []string{"domain name"}},
		{"keyword_path", "task_id = \"1\"\nkeyword = \"www.example.com/a\"", `keyword = "www.example.com/a"`, []string{"https://"}},
		{"keyword_scheme", "task_id = \"1\"\nkeyword = \"ftp://www.example.com/\"", `keyword = "ftp://www.example.com/"`, []string{"https://"}},
		{"keyword_host", "task_id = \"1\"\nkeyword = \"https:///a\"", `keyword = "https:///a"`, []string{"no host"}},
		{"area", "task_id = \"1\"\narea = \"china\"", `area = "china"`, []string{"mainland", "overseas", "global"}},
		{"area_case", "task_id = \"1\"\narea = \"Mainland\"", `area = "Mainland"`, []string{"mainland"}},
		{"status", "task_id = \"1\"\nstatus = \"failed\"", `status = "failed"`, []string{"fail", "done", "process", "invalid"}},
		{"offset", "task_id = \"1\"\noffset = -1", `offset = -1`, []string{"0"}},
		{"limit", "task_id = \"1\"\nlimit = 0", `limit = 0`, []string{"1"}},
		{"poll", "task_id = \"1\"\nwait_for_completion = true\npoll_interval = \"500ms\"", `poll_interval = "500ms"`, []string{"1s"}},
		{"poll_unit", "task_id = \"1\"\nwait_for_completion = true\npoll_interval = \"10\"", `poll_interval = "10"`, []string{"duration"}},
		{"wait_status", "task_id = \"1\"\nwait_for_completion = true\nstatus = \"process\"", `status = "process"`, []string{"wait_for_completion"}},
		{"wait_offset", "task_id = \"1\"\nwait_for_completion = true\noffset = 5", `offset = 5`, []string{"wait_for_completion"}},
		{"wait_limit", "task_id = \"1\"\nwait_for_completion = true\nlimit = 5", `limit = 5`, []string{"wait_for_completion"}},
		{"timeout", "task_id = \"1\"\ntimeouts {\nread = \"soon\"\n}", `read = "soon"`, []string{"soon", "2h45m"}},
		{"quoted_task", `task_id = "\"1533031853231313311\""`, `task_id = "\"1533031853231313311\""`, []string{"quotation marks", "jsondecode"}},
		{"no_urls", "task_id = \"1\"\nurls = []", `urls = []`, []string{"urls is empty"}},
		{"null_url", "task_id = \"1\"\nurls = [null]", `urls = [null]`, []string{"null"}},
		{"urls_scheme", "task_id = \"1\"\nurls = [\"www.example.com/a\"]", `urls = ["www.example.com/a"]`, []string{`"www.example.com/a"`, "https://"}},
		{"urls_host", "task_id = \"1\"\nurls = [\"https://www.example.com/a\", \"https:///b\"]", `urls = ["https://www.example.com/a", "https:///b"]`, []string{`"https:///b"`, "no host"}},
		{"failures", "task_id = \"1\"\nmax_failures = -1", `max_failures = -1`, []string{"0"}},
		{"urls_status", "task_id = \"1\"\nurls = [\"https://www.example.com\"]\nstatus = \"done\"", `status = "done"`, []string{"conflicts with urls"}},
		{"urls_offset", "task_id = \"1\"\nurls = [\"https://www.example.com\"]\noffset = 0", `offset = 0`, []string{"conflicts with urls"}},
		{"urls_limit", "task_id = \"1\"\nurls = [\"https://www.example.com\"]\nlimit = 1", `limit = 1`, []string{"conflicts with urls"}},
		{"latest_status", "task_id = \"1\"\nlatest_only = true\nstatus = \"done\"", `status = "done"`, []string{"conflicts with latest_only"}},
		{"latest_offset", "task_id = \"1\"\nlatest_only = true\noffset = 1", `offset = 1`, []string{"conflicts with latest_only"}},
		{"latest_limit", "task_id = \"1\"\nlatest_only = true\nlimit = 1", `limit = 1`, []string{"conflicts with latest_only"}},
		{"failures_status", "task_id = \"1\"\nmax_failures = 0\nstatus = \"done\"", `status = "done"`, []string{"conflicts with max_failures"}},
		{"failures_offset", "task_id = \"1\"\nmax_failures = 0\noffset = 1", `offset = 1`, []string{"conflicts with max_failures"}},
		{"failures_limit", "task_id = \"1\"\nmax_failures = 0\nlimit = 1", `limit = 1`, []string{"conflicts with max_failures"}},
		{"timeout_long", "task_id = \"1\"\ntimeouts {\nread = \"9999999h\"\n}", `read = "9999999h"`, []string{"at most 2562047h"}},
		{"timeout_zero", "task_id = \"1\"\ntimeouts {\nread = \"0s\"\n}", `read = "0s"`, []string{"above zero"}},
	}
	s := simulate(t, cdnsim.Options{})
	var config strings.Builder
	for _, c := range cases {
		fmt.Fprintf(&config, "data \"tencentcdn_push_tasks\" %q {\n%s\n}\n", c.name, c.arguments)
	}
	result := attached(t, s.config(config.String())).plan()
	found := map[string]diagnostic{}
	for _, d := range result.diagnostics("error") {
		name := strings.TrimPrefix(d.Address, "data.tencentcdn_push_tasks.")
		if _, twice := found[name]; twice {
			t.Errorf("%s has more than one error: %s", name, d.Summary)
		}
		found[name] = d
	}
	for _, c := range cases {
		d, ok := found[c.name]
		if !ok {
			t.Errorf("%s is not refused", c.name)
			continue
		}
		if d.code() != c.at {
			t.Errorf("%s: the error points at %s, want %s", c.name, d.code(), c.at)
		}
		says(t, d.Summary+"\n"+d.Detail, c.says...)
	}
	if len(found) != len(cases) || result.code != 1 {
		t.Errorf("%d data sources refused with exit code %d, want %d and 1\n%s", len(found), result.code, len(cases), result.stderr)
	}
	if n := s.Counts().Requests; n > 0 {
		t.Errorf("the service received %d requests", n)
	}
}

// So are the arguments of the provider block.
func TestAccValidation_providerBlock(t *testing.T) {
	t.Parallel()
	cases := []struct {
		argument string // the line that the error points at
		says     []string
	}{
		{`endpoint = "http://cdn.example.com"`, []string{"http://", "cdn.example.com", "https://", "loopback"}},
		{`sts_endpoint = "http://192.0.2.1:8080"`, []string{"192.0.2.1:8080", "https://"}},
		{`endpoint = "https://cdn.example.com/v3"`, []string{"host"}},
		{`endpoint = "https://me:hunter2@cdn.example.com"`, []string{"user name or password"}},
		{`endpoint = "ftp://cdn.example.com"`, []string{"https"}},
		{`endpoint = "cdn.example.com:0"`, []string{"port"}},
		{`metadata_endpoint = "http://"`, []string{"host"}},
		{`domain = "https://tencentcloudapi.com"`, []string{"domain name", "tencentcloudapi.com"}},
		{`requests_per_second = 0`, []string{"1", "1000"}},
		{`requests_per_second = 1001`, []string{"1", "1000"}},
		{`max_retries = -1`, []string{"0", "100"}},
		{`request_timeout = "30"`, []string{"30s"}},
		{`request_timeout = "-5s"`, []string{"30s"}},
	}
	s := simulate(t, cdnsim.Options{})
	var config strings.Builder
	config.WriteString(requiredProvider)
	for i, c := range cases {
		fmt.Fprintf(&config, "provider \"tencentcdn\" {\nalias = \"p%d\"\n%s\n}\n", i, c.argument)
		fmt.Fprintf(&config, "data \"tencentcdn_push_tasks\" \"t%[1]d\" {\nprovider = tencentcdn.p%[1]d\ntask_id = \"1\"\n}\n", i)
	}
	found := map[string]diagnostic{}
	result := attached(t, config.String()).plan()
	for _, d := range result.diagnostics("error") {
		found[d.code()] = d
		if strings.Contains(d.Detail, "hunter2") {
			t.Errorf("the error quotes the password: %s", d.Detail)
		}
	}
	for _, c := range cases {
		d, ok := found[c.argument]
		if !ok {
			t.Errorf("nothing points at %s", c.argument)
			continue
		}
		says(t, d.Detail, c.says...)
	}
	if len(found) != len(cases) {
		t.Errorf("%d arguments refused, want %d\n%s", len(found), len(cases), result.stdout)
	}
	if n := s.Counts().Requests; n > 0 {
		t.Errorf("the service received %d requests", n)
	}
}

// What the sources of credentials lack is refused before any request, in words that name argument and variable.
func TestAccValidation_credentials(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{})
	for name, c := range map[string]struct {
		arguments string
		says      []string
	}{
		"key": {`secret_id = "AKIDEXAMPLE"`, []string{"secret_key is not set", "TENCENTCLOUD_SECRET_KEY"}},
		"id":  {`secret_key = "EXAMPLEKEY"`, []string{"secret_id is not set", "TENCENTCLOUD_SECRET_ID"}},
		"session name": {keys + "assume_role {\n role_arn = \"qcs::cam::uin/100000000001:roleName/reader\"\n}",
			[]string{"assume_role", "session_name is not set", "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME"}},
		"token file": {"assume_role_with_web_identity {\n role_arn = \"qcs::cam::uin/1:roleName/r\"\n session_name = \"ci\"\n}",
			[]string{"web_identity_token", "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN"}},
		"both accounts": {keys + "allowed_account_ids = [\"1\"]\nforbidden_account_ids = [\"2\"]",
			[]string{"allowed_account_ids", "conflicts with forbidden_account_ids"}},
		"none": {"", []string{
			"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_CAM_ROLE_NAME", "TENCENTCLOUD_ASSUME_ROLE_ARN",
			"TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION", "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN",
			"TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER", "TKE_ROLE_ARN", "TENCENTCLOUD_CREDENTIALS_FILE",
			".tccli", "default.credential", ".tencentcloud", "assume_role", "mfa_certification", "enable_pod_oidc",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := attached(t, s.block(c.arguments)+lookUp).plan().failure(t)
			says(t, d.Summary+"\n"+d.Detail, append(c.says, "No usable credentials")...)
			if n := s.Counts().Requests; n > 0 {
				t.Errorf("the service received %d requests", n)
			}
		})
	}
}

// While arguments of the provider are unknown, a plan goes on as far as nothing has to be read with them.
func TestAccValidation_unknownProvider(t *testing.T) {
	t.Parallel()
	needVersion(t, "1.4.0", "terraform_data")
	const later = "resource \"terraform_data\" \"later\" {\n input = {\n key = \"EXAMPLEKEY\", rate = 10, region = \"ap-guangzhou\" }\n}\n"

	t.Run("a read that waits", func(t *testing.T) {
		t.Parallel()
		s := simulate(t, cdnsim.Options{Tasks: rows(2)})
		p := attached(t, s.block("secret_id = \"AKIDEXAMPLE\"\nsecret_key = terraform_data.later.output.key")+later+
			strings.Replace(lookUp, "{", "{\ndepends_on = [terraform_data.later]", 1))
		p.plan().must(t)
		s.expect(t)
		p.apply().must(t)
		s.expect(t, `{"Limit":1000,"TaskId":"1533031853231313311"}`)
	})
	t.Run("a read that cannot", func(t *testing.T) {
		t.Parallel()
		s := simulate(t, cdnsim.Options{})
		d := attached(t, s.block("secret_id = \"AKIDEXAMPLE\"\nsecret_key = terraform_data.later.output.key")+later+lookUp).plan().failure(t)
		says(t, d.Summary, "not known yet")
		says(t, d.Detail, "secret_key", "depends_on")
		if strings.Contains(d.Detail, "secret_id") {
			t.Errorf("it names an argument that is known: %s", d.Detail)
		}
		s.expect(t)
	})
	t.Run("arguments that a read can do without", func(t *testing.T) {
		t.Parallel()
		s := simulate(t, cdnsim.Options{Tasks: rows(2)})
		attached(t, s.block(keys+"requests_per_second = terraform_data.later.output.rate\nregion = terraform_data.later.output.region")+
			later+lookUp).plan().must(t)
		s.expect(t, `{"Limit":1000,"TaskId":"1533031853231313311"}`)
	})
}
