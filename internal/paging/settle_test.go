package paging

import (
	"strings"
	"testing"
)

// What responses account for. Each is its offset, its count and its rows.
func TestAccount(t *testing.T) {
	for name, c := range map[string]struct {
		responses []page[string]
		want      string
	}{
		"all rows":                            {[]page[string]{responseOf(0, 3, "a b"), responseOf(1, 3, "b c")}, "a b c"},
		"one is missing":                      {[]page[string]{responseOf(0, 3, "a b"), responseOf(1, 3, "b a")}, ""},
		"one came":                            {[]page[string]{responseOf(0, 3, "a b"), responseOf(1, 4, "x b"), responseOf(2, 4, "b c")}, "a x b c"},
		"one came, and one is missing":        {[]page[string]{responseOf(0, 3, "a b"), responseOf(1, 4, "x b"), responseOf(2, 4, "b a")}, ""},
		"one left, and all have come since":   {[]page[string]{responseOf(0, 4, "x a"), responseOf(0, 3, "a b"), responseOf(1, 3, "b c")}, "a b c"},
		"equal rows in one response":          {[]page[string]{responseOf(0, 4, "a b b"), responseOf(2, 4, "b c")}, "a b b c"},
		"equal rows in two responses":         {[]page[string]{responseOf(0, 4, "a b"), responseOf(2, 4, "b c")}, ""},
		"no count":                            {[]page[string]{{Page: Page[string]{Rows: []string{"a"}}}}, ""},
		"a count that is too low for its row": {[]page[string]{responseOf(1, 1, "a")}, ""},
		"none":                                {nil, ""},
	} {
		var sweep script
		r := &reader[string, string]{Source: sweep.source()}
		got := strings.Join(r.account(c.responses, nil), " ")
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func responseOf(offset, total int64, rows string) page[string] {
	return page[string]{Page[string]{Rows: strings.Fields(rows), Total: &total}, offset, 0}
}
