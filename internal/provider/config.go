package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/credentials"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

const (
	defaultDomain            = "tencentcloudapi.com"
	defaultMetadataEndpoint  = "http://metadata.tencentyun.com"
	defaultRequestsPerSecond = 20 // the limit that the API document gives
	maxRequestsPerSecond     = 1000
	defaultMaxRetries        = 8
	maxMaxRetries            = 100
	defaultRequestTimeout    = 30 * time.Second
	maxDuration              = 2562047 * time.Hour // the whole hours of the longest time.Duration
)

// providerModel is the provider block, with the environment variable of each argument. A text that is empty is not set.
type providerModel struct {
	credentials.Config

	Domain            string      `tfsdk:"domain" env:"TENCENTCLOUD_DOMAIN"`
	Endpoint          string      `tfsdk:"endpoint" env:"TENCENTCDN_ENDPOINT"`
	STSEndpoint       string      `tfsdk:"sts_endpoint" env:"TENCENTCDN_STS_ENDPOINT"`
	MetadataEndpoint  string      `tfsdk:"metadata_endpoint" env:"TENCENTCDN_METADATA_ENDPOINT"`
	RequestsPerSecond types.Int64 `tfsdk:"requests_per_second" env:"TENCENTCDN_REQUESTS_PER_SECOND"`
	MaxRetries        types.Int64 `tfsdk:"max_retries" env:"TENCENTCDN_MAX_RETRIES"`
	RequestTimeout    string      `tfsdk:"request_timeout" env:"TENCENTCDN_REQUEST_TIMEOUT"`
}

// variables are the environment variables of the arguments, by path.
var variables = credentials.Variables(providerModel{})

// readBlock reads the provider block. What is null in it, or unknown until apply, is not set.
func readBlock(ctx context.Context, config tfsdk.Config) (providerModel, diag.Diagnostics) {
	var block providerModel
	var object types.Object
	diags := config.Get(ctx, &object)
	diags.Append(object.As(ctx, &block, basetypes.ObjectAsOptions{UnhandledNullAsEmpty: true, UnhandledUnknownAsEmpty: true})...)
	return block, diags
}

// settings are what the provider block and the environment say together.
type settings struct {
	connection
	credentials *credentials.Plan
	secrets     []string // to be masked in the log
}

// connection is where requests go, and with how much patience.
type connection struct {
	endpoint, sts, metadata *url.URL
	requestsPerSecond       int
	maxRetries              int
	requestTimeout          time.Duration
}

// newSettings combines the block and the environment: an argument takes precedence over its variable, and an empty
// variable counts as not set. lookup is os.LookupEnv, or a table. It reads no file and sends no request.
func newSettings(block providerModel, lookup func(string) (string, bool)) (settings, diag.Diagnostics) {
	plan, faults := credentials.Resolve(block.Config, lookup)
	connection, diags := newConnection(block, plan, lookup)
	diags.Append(conflicts(block)...)
	if diags.HasError() {
		return settings{}, diags
	}
	for _, fault := range faults {
		diags.Append(diagnoseCredentials(fault))
	}
	if diags.HasError() {
		return settings{}, diags
	}
	for _, warning := range plan.Warnings {
		diags.AddWarning("Incomplete credentials in the environment", warning.Error())
	}
	return settings{connection: connection, credentials: plan, secrets: plan.Secrets()}, diags
}

// conflicts reports arguments that exclude each other.
func conflicts(block providerModel) diag.Diagnostics {
	var diags diag.Diagnostics
	if len(block.AllowedAccountIDs) > 0 && len(block.ForbiddenAccountIDs) > 0 {
		diags.AddAttributeError(path.Root("allowed_account_ids"), summaryCredentials, "allowed_account_ids conflicts with forbidden_account_ids. Set one of them.")
	}
	if block.AssumeRoleWithSAML != nil && block.AssumeRoleWithWebIdentity != nil {
		diags.AddAttributeError(path.Root("assume_role_with_saml"), summaryCredentials,
			"assume_role_with_saml conflicts with assume_role_with_web_identity. Remove one of the blocks.")
	}
	return diags
}

// newConnection is newSettings but for the credentials, of which plan says only what no message may quote; it may be nil.
func newConnection(block providerModel, plan *credentials.Plan, lookup func(string) (string, bool)) (connection, diag.Diagnostics) {
	r := argumentReader{lookup: lookup}
	if plan != nil {
		r.secrets = plan.Secrets()
	}
	domain := r.domain(block.Domain)
	c := connection{
		endpoint:          r.endpoint(block.Endpoint, "endpoint", "https://"+cdn.Name+"."+domain),
		sts:               r.endpoint(block.STSEndpoint, "sts_endpoint", "https://sts."+domain),
		metadata:          r.metadata(block.MetadataEndpoint),
		requestsPerSecond: r.number(block.RequestsPerSecond, "requests_per_second", 1, maxRequestsPerSecond, defaultRequestsPerSecond),
		maxRetries:        r.number(block.MaxRetries, "max_retries", 0, maxMaxRetries, defaultMaxRetries),
		requestTimeout:    r.duration(block.RequestTimeout),
	}
	return c, r.diags
}

// harmless are the arguments that a read can do without while they are unknown: its result is the same.
var harmless = []string{"region", "requests_per_second", "max_retries", "request_timeout"}

// unknownArguments names the arguments, and blocks, that say where requests go and who signs them, and are unknown until
// apply.
func unknownArguments(block tftypes.Value) []string {
	var arguments map[string]tftypes.Value
	if err := block.As(&arguments); err != nil {
		return nil // it is not an object; reading it as one reports that
	}
	var unknown []string
	for name, value := range arguments {
		if !value.IsFullyKnown() && !slices.Contains(harmless, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// argumentReader reads arguments that may be set by a variable instead, and collects what is wrong with them.
type argumentReader struct {
	lookup  func(string) (string, bool)
	secrets []string // not to be quoted, should one stand where an endpoint should
	diags   diag.Diagnostics
}

// pick is the argument if it is set, or else its variable.
func (r *argumentReader) pick(argument, attribute string) (value string, given bool) {
	if value = credentials.Clean(argument); value != "" {
		return value, true
	}
	value, _ = r.lookup(variables[attribute])
	return credentials.Clean(value), false
}

// fault reports a value where it was given.
func (r *argumentReader) fault(given bool, attribute, problem string) {
	problem = tencentcloud.Redact(problem, r.secrets...)
	if given {
		r.diags.AddAttributeError(path.Root(attribute), "Invalid "+attribute, attribute+": "+problem)
		return
	}
	r.diags.AddError("Invalid environment variable "+variables[attribute], variables[attribute]+": "+problem)
}

var domainName = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]+$`)

func (r *argumentReader) domain(argument string) string {
	value, given := r.pick(argument, "domain")
	if value == "" {
		return defaultDomain
	}
	if !domainName.MatchString(value) {
		r.fault(given, "domain", "it is not a domain name. Set it to the root domain of the API, such as "+defaultDomain+".")
		return defaultDomain // so that what is made of it is not reported too
	}
	return value
}

func (r *argumentReader) endpoint(argument, attribute, normal string) *url.URL {
	value, given := r.pick(argument, attribute)
	address, err := parseEndpoint(cmp.Or(value, normal), "https")
	if err == nil && address.Scheme == "http" && !isLoopback(address.Hostname()) {
		err = fmt.Errorf("plain http:// to %s would send credentials in clear text. Use https://; http:// is accepted for loopback "+
			"addresses only, such as 127.0.0.1", address.Host)
	}
	if err != nil {
		r.fault(given, attribute, err.Error()+".")
	}
	return address
}

// metadata is an endpoint that speaks plain HTTP: the service is on the link of the instance and has no certificate.
func (r *argumentReader) metadata(argument string) *url.URL {
	value, given := r.pick(argument, "metadata_endpoint")
	address, err := parseEndpoint(cmp.Or(value, defaultMetadataEndpoint), "http")
	if err != nil {
		r.fault(given, "metadata_endpoint", err.Error()+".")
	}
	return address
}

// parseEndpoint reads a host, host:port or URL. A path is rejected rather than dropped: the API has none. An error does
// not quote what may hold a password.
func parseEndpoint(value, scheme string) (*url.URL, error) {
	if strings.Contains(value, "@") { // also where it cannot be parsed
		return nil, errors.New("a URL must not contain a user name or password; credentials have arguments of their own")
	}
	text := value
	if !strings.Contains(text, "://") {
		text = scheme + "://" + text
	}
	address, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a host, host:port or URL", value)
	}
	switch {
	case address.Scheme != "https" && address.Scheme != "http":
		return nil, fmt.Errorf("%q is not a host, host:port or URL; its scheme must be https or http", value)
	case address.Hostname() == "" || strings.ContainsAny(address.Host, " \t"):
		return nil, fmt.Errorf("%q has no host", value)
	case address.Path != "" && address.Path != "/" || address.RawQuery != "" || address.Fragment != "":
		return nil, fmt.Errorf("%q must be a host and a port only; the API is at /", value)
	}
	if port := address.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("%q has an invalid port: %s", value, port)
		}
	}
	return &url.URL{Scheme: address.Scheme, Host: address.Host}, nil
}

// isLoopback reports whether a host is this machine, without asking anyone for an address.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (r *argumentReader) number(argument types.Int64, attribute string, lowest, highest, normal int64) int {
	value, given := argument.ValueInt64(), !argument.IsNull() && !argument.IsUnknown()
	if !given {
		text, _ := r.pick("", attribute)
		if text == "" {
			return int(normal)
		}
		var err error
		if value, err = strconv.ParseInt(text, 10, 64); err != nil {
			value = lowest - 1
		}
	}
	if value < lowest || value > highest {
		r.fault(given, attribute, fmt.Sprintf("it must be a whole number from %d to %d.", lowest, highest))
	}
	return int(value)
}

func (r *argumentReader) duration(argument string) time.Duration {
	value, given := r.pick(argument, "request_timeout")
	if value == "" {
		return defaultRequestTimeout
	}
	timeout, err := time.ParseDuration(value)
	if err != nil || timeout <= 0 || timeout > maxDuration {
		r.fault(given, "request_timeout",
			fmt.Sprintf("%q must be a Go duration such as 30s or 1m30s, above zero and at most %.0fh.", value, maxDuration.Hours()))
	}
	return timeout
}
