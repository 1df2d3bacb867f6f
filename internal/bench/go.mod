module github.com/tencentcdn/terraform-provider-tencentcdn/internal/bench

go 1.26.8

require (
	github.com/go-json-experiment/json v1.27.2
	github.com/tencentcdn/terraform-provider-tencentcdn v0.0.0
	github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cdn v1.3.154
	github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common v1.3.207
)

require golang.org/x/sync v0.25.0 // indirect

replace github.com/tencentcdn/terraform-provider-tencentcdn => ../..
