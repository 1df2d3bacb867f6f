package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

// The framework takes seconds and gigabytes for a list of 10 000 objects: it makes a value of each attribute, and walks
// all of them again and again. So the list push_logs goes past it. What reads push tasks passes its rows to the carrier of its
// request and leaves an empty list in the state; the server puts the rows in its place when the framework has done
// everything else. This relies on the state being one MessagePack map from attribute names to values, which is how
// protocol 6 has it, and on nothing in the framework reading the rows afterwards.

// carrier takes the rows of one request past the framework.
type carrier struct{ rows []cdn.Task }

type carrierKey struct{}

// carrierOf is nil where no server put a carrier: then the rows go by the framework.
func carrierOf(ctx context.Context) *carrier {
	c, _ := ctx.Value(carrierKey{}).(*carrier)
	return c
}

// in puts the carrier into the context of its request.
func (c *carrier) in(ctx context.Context) context.Context {
	return context.WithValue(ctx, carrierKey{}, c)
}

// deliver puts the rows into a state, and forgets them: the framework keeps the context of every request until the provider
// is stopped.
func (c *carrier) deliver(state *tfprotov6.DynamicValue) (err error) {
	if len(c.rows) > 0 && state != nil {
		state.MsgPack, err = withRows(state.MsgPack, c.rows)
	}
	c.rows = nil
	return err
}

// passRows hands rows to the carrier of the request and leaves an empty list to the framework; where there is no carrier,
// the list has them all.
func passRows(ctx context.Context, rows []cdn.Task, list *[]pushLogModel, r request) diag.Diagnostics {
	*list = []pushLogModel{}
	if c := carrierOf(ctx); c != nil {
		return c.set(rows, r)
	}
	for _, row := range rows {
		*list = append(*list, pushLogModel(row))
	}
	return nil
}

// maxState is the largest state, in bytes. A provider sends no message over 256 MiB (terraform-plugin-go, tf6server); the
// difference leaves room for the rest of the message.
const maxState = 255 << 20

// set keeps the rows, unless they are more than Terraform takes.
func (c *carrier) set(rows []cdn.Task, r request) diag.Diagnostics {
	if size := encodedSize(rows); size > maxState {
		return diag.Diagnostics{diag.NewErrorDiagnostic(summaryTooMany, fmt.Sprintf(
			"The %s found %d push tasks (%s). They take about %d MiB, and Terraform accepts at most %d MiB from a provider.\n\n%s",
			r.reader, len(rows), r, size>>20, maxState>>20, adviceTooMany))}
	}
	c.rows = rows
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
		return nil, errors.New("state: is null")
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
		if name == attrPushLogs {
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

// encodedSize is the length of encoded rows, or a little more: it counts names and heads at their longest.
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
