package credentials_test

import (
	"context"
	"encoding/base64"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/credentials"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

const role = "qcs::cam::uin/100000000001:roleName/reader"

// describe sends one request to the CDN API with the source's credential.
func describe(ctx context.Context, cdn tencentcloud.Config, source *credentials.Source) error {
	cdn.Service, cdn.Version, cdn.Credentials = "cdn", "2018-06-06", source
	_, _, err := tencentcloud.Call[struct{}](ctx, tencentcloud.NewClient(cdn), "DescribePushTasks", map[string]any{"TaskId": "1"})
	return err
}

func environment(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := pairs[name]
		return value, ok
	}
}

func resolve(t *testing.T, config credentials.Config) *credentials.Plan {
	t.Helper()
	tokenFile := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokenFile, []byte("jwt\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, problems := credentials.Resolve(config, environment(map[string]string{
		"TENCENTCLOUD_SECRET_ID": cdnsim.DefaultSecretID, "TENCENTCLOUD_SECRET_KEY": cdnsim.DefaultSecretKey,
		"TKE_REGION": "ap-guangzhou", "TKE_PROVIDER_ID": "tke", "TKE_ROLE_ARN": role, "TKE_WEB_IDENTITY_TOKEN_FILE": tokenFile,
	}))
	for _, p := range problems {
		t.Fatal(p)
	}
	return plan
}

// TestSimulatedService signs a request with every kind of credential. The
// simulator verifies the signatures, and what it wants for each of them.
func TestSimulatedService(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{
		STS: cdnsim.STSOptions{
			Roles:         []cdnsim.Role{{Arn: role, ExternalID: "external"}},
			RequireRegion: true, MFASerialNumber: "device", MFATokenCode: "123456", SAMLPrincipalArn: "idp", WebIdentityToken: "jwt",
		},
		Metadata: cdnsim.MetadataOptions{Roles: []string{"reader"}},
	})
	server := httptest.NewServer(sim)
	defer server.Close()
	endpoint, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	config := tencentcloud.Config{
		Endpoint: endpoint, RequestTimeout: 10 * time.Second,
		Transport: tencentcloud.NewTransport(), Limiter: tencentcloud.NewLimiter(1000),
	}
	for _, c := range []struct {
		name    string
		config  credentials.Config
		actions []string
	}{
		{"keys", credentials.Config{}, []string{"DescribePushTasks"}},
		{"account", credentials.Config{AllowedAccountIDs: []string{cdnsim.DefaultAccountID}}, []string{"GetCallerIdentity", "DescribePushTasks"}},
		{"instance role", credentials.Config{CAMRoleName: "reader"}, []string{"", "DescribePushTasks"}},
		{"assume_role", credentials.Config{AssumeRole: &credentials.AssumeRole{
			RoleARN: role, SessionName: "session", ExternalID: "external", Policy: `{"version": "2.0", "statement": []}`,
		}}, []string{"AssumeRole", "DescribePushTasks"}},
		{"SAML", credentials.Config{AssumeRoleWithSAML: &credentials.AssumeRoleWithSAML{
			SAMLAssertion: base64.StdEncoding.EncodeToString([]byte("<Response/>")), PrincipalARN: "idp", RoleARN: role, SessionName: "session",
		}}, []string{"AssumeRoleWithSAML", "DescribePushTasks"}},
		{"web identity", credentials.Config{AssumeRoleWithWebIdentity: &credentials.AssumeRoleWithWebIdentity{
			WebIdentityToken: "jwt", RoleARN: role, SessionName: "session",
		}}, []string{"AssumeRoleWithWebIdentity", "DescribePushTasks"}},
		{"MFA", credentials.Config{MFACertification: &credentials.MFACertification{SerialNumber: "device", TokenCode: "123456"}},
			[]string{"GetSessionToken", "DescribePushTasks"}},
		{"pod", credentials.Config{EnablePodOIDC: true}, []string{"AssumeRoleWithWebIdentity", "DescribePushTasks"}},
		{"a chain", credentials.Config{CAMRoleName: "reader", AllowedAccountIDs: []string{cdnsim.DefaultAccountID},
			AssumeRole: &credentials.AssumeRole{RoleARN: role, SessionName: "session", ExternalID: "external"}},
			[]string{"", "AssumeRole", "GetCallerIdentity", "DescribePushTasks"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sim.ResetLog()
			source := credentials.New(resolve(t, c.config), credentials.Options{
				STS: config, MetadataEndpoint: endpoint,
			})
			if err := describe(t.Context(), config, source); err != nil {
				t.Fatal(err)
			}
			var actions []string
			for _, r := range sim.Requests() {
				actions = append(actions, r.Action)
			}
			if !slices.Equal(actions, c.actions) {
				t.Errorf("received %q, want %q", actions, c.actions)
			}
			last := sim.Requests()[len(actions)-1]
			if issued := sim.Issued(); last.SecretID != cdnsim.DefaultSecretID &&
				(last.SecretID != issued[len(issued)-1].SecretID || last.Token != issued[len(issued)-1].Token) {
				t.Error("the last request was not signed with the last credential that was issued")
			}
		})
	}
}

// A wait that outlives its role's credentials many times over, with several
// requests at once, has none of them refused.
func TestNoRequestIsRefusedWhileCredentialsRunOut(t *testing.T) {
	for _, lifetime := range []time.Duration{2 * time.Second, 3 * time.Second, 10 * time.Second, 20 * time.Minute} {
		t.Run(lifetime.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := cdnsim.New(cdnsim.Options{STS: cdnsim.STSOptions{Lifetime: lifetime}, Latency: 20 * time.Millisecond})
				config := tencentcloud.Config{
					Endpoint: &url.URL{Scheme: "https", Host: "sim.test"}, RequestTimeout: 10 * time.Second, MaxRetries: 2,
					Transport: sim.Transport(), Limiter: tencentcloud.NewLimiter(1000),
				}
				source := credentials.New(resolve(t, credentials.Config{
					AssumeRole: &credentials.AssumeRole{RoleARN: role, SessionName: "session"},
				}), credentials.Options{STS: config})
				for range 200 {
					var wg sync.WaitGroup
					for range 5 {
						wg.Go(func() {
							if err := describe(t.Context(), config, source); err != nil {
								t.Error(err)
							}
						})
					}
					wg.Wait()
					time.Sleep(lifetime / 40)
				}
				for _, r := range sim.Requests() {
					if r.Answer.Code != "" {
						t.Errorf("%s was refused: %s", r.Action, r.Answer.Code)
					}
				}
				roles := sim.Counts().ByAction["AssumeRole"]
				if roles < 4 || roles > 20 {
					t.Errorf("%d roles were assumed", roles)
				}
			})
		})
	}
}

// A token that is revoked before its time is replaced, and nobody notices.
func TestRevokedToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := cdnsim.New(cdnsim.Options{})
		config := tencentcloud.Config{
			Endpoint: &url.URL{Scheme: "https", Host: "sim.test"}, RequestTimeout: 10 * time.Second, MaxRetries: 2,
			Transport: sim.Transport(), Limiter: tencentcloud.NewLimiter(1000),
		}
		source := credentials.New(resolve(t, credentials.Config{
			AssumeRole: &credentials.AssumeRole{RoleARN: role, SessionName: "session"},
		}), credentials.Options{STS: config})
		refuse := false
		sim.Configure(func(o *cdnsim.Options) {
			o.Faults = func(_ int, r cdnsim.Request) *cdnsim.Fault {
				if refuse && r.Action == "DescribePushTasks" {
					refuse = false
					return cdnsim.APIError("AuthFailure.TokenFailure", "revoked")
				}
				return nil
			}
		})
		for range 2 {
			if err := describe(t.Context(), config, source); err != nil {
				t.Fatal(err)
			}
			refuse = true
		}
		if n := sim.Counts().ByAction["AssumeRole"]; n != 2 {
			t.Errorf("%d roles were assumed", n)
		}
	})
}
