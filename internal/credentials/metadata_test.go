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

// silent never responds, as an address that nobody has.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestMetadataDoesNotRespond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, err := setUp{config: Config{CAMRoleName: "reader"}}.source()
		if err != nil {
			t.Fatal(err)
		}
		source.deps.metadataTransport = silent{}
		_, err = source.Credential(t.Context())
		want := `instance role "reader": the metadata service at metadata.test did not respond within 2s. ` +
			"An instance role is available on a Tencent Cloud instance only. Elsewhere, remove cam_role_name and unset TENCENTCLOUD_CAM_ROLE_NAME."
		if err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
		if got := time.Since(started); got != 2*time.Second {
			t.Errorf("took %v", got)
		}
	})
}

// A proxy would look for the metadata of its own machine, and see a key.
func TestMetadataWithoutProxy(t *testing.T) {
	source := New(&Plan{}, Options{})
	if transport, ok := source.deps.metadataTransport.(*http.Transport); !ok || transport.Proxy != nil {
		t.Error("requests to the metadata service go through a proxy")
	}
}

func TestMetadata(t *testing.T) {
	whole := fmt.Sprintf(`{"TmpSecretId":"instance","TmpSecretKey":%q,"Token":%q,"ExpiredTime":%d,"Expiration":"x","Code":"Success"}`,
		issuedKey, issuedToken, time.Now().Add(time.Hour).Unix())
	for _, c := range []struct {
		name    string
		body    string
		status  int
		problem string // after the source, with HOST for where it is
	}{
		{"a credential", whole, 200, ""},
		{"no such role", "", 404, "no role of this name is attached to this instance. Attach it in the CVM console, or correct cam_role_name or TENCENTCLOUD_CAM_ROLE_NAME."},
		{"an error", "", 503, "the metadata service at HOST returned HTTP status 503. Run again, or check what responds there."},
		{"a redirect", "", 302, "the metadata service at HOST returned HTTP status 302. Run again, or check what responds there."},
		{"a code", `{"Code":"Failed"}`, 200, `the metadata service returned no credential, but the code "Failed". Check that the role exists and is attached to this instance.`},
		{"no key", strings.Replace(whole, issuedKey, "", 1), 200, "the metadata service returned no TmpSecretId, TmpSecretKey or Token. Check what responds at HOST."},
		{"not JSON", "<html>" + issuedKey, 200, "the metadata service did not return a JSON object. Check what responds at HOST."},
		{"without end", whole + strings.Repeat(" ", maxMetadata) + "}", 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if want := "/latest/meta-data/cam/security-credentials/a%20reader"; r.URL.EscapedPath() != want || r.Method != http.MethodGet {
					t.Errorf("received %s %s", r.Method, r.URL.EscapedPath())
				}
				if c.status == 302 {
					w.Header().Set("Location", "http://127.0.0.1:1/")
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
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
			source := New(plan, Options{STS: stsConfig(&fakeSTS{}), MetadataEndpoint: endpoint})
			source.deps.readFile = files{}.read
			credential, err := source.Credential(t.Context())
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
