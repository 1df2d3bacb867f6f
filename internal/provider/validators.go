package provider

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

// parseServiceTime reads a time in the service's form and zone, or RFC 3339. The result is in the service's zone.
func parseServiceTime(value string) (time.Time, error) {
	at, err := time.ParseInLocation(cdn.TimeLayout, value, cdn.Zone)
	if err == nil && at.Format(cdn.TimeLayout) != value {
		err = errors.New("time.Parse lets single digits and fractions pass, which the service's form does not have")
	}
	if err != nil {
		if at, err = time.Parse(time.RFC3339, value); err != nil {
			return time.Time{}, err
		}
		at = at.In(cdn.Zone)
	}
	if year := at.Year(); year < 1 || year > 9999 {
		return time.Time{}, fmt.Errorf("the year %d cannot be written in the service's form", year)
	}
	return at, nil
}

// check is the body of a validator.String: what is neither null nor unknown is held to a rule.
func check(req validator.StringRequest, resp *validator.StringResponse, summary string, rule func(string) error) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	value := req.ConfigValue.ValueString()
	if err := rule(value); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, summary, fmt.Sprintf("%s = %q: %v.", req.Path, value, err))
	}
}

// serviceTime accepts what parseServiceTime does.
type serviceTime struct{}

func (serviceTime) Description(context.Context) string {
	return "YYYY-MM-DD hh:mm:ss in UTC+8, or RFC 3339"
}
func (v serviceTime) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (serviceTime) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	check(req, resp, "Invalid time", func(value string) error {
		if _, err := parseServiceTime(value); err != nil {
			return errors.New(`not a time. Write it as "2026-11-24 16:00:00", in UTC+8, or with an offset as "2026-11-24T08:00:00Z"`)
		}
		return nil
	})
}

// keyword accepts a domain name or a URL.
type keyword struct{}

func (keyword) Description(context.Context) string {
	return "a domain name, or a URL that starts with http:// or https://"
}
func (v keyword) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (keyword) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	check(req, resp, "Invalid keyword", func(value string) error {
		if strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://") {
			address, err := url.Parse(value)
			if err != nil || address.Hostname() == "" || strings.ContainsAny(value, " \t\r\n") {
				return errors.New("not a complete URL, such as https://www.example.com/index.html")
			}
			return nil
		}
		if !isDomain(value) {
			return errors.New("neither a domain name, such as www.example.com, nor a URL that starts with http:// or https://")
		}
		return nil
	})
}

// isDomain reports whether a text can be a domain name with at least two labels. Accelerated domains may begin with *.
// and hold letters of any script.
func isDomain(text string) bool {
	labels := strings.Split(strings.TrimPrefix(text, "*."), ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool {
			return r <= ' ' || r < 0x80 && !isLetterOrDigit(r) && r != '-' && r != '_'
		}) {
			return false
		}
	}
	return len(labels) > 1 && len(text) <= 253
}

func isLetterOrDigit(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// duration accepts a Go duration that is not shorter than least.
type duration struct{ least time.Duration }

func (v duration) Description(context.Context) string {
	return fmt.Sprintf("a Go duration of %v or more", v.least)
}
func (v duration) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v duration) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	check(req, resp, "Invalid duration", func(value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d < v.least {
			return fmt.Errorf("not a Go duration of %v or more, such as 10s or 1m30s", v.least)
		}
		return nil
	})
}

// notEmpty refuses a text without anything in it.
type notEmpty struct{}

func (notEmpty) Description(context.Context) string               { return "not empty" }
func (v notEmpty) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (notEmpty) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	check(req, resp, "Empty value", func(value string) error {
		if strings.TrimSpace(value) == "" {
			return errors.New("it is empty. Leave the argument out, or set it to null, where there is no value")
		}
		return nil
	})
}
