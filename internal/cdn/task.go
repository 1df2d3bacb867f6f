package cdn

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The documented states of a task.
const (
	StatusFail    = "fail"    // the prefetch failed
	StatusDone    = "done"    // the prefetch succeeded
	StatusProcess = "process" // the prefetch is in progress
	StatusInvalid = "invalid" // the origin server responded with a 4XX or 5XX status
)

// Task is one row of the push log: the prefetch of one URL. A nil field is one
// that the service has no value for. The values are shared between rows and must
// not be changed.
type Task struct {
	TaskID     *string `json:"TaskId"` // opaque; many rows share one
	URL        *string `json:"Url"`
	Status     *string // in lower case; one of the constants, or what the service made of it
	Percent    *int64  // 0 to 100; 100 does not mean done
	CreateTime *string // as TimeLayout, in Zone
	Area       *string // in lower case
	UpdateTime *string // as CreateTime
}

// UnmarshalJSONFrom reads a row. Null is none.
func (t *Task) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() == 'n' {
		return errors.New("unexpected JSON null where a row is required")
	}
	type plain Task
	err := json.UnmarshalDecode(dec, (*plain)(t))
	for _, text := range []*string{t.Status, t.Area} {
		if text != nil {
			*text = strings.ToLower(*text)
		}
	}
	return err
}

// Is reports whether the task has the status.
func (t *Task) Is(status string) bool { return t.Status != nil && *t.Status == status }

// identity tells rows apart. It leaves out what changes while a task proceeds.
type identity struct{ taskID, url, area, createTime string }

func (t *Task) identity() identity {
	return identity{deref(t.TaskID), deref(t.URL), deref(t.Area), deref(t.CreateTime)}
}

// deref writes null as a byte that no text of the service can hold.
func deref(s *string) string {
	if s == nil {
		return "\xff"
	}
	return *s
}

// page is one response of DescribePushTasks.
type page struct {
	PushLogs   pushLogs
	TotalCount *int64
}

// pushLogs tells a list that is null, which is documented to mean no rows, from
// one that is missing.
type pushLogs struct {
	tasks  []Task
	listed bool
}

func (l *pushLogs) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	l.listed = true
	err := json.UnmarshalDecode(dec, &l.tasks)
	for i := 1; i < len(l.tasks); i++ {
		l.tasks[i].share(&l.tasks[i-1])
	}
	return err
}

// share drops the texts that the row before has too. Rows of one submission repeat
// most of them, and a long list holds a quarter less memory.
func (t *Task) share(before *Task) {
	for _, text := range []struct{ mine, theirs **string }{
		{&t.TaskID, &before.TaskID}, {&t.Status, &before.Status}, {&t.CreateTime, &before.CreateTime},
		{&t.Area, &before.Area}, {&t.UpdateTime, &before.UpdateTime},
	} {
		if *text.mine != nil && *text.theirs != nil && **text.mine == **text.theirs {
			*text.mine = *text.theirs
		}
	}
}

// Len is the number of rows.
func (p *page) Len() int { return len(p.PushLogs.tasks) }

// Validate reports a response that cannot be what it should: one that counts
// rows, or nothing, and has no list.
func (p *page) Validate() error {
	switch {
	case p.TotalCount != nil && *p.TotalCount < 0:
		return fmt.Errorf(`its "TotalCount" is %d`, *p.TotalCount)
	case !p.PushLogs.listed && (p.TotalCount == nil || *p.TotalCount != 0):
		return errors.New(`it has no "PushLogs"`)
	}
	return nil
}
