package provider

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/credentials"
)

// environment is a table in the place of os.LookupEnv.
type environment map[string]string

func (e environment) lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}

// The environment variables, written once more, so that a slip in a tag is found.
const (
	envDomain            = "TENCENTCLOUD_DOMAIN"
	envEndpoint          = "TENCENTCDN_ENDPOINT"
	envSTSEndpoint       = "TENCENTCDN_STS_ENDPOINT"
	envMetadataEndpoint  = "TENCENTCDN_METADATA_ENDPOINT"
	envRequestsPerSecond = "TENCENTCDN_REQUESTS_PER_SECOND"
	envMaxRetries        = "TENCENTCDN_MAX_RETRIES"
	envRequestTimeout    = "TENCENTCDN_REQUEST_TIMEOUT"
)

var (
	unknownString = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	unknownNumber = tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)
	unknownSet    = tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, tftypes.UnknownValue)
)

func TestConnection(t *testing.T) {
	n := types.Int64Value
	type want struct {
		endpoint, sts, metadata string
		perSecond, retries      int
		timeout                 string
	}
	defaults := want{
		"https://cdn.tencentcloudapi.com", "https://sts.tencentcloudapi.com", "http://metadata.tencentyun.com", 20, 8, "30s",
	}
	but := func(change func(*want)) want {
		w := defaults
		change(&w)
		return w
	}
	for name, c := range map[string]struct {
		block providerModel
		env   environment
		want  want
	}{
		"nothing is set": {want: defaults},
		"empty is not set": {block: providerModel{Endpoint: "", Domain: "", RequestTimeout: ""},
			env: environment{envEndpoint: "", envMaxRetries: "", envRequestsPerSecond: " "}, want: defaults},
		"arguments": {
			block: providerModel{Endpoint: "cdn.internal.tencentcloudapi.com", STSEndpoint: "https://sts.example.com:8443/",
				MetadataEndpoint: "169.254.0.23", RequestsPerSecond: n(5), MaxRetries: n(0), RequestTimeout: "1m30s"},
			want: want{"https://cdn.internal.tencentcloudapi.com", "https://sts.example.com:8443", "http://169.254.0.23", 5, 0, "1m30s"},
		},
		"variables": {
			env: environment{envEndpoint: "http://127.0.0.1:1234", envSTSEndpoint: "http://[::1]:1", envMetadataEndpoint: "http://localhost:1",
				envRequestsPerSecond: "7", envMaxRetries: "3", envRequestTimeout: "5s"},
			want: want{"http://127.0.0.1:1234", "http://[::1]:1", "http://localhost:1", 7, 3, "5s"},
		},
		"quotes and invisible characters around a value": {
			block: providerModel{Endpoint: " 'a.example.com'\u200b"},
			env:   environment{envSTSEndpoint: `"b.example.com"`, envMaxRetries: "'3'", envRequestTimeout: "\ufeff5s\r\n"},
			want:  want{"https://a.example.com", "https://b.example.com", "http://metadata.tencentyun.com", 20, 3, "5s"},
		},
		"argument over variable": {
			block: providerModel{Endpoint: "a.example.com:444", STSEndpoint: "b.example.com", MetadataEndpoint: "c.example.com",
				Domain: "d.example.com", RequestsPerSecond: n(1), MaxRetries: n(1), RequestTimeout: "1s"},
			env: environment{envEndpoint: "x.example.com", envSTSEndpoint: "x.example.com", envMetadataEndpoint: "x.example.com",
				envDomain: "x.example.com", envRequestsPerSecond: "9", envMaxRetries: "9", envRequestTimeout: "9s"},
			want: want{"https://a.example.com:444", "https://b.example.com", "http://c.example.com", 1, 1, "1s"},
		},
		"domain": {block: providerModel{Domain: "intl.tencentcloudapi.com"},
			want: but(func(w *want) {
				w.endpoint, w.sts = "https://cdn.intl.tencentcloudapi.com", "https://sts.intl.tencentcloudapi.com"
			})},
		"domain of the environment": {env: environment{envDomain: "ap-beijing.tencentcloudapi.com"},
			want: but(func(w *want) {
				w.endpoint, w.sts = "https://cdn.ap-beijing.tencentcloudapi.com", "https://sts.ap-beijing.tencentcloudapi.com"
			})},
		"unknown ones are taken as not set": {
			block: block(t, values{"endpoint": unknownString, "domain": unknownString, "request_timeout": unknownString,
				"requests_per_second": unknownNumber, "max_retries": unknownNumber, "allowed_account_ids": unknownSet}),
			env:  environment{envMaxRetries: "2"},
			want: but(func(w *want) { w.retries = 2 }),
		},
	} {
		t.Run(name, func(t *testing.T) {
			plan, _ := credentials.Resolve(c.block.Config, c.env.lookup)
			got, diags := newConnection(c.block, plan, c.env.lookup)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			if got := (want{got.endpoint.String(), got.sts.String(), got.metadata.String(), got.requestsPerSecond, got.maxRetries,
				got.requestTimeout.String()}); got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestConnectionRefused(t *testing.T) {
	n := types.Int64Value
	for name, c := range map[string]struct {
		block providerModel
		env   environment
		at    string // the argument, or else the variable
		want  string
	}{
		"http to a network":              {block: providerModel{Endpoint: "http://cdn.tencentcloudapi.com"}, at: "endpoint", want: "plain http:// to cdn.tencentcloudapi.com would send credentials in clear text"},
		"http to a private net":          {block: providerModel{Endpoint: "http://192.168.1.1:80"}, at: "endpoint", want: "plain http:// to 192.168.1.1:80"},
		"http to a look-alike":           {block: providerModel{Endpoint: "http://127.0.0.1.example.com"}, at: "endpoint", want: "plain http:// to"},
		"http to all addresses":          {block: providerModel{STSEndpoint: "http://0.0.0.0:80"}, at: "sts_endpoint", want: "plain http:// to"},
		"http by a variable":             {env: environment{envSTSEndpoint: "http://sts.example.com"}, at: envSTSEndpoint, want: "plain http:// to"},
		"another scheme":                 {block: providerModel{Endpoint: "ftp://example.com"}, at: "endpoint", want: "scheme must be https or http"},
		"no host":                        {block: providerModel{Endpoint: "https://"}, at: "endpoint", want: "has no host"},
		"only a port":                    {block: providerModel{Endpoint: ":443"}, at: "endpoint", want: "has no host"},
		"a path":                         {block: providerModel{Endpoint: "https://example.com/api"}, at: "endpoint", want: "a host and a port only"},
		"a query":                        {block: providerModel{Endpoint: "https://example.com/?x=1"}, at: "endpoint", want: "a host and a port only"},
		"a password":                     {block: providerModel{Endpoint: "https://user:hunter2@example.com"}, at: "endpoint", want: "must not contain a user name or password"},
		"a password that does not parse": {block: providerModel{Endpoint: "https://user:hunter2%ss@example.com"}, at: "endpoint", want: "must not contain a user name or password"},
		"a password without a scheme":    {env: environment{envMetadataEndpoint: "user:hunter2@example.com"}, at: envMetadataEndpoint, want: "must not contain a user name or password"},
		"a password in a bad URL":        {block: providerModel{STSEndpoint: "https:/user:hunter2@example.com"}, at: "sts_endpoint", want: "must not contain a user name or password"},
		"a password in the domain":       {env: environment{envDomain: "user:hunter2@example.com"}, at: envDomain, want: "is not a domain name"},
		"a key in a path":                {block: providerModel{Config: credentials.Config{SecretID: "id", SecretKey: "hunter2hunter2"}, Endpoint: "https://example.com/hunter2hunter2"}, at: "endpoint", want: `"https://example.com/(redacted)" must be a host and a port only`},
		"a space":                        {block: providerModel{Endpoint: "example .com"}, at: "endpoint", want: "is not a host, host:port or URL"},
		"no such port":                   {block: providerModel{Endpoint: "example.com:0"}, at: "endpoint", want: "has an invalid port: 0"},
		"a port too high":                {block: providerModel{MetadataEndpoint: "example.com:65536"}, at: "metadata_endpoint", want: "has an invalid port: 65536"},
		"a URL as domain":                {block: providerModel{Domain: "https://tencentcloudapi.com"}, at: "domain", want: "is not a domain name"},
		"a domain of a variable":         {env: environment{envDomain: "tencentcloudapi"}, at: envDomain, want: "is not a domain name"},
		"no requests":                    {block: providerModel{RequestsPerSecond: n(0)}, at: "requests_per_second", want: "whole number from 1 to 1000"},
		"too many requests":              {block: providerModel{RequestsPerSecond: n(1001)}, at: "requests_per_second", want: "whole number from 1 to 1000"},
		"half a request":                 {env: environment{envRequestsPerSecond: "0.5"}, at: envRequestsPerSecond, want: "whole number from 1 to 1000"},
		"negative retries":               {block: providerModel{MaxRetries: n(-1)}, at: "max_retries", want: "whole number from 0 to 100"},
		"retries that are no number":     {env: environment{envMaxRetries: "many"}, at: envMaxRetries, want: "whole number from 0 to 100"},
		"a number as duration":           {block: providerModel{RequestTimeout: "30"}, at: "request_timeout", want: "must be a Go duration such as 30s or 1m30s, above zero and at most 2562047h"},
		"no time":                        {block: providerModel{RequestTimeout: "0s"}, at: "request_timeout", want: "must be a Go duration such as 30s or 1m30s, above zero and at most 2562047h"},
		"a time that overflows":          {block: providerModel{RequestTimeout: "9999999h"}, at: "request_timeout", want: `"9999999h" must be a Go duration such as 30s or 1m30s, above zero and at most 2562047h`},
		"negative time":                  {env: environment{envRequestTimeout: "-1s"}, at: envRequestTimeout, want: "must be a Go duration such as 30s or 1m30s, above zero and at most 2562047h"},
	} {
		t.Run(name, func(t *testing.T) {
			plan, _ := credentials.Resolve(c.block.Config, c.env.lookup)
			_, diags := newConnection(c.block, plan, c.env.lookup)
			if len(diags) != 1 {
				t.Fatalf("%d diagnostics: %v", len(diags), diags)
			}
			if !strings.Contains(diags[0].Detail(), c.want) || strings.Contains(diags[0].Detail(), "hunter2") {
				t.Errorf("detail %q, want %q", diags[0].Detail(), c.want)
			}
			if at, ok := diags[0].(diag.DiagnosticWithPath); ok {
				if !at.Path().Equal(path.Root(c.at)) {
					t.Errorf("at %s, want %s", at.Path(), c.at)
				}
			} else if !strings.Contains(diags[0].Summary(), c.at) {
				t.Errorf("summary %q does not name %s", diags[0].Summary(), c.at)
			}
		})
	}
}

// TestUnknownArguments names what says whom to ask and as whom, blocks included, and passes over the rest.
func TestUnknownArguments(t *testing.T) {
	kind := providerSchema().Type().TerraformType(t.Context()).(tftypes.Object) //nolint:forcetypeassert // a schema is an object
	role := kind.AttributeTypes["assume_role"]
	nested := map[string]tftypes.Value{}
	for name, attribute := range role.(tftypes.Object).AttributeTypes { //nolint:forcetypeassert // a block is one too
		nested[name] = tftypes.NewValue(attribute, nil)
	}
	nested["external_id"] = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	for name, c := range map[string]struct {
		block values
		want  []string
	}{
		"nothing": {values{"endpoint": stringValue("x")}, nil},
		"harmless": {values{"region": tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
			"max_retries": tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)}, nil},
		"endpoint and key": {values{"secret_key": tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
			"endpoint": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)}, []string{"endpoint", "secret_key"}},
		"within a block": {values{"assume_role": tftypes.NewValue(role, nested)}, []string{"assume_role"}},
	} {
		config, err := object(t, kind, c.block).Unmarshal(kind)
		if err != nil {
			t.Fatal(err)
		}
		if got := unknownArguments(config); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := unknownArguments(stringValue("not an object")); got != nil {
		t.Errorf("%v", got)
	}
}

// TestDescriptionsNameVariables tells the environment variable of every argument that has one.
func TestDescriptionsNameVariables(t *testing.T) {
	schema := providerSchema()
	descriptions := map[string]string{}
	for name, attribute := range schema.Attributes {
		descriptions[name] = attribute.GetMarkdownDescription()
	}
	for block, nested := range schema.Blocks {
		for name, attribute := range nested.GetNestedObject().GetAttributes() {
			descriptions[block+"."+name] = attribute.GetMarkdownDescription()
		}
	}
	for path, variable := range variables {
		if !strings.HasSuffix(descriptions[path], " Environment: `"+variable+"`.") {
			t.Errorf("%s: %q does not name %s", path, descriptions[path], variable)
		}
	}
	for path, description := range descriptions {
		if strings.Contains(description, "Environment:") && variables[path] == "" {
			t.Errorf("%s has no variable: %q", path, description)
		}
	}
}
