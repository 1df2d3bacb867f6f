package credentials

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// The environment variables, written once more, so that a slip in a tag is found.
const (
	envSecretID             = "TENCENTCLOUD_SECRET_ID"
	envSecretKey            = "TENCENTCLOUD_SECRET_KEY"
	envSecurityToken        = "TENCENTCLOUD_SECURITY_TOKEN"
	envToken                = "TENCENTCLOUD_TOKEN"
	envRegion               = "TENCENTCLOUD_REGION"
	envProfile              = "TENCENTCLOUD_PROFILE"
	envSharedCredentialsDir = "TENCENTCLOUD_SHARED_CREDENTIALS_DIR"
	envCAMRoleName          = "TENCENTCLOUD_CAM_ROLE_NAME"

	envRoleARN              = "TENCENTCLOUD_ASSUME_ROLE_ARN"
	envSessionName          = "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME"
	envSessionDuration      = "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION"
	envExternalID           = "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID"
	envSourceIdentity       = "TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY"
	envSerialNumber         = "TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER"
	envTokenCode            = "TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE"
	envSAMLAssertion        = "TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION"
	envPrincipalARN         = "TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN"
	envProviderID           = "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID"
	envWebIdentityToken     = "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN"
	envWebIdentityTokenFile = "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE"
	envRoleARNFile          = "TENCENTCLOUD_ASSUME_ROLE_ARN_FILE"
	envRoleARNFileMisspelt  = "TENCENTCLOUD_ASSUME_ROLE_ARNN_FILE"

	envMFASerialNumber    = "TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER"
	envMFATokenCode       = "TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE"
	envMFADurationSeconds = "TENCENTCLOUD_MFA_CERTIFICATION_DURATION_SECONDS"

	envPodRegion     = "TKE_REGION"
	envPodProviderID = "TKE_PROVIDER_ID"
	envPodTokenFile  = "TKE_WEB_IDENTITY_TOKEN_FILE"
	envPodRoleARN    = "TKE_ROLE_ARN"
)

// These are secrets. They must not be in any message.
const (
	argumentKey    = "KEYargumentKEY"
	environmentKey = "KEYenvironmentKEY"
	profileKey     = "KEYprofileKEY"
	sharedKey      = "KEYsharedKEY"
	token          = "TOKENtokenTOKEN"
	jwt            = "JWTjwtJWT"
	assertion      = "ASSERTIONassertionASSERTION="
	code           = "918273"
	issuedKey      = "KEYissuedKEY"
	issuedToken    = "TOKENissuedTOKEN"
)

var secrets = []string{
	argumentKey, environmentKey, profileKey, sharedKey, token, jwt, assertion, code, issuedKey, issuedToken,
}

// keepsSecrets fails the test if the text tells a secret.
func keepsSecrets(t *testing.T, text string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%q tells a secret", text)
		}
	}
}

// variables is an environment. HOME is /home/user.
func variables(pairs ...string) func(string) (string, bool) {
	table := map[string]string{"HOME": "/home/user"}
	for i := 0; i < len(pairs); i += 2 {
		table[pairs[i]] = pairs[i+1]
	}
	return func(name string) (string, bool) {
		value, ok := table[name]
		return value, ok
	}
}

// forbidden is the content of a file that may not be read.
const forbidden = "\x00"

// files are the files there are, by path.
type files map[string]string

func (f files) read(path string) ([]byte, error) {
	content, ok := f[path]
	if content == forbidden {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	}
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return []byte(content), nil
}

// received is what the service saw of one request.
type received struct {
	Action, ID, Token, Region string
	Params                    map[string]any
}

func (r received) String() string {
	if r.Token != "" {
		return r.Action + " by " + r.ID + " with " + r.Token
	}
	return r.Action + " by " + r.ID
}

// fakeSTS answers over http.RoundTripper, so that it works in a synctest bubble.
// What it gives out is named after the action and numbered.
type fakeSTS struct {
	lifetime time.Duration // of what it gives out; an hour if it is zero
	latency  time.Duration
	fail     func(action string) (code, message string) // nil for success
	account  string
	raw      string // the whole Response, if it is set

	mu   sync.Mutex
	seen []received
}

var signer = regexp.MustCompile(`Credential=([^/]+)/`)

func (s *fakeSTS) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	r := received{
		Action: request.Header.Get("X-TC-Action"), ID: request.Header.Get("Authorization"),
		Token: request.Header.Get("X-TC-Token"), Region: request.Header.Get("X-TC-Region"),
	}
	if m := signer.FindStringSubmatch(r.ID); m != nil {
		r.ID = m[1]
	}
	if err := json.Unmarshal(body, &r.Params); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.seen = append(s.seen, r)
	n := len(s.seen)
	s.mu.Unlock()
	time.Sleep(s.latency)
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(`{"Response":` + s.answer(r, n) + `}`)),
	}, nil
}

func (s *fakeSTS) answer(r received, n int) string {
	if s.fail != nil {
		if code, message := s.fail(r.Action); code != "" {
			return fmt.Sprintf(`{"Error":{"Code":%q,"Message":%q},"RequestId":"request-%d"}`, code, message, n)
		}
	}
	if s.raw != "" {
		return s.raw
	}
	if r.Action == "GetCallerIdentity" {
		return fmt.Sprintf(`{"AccountId":%q,"Arn":"","RequestId":"request-%d"}`, s.account, n)
	}
	lifetime := s.lifetime
	if lifetime == 0 {
		lifetime = time.Hour
	}
	return fmt.Sprintf(`{"Credentials":{"Token":"%s-%d","TmpSecretId":"%s-%d","TmpSecretKey":"%s"},`+
		`"ExpiredTime":%d,"Expiration":"","RequestId":"request-%d"}`,
		issuedToken, n, r.Action, n, issuedKey, time.Now().Add(lifetime).Unix(), n)
}

func (s *fakeSTS) requests() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// seenAs is what was received, a line each.
func (s *fakeSTS) seenAs() []string {
	var lines []string
	for _, r := range s.requests() {
		lines = append(lines, r.String())
	}
	return lines
}

// fakeMetadata is that of an instance with the role reader.
type fakeMetadata struct{}

func (fakeMetadata) RoundTrip(request *http.Request) (*http.Response, error) {
	response := &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody}
	const roles = "http://metadata.test/latest/meta-data/cam/security-credentials/"
	switch request.URL.String() {
	case roles:
		response.StatusCode = http.StatusOK
		response.Body = io.NopCloser(strings.NewReader("reader\n"))
	case roles + "reader":
		response.StatusCode = http.StatusOK
		response.Body = io.NopCloser(strings.NewReader(fmt.Sprintf(
			`{"TmpSecretId":"instance","TmpSecretKey":%q,"Token":%q,"ExpiredTime":%d,"Code":"Success"}`,
			issuedKey, issuedToken, time.Now().Add(time.Hour).Unix())))
	}
	return response, nil
}

// setUp is one set-up of a user.
type setUp struct {
	config Config
	env    []string // name, value, …
	files  files
	sts    *fakeSTS
	told   func(Obtained)
}

// source resolves the set-up; the error is all problems, a line each.
func (u setUp) source() (*Source, error) {
	plan, problems := Resolve(u.config, variables(u.env...))
	if len(problems) > 0 {
		var lines []string
		for _, p := range problems {
			lines = append(lines, p.Error())
		}
		return nil, &Error{Problem: strings.Join(lines, "\n")}
	}
	if u.sts == nil {
		u.sts = &fakeSTS{}
	}
	source := New(plan, Options{
		STS:              stsConfig(u.sts),
		MetadataEndpoint: &url.URL{Scheme: "http", Host: "metadata.test"},
		Obtained: func(_ context.Context, o Obtained) {
			if u.told != nil {
				u.told(o)
			}
		},
	})
	source.deps.readFile = u.files.read
	source.deps.metadataTransport = fakeMetadata{}
	return source, nil
}

func stsConfig(transport http.RoundTripper) tencentcloud.Config {
	return tencentcloud.Config{
		Endpoint: &url.URL{Scheme: "https", Host: "sts.test"}, RequestTimeout: 30 * time.Second, MaxRetries: 2,
		Transport: transport, Limiter: tencentcloud.NewLimiter(1000),
	}
}

// anything is an answer of which nothing is needed.
type anything struct{}

func (*anything) DecodeField(_ string, dec *jsontext.Decoder) error { return dec.SkipValue() }
func (*anything) Complete() error                                   { return nil }

// profileFiles is a profile with keys, and what else is given.
func profileFiles(name, more string) files {
	return files{"/home/user/.tccli/" + name + ".credential": `{"secretId":"profile","secretKey":"` + profileKey + `"` + more + `}`}
}

func lines(text ...string) string { return strings.Join(text, "\n") }
