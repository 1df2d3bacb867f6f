package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

// The framework takes seconds and gigabytes for a list of 10 000 objects: it makes a value of each attribute, and walks
// all of them again and again. So the list push_logs goes past it. The data source hands its rows to the request's
// answer and leaves an empty list in the state; the server below puts the rows in its place when the framework has done
// everything else. What this relies on is that the state is one MessagePack map from attribute names to values, which
// is how protocol 6 has it, and that nothing of the framework's looks at the rows of a data source afterwards.

// NewServer returns what tf6server.Serve serves.
func NewServer(version string) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		return fastRows{providerserver.NewProtocol6(New(version))()}
	}
}

// fastRows is the framework's server but for the rows of push_logs.
type fastRows struct{ tfprotov6.ProviderServer }

// answer takes the rows of one request past the framework.
type answer struct{ rows []cdn.Task }

type answerKey struct{}

// answerOf is nil where no server put an answer: then the rows go by the framework.
func answerOf(ctx context.Context) *answer {
	a, _ := ctx.Value(answerKey{}).(*answer)
	return a
}

func (s fastRows) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	var a answer
	defer func() { a.rows = nil }() // the framework keeps the context of every request until the provider is stopped
	resp, err := s.ProviderServer.ReadDataSource(context.WithValue(ctx, answerKey{}, &a), req)
	if err != nil || len(a.rows) == 0 || resp.State == nil {
		return resp, err
	}
	resp.State.MsgPack, err = withRows(resp.State.MsgPack, a.rows)
	return resp, err
}

// maxState is the most that a state may have, in bytes. A provider sends no message beyond 256 MiB (terraform-plugin-go,
// tf6server); the rest of the message has room in the difference.
const maxState = 255 << 20

// take keeps the rows, unless they are more than Terraform takes.
func (a *answer) take(rows []cdn.Task, asked request) diag.Diagnostics {
	if size := encodedSize(rows); size > maxState {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Too many push tasks for Terraform", fmt.Sprintf(
			"The data source tencentcdn_push_tasks found %d tasks for %s. They are about %d MiB, and Terraform takes at most "+
				"%d MiB from a provider.\n\nAsk for less at once: a shorter time between start_time and end_time, one domain "+
				"as keyword, one area or status, or a limit; and use several data sources, for example with for_each over the "+
				"days, where all are needed.", len(rows), describe(asked.query), size>>20, maxState>>20))}
	}
	a.rows = rows
	return nil
}

// withRows is a state with rows in the place of its push_logs.
func withRows(state []byte, rows []cdn.Task) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(len(state) + encodedSize(rows))
	enc := msgpack.NewEncoder(&out)
	dec := msgpack.NewDecoder(bytes.NewReader(state))
	attributes, err := dec.DecodeMapLen()
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	if attributes < 0 {
		return nil, errors.New("state: it is null")
	}
	if err := enc.EncodeMapLen(attributes); err != nil {
		return nil, err
	}
	for range attributes {
		name, err := dec.DecodeString()
		if err != nil {
			return nil, fmt.Errorf("state: %w", err)
		}
		value, err := dec.DecodeRaw()
		if err != nil {
			return nil, fmt.Errorf("state, %s: %w", name, err)
		}
		if err := enc.EncodeString(name); err != nil {
			return nil, err
		}
		if name == "push_logs" {
			err = encodeRows(enc, rows)
		} else {
			err = enc.Encode(value)
		}
		if err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

func encodeRows(enc *msgpack.Encoder, rows []cdn.Task) error {
	if err := enc.EncodeArrayLen(len(rows)); err != nil {
		return err
	}
	for i := range rows {
		if err := encodeRow(enc, &rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// encodeRow writes the attributes of pushLogModel, in the framework's order: by name.
func encodeRow(enc *msgpack.Encoder, row *cdn.Task) error {
	w := rowWriter{enc: enc}
	w.fail(enc.EncodeMapLen(7))
	w.text("area", row.Area)
	w.text("create_time", row.CreateTime)
	w.number("percent", row.Percent)
	w.text("status", row.Status)
	w.text("task_id", row.TaskID)
	w.text("update_time", row.UpdateTime)
	w.text("url", row.URL)
	return w.err
}

// rowWriter keeps the first error.
type rowWriter struct {
	enc *msgpack.Encoder
	err error
}

func (w *rowWriter) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *rowWriter) text(name string, value *string) {
	w.fail(w.enc.EncodeString(name))
	if value == nil {
		w.fail(w.enc.EncodeNil())
		return
	}
	w.fail(w.enc.EncodeString(*value))
}

func (w *rowWriter) number(name string, value *int64) {
	w.fail(w.enc.EncodeString(name))
	if value == nil {
		w.fail(w.enc.EncodeNil())
		return
	}
	w.fail(w.enc.EncodeInt(*value))
}

// encodedSize is the length of encoded rows, or a little more: names and heads are taken at their longest.
func encodedSize(rows []cdn.Task) int {
	const names, heads = len("area"+"create_time"+"percent"+"status"+"task_id"+"update_time"+"url") + 7, 1 + 6*5 + 9
	size := 5 + len(rows)*(names+heads)
	for i := range rows {
		row := &rows[i]
		for _, text := range [...]*string{row.Area, row.CreateTime, row.Status, row.TaskID, row.UpdateTime, row.URL} {
			if text != nil {
				size += len(*text)
			}
		}
	}
	return size
}
