package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestValidators(t *testing.T) {
	for name, c := range map[string]struct {
		validator validator.String
		good, bad []string
		want      string // in what is said of a bad one
	}{
		"time": {
			validator: serviceTime{},
			good:      []string{"2026-11-24 00:00:00", "2024-02-29 23:59:59", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00.5+05:45", "0001-01-01 00:00:00"},
			bad: []string{"", " ", "2026-11-24", "2026-11-24 24:00:00", "2026-11-24 1:00:00", "2026-11-24 00:00:00.5", "2026-02-29 00:00:00",
				"2026-11-24T00:00:00", "2026-11-24T00:00Z", "2026/11/24 00:00:00", "2026-11-24 00:00:00Z", "9999-12-31T23:00:00Z", "1795449600"},
			want: `Write it as "2026-11-24 16:00:00", in UTC+8, or with an offset as "2026-11-24T08:00:00Z"`,
		},
		"keyword": {
			validator: keyword{},
			good: []string{"www.example.com", "example.com", "*.example.com", "例子.中国", "a_b.example.com", "http://www.example.com/", "https://example.com/a?b=%20&c#d",
				"https://www.example.com/vod/封面.jpg"},
			bad: []string{"", "example", "www.example.com/path", "www.example.com:443", "ftp://example.com/", "HTTP://example.com/", "http://", "https:///x",
				"a b.example.com", "https://example.com/a b", ".example.com", "example..com", "example.com.", strings.Repeat("a", 64) + ".com"},
			want: "such as",
		},
		"duration": {
			validator: duration{least: time.Second},
			good:      []string{"1s", "1m30s", "1000ms", "24h"},
			bad:       []string{"", "10", "999ms", "-1m", "0s", "ten seconds"},
			want:      "not a Go duration of 1s or more, such as 10s or 1m30s",
		},
		"not empty": {validator: notEmpty{}, good: []string{"0", "1533031853231313311"}, bad: []string{"", " ", "\t\n"}, want: "Leave the argument out"},
	} {
		t.Run(name, func(t *testing.T) {
			verdict := func(value types.String) string {
				var resp validator.StringResponse
				c.validator.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("argument"), ConfigValue: value}, &resp)
				if len(resp.Diagnostics) == 0 {
					return ""
				}
				return resp.Diagnostics[0].Detail()
			}
			for _, value := range c.good {
				if got := verdict(types.StringValue(value)); got != "" {
					t.Errorf("%q: %s", value, got)
				}
			}
			for _, value := range c.bad {
				if got := verdict(types.StringValue(value)); !strings.Contains(got, c.want) || !strings.HasPrefix(got, "argument = ") {
					t.Errorf("%q: %q", value, got)
				}
			}
			if got := verdict(types.StringNull()) + verdict(types.StringUnknown()); got != "" {
				t.Errorf("of null or unknown: %s", got)
			}
		})
	}
}
