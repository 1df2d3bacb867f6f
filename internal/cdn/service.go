// Package cdn asks Tencent Cloud's CDN for the record of its prefetch ("push")
// tasks: one page, all pages, or again until the tasks have ended.
package cdn

import (
	"context"
	"sync/atomic"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// Name, Version and the action are those of the API document.
const (
	Name    = "cdn"
	Version = "2018-06-06"

	describePushTasks = "DescribePushTasks"
	paramError        = "InvalidParameter.CdnParamError"
)

// RateCodes are the product's own codes for too many requests, beside those of
// any product. InvalidParameter.CdnInterfaceError is none, though it reads like
// an internal error: its whole family is final.
var RateCodes = []string{"LimitExceeded.CdnHostOpTooOften", "UnauthorizedOperation.OperationTooOften"}

// Service is the CDN product of one account. It remembers what it has learnt
// of the limits that the API document does not tell. It is safe for concurrent
// use.
type Service struct {
	client   *tencentcloud.Client
	parallel int
	maxTasks int64
	pageSize atomic.Int64 // the most rows that a page is known or hoped to hold
}

// NewService returns the product as seen through a client, with at most
// parallel requests under way for one read.
func NewService(client *tencentcloud.Client, parallel int) *Service {
	s := &Service{client: client, parallel: parallel, maxTasks: maxTasks}
	s.pageSize.Store(pageSizes[0])
	return s
}

// pageSizes are tried one after the other until the service takes one. The
// largest Limit is published nowhere; a sibling product allows the first, other
// clients use the second, and the third is the documented default.
var pageSizes = []int64{1000, 200, defaultPage}

// defaultPage is the documented default of Limit, in rows.
const defaultPage = 20

// Result is what a read found.
type Result struct {
	Tasks      []Task // in the service's order
	TotalCount *int64 // as the service counts; nil if it does not
	RequestID  string // of the last answer

	// Doubts says, in sentences, why the tasks may not be all there are. A list
	// that was read whole has none.
	Doubts []string
}

// PushTasks reads every row that the query matches, from its offset up to its
// limit. A row that is there before the read begins until after it ends is in
// the result exactly once, whatever comes and goes meanwhile; equal rows stay
// as many as they are. The error, if the service was asked, is a
// *tencentcloud.Error.
func (s *Service) PushTasks(ctx context.Context, q Query) (Result, error) {
	l, err := s.wholeList(ctx, q)
	if err != nil {
		return Result{}, err
	}
	return Result{Tasks: l.tasks, TotalCount: l.total, RequestID: l.requestID, Doubts: l.doubts}, nil
}

// window is one page with its place in the list.
type window struct {
	offset, asked int64
	tasks         []Task
	total         *int64
	requestID     string
	refused       error // what the service said instead, to an offset that it does not serve
}

// end is the offset behind the window.
func (w *window) end() int64 { return w.offset + int64(len(w.tasks)) }

// promisesMore reports whether TotalCount says that there are rows behind the window.
func (w *window) promisesMore() bool { return w.total != nil && *w.total > w.end() }

// fetch asks for one page.
func (s *Service) fetch(ctx context.Context, q Query, offset, limit int64) (*window, error) {
	q.Offset, q.Limit = offset, limit
	page, result, err := tencentcloud.Call[page](ctx, s.client, describePushTasks, q)
	if err != nil {
		return nil, err
	}
	w := &window{offset: offset, asked: limit, tasks: page.PushLogs.tasks, total: page.TotalCount, requestID: result.RequestID}
	if int64(len(w.tasks)) > limit {
		w.asked = int64(len(w.tasks)) // more than asked for: as good as a larger page
	}
	return w, nil
}

// first asks for the first page. A size that the service refuses is not the
// user's fault until the documented default is refused too.
func (s *Service) first(ctx context.Context, q Query) (*window, error) {
	size := s.pageSize.Load()
	for {
		limit := size
		if q.Limit > 0 {
			limit = min(size, q.Limit)
		}
		w, err := s.fetch(ctx, q, q.Offset, limit)
		if err == nil {
			if q.Offset == 0 { // otherwise it may have been the offset that was refused
				s.learnPageSize(size)
			}
			return w, nil
		}
		smaller, ok := nextPageSize(limit)
		if !ok || !tencentcloud.IsCode(err, paramError) {
			return nil, err
		}
		size = smaller
	}
}

// learnPageSize keeps the smallest size that has turned out to be the most.
func (s *Service) learnPageSize(size int64) {
	for known := s.pageSize.Load(); size < known; known = s.pageSize.Load() {
		if s.pageSize.CompareAndSwap(known, size) {
			return
		}
	}
}

func nextPageSize(size int64) (int64, bool) {
	for _, smaller := range pageSizes {
		if smaller < size {
			return smaller, true
		}
	}
	return 0, false
}
