package bench

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	sdk "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cdn/v20180606"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// SDK returns the official SDK's client as its documentation sets it up, but
// for one thing: without a retry it could not live with an enforced quota.
func SDK(endpoint *url.URL, transport http.RoundTripper) (*sdk.Client, error) {
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme = strings.ToUpper(endpoint.Scheme)
	p.HttpProfile.Endpoint = endpoint.Host
	p.RateLimitExceededMaxRetries = 8
	client, err := sdk.NewClient(common.NewCredential(cdnsim.DefaultSecretID, cdnsim.DefaultSecretKey), "", p)
	if err != nil {
		return nil, err
	}
	client.WithHttpTransport(transport)
	return client, nil
}

// SDKPushTasks is the loop that every user of the SDK writes: page after page
// until as many rows are there as the service counts.
func SDKPushTasks(ctx context.Context, client *sdk.Client, q cdn.Query, page int64) ([]*sdk.PushTask, error) {
	var tasks []*sdk.PushTask
	for {
		request := sdk.NewDescribePushTasksRequest()
		request.TaskId, request.StartTime, request.EndTime = given(q.TaskID), given(q.StartTime), given(q.EndTime)
		request.Keyword, request.Area, request.Status = given(q.Keyword), given(q.Area), given(q.Status)
		request.Limit = common.Int64Ptr(page)
		request.Offset = common.Int64Ptr(int64(len(tasks)))
		answer, err := client.DescribePushTasksWithContext(ctx, request)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, answer.Response.PushLogs...)
		if len(answer.Response.PushLogs) == 0 || uint64(len(tasks)) >= *answer.Response.TotalCount {
			return tasks, nil
		}
	}
}

func given(filter string) *string {
	if filter == "" {
		return nil
	}
	return &filter
}
