package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"
	"pgregory.net/rapid"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

// TestFastRowsAreTheFrameworks reads random rows both ways, for each kind that has rows. The results are the same, to the byte but for the order of
// status_counts, which the framework leaves to chance.
func TestFastRowsAreTheFrameworks(t *testing.T) {
	var list atomic.Pointer[randomList]
	fast, plain := twoServers(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		var query struct{ Offset, Limit int }
		if err := json.NewDecoder(req.Body).Decode(&query); err != nil {
			t.Error(err)
		}
		if err := json.NewEncoder(w).Encode(list.Load().page(query.Offset, query.Limit)); err != nil {
			t.Error(err)
		}
	}))
	query := values{"task_id": stringValue("1"), "limit": numberValue(50)}
	for kind, read := range readers {
		config := object(t, kindType(t, kind), query)
		rapid.Check(t, func(r *rapid.T) {
			drawn := drawList(r)
			list.Store(drawn)
			want, got := mustRead(r, t, read, plain, config), mustRead(r, t, read, fast, config)
			if !reflect.DeepEqual(want, got) {
				r.Fatalf("%s for %v\nfast  %v\nplain %v", kind, drawn, got, want)
			}
		})
	}
}

// mustRead gives the attributes of the state, each as it is encoded, but for status_counts.
func mustRead(r *rapid.T, t *testing.T, read readFunc, server tfprotov6.ProviderServer, config *tfprotov6.DynamicValue) map[string]any {
	result, diags, err := read(t.Context(), server, config)
	if err != nil {
		r.Fatal(err)
	}
	if len(diags) > 0 {
		r.Fatalf("%s: %s", diags[0].Summary, diags[0].Detail)
	}
	var raw map[string]msgpack.RawMessage
	if err := msgpack.Unmarshal(result.MsgPack, &raw); err != nil {
		r.Fatal(err)
	}
	state := map[string]any{}
	for name, value := range raw {
		state[name] = string(value)
	}
	var counts map[string]int
	if err := msgpack.Unmarshal(raw["status_counts"], &counts); err != nil {
		r.Fatal(err)
	}
	state["status_counts"] = counts
	return state
}

// randomList is what the service holds, in its own words.
type randomList struct {
	rows  []map[string]any
	total any
}

func (l *randomList) page(offset, limit int) any {
	from := min(offset, len(l.rows))
	return map[string]any{"Response": map[string]any{
		"PushLogs": l.rows[from:min(from+limit, len(l.rows))], "TotalCount": l.total, "RequestId": "r",
	}}
}

// drawList has nulls, missing fields, empty lists, odd texts and extreme numbers.
func drawList(r *rapid.T) *randomList {
	text := rapid.OneOf(
		rapid.SampledFrom([]any{nil, "", "Done", "process", "\x00", "\U0010ffff", "e\u0301\u00e9\u202e\ufeff", "<&>\u2028\"\\"}),
		rapid.Map(rapid.String(), func(s string) any { return strings.ToValidUTF8(s, "?") }),
		rapid.Just[any](strings.Repeat("長", 300)), // longer than the short heads of MessagePack
	)
	percent := rapid.OneOf(
		rapid.SampledFrom([]any{nil, 0, 100, -1, 127, 128, -32, -33, 1 << 16, math.MaxInt64, math.MinInt64}),
		rapid.Map(rapid.Int64(), func(n int64) any { return n }),
	)
	rows := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) map[string]any {
		row := map[string]any{"Percent": percent.Draw(r, "Percent")}
		for _, name := range []string{"TaskId", "Url", "Status", "CreateTime", "Area", "UpdateTime"} {
			row[name] = text.Draw(r, name)
		}
		if rapid.Bool().Draw(r, "missing") {
			delete(row, rapid.SampledFrom(slices.Sorted(maps.Keys(row))).Draw(r, "which"))
		}
		return row
	}), 0, 49).Draw(r, "rows")
	total := rapid.SampledFrom([]any{nil, len(rows)}).Draw(r, "total")
	return &randomList{rows, total}
}

// TestFastRowsKnowTheSchema fails when push_logs gains an attribute that encodeRow does not write.
func TestFastRowsKnowTheSchema(t *testing.T) {
	var out bytes.Buffer
	if err := encodeRow(msgpack.NewEncoder(&out), &cdn.Task{}); err != nil {
		t.Fatal(err)
	}
	var written map[string]any
	if err := msgpack.Unmarshal(out.Bytes(), &written); err != nil {
		t.Fatal(err)
	}
	rows, ok := pushTasksSchema().Attributes["push_logs"].(schema.ListNestedAttribute)
	if !ok {
		t.Fatal("push_logs is no list of objects")
	}
	got, want := slices.Sorted(maps.Keys(written)), slices.Sorted(maps.Keys(rows.NestedObject.Attributes))
	if !slices.Equal(got, want) {
		t.Errorf("encodeRow writes %v, the schema has %v", got, want)
	}
}

// TestEncodedSize is never less than what is written, and not much more.
func TestEncodedSize(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.Ptr(rapid.StringN(0, 70_000, 70_000), true)
		rows := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) cdn.Task {
			return cdn.Task{URL: text.Draw(r, "url"), TaskID: text.Draw(r, "task"), Percent: rapid.Ptr(rapid.Int64(), true).Draw(r, "percent")}
		}), 0, 20).Draw(r, "rows")
		var out bytes.Buffer
		if err := encodeRows(msgpack.NewEncoder(&out), rows); err != nil {
			r.Fatal(err)
		}
		if size := encodedSize(rows); size < out.Len() || size > out.Len()+5+50*len(rows) {
			r.Errorf("%d for %d bytes of %d rows", size, out.Len(), len(rows))
		}
	})
}

// TestTooLarge refuses what Terraform would not take.
func TestTooLarge(t *testing.T) {
	url := strings.Repeat("x", 1<<20)
	rows := slices.Repeat([]cdn.Task{{URL: &url}}, 256)
	var c carrier
	diags := c.set(rows, request{reader: pushTasksReader, query: cdn.Query{TaskID: "7"}})
	if len(diags) != 1 || c.rows != nil {
		t.Fatalf("%v, %d rows", diags, len(c.rows))
	}
	for _, want := range []string{`found 256 push tasks (task_id = "7")`, "about 256 MiB", "at most 255 MiB", "shorter time range", "for_each"} {
		if !strings.Contains(diags[0].Detail(), want) {
			t.Errorf("no %q in %s", want, diags[0].Detail())
		}
	}
	if diags := c.set(rows[:254], request{}); len(diags) != 0 || len(c.rows) != 254 {
		t.Errorf("%v, %d rows", diags, len(c.rows))
	}
}

// TestBrokenState reports a state that is not what the fast way relies on.
func TestBrokenState(t *testing.T) {
	for _, state := range [][]byte{nil, {0xc0}, {0x93}, {0x81}, {0x81, 0xa1, 'x'}} {
		if out, err := withRows(state, []cdn.Task{{}}); err == nil {
			t.Errorf("%x became %x", state, out)
		}
	}
}

// TestNoState forgets the rows where there is no state to put them into.
func TestNoState(t *testing.T) {
	c := carrier{rows: make([]cdn.Task, 3)}
	if err := c.deliver(nil); err != nil || c.rows != nil {
		t.Errorf("%d rows, %v", len(c.rows), err)
	}
}

// keeper keeps the context of a request, as the framework does until it is stopped.
type keeper struct {
	tfprotov6.ProviderServer
	kept context.Context //nolint:containedctx // what the framework does is to be shown
}

func (k *keeper) ReadDataSource(ctx context.Context, _ *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	state, err := k.keep(ctx)
	return &tfprotov6.ReadDataSourceResponse{State: state}, err
}

func (k *keeper) OpenEphemeralResource(ctx context.Context, _ *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	result, err := k.keep(ctx)
	return &tfprotov6.OpenEphemeralResourceResponse{Result: result}, err
}

func (k *keeper) keep(ctx context.Context) (*tfprotov6.DynamicValue, error) {
	k.kept = ctx
	carrierOf(ctx).rows = make([]cdn.Task, 3)
	state, err := msgpack.Marshal(map[string]any{"push_logs": []any{}})
	return &tfprotov6.DynamicValue{MsgPack: state}, err
}

// TestFastRowsAreForgotten is about a provider that reads many lists: what it has returned must not stay in its memory.
func TestFastRowsAreForgotten(t *testing.T) {
	for kind, read := range readers {
		inner := &keeper{}
		result, _, err := read(t.Context(), server{ProviderServer: inner}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var state struct {
			Rows []any `msgpack:"push_logs"`
		}
		if err := msgpack.Unmarshal(result.MsgPack, &state); err != nil || len(state.Rows) != 3 {
			t.Errorf("%s: %d rows returned, want 3: %v", kind, len(state.Rows), err)
		}
		if kept := carrierOf(inner.kept).rows; kept != nil {
			t.Errorf("%s: %d rows kept", kind, len(kept))
		}
	}
}
