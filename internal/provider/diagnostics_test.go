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

// shown is a diagnostic as a user gets to see it.
func shown(d diag.Diagnostic) string {
	at := ""
	if d, ok := d.(diag.DiagnosticWithPath); ok {
		at = " at " + d.Path().String()
	}
	return fmt.Sprintf("%v: %s%s\n%s", d.Severity(), d.Summary(), at, d.Detail())
}

// TestDiagnose compares whole diagnostics.
func TestDiagnose(t *testing.T) {
	asked := request{query: cdn.Query{TaskID: "7", Keyword: "www.example.com"}, timeout: 10 * time.Minute}
	refusal := func(change func(*tencentcloud.Error)) error {
		e := &tencentcloud.Error{Action: "DescribePushTasks", Host: host, HTTPStatus: 200, Attempts: 1, RequestID: "r-1"}
		change(e)
		return e
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"a refusal of an argument": {
			refusal(func(e *tencentcloud.Error) {
				e.Code, e.Message = "ResourceNotFound.CdnHostNotExists", "Unable to find the domain name."
			}),
			`Error: Cannot read push tasks at keyword
The data source tencentcdn_push_tasks asked for task_id = "7", keyword = "www.example.com", and cdn.tencentcloudapi.com refused.

  Action:    DescribePushTasks
  Code:      ResourceNotFound.CdnHostNotExists
  Message:   Unable to find the domain name.
  RequestId: r-1

The account has no accelerated domain of this name. Correct keyword, or use credentials of the account that the domain belongs to.`,
		},
		"a fault that did not pass, with a message of two lines": {
			refusal(func(e *tencentcloud.Error) {
				e.Code, e.Message, e.Passing, e.Attempts = "InternalError.CdnSystemError", "系统错误\nsecond", true, 9
			}),
			`Error: Cannot read push tasks
The data source tencentcdn_push_tasks asked for task_id = "7", keyword = "www.example.com", and cdn.tencentcloudapi.com went on refusing.

  Action:    DescribePushTasks
  Code:      InternalError.CdnSystemError
  Message:   系统错误
             second
  RequestId: r-1
  Attempts:  9

This is a fault inside the service. Run again in some minutes; if it stays, open a ticket with the RequestId.`,
		},
		"an unknown code is reported as it is": {
			refusal(func(e *tencentcloud.Error) { e.Code, e.Message = "Surprise.New", "?" }),
			`Error: Cannot read push tasks
The data source tencentcdn_push_tasks asked for task_id = "7", keyword = "www.example.com", and cdn.tencentcloudapi.com refused.

  Action:    DescribePushTasks
  Code:      Surprise.New
  Message:   ?
  RequestId: r-1`,
		},
		"a gateway's page": {
			refusal(func(e *tencentcloud.Error) {
				e.RequestID, e.HTTPStatus, e.Attempts = "", 502, 9
				e.Cause = &tencentcloud.ResponseError{Problem: "the answer is not one of the API (text/html)"}
			}),
			`Error: Cannot read push tasks
The data source tencentcdn_push_tasks asked for task_id = "7", keyword = "www.example.com", and the answer of cdn.tencentcloudapi.com cannot be used.

  Action:    DescribePushTasks
  HTTP:      502
  Cause:     the answer is not one of the API (text/html)
  Attempts:  9

What answered may not be the CDN API, or a gateway before it was in trouble. Run again in some minutes; if it stays, see endpoint of the provider block, and any proxy on the way.`,
		},
		"an interrupt": {
			refusal(func(e *tencentcloud.Error) {
				e.RequestID, e.HTTPStatus = "", 0
				e.Cause = &tencentcloud.DeadlineError{Context: context.Canceled}
			}),
			`Error: Reading push tasks was interrupted
The data source tencentcdn_push_tasks asked for task_id = "7", keyword = "www.example.com", and was told to stop before it had the whole answer.

  Action:    DescribePushTasks
  Cause:     context canceled`,
		},
		"credentials, refused by STS": {
			&tencentcloud.Error{Action: "DescribePushTasks", Host: host, Cause: &credentials.Error{
				Source: "assume_role (reader)", Problem: "STS gave no credential", Remedy: "Correct the role's ARN",
				Cause: &tencentcloud.Error{Action: "AssumeRole", Code: "ResourceNotFound.RoleNotFound", Message: "no role", RequestID: "r-2", HTTPStatus: 200, Attempts: 1},
			}},
			`Error: No usable credentials
The data source tencentcdn_push_tasks asked for task_id = "7", keyword = "www.example.com", and there is no credential to sign the request with.

assume_role (reader): STS gave no credential: AssumeRole: ResourceNotFound.RoleNotFound: no role (RequestId r-2). Correct the role's ARN.

  Action:    AssumeRole
  Code:      ResourceNotFound.RoleNotFound
  Message:   no role
  RequestId: r-2`,
		},
		"something unforeseen": {
			io.ErrShortBuffer,
			`Error: Cannot read push tasks
The data source tencentcdn_push_tasks asked for task_id = "7", keyword = "www.example.com":

  short buffer`,
		},
	} {
		if got := shown(diagnose(c.err, asked)); got != c.want {
			t.Errorf("%s:\n%s\n\nwant\n%s", name, got, c.want)
		}
	}
}

// TestDiagnoseWait compares what is said when the time for waiting is up.
func TestDiagnoseWait(t *testing.T) {
	asked := request{query: cdn.Query{StartTime: "2026-11-24 00:00:00"}, wait: true}
	held := cdn.Task{URL: ptr("https://www.example.com/a"), Percent: ptr(int64(40)), Status: ptr("process")}
	deadline := &tencentcloud.DeadlineError{Context: context.DeadlineExceeded}
	for name, c := range map[string]struct {
		err  *cdn.WaitError
		want string
	}{
		"some in process": {
			&cdn.WaitError{RequestID: "r-9", Holding: []cdn.Task{held, {Status: ptr("process")}}, Cause: deadline,
				Progress: cdn.Progress{Total: 20, Process: 3, Percent: 87.4, Elapsed: 10*time.Minute + 300*time.Millisecond,
					Counts: map[string]int{"done": 15, "fail": 1, "process": 4, "invalid": 0}}},
			`Error: Push tasks did not end in time
The data source tencentcdn_push_tasks asked for start_time = "2026-11-24 00:00:00" and waited 10m0s for them to end.

  3 of 20 in process (87 % of the whole done); at the latest look at all of them: 15 done, 1 fail, 0 invalid, 4 process
  - https://www.example.com/a (40 %)
  - null (null %)
  - and 1 more
  RequestId of the latest answer: r-9

A prefetch takes 5 to 30 minutes. To wait longer, give the data source a longer time:

  timeouts {
    read = "30m"
  }`,
		},
		"none was listed, and the last request failed": {
			&cdn.WaitError{RequestID: "r-9", Progress: cdn.Progress{Elapsed: time.Minute, Counts: map[string]int{}},
				Cause: &tencentcloud.Error{Action: "DescribePushTasks", Code: "InternalError", Message: "m", RequestID: "r-10", Cause: deadline}},
			`Error: Push tasks did not end in time
The data source tencentcdn_push_tasks asked for start_time = "2026-11-24 00:00:00" and waited 1m0s for them to end.

  No task was listed in that time.
  RequestId of the latest answer: r-9
  The latest request met: DescribePushTasks: InternalError: m: context deadline exceeded (RequestId r-10)

A prefetch takes 5 to 30 minutes. To wait longer, give the data source a longer time:

  timeouts {
    read = "30m"
  }

If there should have been a task, see whether task_id, start_time (UTC+8 without an offset) and the account are the right ones.`,
		},
		"interrupted": {
			&cdn.WaitError{RequestID: "r-9", Holding: []cdn.Task{held}, Cause: context.Canceled,
				Progress: cdn.Progress{Total: 1, Process: 1, Percent: 40, Elapsed: time.Second, Counts: map[string]int{"process": 1}}},
			`Error: Reading push tasks was interrupted
The data source tencentcdn_push_tasks asked for start_time = "2026-11-24 00:00:00" and waited 1s for them to end.

  1 of 1 in process (40 % of the whole done); at the latest look at all of them: 1 process
  - https://www.example.com/a (40 %)
  RequestId of the latest answer: r-9`,
		},
	} {
		if got := shown(diagnose(c.err, asked)); got != c.want {
			t.Errorf("%s:\n%s\n\nwant\n%s", name, got, c.want)
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
	asked := request{query: cdn.Query{StartTime: "s", EndTime: "e", Keyword: "k", TaskID: "t"}}
	for code, argument := range documented {
		got := adviceFor(&tencentcloud.Error{Code: code}, asked)
		if len(got.text) < 20 || !strings.HasSuffix(got.text, ".") || got.argument != argument {
			t.Errorf("%s: at %q: %s", code, got.argument, got.text)
		}
	}
	onlyEnd := request{query: cdn.Query{EndTime: "e", TaskID: "t"}}
	if got := adviceFor(&tencentcloud.Error{Code: "InvalidParameter.CdnStatInvalidDate"}, onlyEnd); got.argument != "end_time" {
		t.Errorf("at %q", got.argument)
	}
	// An argument that is not set is not pointed at.
	d := diagnose(&tencentcloud.Error{Code: "InvalidParameter.CdnHostInvalidParam"}, onlyEnd)
	if _, ok := d.(diag.DiagnosticWithPath); ok {
		t.Errorf("%s", shown(d))
	}
}

// TestAdviceOnTheNetwork has a sentence of its own for each thing that can stand in the way.
func TestAdviceOnTheNetwork(t *testing.T) {
	asked := request{timeout: 10 * time.Minute}
	certificate := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	for want, e := range map[string]tencentcloud.Error{
		"The name cdn.example cannot be resolved":                {Cause: &net.DNSError{Name: "cdn.example", IsNotFound: true}},
		host + " refused the connection: nothing listens there":  {Cause: refused},
		"is for another name than " + host:                       {Cause: certificate(x509.HostnameError{Certificate: &x509.Certificate{}, Host: host})},
		"SSL_CERT_FILE":                                          {Cause: certificate(x509.UnknownAuthorityError{})},
		"whether the clock of this machine is right":             {Cause: certificate(x509.CertificateInvalidError{Reason: x509.Expired})},
		"cannot be verified":                                     {Cause: certificate(errors.New("?"))},
		host + " does not speak TLS":                             {Cause: tls.RecordHeaderError{}},
		host + " does not speak TLS. See":                        {Cause: http.ErrSchemeMismatch},
		"did not answer within the request_timeout":              {Cause: &tencentcloud.TimeoutError{After: time.Second}},
		"The time for the whole read, 10m0s, was up":             {Cause: &tencentcloud.DeadlineError{Context: context.DeadlineExceeded, Last: refused}},
		"See HTTPS_PROXY, HTTP_PROXY and NO_PROXY":               {Cause: &tencentcloud.ProxyError{Proxy: "p:1", HTTPStatus: 407}},
		"The proxy does not let the request through. See HTTPS_": {Cause: &net.OpError{Op: "proxyconnect", Err: refused}},
		host + " does not accept the TLS connection":             {Cause: &net.OpError{Op: "remote error", Err: errors.New("tls: protocol version not supported")}},
		"No connection to " + host + " can be made":              {Cause: &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}},
		"that HTTP does not allow":                               {Cause: &tencentcloud.HeaderError{}},
		"A redirect is not followed":                             {HTTPStatus: 302, Cause: &tencentcloud.ResponseError{Problem: "p"}},
		"What answered may not be the CDN API":                   {HTTPStatus: 404, Cause: &tencentcloud.ResponseError{Problem: "p"}},
		"The connection broke":                                   {Cause: io.EOF},
	} {
		e.Host = host
		if got := adviceFor(&e, asked); !strings.Contains(got.text, want) || got.argument != "" {
			t.Errorf("want %q, got %q at %q", want, got.text, got.argument)
		}
	}
}

func TestDoubtful(t *testing.T) {
	if got := doubtful(nil, request{}); got != nil {
		t.Errorf("%v", got)
	}
	got := doubtful([]string{"One.", "Two."}, request{query: cdn.Query{TaskID: "7", Offset: 1, Limit: 2}})
	want := `Warning: The list of push tasks may not be whole
The data source tencentcdn_push_tasks asked for task_id = "7", offset = 1, limit = 2 and got an answer that is not certain to be complete:

  - One.
  - Two.

Do not take all_done or status_counts of it for the whole. Read again when fewer tasks are being submitted, or ask for a narrower window of time.`
	if len(got) != 1 || shown(got[0]) != want {
		t.Errorf("%s\nwant\n%s", shown(got[0]), want)
	}
}
