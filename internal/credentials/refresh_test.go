package credentials

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// issuer is a source whose credentials are numbered.
type issuer struct {
	lifetime, latency time.Duration
	broken            atomic.Bool
	fetches           atomic.Int32
}

var errBroken = errors.New("broken")

func (i *issuer) fetch(ctx context.Context) (tencentcloud.Credential, error) {
	n := i.fetches.Add(1)
	time.Sleep(i.latency)
	if err := ctx.Err(); err != nil {
		return tencentcloud.Credential{}, err
	}
	if i.broken.Load() {
		return tencentcloud.Credential{}, errBroken
	}
	return tencentcloud.Credential{SecretID: fmt.Sprint(n), Expires: time.Now().Add(i.lifetime)}, nil
}

func (i *issuer) refresher() *refresher {
	return &refresher{source: "issuer", renewable: true, fetch: i.fetch, obtained: func(context.Context, Obtained) {}}
}

// expect checks which credential there is now.
func expect(t *testing.T, r *refresher, want string) tencentcloud.Credential {
	t.Helper()
	c, err := r.Credential(t.Context())
	if err != nil || c.SecretID != want {
		t.Fatalf("after %v: got %q and %v, want %q", time.Since(started), c.SecretID, err, want)
	}
	return c
}

// started is when every synctest bubble's clock starts.
var started = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func TestOneFetchForAllCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{lifetime: time.Hour, latency: time.Second}
		r := i.refresher()
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() { expect(t, r, "1") })
		}
		wg.Wait()
		if got := time.Since(started); got != time.Second {
			t.Errorf("took %v", got)
		}
		expect(t, r, "1")
	})
}

func TestRenewalBeforeTheEnd(t *testing.T) {
	for _, c := range []struct{ lifetime, keeps, renews, waits time.Duration }{
		{2 * time.Hour, 115*time.Minute - 1, 115 * time.Minute, 2*time.Hour - 30*time.Second},
		{4 * time.Second, 3*time.Second - 1, 3 * time.Second, 3500 * time.Millisecond},
	} {
		t.Run(c.lifetime.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i := &issuer{lifetime: c.lifetime}
				r := i.refresher()
				expect(t, r, "1")
				time.Sleep(c.keeps)
				expect(t, r, "1")
				synctest.Wait()
				if n := i.fetches.Load(); n != 1 {
					t.Fatalf("renewed too early: %d fetches", n)
				}
				time.Sleep(c.renews - c.keeps)
				expect(t, r, "1") // does not wait for the new one
				synctest.Wait()
				expect(t, r, "2")
			})
			synctest.Test(t, func(t *testing.T) {
				i := &issuer{lifetime: c.lifetime}
				r := i.refresher()
				expect(t, r, "1")
				time.Sleep(c.waits)
				expect(t, r, "2") // waits
			})
			synctest.Test(t, func(t *testing.T) {
				i := &issuer{lifetime: c.lifetime}
				r := i.refresher()
				expect(t, r, "1")
				time.Sleep(10 * c.lifetime)
				expect(t, r, "2")
			})
		})
	}
}

func TestFailedRenewalWhileStillValid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{lifetime: time.Hour}
		r := i.refresher()
		expect(t, r, "1")
		i.broken.Store(true)
		time.Sleep(55 * time.Minute)
		for range 20 { // a second each: the failures are spaced by half a minute
			expect(t, r, "1")
			time.Sleep(time.Second)
		}
		if n := i.fetches.Load(); n != 2 {
			t.Errorf("%d fetches", n)
		}
		time.Sleep(20 * time.Second)
		expect(t, r, "1")
		synctest.Wait()
		if n := i.fetches.Load(); n != 3 {
			t.Errorf("%d fetches", n)
		}
		time.Sleep(4*time.Minute + 19*time.Second) // a second before the end
		expect(t, r, "1")
		time.Sleep(time.Second)
		if _, err := r.Credential(t.Context()); !errors.Is(err, errBroken) {
			t.Errorf("got %v", err)
		}
		i.broken.Store(false)
		if c, err := r.Credential(t.Context()); err != nil || c.SecretID == "1" {
			t.Errorf("got %q and %v", c.SecretID, err)
		}
	})
}

func TestSlowRenewalWhileStillValid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{lifetime: time.Hour}
		r := i.refresher()
		expect(t, r, "1")
		i.latency = time.Minute
		time.Sleep(time.Hour - 20*time.Second)
		expect(t, r, "1")
		if got := time.Since(started); got != time.Hour-10*time.Second {
			t.Errorf("waited until %v, not for half of what was left", got)
		}
		time.Sleep(10 * time.Second)
		expect(t, r, "2")
	})
}

func TestCancelledCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{lifetime: time.Hour, latency: 10 * time.Second}
		r := i.refresher()
		first, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := r.Credential(first)
			var own *Error
			if !errors.As(err, &own) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			} else if want := "issuer: no credential was obtained in time: context deadline exceeded"; err.Error() != want {
				t.Errorf("got %q, want %q", err, want)
			}
			if got := time.Since(started); got != time.Second {
				t.Errorf("the caller came back after %v", got)
			}
		})
		synctest.Wait()
		wg.Go(func() { expect(t, r, "1") }) // the one fetch goes on
		wg.Wait()
	})
}

func TestRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{lifetime: time.Hour}
		r := i.refresher()
		first := expect(t, r, "1")
		for range 3 { // all that were under way with it are refused
			if !r.Refused(first) {
				t.Error("no other credential is available")
			}
		}
		second := expect(t, r, "2")
		if !r.Refused(first) {
			t.Error("no other credential is available")
		}
		if got := expect(t, r, "2"); got != second {
			t.Error("a late refusal dropped the successor")
		}
	})
}

func TestRefusedWithoutAnother(t *testing.T) {
	source, err := setUp{config: Config{SecretID: "argument", SecretKey: argumentKey, SecurityToken: token}}.source()
	if err != nil {
		t.Fatal(err)
	}
	c, err := source.Credential(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if source.Refused(c) {
		t.Error("arguments offer another credential")
	}
	if again, err := source.Credential(t.Context()); err != nil || again != c {
		t.Errorf("got %v and %v", again == c, err)
	}
}

// A file may have been replaced when its token is rejected.
func TestRefusedTokenOfAProfile(t *testing.T) {
	with := setUp{files: profileFiles("default", `,"token":"old"`)}
	source, err := with.source()
	if err != nil {
		t.Fatal(err)
	}
	old, err := source.Credential(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	with.files["/home/user/.tccli/default.credential"] = `{"secretId":"profile","secretKey":"k","token":"new"}`
	if c, _ := source.Credential(t.Context()); c != old {
		t.Error("the file was read again without a reason")
	}
	if !source.Refused(old) {
		t.Fatal("no other credential is available")
	}
	if c, err := source.Credential(t.Context()); err != nil || c.Token != "new" {
		t.Errorf("got %q and %v", c.Token, err)
	}
}

// Every temporary stage of a chain is renewed when its time has come.
func TestChainRenewsEachStage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sts := &fakeSTS{lifetime: time.Minute}
		source, err := setUp{config: Config{AssumeRole: block, CAMRoleName: "reader"}, env: environment, sts: sts}.source()
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := source.Credential(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Minute)
		}
		want := []string{
			"AssumeRole by instance with TOKENissuedTOKEN", "AssumeRole by AssumeRole-1 with TOKENissuedTOKEN-1",
			"AssumeRole by instance with TOKENissuedTOKEN", "AssumeRole by AssumeRole-3 with TOKENissuedTOKEN-3",
			"AssumeRole by instance with TOKENissuedTOKEN", "AssumeRole by AssumeRole-5 with TOKENissuedTOKEN-5",
		}
		if got := sts.seenAs(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("received %q, want %q", got, want)
		}
	})
}

// A stage whose token STS refuses is renewed, and the call made again.
func TestChainRenewsARefusedStage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sts := &fakeSTS{lifetime: time.Hour}
		source, err := setUp{config: Config{AssumeRole: block}, env: append(environment, keys...), sts: sts}.source()
		if err != nil {
			t.Fatal(err)
		}
		c, err := source.Credential(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var refusals int
		sts.fail = func(string) (string, string) {
			if refusals++; refusals == 1 {
				return "AuthFailure.TokenFailure", "revoked"
			}
			return "", ""
		}
		if !source.Refused(c) {
			t.Fatal("no other credential is available")
		}
		if _, err := source.Credential(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"AssumeRole by environment", "AssumeRole by AssumeRole-1 with TOKENissuedTOKEN-1",
			"AssumeRole by AssumeRole-1 with TOKENissuedTOKEN-1", // refused
			"AssumeRole by environment", "AssumeRole by AssumeRole-4 with TOKENissuedTOKEN-4",
		}
		if got := sts.seenAs(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("received %q, want %q", got, want)
		}
	})
}

// A code of an MFA device is sent once: again, it would be counted as an attack.
func TestCodeIsSentOnce(t *testing.T) {
	for name, config := range map[string]Config{
		"mfa_certification": {MFACertification: &MFACertification{SerialNumber: "device", TokenCode: code, DurationSeconds: 3600}},
		"assume_role":       {AssumeRole: &AssumeRole{RoleARN: "role", SessionName: "session", TokenCode: code, SessionDuration: 3600}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sts := &fakeSTS{}
				source, err := setUp{config: config, env: keys, sts: sts}.source()
				if err != nil {
					t.Fatal(err)
				}
				c, err := source.Credential(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if source.Refused(c) {
					t.Error("a used code offers another credential")
				}
				time.Sleep(time.Hour - time.Second)
				if again, err := source.Credential(t.Context()); err != nil || again != c {
					t.Errorf("got another credential, or %v", err)
				}
				time.Sleep(time.Second)
				_, err = source.Credential(t.Context())
				want := "the session has expired, and an MFA code is valid for one session only. Run again with a new code, and with a longer session if the run takes long."
				if name == "assume_role" {
					want = "assume_role (role): " + want
				} else {
					want = "mfa_certification: " + want
				}
				if err == nil || err.Error() != want {
					t.Errorf("got %v\nwant %s", err, want)
				}
				if n := len(sts.requests()); n != 1 {
					t.Errorf("%d requests", n)
				}
			})
		})
	}
}

// A token file is read at every renewal, since its content is replaced there.
func TestTokenFilesAreReadAgain(t *testing.T) {
	for name, with := range map[string]setUp{
		"web identity": {config: Config{AssumeRoleWithWebIdentity: &AssumeRoleWithWebIdentity{
			WebIdentityTokenFile: "/token", RoleARN: "role", SessionName: "session"}}},
		"pod identity": {config: Config{EnablePodOIDC: true}, env: pod},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				with.sts = &fakeSTS{lifetime: time.Minute}
				with.files = files{}
				source, err := with.source()
				if err != nil {
					t.Fatal(err)
				}
				for _, value := range []string{"first", "second"} {
					with.files["/token"] = value
					if name == "web identity" {
						with.files["/token"] = `{"web_identity_token":"` + value + `"}`
					}
					if _, err := source.Credential(t.Context()); err != nil {
						t.Fatal(err)
					}
					if got := with.sts.requests(); got[len(got)-1].Params["WebIdentityToken"] != value {
						t.Errorf("sent %v, want %s", got[len(got)-1].Params["WebIdentityToken"], value)
					}
					time.Sleep(time.Hour)
				}
			})
		})
	}
}

// The account is asked for once, by whoever comes first.
func TestAccountIsCheckedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sts := &fakeSTS{account: "1", latency: time.Second, lifetime: time.Minute}
		source, err := setUp{config: Config{AssumeRole: block, AllowedAccountIDs: []string{"1"}}, env: keys, sts: sts}.source()
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() {
					if _, err := source.Credential(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			time.Sleep(time.Hour)
		}
		want := []string{"AssumeRole by environment", "GetCallerIdentity by AssumeRole-1 with TOKENissuedTOKEN-1", "AssumeRole by environment"}
		if got := sts.seenAs(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("received %q, want %q", got, want)
		}
	})
}

// A check that could not be made is made again; one that failed is not.
func TestAccountCheckAfterAFailure(t *testing.T) {
	sts := &fakeSTS{account: "1", fail: func(string) (string, string) { return "UnauthorizedOperation", "not yet" }}
	source, err := setUp{config: Config{AllowedAccountIDs: []string{"2"}}, env: keys, sts: sts}.source()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"allowed_account_ids: could not determine the account of the credential: GetCallerIdentity: UnauthorizedOperation: not yet (RequestId request-1)",
		"allowed_account_ids: the credential belongs to account 1, which is not among 2. Use a credential of another account, or correct the argument.",
		"allowed_account_ids: the credential belongs to account 1, which is not among 2. Use a credential of another account, or correct the argument.",
	} {
		if _, err := source.Credential(t.Context()); err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
		sts.fail = nil
	}
	if n := len(sts.requests()); n != 2 {
		t.Errorf("%d requests", n)
	}
}

func TestExpiryByAWrongClock(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	for _, c := range []struct {
		name       string
		told, want time.Duration // from now
	}{
		{"as told", time.Hour, time.Hour},
		{"shorter than asked", time.Second, time.Second},
		{"this clock is slow", 5 * time.Hour, 2 * time.Hour},
		{"this clock is fast", -time.Hour, 2 * time.Hour},
	} {
		if got := expiry(now, now, now.Add(c.told), 2*time.Hour).Sub(now); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
