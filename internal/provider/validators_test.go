package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
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
			validator: validTime,
			good: []string{"2026-11-24 00:00:00", "2024-02-29 23:59:59", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00.5+05:45", "0001-01-01 00:00:00",
				"0001-01-01T00:00:00Z", "0000-12-31T23:00:00Z", "0000-12-18 00:00:00"}, // plantimestamp() and before, while Terraform 1.5 validates
			bad: []string{"", " ", "2026-11-24", "2026-11-24 24:00:00", "2026-11-24 1:00:00", "2026-11-24 00:00:00.5", "2026-02-29 00:00:00",
				"2026-11-24T00:00:00", "2026-11-24T00:00Z", "2026/11/24 00:00:00", "2026-11-24 00:00:00Z", "9999-12-31T23:00:00Z", "1795449600",
				"0000-01-01T00:00:00+23:00"},
			want: `Write it as "2026-11-24 16:00:00", in UTC+8, or with an offset as "2026-11-24T08:00:00Z"`,
		},
		"keyword, a domain": {
			validator: validKeyword,
			good:      []string{"www.example.com", "example.com", "*.example.com", "例子.中国", "a_b.example.com"},
			bad: []string{"", "example", "www.example.com/path", "www.example.com:443", "ftp://example.com/", "HTTP://example.com/", " https://example.com/",
				"a b.example.com", ".example.com", "example..com", "example.com.", strings.Repeat("a", 64) + ".com"},
			want: "neither a domain name, such as www.example.com, nor a URL that starts with http:// or https://",
		},
		"keyword, a URL": {
			validator: validKeyword,
			good: []string{"http://www.example.com/", "https://example.com/a?b=%20&c#d", "https://example.com", "http://example.com:8080/a", "https://[::1]:443/", "https://[::1]/",
				"https://www.example.com/sale-50%.png", "https://www.example.com/release notes.pdf", "https://www.example.com/%zz?%", "https://www.example.com/封面.jpg",
				"https://www.example.com/\xb7\xe2.jpg", "https://www.example.com?a b", "https://www.example.com/a\n", "https://www.example.com:/"},
			bad:  []string{"http://", "https:///x", "https://?x", "https://:443/", "https://exa mple.com/", "https://www.example.com\n", "https://user@/x", "http://\x00/"},
			want: "it has no host, as https://www.example.com/index.html has",
		},
		"port": {
			validator: validKeyword,
			good:      []string{"https://example.com:1/", "https://example.com:65535"},
			bad:       []string{"https://example.com:0/", "https://example.com:65536/", "https://example.com:x/"},
			want:      "invalid port",
		},
		"duration": {
			validator: validDuration(time.Second),
			good:      []string{"1s", "1m30s", "1000ms", "24h", "2562047h"},
			bad:       []string{"", "10", "999ms", "-1m", "0s", "ten seconds", "9999999h"},
			want:      "it must be a Go duration of 1s or more, and at most 2562047h, such as 10s, 1m30s or 2h45m",
		},
		"timeout": {
			validator: validTimeout, good: []string{"1ns", "30m", "2562047h"}, bad: []string{"", "0s", "-1m", "soon", "9999999h"},
			want: "it must be a Go duration above zero, and at most 2562047h",
		},
		"empty task ID": {
			validator: validTaskID, good: []string{"0", "1533031853231313311", " 1533031853231313311\n", "\ufeff7", "abc-123", "a b"},
			bad: []string{"", " ", "\t\n", "\ufeff"}, want: "it is empty. Remove the argument",
		},
		"quoted task ID": {
			validator: validTaskID, bad: []string{`"7"`, "'7'", " \"7\"\n", "`7`", "“7”", `7"`}, want: "quotation marks",
		},
	} {
		t.Run(name, func(t *testing.T) {
			problem := func(value types.String) string {
				var resp validator.StringResponse
				c.validator.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("argument"), ConfigValue: value}, &resp)
				if len(resp.Diagnostics) == 0 {
					return ""
				}
				return resp.Diagnostics[0].Detail()
			}
			for _, value := range c.good {
				if got := problem(types.StringValue(value)); got != "" {
					t.Errorf("%q: %s", value, got)
				}
			}
			for _, value := range c.bad {
				if got := problem(types.StringValue(value)); !strings.Contains(got, c.want) || !strings.HasPrefix(got, "argument = ") {
					t.Errorf("%q: %q", value, got)
				}
			}
			if got := problem(types.StringNull()) + problem(types.StringUnknown()); got != "" {
				t.Errorf("of null or unknown: %s", got)
			}
		})
	}
}

func TestURLSet(t *testing.T) {
	null, unknown := types.StringNull(), types.StringUnknown()
	for name, c := range map[string]struct {
		set  types.Set
		want string
	}{
		"null":           {types.SetNull(types.StringType), ""},
		"unknown":        {types.SetUnknown(types.StringType), ""},
		"some":           {textSet("https://www.example.com/sale-50%.png", "HTTP://WWW.EXAMPLE.COM", "https://例子.中国/封面 1.jpg"), ""},
		"one is unknown": {types.SetValueMust(types.StringType, []attr.Value{unknown}), ""},
		"one is null":    {types.SetValueMust(types.StringType, []attr.Value{null}), "Invalid URL at urls: urls has an element that is null."},
		"empty":          {textSet(), "Empty value at urls: urls is empty. Remove the argument, or set it to null, where there is no value."},
		"no scheme":      {textSet("www.example.com/a"), `Invalid URL at urls: urls has the element "www.example.com/a": it does not start with http:// or https://.`},
		"other scheme":   {textSet("ftp://www.example.com/a"), `Invalid URL at urls: urls has the element "ftp://www.example.com/a": it does not start with http:// or https://.`},
		"no host":        {textSet("https:///a"), `Invalid URL at urls: urls has the element "https:///a": it has no host, as https://www.example.com/index.html has.`},
	} {
		var resp validator.SetResponse
		validURLs.ValidateSet(t.Context(), validator.SetRequest{Path: path.Root("urls"), ConfigValue: c.set}, &resp)
		var got string
		for _, d := range resp.Diagnostics {
			got += d.Summary() + " at " + d.(diag.DiagnosticWithPath).Path().String() + ": " + d.Detail() //nolint:forcetypeassert // each has a path
		}
		if got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
}
