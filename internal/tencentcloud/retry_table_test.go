package tencentcloud

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// productCodes stand for those of a product, here CDN.
var productCodes = []string{"LimitExceeded.CdnHostOpTooOften", "UnauthorizedOperation.OperationTooOften"}

// retryTable is the specification: every code of the API documents that a read
// may meet, and why a retry would be in vain where there is none.
var retryTable = []struct {
	code    string
	verdict verdict
	reason  string // of a final one
}{
	// Any action of API 3.0.
	{"RequestLimitExceeded", slowDown, ""},
	{"RequestLimitExceeded.IPLimitExceeded", slowDown, ""},
	{"RequestLimitExceeded.UinLimitExceeded", slowDown, ""},
	{"RequestLimitExceeded.GlobalRegionUinLimitExceeded", slowDown, ""},
	{"InternalError", retry, ""},
	{"ServiceUnavailable", retry, ""},
	{"AuthFailure.SignatureExpire", fixClock, ""},
	{"AuthFailure.TokenFailure", renewToken, ""},
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
	{"ResponseSizeLimitExceeded", final, "the next response would be as large"},
	{"ResourceNotFound", final, "it does not come into being by asking"},
	{"ResourceInUse", final, "a state of the account, not of the service"},
	{"ResourceUnavailable", final, "a state of the account, not of the service"},
	{"ResourceInsufficient", final, "a state of the account, not of the service"},
	{"UnauthorizedOperation", final, "a policy has to be changed by somebody"},

	// DescribePushTasks.
	{"InternalError.CamSystemError", retry, ""},
	{"InternalError.CdnDbError", retry, ""},
	{"InternalError.CdnQuerySystemError", retry, ""},
	{"InternalError.CdnSystemError", retry, ""},
	{"InternalError.Error", retry, ""},
	{"InternalError.ProxyServer", retry, ""},
	{"InternalError.RouteError", retry, ""},
	{"InvalidParameter.CdnHostInvalidParam", final, "the request stays the same"},
	{"InvalidParameter.CdnInterfaceError", final, "reads like an internal error, but its family is final"},
	{"InvalidParameter.CdnParamError", final, "the request stays the same"},
	{"InvalidParameter.CdnStatInvalidDate", final, "the request stays the same"},
	{"InvalidParameter.CdnStatInvalidMetric", final, "the request stays the same"},
	{"InvalidParameter.CdnStatInvalidProjectId", final, "the request stays the same"},
	{"LimitExceeded.CdnHostOpTooOften", slowDown, ""},
	{"ResourceNotFound.CdnHostNotExists", final, "the domain is not the account's"},
	{"ResourceNotFound.CdnUserNotExists", final, "CDN has to be activated by somebody"},
	{"ResourceUnavailable.CdnHostIsNotOnline", final, "the domain has to be started by somebody"},
	{"UnauthorizedOperation.CdnCamUnauthorized", final, "a policy has to be changed by somebody"},
	{"UnauthorizedOperation.CdnUserAuthFail", final, "the account has to be verified by somebody"},
	{"UnauthorizedOperation.CdnUserAuthWait", final, "verification takes days"},
	{"UnauthorizedOperation.CdnUserIsSuspended", final, "the account has to be settled by somebody"},
	{"UnauthorizedOperation.CdnUserNoWhitelist", final, "access has to be granted by somebody"},
	{"UnauthorizedOperation.OpNoAuth", final, "access has to be granted by somebody"},
	{"UnauthorizedOperation.OperationTooOften", slowDown, ""},

	// PushUrlsCache, where they differ.
	{"InternalError.CdnConfigError", retry, ""},
	{"InvalidParameter.CdnHostInvalidMiddleConfig", final, "the configuration stays the same"},
	{"InvalidParameter.CdnHostInvalidStatus", final, "the domain has to be started by somebody"},
	{"InvalidParameter.CdnPushWildcardNotAllowed", final, "the request stays the same"},
	{"LimitExceeded.CdnPushExceedBatchLimit", final, "the request stays the same"},
	{"LimitExceeded.CdnPushExceedDayLimit", final, "the quota is reset at midnight"},
	{"ResourceInUse.CdnOpInProgress", final, "takes minutes"},
	{"ResourceUnavailable.CdnHostIsLocked", final, "the domain has to be unlocked by somebody"},
	{"UnauthorizedOperation.CdnHostUnauthorized", final, "a policy has to be changed by somebody"},
	{"UnauthorizedOperation.EcdnMigratedCdn", final, "the account has been moved elsewhere"},

	// Two families count with all their sub-codes, as documented.
	{"InternalError.UnknownError", retry, ""},
	{"InternalError.DataSystemError", retry, ""},
	{"InternalError.TagSystemError", retry, ""},
	{"InternalError.", retry, ""},
	{"InternalError.A.B", retry, ""},
	{"RequestLimitExceeded.Gateway", slowDown, ""},

	// Any other family says nothing, nor does a likeness.
	{"InternalErrors", final, "not documented"},
	{"internalerror", final, "not documented: codes are exact"},
	{"Other.InternalError", final, "not documented"},
	{"RequestLimitExceededToday", final, "not documented"},
	{"LimitExceeded.CdnHostOpTooOftenToday", final, "not documented"},
	{"LimitExceeded.CdnHostOpTooOften.Today", final, "not documented"},
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
			if got := judge(&Error{Code: row.code, HTTPStatus: 200}, productCodes); got != row.verdict {
				t.Fatalf("verdict %v, want %v", got, row.verdict)
			}
			synctest.Test(t, func(t *testing.T) { meetCode(t, row.code, row.verdict) })
		})
	}
	for _, code := range slices.Concat(slices.Collect(maps.Keys(codes)), slices.Collect(maps.Keys(families))) {
		if !rows[code] {
			t.Errorf("%s is not in the specification", code)
		}
	}
	for _, code := range productCodes {
		if got := judge(&Error{Code: code, HTTPStatus: 200}, nil); got != final {
			t.Errorf("%s has the verdict %v for a product that has no such code", code, got)
		}
	}
}

// meetCode has the service refuse the first request with a code, once.
func meetCode(t *testing.T, code string, v verdict) {
	sim := cdnsim.New(cdnsim.Options{
		Tasks:  someTasks(),
		Faults: cdnsim.Sequence("", cdnsim.APIError(code, "words of the service")),
	})
	c := newSimTrial(t, sim, func(config *Config) { config.RateCodes = productCodes })
	got, _, err := c.list(t.Context())
	if v == retry || v == slowDown {
		whole(t, got, err)
		if n := len(sim.Requests()); n != 2 || len(c.attempts) != 2 {
			t.Fatalf("%d requests and %d attempts, want 2", n, len(c.attempts))
		}
		return
	}
	// The clocks agree and the credential is static, so that neither can be cured.
	e := failed(t, got, err)
	requests := sim.Requests()
	if len(requests) != 1 || e.Attempts != 1 {
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
