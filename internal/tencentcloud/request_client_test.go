package tencentcloud

import (
	"regexp"
	"strings"
	"testing"
)

func TestRequestClient(t *testing.T) {
	documented := regexp.MustCompile(`^[0-9a-zA-Z-_ ,;.]{1,128}$`)
	for _, c := range []struct{ in, want string }{
		{"", ""}, // an empty header is not sent
		{"terraform-provider-tencentcdn/1.2.3 Terraform/1.11.4", "terraform-provider-tencentcdn_1.2.3 Terraform_1.11.4"},
		{"a-b_c d,e;f.g", "a-b_c d,e;f.g"},
		{"(+https://example.com)\r\nX: 封", "__https___example.com___X_ _"},
		{"  spaces around \t", "spaces around _"},
		{strings.Repeat("x", 200), strings.Repeat("x", 128)},
		{strings.Repeat("x", 127) + " y", strings.Repeat("x", 127)},
	} {
		got := requestClient(c.in)
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
		if got != "" && !documented.MatchString(got) {
			t.Errorf("%q is not what the API accepts", got)
		}
	}
}
