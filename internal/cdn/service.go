// Package cdn asks Tencent Cloud's CDN for the record of its prefetch ("push")
// tasks: all of them, or again until the tasks have ended.
package cdn

import (
	"sync/atomic"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// Name, Version and the action are those of the API document.
const (
	Name    = "cdn"
	Version = "2018-06-06"

	describePushTasks = "DescribePushTasks"
)

// RateCodes are the product's own codes for too many requests, beside those of
// any product. InvalidParameter.CdnInterfaceError is none, though it reads like
// an internal error: its whole family is final.
var RateCodes = []string{"LimitExceeded.CdnHostOpTooOften", "UnauthorizedOperation.OperationTooOften"}

// Service is the CDN product of one account. It remembers what it has learnt of
// the limits that the API document does not give. It is safe for concurrent use.
type Service struct {
	client   *tencentcloud.Client
	parallel int
	maxTasks int64
	pageSize atomic.Int64 // the most rows that a page is known or hoped to hold
}

// maxTasks is more than Terraform can hold: a list that is longer may never end.
const maxTasks = 3_000_000

// NewService returns the product as seen through a client, with at most parallel
// requests under way for one read.
func NewService(client *tencentcloud.Client, parallel int) *Service {
	s := &Service{client: client, parallel: parallel, maxTasks: maxTasks}
	s.pageSize.Store(pageSizes[0])
	return s
}

// pageSizes are tried one after the other until the service accepts one. The
// largest Limit is published nowhere; a sibling product allows the first, other
// clients use the second, and the third is the documented default.
var pageSizes = []int64{1000, 200, defaultPage}

// defaultPage is the documented default of Limit, in rows.
const defaultPage = 20

// learnPageSize keeps the smallest size that has turned out to be the largest. Of
// two that are learned at once it may miss one, which the next read learns again.
func (s *Service) learnPageSize(size int64) {
	if size >= defaultPage && size < s.pageSize.Load() {
		s.pageSize.Store(size)
	}
}
