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

	// While it is decoded:
	texts   map[string]*string // those that rows share
	lowered map[string]*string // those that they share in lower case
	values  []string           // room for the next texts, so that not each is allocated alone
	buffer  []byte
	name    []byte
}

// Rows is the number of rows that have been read.
func (p *page) Rows() int { return len(p.tasks) }

// DecodeField reads one field of the answer.
func (p *page) DecodeField(name string, dec *jsontext.Decoder) error {
	switch name {
	case "PushLogs":
		p.listed = true
		p.texts, p.lowered = make(map[string]*string), make(map[string]*string)
		_, err := tencentcloud.Array(dec, func() error {
			if err := p.decodeTask(dec); err != nil {
				return fmt.Errorf("row %d: %w", len(p.tasks), err)
			}
			return nil
		})
		return err
	case "TotalCount":
		return p.integer(dec, &p.total)
	}
	return dec.SkipValue()
}

// Complete reports an answer without a list, and a count that cannot be.
func (p *page) Complete() error {
	p.texts, p.lowered, p.values, p.buffer, p.name = nil, nil, nil, nil, nil
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
	return p.object(dec, func(name []byte) (err error) {
		switch string(name) {
		case "TaskId":
			t.TaskID, err = p.shared(dec)
		case "Url":
			t.URL, err = p.text(dec)
		case "Status":
			t.Status, err = p.lower(dec)
		case "Percent":
			err = p.integer(dec, &t.Percent)
		case "CreateTime":
			t.CreateTime, err = p.shared(dec)
		case "Area":
			t.Area, err = p.lower(dec)
		case "UpdateTime":
			t.UpdateTime, err = p.shared(dec)
		default:
			err = dec.SkipValue()
		}
		return err
	})
}

// object is tencentcloud.Object without a string for every name: those would be
// most of what is allocated for a row.
func (p *page) object(dec *jsontext.Decoder, member func(name []byte) error) error {
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	if token.Kind() != '{' {
		return fmt.Errorf("a JSON %v where { was expected", token.Kind())
	}
	for dec.PeekKind() != '}' {
		p.name, _, err = tencentcloud.AppendString(p.name[:0], dec)
		if err != nil {
			return err
		}
		if err := member(p.name); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	_, err = dec.ReadToken()
	return err
}

// text reads a text that rows do not share.
func (p *page) text(dec *jsontext.Decoder) (*string, error) {
	ok, err := p.read(dec)
	if err != nil || !ok {
		return nil, err
	}
	return p.keep(string(p.buffer)), nil
}

// shared keeps one copy of a text that many rows repeat.
func (p *page) shared(dec *jsontext.Decoder) (*string, error) {
	return p.intern(dec, p.texts, func(text string) string { return text })
}

// lower is shared for texts that are compared without regard to case.
func (p *page) lower(dec *jsontext.Decoder) (*string, error) {
	return p.intern(dec, p.lowered, strings.ToLower)
}

// intern reads a text that known may have already, by what the service wrote.
func (p *page) intern(dec *jsontext.Decoder, known map[string]*string, form func(string) string) (*string, error) {
	ok, err := p.read(dec)
	if err != nil || !ok {
		return nil, err
	}
	value, ok := known[string(p.buffer)]
	if !ok {
		text := string(p.buffer)
		value = p.keep(form(text))
		known[text] = value
	}
	return value, nil
}

// read puts the next text into the buffer. For null it reports false.
func (p *page) read(dec *jsontext.Decoder) (ok bool, err error) {
	p.buffer, ok, err = tencentcloud.AppendString(p.buffer[:0], dec)
	return ok, err
}

func (p *page) keep(value string) *string {
	const room = 128
	if len(p.values) == cap(p.values) {
		p.values = make([]string, 0, room)
	}
	p.values = append(p.values, value)
	return &p.values[len(p.values)-1]
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
		large := n // its own variable, so that only it is allocated
		*into = &large
	}
	return err
}
