// Package bench holds the provider against what its users would have without
// it: the official SDK, the usual way to write a data source, and Terraform's
// own functions. README.md lists its commands.
package bench

import (
	"net/http"
	"net/url"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// NoQuota is a number of requests per second that no read here comes near.
const NoQuota = 100_000

// parallel is how many requests of one read are under way at once by default.
const parallel = 20

// Service returns our client, set up as the provider does it.
func Service(endpoint *url.URL, transport http.RoundTripper, perSecond int) *cdn.Service {
	client := tencentcloud.NewClient(tencentcloud.Config{
		Endpoint: endpoint, Service: cdn.Name, Version: cdn.Version, RateCodes: cdn.RateCodes,
		Credentials: tencentcloud.Static(tencentcloud.Credential{
			SecretID: cdnsim.DefaultSecretID, SecretKey: cdnsim.DefaultSecretKey,
		}),
		UserAgent: "bench", MaxRetries: 8, RequestTimeout: 30 * time.Second,
		Limiter: tencentcloud.NewLimiter(perSecond), Transport: transport,
	})
	return cdn.NewService(client, parallel)
}
