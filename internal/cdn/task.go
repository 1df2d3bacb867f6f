package cdn

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// The documented states of a task.
const (
	StatusFail    = "fail"    // the prefetch failed
	StatusDone    = "done"    // the prefetch succeeded
	StatusProcess = "process" // the prefetch is in progress
	StatusInvalid = "invalid" // the origin server answered with a 4XX or 5XX status
)

// Task is one row of the push log: the prefetch of one URL. A nil field is one
// that the service has no value for. The values are shared between rows and
// must not be changed.
type Task struct {
	TaskID     *string // opaque; many rows share one
	URL        *string
	Status     *string // in lower case; one of the constants, or what the service made of it
	Percent    *int64  // 0 to 100; 100 does not mean done
	CreateTime *string // as TimeLayout, in Zone
	Area       *string // in lower case
	UpdateTime *string // as CreateTime
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

// page is one answer of DescribePushTasks.
type page struct {
	tasks  []Task
	total  *int64
	listed bool // PushLogs was there, if only as null
	texts  map[string]*string
	buffer []byte
}

// Rows is the number of rows that have been read.
func (p *page) Rows() int { return len(p.tasks) }

// DecodeField reads one field of the answer.
func (p *page) DecodeField(name string, dec *jsontext.Decoder) error {
	switch name {
	case "PushLogs":
		p.listed = true
		p.texts = make(map[string]*string)
		_, err := tencentcloud.Array(dec, func() error { return p.decodeTask(dec) })
		return err
	case "TotalCount":
		return p.integer(dec, &p.total)
	}
	return dec.SkipValue()
}

// Complete reports an answer without a list, and a count that cannot be.
func (p *page) Complete() error {
	p.texts, p.buffer = nil, nil
	if !p.listed {
		return errors.New(`it has no "PushLogs"`)
	}
	if p.total != nil && *p.total < 0 {
		return fmt.Errorf(`its "TotalCount" is %d`, *p.total)
	}
	return nil
}

func (p *page) decodeTask(dec *jsontext.Decoder) error {
	p.tasks = append(p.tasks, Task{})
	t := &p.tasks[len(p.tasks)-1]
	return tencentcloud.Object(dec, func(name string) (err error) {
		switch name {
		case "TaskId":
			t.TaskID, err = p.shared(dec)
		case "Url":
			t.URL, _, err = p.text(dec)
		case "Status":
			t.Status, err = p.sharedLower(dec)
		case "Percent":
			err = p.integer(dec, &t.Percent)
		case "CreateTime":
			t.CreateTime, err = p.shared(dec)
		case "Area":
			t.Area, err = p.sharedLower(dec)
		case "UpdateTime":
			t.UpdateTime, err = p.shared(dec)
		default:
			err = dec.SkipValue()
		}
		if err != nil {
			return fmt.Errorf("row %d, %s: %w", len(p.tasks), name, err)
		}
		return nil
	})
}

func (p *page) text(dec *jsontext.Decoder) (*string, bool, error) {
	value, ok, err := tencentcloud.String(dec)
	if err != nil || !ok {
		return nil, false, err
	}
	return &value, true, nil
}

// shared keeps one copy of a text that many rows repeat.
func (p *page) shared(dec *jsontext.Decoder) (*string, error) {
	return p.intern(dec, func(s string) string { return s })
}

func (p *page) sharedLower(dec *jsontext.Decoder) (*string, error) {
	return p.intern(dec, strings.ToLower)
}

func (p *page) intern(dec *jsontext.Decoder, form func(string) string) (*string, error) {
	buffer, ok, err := tencentcloud.AppendString(p.buffer[:0], dec)
	p.buffer = buffer
	if err != nil || !ok {
		return nil, err
	}
	if known, ok := p.texts[string(buffer)]; ok {
		return known, nil
	}
	raw := string(buffer)
	value := form(raw)
	p.texts[raw] = &value
	return &value, nil
}

// smallIntegers holds every value of Percent, so that rows share them.
var smallIntegers = func() (n [101]int64) {
	for i := range n {
		n[i] = int64(i)
	}
	return n
}()

func (p *page) integer(dec *jsontext.Decoder, into **int64) error {
	n, ok, err := tencentcloud.Integer(dec)
	switch {
	case err != nil || !ok:
		*into = nil
	case n >= 0 && n < int64(len(smallIntegers)):
		*into = &smallIntegers[n]
	default:
		*into = &n
	}
	return err
}
