package tencentcloud

import (
	"testing"
	"testing/synctest"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// retryTable is the specification: every code of the API documents that may
// meet a read, and why asking again would be in vain where it is not done.
var retryTable = []struct {
	code    string
	verdict verdict
	reason  string // of a final one
}{
	// Any action of API 3.0.
	{"RequestLimitExceeded", slower, ""},
	{"RequestLimitExceeded.IPLimitExceeded", slower, ""},
	{"RequestLimitExceeded.UinLimitExceeded", slower, ""},
	{"RequestLimitExceeded.GlobalRegionUinLimitExceeded", slower, ""},
	{"InternalError", again, ""},
	{"ServiceUnavailable", again, ""},
	{"AuthFailure.SignatureExpire", reclock, ""},
	{"AuthFailure.TokenFailure", renew, ""},
	{"AuthFailure.InvalidAuthorization", final, "the header is built in the same way each time"},
	{"AuthFailure.InvalidSecretId", final, "the credential stays the same"},
	{"AuthFailure.SecretIdNotFound", final, "the credential stays the same"},
	{"AuthFailure.SignatureFailure", final, "the key is wrong, and stays so"},
	{"AuthFailure.MFAFailure", final, "a code is good for one call"},
	{"AuthFailure.UnauthorizedOperation", final, "a policy has to be changed by somebody"},
	{"InvalidParameter", final, "the request stays the same"},
	{"InvalidParameterValue", final, "the request stays the same"},
	{"MissingParameter", final, "the request stays the same"},
	{"UnknownParameter", final, "the request stays the same"},
	{"InvalidAction", final, "the request stays the same"},
	{"InvalidRequest", final, "the request stays the same"},
	{"NoSuchVersion", final, "the request stays the same"},
	{"NoSuchProduct", final, "the request stays the same"},
	{"UnsupportedOperation", final, "the request stays the same"},
	{"UnsupportedProtocol", final, "the request stays the same"},
	{"UnsupportedRegion", final, "the region stays the same"},
	{"ActionOffline", final, "the action has been withdrawn"},
	{"FailedOperation", final, "the service tried and could not"},
	{"IpInBlacklist", final, "the address stays the same"},
	{"IpNotInWhitelist", final, "the address stays the same"},
	{"LimitExceeded", final, "a quota of things, not of requests"},
	{"RequestSizeLimitExceeded", final, "the request stays the same"},
	{"ResponseSizeLimitExceeded", final, "the answer would be as large again"},
	{"ResourceNotFound", final, "it does not come into being by asking"},
	{"ResourceInUse", final, "a state of the account, not of the service"},
	{"ResourceUnavailable", final, "a state of the account, not of the service"},
	{"ResourceInsufficient", final, "a state of the account, not of the service"},
	{"UnauthorizedOperation", final, "a policy has to be changed by somebody"},

	// DescribePushTasks.
	{"InternalError.CamSystemError", again, ""},
	{"InternalError.CdnDbError", again, ""},
	{"InternalError.CdnQuerySystemError", again, ""},
	{"InternalError.CdnSystemError", again, ""},
	{"InternalError.Error", again, ""},
	{"InternalError.ProxyServer", again, ""},
	{"InternalError.RouteError", again, ""},
	{"InvalidParameter.CdnHostInvalidParam", final, "the request stays the same"},
	{"InvalidParameter.CdnInterfaceError", final, "reads like an internal error, but its family is final"},
	{"InvalidParameter.CdnParamError", final, "the request stays the same"},
	{"InvalidParameter.CdnStatInvalidDate", final, "the request stays the same"},
	{"InvalidParameter.CdnStatInvalidMetric", final, "the request stays the same"},
	{"InvalidParameter.CdnStatInvalidProjectId", final, "the request stays the same"},
	{"LimitExceeded.CdnHostOpTooOften", slower, ""},
	{"ResourceNotFound.CdnHostNotExists", final, "the domain is not the account's"},
	{"ResourceNotFound.CdnUserNotExists", final, "CDN has to be activated by somebody"},
	{"ResourceUnavailable.CdnHostIsNotOnline", final, "the domain has to be started by somebody"},
	{"UnauthorizedOperation.CdnCamUnauthorized", final, "a policy has to be changed by somebody"},
	{"UnauthorizedOperation.CdnUserAuthFail", final, "the account has to be verified by somebody"},
	{"UnauthorizedOperation.CdnUserAuthWait", final, "verification takes days"},
	{"UnauthorizedOperation.CdnUserIsSuspended", final, "the account has to be settled by somebody"},
	{"UnauthorizedOperation.CdnUserNoWhitelist", final, "access has to be granted by somebody"},
	{"UnauthorizedOperation.OpNoAuth", final, "access has to be granted by somebody"},
	{"UnauthorizedOperation.OperationTooOften", slower, ""},

	// PushUrlsCache, where they differ.
	{"InternalError.CdnConfigError", again, ""},
	{"InvalidParameter.CdnHostInvalidMiddleConfig", final, "the configuration stays the same"},
	{"InvalidParameter.CdnHostInvalidStatus", final, "the domain has to be started by somebody"},
	{"InvalidParameter.CdnPushWildcardNotAllowed", final, "the request stays the same"},
	{"LimitExceeded.CdnPushExceedBatchLimit", final, "the request stays the same"},
	{"LimitExceeded.CdnPushExceedDayLimit", final, "the quota is reset at midnight"},
	{"ResourceInUse.CdnOpInProgress", final, "takes minutes"},
	{"ResourceUnavailable.CdnHostIsLocked", final, "the domain has to be unlocked by somebody"},
	{"UnauthorizedOperation.CdnHostUnauthorized", final, "a policy has to be changed by somebody"},
	{"UnauthorizedOperation.EcdnMigratedCdn", final, "the account has been moved elsewhere"},

	// A family says nothing, nor does a likeness.
	{"InternalError.SomethingNew", final, "not documented"},
	{"InternalErrors", final, "not documented"},
	{"internalerror", final, "not documented: codes are exact"},
	{"RequestLimitExceeded.SomethingNew", final, "not documented"},
	{"LimitExceeded.CdnHostOpTooOftenToday", final, "not documented"},
	{"ServiceUnavailable.Forever", final, "not documented"},
	{"AuthFailure.SignatureExpired", final, "not documented"},
}

func TestRetryTable(t *testing.T) {
	rows := map[string]bool{}
	for _, row := range retryTable {
		rows[row.code] = true
		t.Run(row.code, func(t *testing.T) {
			if (row.verdict == final) != (row.reason != "") {
				t.Fatal("a final code has a reason, and only a final one")
			}
			if got := judge(&Error{Code: row.code, HTTPStatus: 200}); got != row.verdict {
				t.Fatalf("verdict %v, want %v", got, row.verdict)
			}
			synctest.Test(t, func(t *testing.T) { meetCode(t, row.code, row.verdict) })
		})
	}
	for code := range codes {
		if !rows[code] {
			t.Errorf("%s is not in the specification", code)
		}
	}
}

// meetCode has the service refuse the first request with a code, once.
func meetCode(t *testing.T, code string, v verdict) {
	sim := cdnsim.New(cdnsim.Options{
		Tasks:  someTasks(),
		Faults: cdnsim.Sequence("", cdnsim.APIError(code, "words of the service")),
	})
	c := newSimTrial(t, sim)
	got, result, err := c.list(t.Context())
	if v == again || v == slower {
		whole(t, got, err)
		if n := len(sim.Requests()); n != 2 || result.Attempts != 2 {
			t.Fatalf("%d requests and %d attempts, want 2", n, result.Attempts)
		}
		return
	}
	// The clocks agree and the credential is static, so that neither can be mended.
	e := failed(t, got, err)
	requests := sim.Requests()
	if len(requests) != 1 || e.Attempts != 1 || result.Attempts != 1 {
		t.Errorf("%d requests and %d attempts, want 1", len(requests), e.Attempts)
	}
	id := requests[0].Answer.RequestID
	if e.Code != code || e.Message != "words of the service" || e.RequestID != id || e.HTTPStatus != 200 || e.Passing {
		t.Errorf("got %#v, RequestId %s", e, id)
	}
	if want := "DescribePushTasks: " + code + ": words of the service (RequestId " + id + ")"; e.Error() != want {
		t.Errorf("got  %s\nwant %s", e, want)
	}
}
