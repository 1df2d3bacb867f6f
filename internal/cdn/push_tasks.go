package cdn

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/paging"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// Result is what a read found.
type Result struct {
	Tasks      []Task // in the service's order
	TotalCount *int64 // as the service counts; nil if it does not
	RequestID  string // of the latest response

	// Complete is false where the service counts more rows than it gives, also
	// when they are read again.
	Complete bool
}

// ErrInconsistent is the cause of an error where the rows changed each time they
// were read.
var ErrInconsistent = paging.ErrInconsistent

// TooLongError is the cause of an error where there are more rows than Terraform
// can hold.
type TooLongError = paging.TooLongError

// PushTasks reads every row that the query matches, from its offset up to its
// limit. A row that is there before the read begins until after it ends is in
// the result exactly once, whatever comes and goes meanwhile; equal rows stay as
// many as they are. The error is a *tencentcloud.Error.
func (s *Service) PushTasks(ctx context.Context, q Query) (Result, error) {
	r := &pushTasks{service: s, query: q, whole: q.span()}
	list, err := paging.Read(ctx, paging.Source[Task, identity]{
		Fetch: r.fetch, Key: (*Task).identity, Second: (*Task).second,
		Parallel: s.parallel, MaxRows: s.maxTasks,
	}, r.whole, q.Offset, q.Limit)
	if e := new(tencentcloud.Error); err != nil && !errors.As(err, &e) {
		err = &tencentcloud.Error{Action: describePushTasks, Host: s.client.Host(), RequestID: r.requestID, Cause: err}
	}
	if err != nil {
		return Result{}, err
	}
	if len(list.Rows) > r.widest { // then the widest page was a full one
		s.learnPageSize(int64(r.widest))
	}
	return Result{Tasks: list.Rows, TotalCount: list.Total, RequestID: r.requestID, Complete: list.Complete}, nil
}

// pushTasks is one read.
type pushTasks struct {
	service *Service
	query   Query
	whole   paging.Span

	mu        sync.Mutex
	requestID string // of the latest response
	widest    int    // rows of the largest one
}

// fetch requests one page. Where the list begins, a Limit that the service
// refuses is tried smaller, down to the documented default. Elsewhere it is the
// offset that is refused.
func (r *pushTasks) fetch(ctx context.Context, request paging.Request) (paging.Page[Task], error) {
	for size := r.service.pageSize.Load(); ; {
		limit := min(size, cmp.Or(request.Limit, size))
		p, err := r.page(ctx, request, limit)
		switch smaller := slices.IndexFunc(pageSizes, func(other int64) bool { return other < limit }); {
		case err == nil && request.Offset == 0:
			r.service.learnPageSize(size)
		case r.isOutside(request, err):
			return paging.Page[Task]{Total: new(int64), Limit: limit}, nil
		case !refusesParameter(err):
		case smaller >= 0 && (request.Offset == 0 || request.Offset == r.query.Offset):
			size = pageSizes[smaller]
			continue
		case request.Offset > 0:
			return paging.Page[Task]{Limit: limit, Refused: err}, nil
		}
		return p, err
	}
}

func (r *pushTasks) page(ctx context.Context, request paging.Request, limit int64) (paging.Page[Task], error) {
	q := r.query
	q.StartTime, q.EndTime, q.Offset, q.Limit = timeOf(request.From), timeOf(request.To), request.Offset, limit
	response, requestID, err := tencentcloud.Call[page](ctx, r.service.client, describePushTasks, q)
	if err != nil {
		return paging.Page[Task]{}, err
	}
	tasks := response.PushLogs.tasks
	r.mu.Lock()
	r.requestID, r.widest = requestID, max(r.widest, len(tasks))
	r.mu.Unlock()
	return paging.Page[Task]{Rows: tasks, Total: response.TotalCount, Limit: max(limit, int64(len(tasks)))}, nil
}

// refusesParameter reports whether the service did not accept a parameter. Which
// code it has for Limit and Offset is not documented.
func refusesParameter(err error) bool {
	var e *tencentcloud.Error
	return errors.As(err, &e) && (e.Code == "InvalidParameter" || e.Code == "InvalidParameter.CdnParamError" ||
		e.Code == "InvalidParameterValue" || strings.HasPrefix(e.Code, "InvalidParameterValue."))
}

// isOutside reports whether a part of the list has none of a task's rows, which
// the predecessor of the API calls an invalid date.
func (r *pushTasks) isOutside(request paging.Request, err error) bool {
	return r.query.TaskID != "" && request.Span != r.whole && tencentcloud.IsCode(err, "InvalidParameter.CdnStatInvalidDate")
}

// span is the window of time of a query.
func (q *Query) span() paging.Span {
	span := paging.Span{From: paging.Beginning, To: paging.End}
	if at, ok := secondOf(q.StartTime); ok {
		span.From = at
	}
	if at, ok := secondOf(q.EndTime); ok {
		span.To = at
	}
	return span
}

// timeOf writes an end of a span as the service does; an open one is not sent.
func timeOf(second int64) string {
	if second == paging.Beginning || second == paging.End {
		return ""
	}
	return time.Unix(second, 0).In(Zone).Format(TimeLayout)
}

// second is when the task was created, in Unix time.
func (t *Task) second() (int64, bool) {
	if t.CreateTime == nil {
		return 0, false
	}
	return secondOf(*t.CreateTime)
}

// secondOf reads a time of the service.
func secondOf(text string) (int64, bool) {
	at, err := time.ParseInLocation(TimeLayout, text, Zone)
	return at.Unix(), err == nil
}
