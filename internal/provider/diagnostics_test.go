package provider

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/credentials"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

const host = "cdn.tencentcloudapi.com"

// shown is a diagnostic as a user sees it.
func shown(d diag.Diagnostic) string {
	at := ""
	if d, ok := d.(diag.DiagnosticWithPath); ok {
		at = " at " + d.Path().String()
	}
	return fmt.Sprintf("%v: %s%s\n%s", d.Severity(), d.Summary(), at, d.Detail())
}

// TestDiagnose compares whole diagnostics.
func TestDiagnose(t *testing.T) {
	r := request{reader: pushTasksReader, query: cdn.Query{TaskID: "7", Keyword: "www.example.com"}, timeout: 10 * time.Minute}
	failure := func(change func(*tencentcloud.Error)) error {
		e := &tencentcloud.Error{Action: "DescribePushTasks", Host: host, HTTPStatus: 200, Attempts: 1, RequestID: "r-1"}
		change(e)
		return e
	}
	for name, c := range map[string]struct {
		err    error
		origin string
		want   string
	}{
		"a rejected argument": {
			err: failure(func(e *tencentcloud.Error) {
				e.Code, e.Message = "ResourceNotFound.CdnHostNotExists", "Unable to find the domain name."
			}),
			origin: "secret_id",
			want: `Error: Cannot read push tasks at keyword
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): cdn.tencentcloudapi.com rejected the request.

  Action:    DescribePushTasks
  Code:      ResourceNotFound.CdnHostNotExists
  Message:   Unable to find the domain name.
  RequestId: r-1

The account has no accelerated domain with this name. Correct keyword, or use credentials of the account that owns the domain.`,
		},
		"a rejected credential": {
			err: failure(func(e *tencentcloud.Error) {
				e.Code, e.Message = "AuthFailure.SecretIdNotFound", "The SecretId is not found."
			}),
			origin: "secret_id of TENCENTCLOUD_SECRET_ID, secret_key of the argument",
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): cdn.tencentcloudapi.com rejected the request.

  Action:    DescribePushTasks
  Code:      AuthFailure.SecretIdNotFound
  Message:   The SecretId is not found.
  RequestId: r-1

The account has no such key, or the key is disabled. Check secret_id or TENCENTCLOUD_SECRET_ID, and the keys in the CAM console.

The request was signed with secret_id of TENCENTCLOUD_SECRET_ID, secret_key of the argument.`,
		},
		"a fault that did not pass, with a message that would drive a terminal": {
			err: failure(func(e *tencentcloud.Error) {
				e.Code, e.Message, e.Passing, e.Attempts = "InternalError.CdnSystemError", "系统错误\r\n\n\x1b[2JApply complete!\u202e", true, 9
				e.RequestID = "r-1\n\nError: other"
			}),
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): cdn.tencentcloudapi.com kept rejecting the request.

  Action:    DescribePushTasks
  Code:      InternalError.CdnSystemError
  Message:   系统错误\r\n\n\x1b[2JApply complete!\u202e
  RequestId: r-1\n\nError: other
  Attempts:  9

This is a fault inside the service. Try again in a few minutes; if it persists, contact support with the RequestId.`,
		},
		"an unknown code is reported as it is": {
			err: failure(func(e *tencentcloud.Error) { e.Code, e.Message = "Surprise.New", "?" }),
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): cdn.tencentcloudapi.com rejected the request.

  Action:    DescribePushTasks
  Code:      Surprise.New
  Message:   ?
  RequestId: r-1`,
		},
		"a gateway's page": {
			err: failure(func(e *tencentcloud.Error) {
				e.RequestID, e.HTTPStatus, e.Attempts, e.Passing = "", 502, 9, true
				e.Cause = &tencentcloud.ResponseError{Problem: "not a response of the API (text/html\n)"}
			}),
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): the response from cdn.tencentcloudapi.com could not be parsed.

  Action:    DescribePushTasks
  HTTP:      502
  Cause:     not a response of the API (text/html\n)
  Attempts:  9

The endpoint does not look like the CDN API, or a gateway in front of it was in trouble. Try again in a few minutes; if it persists, check endpoint in the provider block, and any proxy on the way.`,
		},
		"a row that is too large": {
			err: failure(func(e *tencentcloud.Error) {
				e.RequestID, e.Cause = "", &tencentcloud.ResponseError{Kind: tencentcloud.TooLarge, Problem: "the response is larger than 64 MiB"}
			}),
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): the response from cdn.tencentcloudapi.com could not be parsed.

  Action:    DescribePushTasks
  Cause:     the response is larger than 64 MiB

The same request gets the same response, so that a retry does not help. Request less: a shorter time range, one domain as keyword, or a limit; if a single row is too large, leave it out by keyword, area or status.`,
		},
		"a web page": {
			err: failure(func(e *tencentcloud.Error) {
				e.RequestID, e.Attempts, e.Passing = "", 3, true
				e.Cause = &tencentcloud.ResponseError{Kind: tencentcloud.WebPage, Problem: host + " returned a web page instead of the API's JSON"}
			}),
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): cdn.tencentcloudapi.com returned a web page instead of the API's JSON.

  Action:    DescribePushTasks
  Attempts:  3

A login page, captive portal or proxy sent a web page in place of the API's JSON. Check endpoint in the provider block, and any proxy or network login on the way.`,
		},
		"a response that is cut": {
			err: failure(func(e *tencentcloud.Error) {
				e.Attempts, e.Passing = 9, true
				e.Cause = &tencentcloud.ResponseError{Kind: tencentcloud.Malformed, Problem: "the response could not be parsed", Cause: io.ErrUnexpectedEOF}
			}),
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): the response from cdn.tencentcloudapi.com could not be parsed.

  Action:    DescribePushTasks
  Cause:     the response could not be parsed: unexpected EOF
  RequestId: r-1
  Attempts:  9

The response was cut on the way, or is not one of the CDN API. Try again in a few minutes; if it persists, check endpoint in the provider block, and any proxy on the way.`,
		},
		"a proxy variable that is not a URL": {
			err: failure(func(e *tencentcloud.Error) {
				e.RequestID, e.HTTPStatus, e.Cause = "", 0, &tencentcloud.ProxyError{Variable: "https_proxy"}
			}),
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): the value of the environment variable https_proxy is not a URL; special characters in a password must be percent-encoded.

  Action:    DescribePushTasks

Correct https_proxy, such as http://user:p%40ssword@proxy.example.com:8080, where %40 stands for @, or list cdn.tencentcloudapi.com in NO_PROXY.`,
		},
		"a list that never held still": {
			err: failure(func(e *tencentcloud.Error) { e.HTTPStatus, e.Attempts, e.Cause = 0, 0, cdn.ErrInconsistent }),
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): the list changed each time it was read.

  Action:    DescribePushTasks
  RequestId: r-1

Tasks were added or removed each time. Try again; if it persists, request less: a shorter time range that lies in the past, or one domain as keyword.`,
		},
		"a list that is too long": {
			err: failure(func(e *tencentcloud.Error) {
				e.HTTPStatus, e.Attempts, e.Cause = 0, 0, &cdn.TooLongError{MaxRows: 3_000_000}
			}),
			want: `Error: Too many push tasks for Terraform
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): the list has more than 3000000 rows.

  Action:    DescribePushTasks
  RequestId: r-1

Narrow the query: a shorter time range, one domain as keyword, one area, one status, or a limit. To read all of them, split the time range, for example into days with for_each.`,
		},
		"a list that never held still until the timeout": {
			err: failure(func(e *tencentcloud.Error) {
				e.HTTPStatus, e.Cause = 0, &tencentcloud.DeadlineError{Context: context.DeadlineExceeded, Last: cdn.ErrInconsistent}
			}),
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): timed out before cdn.tencentcloudapi.com responded.

  Action:    DescribePushTasks
  Cause:     context deadline exceeded; the previous attempt failed: the list changed each time it was read
  RequestId: r-1

The timeout for the whole read is 10m. Set a longer one with timeouts { read = "30m" }, or request less: a shorter time range, or one domain as keyword.`,
		},
		"no response": {
			err: failure(func(e *tencentcloud.Error) { e.RequestID, e.HTTPStatus, e.Cause, e.Attempts = "", 0, io.EOF, 9 }),
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): no response from cdn.tencentcloudapi.com.

  Action:    DescribePushTasks
  Cause:     EOF
  Attempts:  9

The connection broke. Try again; if it persists, check the network between this machine and cdn.tencentcloudapi.com.`,
		},
		"a timeout before any response": {
			err: failure(func(e *tencentcloud.Error) {
				e.RequestID, e.HTTPStatus, e.Cause = "", 0, &tencentcloud.DeadlineError{Context: context.DeadlineExceeded}
			}),
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): timed out before cdn.tencentcloudapi.com responded.

  Action:    DescribePushTasks
  Cause:     context deadline exceeded

The timeout for the whole read is 10m. Set a longer one with timeouts { read = "30m" }, or request less: a shorter time range, or one domain as keyword.`,
		},
		"a timeout among faults": {
			err: failure(func(e *tencentcloud.Error) {
				e.Code, e.Message, e.Attempts = "InternalError", "m", 4
				e.Cause = &tencentcloud.DeadlineError{Context: context.DeadlineExceeded}
			}),
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): timed out before cdn.tencentcloudapi.com returned a usable response.

  Action:    DescribePushTasks
  Code:      InternalError
  Message:   m
  Cause:     context deadline exceeded
  RequestId: r-1
  Attempts:  4

The timeout for the whole read is 10m. Set a longer one with timeouts { read = "30m" }, or request less: a shorter time range, or one domain as keyword.`,
		},
		"an interrupt": {
			err: failure(func(e *tencentcloud.Error) {
				e.RequestID, e.HTTPStatus = "", 0
				e.Cause = &tencentcloud.DeadlineError{Context: context.Canceled}
			}),
			want: `Error: Reading push tasks was interrupted
The data source tencentcdn_push_tasks was interrupted while it read push tasks (task_id = "7", keyword = "www.example.com").

  Action:    DescribePushTasks
  Cause:     context canceled`,
		},
		"credentials, rejected by STS": {
			err: &tencentcloud.Error{Action: "DescribePushTasks", Host: host, Cause: &credentials.Error{
				Source: "assume_role (reader)", Problem: "STS gave no credential", Remedy: "Correct the role's ARN",
				Cause: &tencentcloud.Error{Action: "AssumeRole", Code: "ResourceNotFound.RoleNotFound", Message: "no\nrole", RequestID: "r-2", HTTPStatus: 200, Attempts: 1},
			}},
			want: `Error: No usable credentials
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): there is no credential to sign the request with.

assume_role (reader): STS gave no credential. Correct the role's ARN.

  Action:    AssumeRole
  Code:      ResourceNotFound.RoleNotFound
  Message:   no\nrole
  RequestId: r-2`,
		},
		"no credentials found": {
			err: &tencentcloud.Error{Action: "DescribePushTasks", Host: host, Cause: &credentials.Error{
				Problem: "no credentials were found", Remedy: "Set up one of these sources",
				Tried: []credentials.Tried{{Source: "profile", Why: "not set"}, {Source: "file", Why: "not JSON: \x1b\n"}},
			}},
			want: `Error: No usable credentials
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"): there is no credential to sign the request with.

no credentials were found. Set up one of these sources.
  - profile: not set
  - file: not JSON: \x1b\n`,
		},
		"something unforeseen": {
			err: io.ErrShortBuffer,
			want: `Error: Cannot read push tasks
The data source tencentcdn_push_tasks could not read push tasks (task_id = "7", keyword = "www.example.com"):

  short buffer`,
		},
	} {
		if got := shown(diagnose(c.err, r, c.origin)); got != c.want {
			t.Errorf("%s:\n%s\n\nwant\n%s", name, got, c.want)
		}
	}
}

// TestRedact removes a secret that stands where a host should.
func TestRedact(t *testing.T) {
	e := &tencentcloud.Error{Action: "DescribePushTasks", Host: "AKIDsecret", Code: "InvalidParameter.CdnHostInvalidParam", HTTPStatus: 200}
	for _, r := range []request{{query: cdn.Query{TaskID: "7"}}, {query: cdn.Query{Keyword: "k"}}} {
		before := diagnose(e, r, "")
		got := redact(before, []string{"AKIDsecret"})
		if want := strings.ReplaceAll(shown(before), "AKIDsecret", "(redacted)"); shown(got) != want || want == shown(before) {
			t.Errorf("%s\nwant\n%s", shown(got), want)
		}
	}
}

// TestDiagnoseWait compares what is said of a wait that ended too early.
func TestDiagnoseWait(t *testing.T) {
	window := request{reader: pushTasksReader, query: cdn.Query{StartTime: "2026-11-24 00:00:00"}, wait: true, timeout: 30 * time.Minute}
	urls := window
	urls.gate.URLs = []string{"https://www.example.com/x", "https://www.example.com/y"}
	unfinished := cdn.Task{URL: ptr("https://www.example.com/a"), Area: ptr("overseas"), Percent: ptr(int64(40)), Status: ptr("process")}
	odd := cdn.Task{URL: ptr("https://www.example.com/\x1b[2J"), Status: ptr("init\n")}
	failed := cdn.Task{URL: ptr("https://www.example.com/f"), Area: ptr("mainland"), Percent: ptr(int64(0)), Status: ptr("fail")}
	process := cdn.Task{URL: failed.URL, Area: failed.Area, Status: ptr("process")} // failed, as seen a moment before
	deadline := &tencentcloud.DeadlineError{Context: context.DeadlineExceeded}
	for name, c := range map[string]struct {
		r    request
		err  *cdn.WaitError
		want string
	}{
		"everything that holds a gate shut": {
			urls,
			&cdn.WaitError{RequestID: "r-9", Cause: context.DeadlineExceeded,
				Holding: cdn.Holding{
					MissingURLs: []string{"https://www.example.com/x", "https://www.example.com/y"}, Failed: []cdn.Task{failed},
					Unfinished: []cdn.Task{unfinished, process, odd, {Status: ptr("process")}},
					Areas:      map[string]map[string]int{"overseas": {"done": 15, "process": 4}, "": {"fail": 1, "": 1}},
				},
				Progress: cdn.Progress{Total: 21, Failed: 2, Unfinished: 4, Percent: 87.4, Elapsed: 30*time.Minute + 300*time.Millisecond,
					Counts: map[string]int{"done": 15, "fail": 2, "process": 4, "invalid": 0}}},
			`Error: Timed out waiting for push tasks
The data source tencentcdn_push_tasks waited 30m for push tasks (start_time = "2026-11-24 00:00:00", urls = (2)).

  4 of 21 in process (87 % done overall). As of the last full poll:
    by status: 15 done, 2 fail, 0 invalid, 4 process
    by area: null 1 null, 1 fail; overseas 15 done, 4 process

  Missing:
  - https://www.example.com/x
  - https://www.example.com/y

  Failed or invalid:
  - https://www.example.com/f (mainland, fail)
  - and 1 more

  In process:
  - https://www.example.com/a (overseas, process, 40 %)
  - https://www.example.com/\x1b[2J (null, init\n)
  - null (null, process)

  RequestId of the last response: r-9

A prefetch takes 5 to 30 minutes. To wait longer, set a longer timeout:

  timeouts {
    read = "1h"
  }`,
		},
		"more than can be listed": {
			urls,
			&cdn.WaitError{RequestID: "r-9", Cause: &tencentcloud.Error{Action: "DescribePushTasks", Cause: deadline},
				Holding:  cdn.Holding{MissingURLs: slices.Repeat([]string{"m"}, 12), Areas: map[string]map[string]int{"mainland": {"process": 40}}},
				Progress: cdn.Progress{Total: 40, Unfinished: 20, AtLeast: true, Elapsed: 90 * time.Minute, Counts: map[string]int{"process": 40}}},
			`Error: Timed out waiting for push tasks
The data source tencentcdn_push_tasks waited 1h30m for push tasks (start_time = "2026-11-24 00:00:00", urls = (2)).

  at least 20 of 40 in process (0 % done overall). As of the last full poll:
    by status: 40 process
    by area: mainland 40 process

  Missing:
` + strings.Repeat("  - m\n", 10) + `  - and 2 more

  RequestId of the last response: r-9

A prefetch takes 5 to 30 minutes. To wait longer, set a longer timeout:

  timeouts {
    read = "1h"
  }`,
		},
		"nothing was listed, and the last request failed": {
			window,
			&cdn.WaitError{RequestID: "r-9", Progress: cdn.Progress{Elapsed: time.Minute, Counts: map[string]int{}},
				Cause: &tencentcloud.Error{Action: "DescribePushTasks", Code: "InternalError", Message: "m\n", RequestID: "r-10", Cause: deadline}},
			`Error: Timed out waiting for push tasks
The data source tencentcdn_push_tasks waited 1m for push tasks (start_time = "2026-11-24 00:00:00").

  No push tasks were listed.

  RequestId of the last response: r-9
  The last poll failed: DescribePushTasks: InternalError: m\n: context deadline exceeded (RequestId r-10)

A prefetch takes 5 to 30 minutes. To wait longer, set a longer timeout:

  timeouts {
    read = "1h"
  }

If there should be tasks, check task_id, start_time (UTC+8 unless it has an offset), and whether the credentials are of the right account.`,
		},
		"the last read was not consistent": {
			window,
			&cdn.WaitError{RequestID: "r-9", Cause: fmt.Errorf("%w, and the last poll failed: %w", context.DeadlineExceeded, io.ErrNoProgress),
				Progress: cdn.Progress{Total: 1, Unfinished: 1, Elapsed: time.Minute, Counts: map[string]int{"process": 1}}},
			`Error: Timed out waiting for push tasks
The data source tencentcdn_push_tasks waited 1m for push tasks (start_time = "2026-11-24 00:00:00").

  1 of 1 in process (0 % done overall). As of the last full poll:
    by status: 1 process

  RequestId of the last response: r-9
  The last poll failed: multiple Read calls return no data or error

A prefetch takes 5 to 30 minutes. To wait longer, set a longer timeout:

  timeouts {
    read = "1h"
  }`,
		},
		"none of the URLs was listed": {
			urls,
			&cdn.WaitError{RequestID: "r-9", Cause: context.Canceled, Holding: cdn.Holding{MissingURLs: []string{"https://www.example.com/x"}},
				Progress: cdn.Progress{Elapsed: 61 * time.Second}},
			`Error: Reading push tasks was interrupted
The data source tencentcdn_push_tasks waited 1m1s for push tasks (start_time = "2026-11-24 00:00:00", urls = (2)).

  None of the URLs was listed.

  Missing:
  - https://www.example.com/x

  RequestId of the last response: r-9`,
		},
	} {
		if got := shown(diagnose(c.err, c.r, "")); got != c.want {
			t.Errorf("%s:\n%s\n\nwant\n%s", name, got, c.want)
		}
	}
}

// TestLonger suggests more than what was set.
func TestLonger(t *testing.T) {
	for set, want := range map[string]string{
		"1s": "30m", "10m": "30m", "29m59s": "30m", "30m": "1h", "1h": "2h", "7h": "8h", "8h": "16h", "2562047h": "5124094h",
	} {
		timeout, err := time.ParseDuration(set)
		if got := longer(timeout); err != nil || got != want {
			t.Errorf("for %s it suggests %s, want %s (%v)", set, got, want, err)
		}
	}
}

// documented are the codes of the error list of DescribePushTasks, with the argument that each is about.
var documented = map[string]string{
	"InternalError.CamSystemError": "", "InternalError.CdnDbError": "", "InternalError.CdnQuerySystemError": "",
	"InternalError.CdnSystemError": "", "InternalError.Error": "", "InternalError.ProxyServer": "", "InternalError.RouteError": "",
	"InvalidParameter.CdnHostInvalidParam": "keyword", "InvalidParameter.CdnInterfaceError": "", "InvalidParameter.CdnParamError": "",
	"InvalidParameter.CdnStatInvalidDate": "start_time", "InvalidParameter.CdnStatInvalidMetric": "",
	"InvalidParameter.CdnStatInvalidProjectId": "", "LimitExceeded.CdnHostOpTooOften": "",
	"ResourceNotFound.CdnHostNotExists": "keyword", "ResourceNotFound.CdnUserNotExists": "",
	"ResourceUnavailable.CdnHostIsNotOnline": "keyword", "UnauthorizedOperation.CdnCamUnauthorized": "",
	"UnauthorizedOperation.CdnUserAuthFail": "", "UnauthorizedOperation.CdnUserAuthWait": "",
	"UnauthorizedOperation.CdnUserIsSuspended": "", "UnauthorizedOperation.CdnUserNoWhitelist": "",
	"UnauthorizedOperation.OpNoAuth": "", "UnauthorizedOperation.OperationTooOften": "",

	// Of any action of API 3.0, those that a read can meet.
	"AuthFailure.InvalidAuthorization": "", "AuthFailure.InvalidSecretId": "", "AuthFailure.MFAFailure": "",
	"AuthFailure.SecretIdNotFound": "", "AuthFailure.SignatureExpire": "", "AuthFailure.SignatureFailure": "",
	"AuthFailure.TokenFailure": "", "AuthFailure.UnauthorizedOperation": "", "InternalError": "", "ServiceUnavailable": "",
	"RequestLimitExceeded": "", "RequestLimitExceeded.IPLimitExceeded": "", "RequestLimitExceeded.UinLimitExceeded": "",
	"RequestLimitExceeded.GlobalRegionUinLimitExceeded": "", "InvalidParameter": "", "InvalidParameterValue": "",
	"MissingParameter": "", "UnknownParameter": "", "InvalidAction": "", "InvalidRequest": "", "NoSuchVersion": "", "NoSuchProduct": "",
	"UnsupportedProtocol": "", "UnsupportedRegion": "", "ActionOffline": "", "IpInBlacklist": "", "IpNotInWhitelist": "",
	"LimitExceeded": "", "ResponseSizeLimitExceeded": "start_time", "UnauthorizedOperation": "",
}

func TestAdviceForEveryCode(t *testing.T) {
	r := request{query: cdn.Query{StartTime: "s", EndTime: "e", Keyword: "k", TaskID: "t"}}
	for code, argument := range documented {
		got := adviceFor(&tencentcloud.Error{Code: code}, r)
		if len(got.text) < 20 || !strings.HasSuffix(got.text, ".") || got.argument != argument {
			t.Errorf("%s: at %q: %s", code, got.argument, got.text)
		}
	}
	onlyEnd := request{query: cdn.Query{EndTime: "e", TaskID: "t"}}
	if got := adviceFor(&tencentcloud.Error{Code: "InvalidParameter.CdnStatInvalidDate"}, onlyEnd); got.argument != "end_time" {
		t.Errorf("at %q", got.argument)
	}
	// An argument that is not set is not pointed at.
	d := diagnose(&tencentcloud.Error{Code: "InvalidParameter.CdnHostInvalidParam"}, onlyEnd, "")
	if _, ok := d.(diag.DiagnosticWithPath); ok {
		t.Errorf("%s", shown(d))
	}
}

// TestAdviceOnTheNetwork has a sentence of its own for each thing that can stand in the way.
func TestAdviceOnTheNetwork(t *testing.T) {
	r := request{reader: pushTasksReader, timeout: 10 * time.Minute}
	certificate := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	for want, e := range map[string]tencentcloud.Error{
		"The name cdn.example cannot be resolved":               {Cause: &net.DNSError{Name: "cdn.example", IsNotFound: true}},
		host + " refused the connection: nothing listens there": {Cause: refused},
		"is for another name than " + host:                      {Cause: certificate(x509.HostnameError{Certificate: &x509.Certificate{}, Host: host})},
		"SSL_CERT_FILE":                                         {Cause: certificate(x509.UnknownAuthorityError{})},
		"Check the clock of this machine":                       {Cause: certificate(x509.CertificateInvalidError{Reason: x509.Expired})},
		"cannot be verified":                                    {Cause: certificate(errors.New("?"))},
		host + " does not speak TLS":                            {Cause: tls.RecordHeaderError{}},
		host + " does not speak TLS. Check":                     {Cause: http.ErrSchemeMismatch},
		"did not respond within request_timeout":                {Cause: &tencentcloud.TimeoutError{After: time.Second}},
		"The timeout for the whole read is 10m. Set a longer one with timeouts { read = \"30m\" }": {Cause: &tencentcloud.DeadlineError{Context: context.DeadlineExceeded, Last: refused}},
		"Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY":                                               {Cause: &tencentcloud.ProxyError{Proxy: "p:1", HTTPStatus: 407}},
		"The proxy does not let the request through. Check HTTPS_":                                 {Cause: &net.OpError{Op: "proxyconnect", Err: refused}},
		host + " does not accept the TLS connection":                                               {Cause: &net.OpError{Op: "remote error", Err: errors.New("tls: protocol version not supported")}},
		"Cannot connect to " + host:                                                                {Cause: &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}},
		"that HTTP does not allow":                                                                 {Cause: &tencentcloud.HeaderError{}},
		"Redirects are not followed":                                                               {HTTPStatus: 302, Cause: &tencentcloud.ResponseError{Problem: "p"}},
		"The endpoint does not look like the CDN API: check":                                       {HTTPStatus: 404, Cause: &tencentcloud.ResponseError{Problem: "p"}},
		"The connection broke":                                                                     {Cause: io.EOF},
	} {
		e.Host = host
		if got := adviceFor(&e, r); !strings.Contains(got.text, want) || got.argument != "" {
			t.Errorf("want %q, got %q at %q", want, got.text, got.argument)
		}
	}
}

func TestWarnOfIncomplete(t *testing.T) {
	r := request{reader: pushTasksReader, query: cdn.Query{TaskID: "7", Offset: 1, Limit: 2}}
	if got := warnOfIncomplete(cdn.Result{Complete: true}, r); got != nil {
		t.Errorf("%v", got)
	}
	got := warnOfIncomplete(cdn.Result{Tasks: make([]cdn.Task, 1), TotalCount: ptr(int64(20)), RequestID: "r\n"}, r)
	want := `Warning: The list of push tasks may be incomplete
The data source tencentcdn_push_tasks read push tasks (task_id = "7", offset = 1, limit = 2): the service counts 20 rows but returned 1, also when they were read again.

  RequestId: r\n

Therefore complete, all_done and passed are false. Try again later; if it persists, contact support with the RequestId.`
	if len(got) != 1 || shown(got[0]) != want {
		t.Errorf("%v\nwant\n%s", got, want)
	}
}

func TestWarnOfTime(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC) // 16:00 in UTC+8
	for start, want := range map[string]string{
		"":                    "",
		"2026-11-24 16:00:00": "",
		"2026-10-25 16:00:00": "", // 30 days
		"2026-11-24 16:00:01": `Warning: start_time is in the future at start_time
start_time is 2026-11-24 16:00:01 in UTC+8 (2026-11-24 08:00:01 in UTC), and it is now 2026-11-24 08:00:00 in UTC. No push task can be found from then on. A time without an offset is read as UTC+8; write a time in another zone with its offset, such as 2026-11-24T08:00:00Z.`,
		"2026-10-25 14:59:59": `Warning: start_time is more than 30 days ago at start_time
start_time is 2026-10-25 14:59:59 in UTC+8 (2026-10-25 06:59:59 in UTC). The service keeps push tasks for about 30 days, so that older ones may be missing from the list.`,
	} {
		var got string
		for _, d := range warnOfTime(request{query: cdn.Query{StartTime: start}}, now) {
			got += shown(d)
		}
		if got != want {
			t.Errorf("%s: %s\nwant %s", start, got, want)
		}
	}
}
