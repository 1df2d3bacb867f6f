package credentials

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// silent never answers, as an address that nobody has.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestMetadataDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, err := setUp{config: Config{CAMRoleName: "reader"}}.source()
		if err != nil {
			t.Fatal(err)
		}
		source.world.metadataTransport = silent{}
		_, err = source.Credential(t.Context())
		want := `instance role "reader": the metadata service at metadata.test does not answer within 2s. ` +
			"An instance role is to be had on a Tencent Cloud instance only. Elsewhere, leave out cam_role_name and unset TENCENTCLOUD_CAM_ROLE_NAME."
		if err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
		if got := time.Since(started); got != 2*time.Second {
			t.Errorf("took %v", got)
		}
	})
}

// A proxy would be asked for an address of its own machine's, and told a key.
func TestMetadataWithoutProxy(t *testing.T) {
	source := New(&Plan{}, Options{})
	if transport, ok := source.world.metadataTransport.(*http.Transport); !ok || transport.Proxy != nil {
		t.Error("the metadata service is asked through a proxy")
	}
}

func TestMetadata(t *testing.T) {
	whole := fmt.Sprintf(`{"TmpSecretId":"instance","TmpSecretKey":%q,"Token":%q,"ExpiredTime":%d,"Expiration":"x","Code":"Success"}`,
		issuedKey, issuedToken, time.Now().Add(time.Hour).Unix())
	for _, c := range []struct {
		name    string
		answer  string
		status  int
		problem string // after the source, with HOST for where it is
	}{
		{"a credential", whole, 200, ""},
		{"no such role", "", 404, "no role of this name is attached to this instance. Attach it in the CVM console, or correct cam_role_name or TENCENTCLOUD_CAM_ROLE_NAME."},
		{"an error", "", 503, "the metadata service at HOST answered with HTTP status 503. Try again, or see what answers there."},
		{"a redirect", "", 302, "the metadata service at HOST answered with HTTP status 302. Try again, or see what answers there."},
		{"a code", `{"Code":"Failed"}`, 200, `the metadata service gave no credential, but the code "Failed". See whether the role still exists and is attached to this instance.`},
		{"no key", strings.Replace(whole, issuedKey, "", 1), 200, "the metadata service's answer has no TmpSecretId, TmpSecretKey or Token. See what answers at HOST."},
		{"not JSON", "<html>" + issuedKey, 200, "the metadata service's answer is not the JSON it should be. See what answers at HOST."},
		{"without end", whole + strings.Repeat(" ", maxMetadata) + "}", 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if want := "/latest/meta-data/cam/security-credentials/a%20reader"; r.URL.EscapedPath() != want || r.Method != http.MethodGet {
					t.Errorf("asked for %s %s", r.Method, r.URL.EscapedPath())
				}
				if c.status == 302 {
					w.Header().Set("Location", "http://127.0.0.1:1/")
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.answer))
			}))
			defer server.Close()
			endpoint, err := url.Parse(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			plan, problems := Resolve(Config{CAMRoleName: "a reader"}, variables())
			if problems != nil {
				t.Fatal(problems)
			}
			credential, err := New(plan, Options{STS: stsConfig(&fakeSTS{}), MetadataEndpoint: endpoint, ReadFile: files{}.read}).Credential(t.Context())
			if c.problem == "" {
				if err != nil || credential.SecretID != "instance" || credential.SecretKey != issuedKey || credential.Token != issuedToken ||
					time.Until(credential.Expires) < 50*time.Minute {
					t.Errorf("got a wrong credential, or %v", err)
				}
				return
			}
			want := `instance role "a reader": ` + strings.ReplaceAll(c.problem, "HOST", endpoint.Host)
			if err == nil || err.Error() != want {
				t.Fatalf("got %v\nwant %s", err, want)
			}
			keepsSecrets(t, err.Error())
		})
	}
}
