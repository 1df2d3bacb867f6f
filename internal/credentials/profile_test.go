package credentials

import (
	"cmp"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

const loginFile = "/home/user/.tccli/default.credential"

// login is what tccli writes when somebody logs in. Times are after the start of a bubble.
func login(kind, id string, expires time.Duration) string {
	return fmt.Sprintf(`{"type":%q,"secretId":%q,"secretKey":%q,"token":%q,"expiresAt":%d,%q:{"site":"cn","expiresAt":1}}`,
		kind, id, profileKey, token, started.Add(expires).Unix(), kind)
}

// A login is read again shortly before it expires, in case tccli has renewed it.
func TestLoginIsReadAgain(t *testing.T) {
	for _, kind := range []string{"oauth", "sso"} {
		synctest.Test(t, func(t *testing.T) {
			with := setUp{files: files{loginFile: login(kind, "first", 2*time.Hour)}}
			source, err := with.source()
			if err != nil {
				t.Fatal(err)
			}
			expect := func(want string) {
				t.Helper()
				c, err := source.Credential(t.Context())
				if err != nil || c.SecretID != want || c.Token != token {
					t.Fatalf("after %v: got %q and %v, want %q", time.Since(started), c.SecretID, err, want)
				}
				synctest.Wait()
			}
			expect("first")
			with.files[loginFile] = login(kind, "second", 4*time.Hour)
			time.Sleep(114 * time.Minute)
			expect("first") // it is not read without need
			time.Sleep(time.Minute)
			expect("first") // while it is read
			expect("second")
			time.Sleep(2 * time.Hour)
			expect("second") // which is read again, and has not been renewed
			time.Sleep(5*time.Minute - time.Second)
			expect("second") // to its last second
			with.files[loginFile] = login(kind, "third", 6*time.Hour)
			time.Sleep(time.Second)
			expect("third") // whenever it is renewed
		})
	}
}

// An expired login names the file, since when, and the command that renews it.
func TestLoginHasExpired(t *testing.T) {
	for _, c := range []struct {
		name, kind, profile string
		want                string
	}{
		{"tccli auth login", "oauth", "", `profile "default": the login in the file /home/user/.tccli/default.credential expired at 2000-01-01T02:00:00Z. ` +
			"Renew it with tccli auth login, then run Terraform again."},
		{"tccli sso login", "sso", "ci", `profile "ci": the login in the file /home/user/.tccli/ci.credential expired at 2000-01-01T02:00:00Z. ` +
			"Renew it with tccli sso login --profile ci, then run Terraform again."},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				path := strings.Replace(loginFile, "default", cmp.Or(c.profile, "default"), 1)
				with := setUp{config: Config{Profile: c.profile}, files: files{path: login(c.kind, "first", 2*time.Hour)}}
				source, err := with.source()
				if err != nil {
					t.Fatal(err)
				}
				if _, err := source.Credential(t.Context()); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * time.Hour)
				_, err = source.Credential(t.Context())
				if err == nil || err.Error() != c.want {
					t.Errorf("got %v\nwant %s", err, c.want)
				}
				keepsSecrets(t, fmt.Sprint(err))
				with.files[path] = login(c.kind, "renewed", 3*time.Hour)
				if credential, err := source.Credential(t.Context()); err != nil || credential.SecretID != "renewed" {
					t.Errorf("after the renewal: got %q and %v", credential.SecretID, err)
				}
			})
		})
	}
}

// Keys beside another type, or a type without an expiry, do not expire.
func TestProfileWithoutExpiry(t *testing.T) {
	for _, more := range []string{`,"type":"default","expiresAt":1`, `,"type":"oauth"`, `,"expiresAt":1`} {
		source, err := setUp{files: profileFiles("default", more)}.source()
		if err != nil {
			t.Fatal(err)
		}
		if c, err := source.Credential(t.Context()); err != nil || !c.Expires.IsZero() {
			t.Errorf("%s: expires at %v, %v", more, c.Expires, err)
		}
	}
}

// A profile of the type cvm-role is the role of the instance, whatever its name.
func TestInstanceRoleOfAProfile(t *testing.T) {
	for _, content := range []string{`{"type":"cvm-role"}`, `{"type":"cvm-role","secretId":"old","secretKey":"old"}`} {
		sts := &fakeSTS{}
		source, err := setUp{config: Config{AssumeRole: block}, files: files{loginFile: content}, sts: sts}.source()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := source.Credential(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(sts.seenAs()), "[AssumeRole by instance with TOKENissuedTOKEN]"; got != want {
			t.Errorf("%s: received %s, want %s", content, got, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		source, err := setUp{files: files{loginFile: `{"type":"cvm-role"}`}}.source()
		if err != nil {
			t.Fatal(err)
		}
		source.deps.metadataTransport = silent{}
		want := "profile of the type cvm-role: the metadata service at metadata.test did not respond within 2s. " +
			"An instance role is available on a Tencent Cloud instance only. Elsewhere, use another profile."
		if _, err = source.Credential(t.Context()); err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
	})
}

// HOME=/dev/null means that there is no home: no profile, and no file either.
func TestHomeThatIsNoDirectory(t *testing.T) {
	with := setUp{env: []string{"HOME", "/dev/null", envCredentialsFile, "/shared"}, files: files{"/shared": sharedFiles["/home/user/.tencentcloud/credentials"]}}
	source, err := with.source()
	if err != nil {
		t.Fatal(err)
	}
	source.deps.readFile = func(path string) ([]byte, error) {
		if strings.HasPrefix(path, "/dev/null/") {
			return nil, &fs.PathError{Op: "open", Path: path, Err: syscall.ENOTDIR}
		}
		return with.files.read(path)
	}
	if c, err := source.Credential(t.Context()); err != nil || c.SecretID != "shared" {
		t.Errorf("got %q and %v", c.SecretID, err)
	}
}

// Origin says where id, key and token came from, for the user whose credential is rejected.
func TestOrigin(t *testing.T) {
	const hint = ", with a token. A permanent key has none: if this key is permanent, remove the token"
	for _, c := range []struct {
		name string
		with setUp
		want string
	}{
		{"arguments", setUp{config: Config{SecretID: "argument", SecretKey: argumentKey}}, "secret_id from the provider block, secret_key from the provider block"},
		{"an argument and variables", setUp{config: Config{SecretID: "argument"}, env: []string{envSecretKey, environmentKey, envToken, token}},
			"secret_id from the provider block, secret_key from TENCENTCLOUD_SECRET_KEY, security_token from TENCENTCLOUD_TOKEN" + hint},
		{"profile", setUp{files: profileFiles("default", "")}, `profile "default", the file /home/user/.tccli/default.credential`},
		{"profile with a left-over token", setUp{files: profileFiles("default", `,"token":"`+token+`"`)},
			`profile "default", the file /home/user/.tccli/default.credential` + hint},
		{"a login", setUp{files: files{loginFile: strings.Replace(login("oauth", "i", 0), "946684800", "32503680000", 1)}},
			`profile "default", the file /home/user/.tccli/default.credential`},
		{"shared file", setUp{files: sharedFiles}, "secret_id and secret_key from the file /home/user/.tencentcloud/credentials"},
		{"instance role", setUp{config: Config{CAMRoleName: "reader"}}, `instance role "reader"`},
		{"a role by keys", setUp{config: Config{AssumeRole: block}, env: keys},
			"assume_role (block-role), called with secret_id from TENCENTCLOUD_SECRET_ID, secret_key from TENCENTCLOUD_SECRET_KEY"},
		{"roles of a profile and of the environment", setUp{env: environment, files: profileFiles("default", profileRole)},
			`role from the environment (env-role), called with role of profile "default" (profile-role), called with ` +
				`profile "default", the file /home/user/.tccli/default.credential`},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, err := c.with.source()
			if err != nil {
				t.Fatal(err)
			}
			if got := source.Origin(); got != "" {
				t.Errorf("before there is a credential: %q", got)
			}
			if _, err := source.Credential(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := source.Origin()
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			keepsSecrets(t, got)
		})
	}
}
