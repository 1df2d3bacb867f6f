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
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/credentials"
)

// The environment variables of this provider alone. Those of the credentials are read by their package.
const (
	envDomain            = "TENCENTCLOUD_DOMAIN"
	envEndpoint          = "TENCENTCDN_ENDPOINT"
	envSTSEndpoint       = "TENCENTCDN_STS_ENDPOINT"
	envMetadataEndpoint  = "TENCENTCDN_METADATA_ENDPOINT"
	envRequestsPerSecond = "TENCENTCDN_REQUESTS_PER_SECOND"
	envMaxRetries        = "TENCENTCDN_MAX_RETRIES"
	envRequestTimeout    = "TENCENTCDN_REQUEST_TIMEOUT"
)

const (
	defaultDomain            = "tencentcloudapi.com"
	defaultMetadataEndpoint  = "http://metadata.tencentyun.com"
	defaultRequestsPerSecond = 20 // the limit that the API document gives
	mostRequestsPerSecond    = 1000
	defaultMaxRetries        = 8
	mostMaxRetries           = 100
	defaultRequestTimeout    = 30 * time.Second
)

// providerModel is the provider block.
type providerModel struct {
	SecretID                  types.String `tfsdk:"secret_id"`
	SecretKey                 types.String `tfsdk:"secret_key"`
	SecurityToken             types.String `tfsdk:"security_token"`
	Region                    types.String `tfsdk:"region"`
	Domain                    types.String `tfsdk:"domain"`
	Profile                   types.String `tfsdk:"profile"`
	SharedCredentialsDir      types.String `tfsdk:"shared_credentials_dir"`
	CAMRoleName               types.String `tfsdk:"cam_role_name"`
	EnablePodOIDC             types.Bool   `tfsdk:"enable_pod_oidc"`
	AllowedAccountIDs         types.Set    `tfsdk:"allowed_account_ids"`
	ForbiddenAccountIDs       types.Set    `tfsdk:"forbidden_account_ids"`
	AssumeRole                types.Object `tfsdk:"assume_role"`
	AssumeRoleWithSAML        types.Object `tfsdk:"assume_role_with_saml"`
	AssumeRoleWithWebIdentity types.Object `tfsdk:"assume_role_with_web_identity"`
	MFACertification          types.Object `tfsdk:"mfa_certification"`

	Endpoint          types.String `tfsdk:"endpoint"`
	STSEndpoint       types.String `tfsdk:"sts_endpoint"`
	MetadataEndpoint  types.String `tfsdk:"metadata_endpoint"`
	RequestsPerSecond types.Int64  `tfsdk:"requests_per_second"`
	MaxRetries        types.Int64  `tfsdk:"max_retries"`
	RequestTimeout    types.String `tfsdk:"request_timeout"`
}

// settings are what the provider block and the environment say together.
type settings struct {
	connection
	credentials *credentials.Plan
	secrets     []string // to be masked in the log
}

// connection is whom to speak to, and with how much patience.
type connection struct {
	endpoint, sts, metadata *url.URL
	requestsPerSecond       int
	maxRetries              int
	requestTimeout          time.Duration
}

// newSettings puts the block and the environment together: an argument counts before its variable, an empty variable
// as not set. lookup is os.LookupEnv, or a table. It reads no file and asks no one.
func newSettings(ctx context.Context, block providerModel, lookup func(string) (string, bool)) (settings, diag.Diagnostics) {
	connection, diags := newConnection(block, lookup)
	config, problems := block.credentials(ctx)
	diags.Append(problems...)
	if diags.HasError() {
		return settings{}, diags
	}
	plan, faults := credentials.Resolve(config, lookup)
	for _, fault := range faults {
		diags.Append(diagnoseCredentials(fault))
	}
	return settings{connection: connection, credentials: plan, secrets: secrets(config, lookup)}, diags
}

// newConnection is newSettings but for the credentials.
func newConnection(block providerModel, lookup func(string) (string, bool)) (connection, diag.Diagnostics) {
	r := argumentReader{lookup: lookup}
	domain := r.domain(block.Domain)
	c := connection{
		endpoint:          r.endpoint(block.Endpoint, "endpoint", envEndpoint, "https://"+cdn.Name+"."+domain),
		sts:               r.endpoint(block.STSEndpoint, "sts_endpoint", envSTSEndpoint, "https://sts."+domain),
		metadata:          r.metadata(block.MetadataEndpoint),
		requestsPerSecond: r.number(block.RequestsPerSecond, "requests_per_second", envRequestsPerSecond, 1, mostRequestsPerSecond, defaultRequestsPerSecond),
		maxRetries:        r.number(block.MaxRetries, "max_retries", envMaxRetries, 0, mostMaxRetries, defaultMaxRetries),
		requestTimeout:    r.duration(block.RequestTimeout),
	}
	return c, r.diags
}

// harmless are the arguments that a read can do without while they are unknown: its result is the same.
var harmless = []string{"region", "requests_per_second", "max_retries", "request_timeout"}

// unknownArguments names the arguments, and blocks, that say whom to ask and as whom, and are not known yet.
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

// argumentReader reads arguments that may be given by a variable instead, and collects what is wrong with them.
type argumentReader struct {
	lookup func(string) (string, bool)
	diags  diag.Diagnostics
}

// pick is the argument if it is given, or else the variable. An empty one counts as not given, and so does one that is
// not known yet.
func (r *argumentReader) pick(argument types.String, variable string) (value string, given bool) {
	if value = strings.TrimSpace(argument.ValueString()); value != "" {
		return value, true
	}
	value, _ = r.lookup(variable)
	return strings.TrimSpace(value), false
}

// fault reports a value where it was given.
func (r *argumentReader) fault(given bool, attribute, variable, problem string) {
	if given {
		r.diags.AddAttributeError(path.Root(attribute), "Invalid "+attribute, attribute+": "+problem)
		return
	}
	r.diags.AddError("Invalid environment variable "+variable, variable+": "+problem)
}

var domainName = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]+$`)

func (r *argumentReader) domain(argument types.String) string {
	value, given := r.pick(argument, envDomain)
	if value == "" {
		return defaultDomain
	}
	if !domainName.MatchString(value) {
		r.fault(given, "domain", envDomain,
			fmt.Sprintf("%q is not a domain name. It is the root domain of the API, such as %s.", value, defaultDomain))
		return defaultDomain // so that what is made of it is not reported too
	}
	return value
}

func (r *argumentReader) endpoint(argument types.String, attribute, variable, normal string) *url.URL {
	value, given := r.pick(argument, variable)
	address, err := parseEndpoint(cmp.Or(value, normal), "https")
	if err == nil && address.Scheme == "http" && !isLoopback(address.Hostname()) {
		err = fmt.Errorf("plain http:// to %s would show credentials to the network. Use https://; http:// is for loopback "+
			"addresses such as 127.0.0.1 only", address.Host)
	}
	if err != nil {
		r.fault(given, attribute, variable, err.Error()+".")
	}
	return address
}

// metadata is an endpoint that speaks plain HTTP: the service is on the link of the instance and has no certificate.
func (r *argumentReader) metadata(argument types.String) *url.URL {
	value, given := r.pick(argument, envMetadataEndpoint)
	address, err := parseEndpoint(cmp.Or(value, defaultMetadataEndpoint), "http")
	if err != nil {
		r.fault(given, "metadata_endpoint", envMetadataEndpoint, err.Error()+".")
	}
	return address
}

// parseEndpoint reads a host, host:port or URL. A path is refused rather than dropped: the API has none.
func parseEndpoint(value, scheme string) (*url.URL, error) {
	text := value
	if !strings.Contains(text, "://") {
		text = scheme + "://" + text
	}
	address, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a host, host:port or URL", value)
	}
	switch {
	case address.User != nil:
		return nil, errors.New("a URL with a user name or password in it is refused; credentials have arguments of their own")
	case address.Scheme != "https" && address.Scheme != "http":
		return nil, fmt.Errorf("%q is not a host, host:port or URL; its scheme is neither https nor http", value)
	case address.Hostname() == "" || strings.ContainsAny(address.Host, " \t"):
		return nil, fmt.Errorf("%q names no host", value)
	case address.Path != "" && address.Path != "/" || address.RawQuery != "" || address.Fragment != "":
		return nil, fmt.Errorf("%q has more than a host and a port in it, and the API is at / only", value)
	}
	if port := address.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("%q has the port %s, which is none", value, port)
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

func (r *argumentReader) number(argument types.Int64, attribute, variable string, least, most, normal int64) int {
	value, given := argument.ValueInt64(), !argument.IsNull() && !argument.IsUnknown()
	if !given {
		text, _ := r.pick(types.StringNull(), variable)
		if text == "" {
			return int(normal)
		}
		var err error
		if value, err = strconv.ParseInt(text, 10, 64); err != nil {
			value = least - 1
		}
	}
	if value < least || value > most {
		r.fault(given, attribute, variable, fmt.Sprintf("it must be a whole number from %d to %d.", least, most))
	}
	return int(value)
}

func (r *argumentReader) duration(argument types.String) time.Duration {
	value, given := r.pick(argument, envRequestTimeout)
	if value == "" {
		return defaultRequestTimeout
	}
	timeout, err := time.ParseDuration(value)
	if err != nil || timeout <= 0 {
		r.fault(given, "request_timeout", envRequestTimeout,
			fmt.Sprintf("%q is not a Go duration above zero, such as 30s or 1m30s.", value))
	}
	return timeout
}
