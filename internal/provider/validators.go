package provider

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
)

// rule is a validator of texts, and of sets of texts: what is neither null nor unknown must pass the check.
type rule struct {
	description string
	summary     string // of the diagnostic
	check       func(string) error
}

func (r rule) Description(context.Context) string         { return r.description }
func (r rule) MarkdownDescription(context.Context) string { return r.description }

func (r rule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	value := req.ConfigValue.ValueString()
	if err := r.check(value); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, r.summary, fmt.Sprintf("%s = %q: %v.", req.Path, value, err))
	}
}

// ValidateSet points at the set: a set's elements have no place of their own in a configuration.
func (r rule) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if len(req.ConfigValue.Elements()) == 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Empty value", fmt.Sprintf("%s is empty. Remove the argument, or set it to "+
			"null, where there is no value.", req.Path))
	}
	for _, element := range req.ConfigValue.Elements() {
		switch text, ok := element.(types.String); {
		case !ok || element.IsUnknown():
		case text.IsNull():
			resp.Diagnostics.AddAttributeError(req.Path, r.summary, fmt.Sprintf("%s has an element that is null.", req.Path))
		default:
			if err := r.check(text.ValueString()); err != nil {
				resp.Diagnostics.AddAttributeError(req.Path, r.summary, fmt.Sprintf("%s has the element %q: %v.", req.Path, text.ValueString(), err))
			}
		}
	}
}

// validTaskID accepts any text; which forms of an ID there are is not documented. An ID often comes from a file or from
// another program, so that blanks around it are dropped.
var validTaskID = rule{"a task ID without quotation marks", "Invalid task_id", func(value string) error {
	switch id := trimID(value); {
	case id == "":
		return errors.New("it is empty. Remove the argument, or set it to null, where there is no value")
	case strings.ContainsAny(id, "\"'`“”‘’„«»"):
		return errors.New("it has quotation marks in it, which no task ID has. Remove them, for example with jsondecode() or jq -r")
	}
	return nil
}}

// trimID drops what surrounds an ID that was read from a file: blanks, line ends, marks of the encoding.
func trimID(value string) string {
	return strings.TrimFunc(value, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' })
}

// parseServiceTime reads a time in the service's form and zone, or RFC 3339. The result is in the service's zone.
func parseServiceTime(value string) (time.Time, error) {
	at, err := time.ParseInLocation(cdn.TimeLayout, value, cdn.Zone)
	if err == nil && at.Format(cdn.TimeLayout) != value {
		err = errors.New("time.Parse accepts single digits and fractions, which the service's form does not have")
	}
	if err != nil {
		if at, err = time.Parse(time.RFC3339, value); err != nil {
			return time.Time{}, err
		}
		at = at.In(cdn.Zone)
	}
	if year := at.Year(); year < 0 || year > 9999 {
		return time.Time{}, fmt.Errorf("the year %d cannot be written in the service's form", year)
	}
	return at, nil
}

// isPlaceholder reports a time around the year 1. Terraform 1.5 gives it for plantimestamp() while it validates, and the
// real time when it reads.
func isPlaceholder(at time.Time) bool { return at.Year() <= 1 }

// validTime accepts what parseServiceTime does.
var validTime = rule{"YYYY-MM-DD hh:mm:ss in UTC+8, or RFC 3339", "Invalid time", func(value string) error {
	if _, err := parseServiceTime(value); err != nil {
		return errors.New(`not a time. Write it as "2026-11-24 16:00:00", in UTC+8, or with an offset as "2026-11-24T08:00:00Z"`)
	}
	return nil
}}

// validKeyword accepts a domain name, or whatever the URL of a row can be.
var validKeyword = rule{"a domain name, or a URL that starts with http:// or https://", "Invalid keyword", func(value string) error {
	if strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://") {
		return checkURL(value)
	}
	if !isDomain(value) {
		return errors.New("neither a domain name, such as www.example.com, nor a URL that starts with http:// or https://")
	}
	return nil
}}

// validURLs accepts URLs as the service lists them.
var validURLs = rule{"one or more URLs that start with http:// or https://", "Invalid URL", checkURL}

// checkURL wants a scheme and a host. What follows is the business of whoever submitted the URL: the service takes blanks, %
// and any script as they are.
func checkURL(value string) error {
	scheme, rest, ok := strings.Cut(value, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return errors.New("it does not start with http:// or https://")
	}
	host := rest
	if end := strings.IndexAny(host, `/?#\`); end >= 0 {
		host = host[:end]
	}
	host = host[strings.LastIndex(host, "@")+1:]
	if port := strings.LastIndex(host, ":"); port >= 0 && !strings.HasSuffix(host, "]") {
		if n, err := strconv.ParseUint(host[port+1:], 10, 16); host[port+1:] != "" && (err != nil || n == 0) {
			return errors.New("it has an invalid port")
		}
		host = host[:port]
	}
	if host == "" || strings.ContainsFunc(host, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return errors.New("it has no host, as https://www.example.com/index.html has")
	}
	return nil
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

// maxDurationHours is the longest Go duration in whole hours.
const maxDurationHours = math.MaxInt64 / int64(time.Hour)

// validDuration accepts a Go duration that is not shorter than minimum.
func validDuration(minimum time.Duration) rule {
	return durationRule(fmt.Sprintf("a Go duration of %v or more", minimum), func(d time.Duration) bool { return d >= minimum })
}

// validTimeout accepts a Go duration above zero.
var validTimeout = durationRule("a Go duration above zero", func(d time.Duration) bool { return d > 0 })

func durationRule(description string, ok func(time.Duration) bool) rule {
	return rule{description, "Invalid duration", func(value string) error {
		if d, err := time.ParseDuration(value); err != nil || !ok(d) {
			return fmt.Errorf("it must be %s, and at most %dh, such as 10s, 1m30s or 2h45m", description, maxDurationHours)
		}
		return nil
	}}
}
