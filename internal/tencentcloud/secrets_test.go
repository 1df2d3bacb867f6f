package tencentcloud

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// Secrets among the parameters.
const (
	assertion = "PHNhbWw+/MARKER/OF/THE/ASSERTION=="
	code      = "314159"
	pin       = "pw1"
)

// marked is a credential that is easily found where it must not be.
var marked = Credential{SecretID: "AKIDMARKED", SecretKey: "MARKER-OF-THE-KEY", Token: "MARKER-OF-THE-TOKEN"}

// hexOf64 is what a signature looks like.
var hexOf64 = regexp.MustCompile(`[0-9a-f]{64}`)

// keepsSecrets looks for key, token and signature in everything that can be
// printed of an error and of the attempts that were told.
func keepsSecrets(t *testing.T, err error, tr *trial) {
	t.Helper()
	var texts []string
	show := func(v any) { texts = append(texts, fmt.Sprint(v), fmt.Sprintf("%+v", v), fmt.Sprintf("%#v", v)) }
	var walk func(error)
	walk = func(err error) {
		if err == nil {
			return
		}
		show(err)
		switch inner := err.(type) { //nolint:errorlint // it walks the chain itself
		case interface{ Unwrap() error }:
			walk(inner.Unwrap())
		case interface{ Unwrap() []error }:
			for _, e := range inner.Unwrap() {
				walk(e)
			}
		}
	}
	walk(err)
	for _, a := range tr.attempts {
		show(a)
		walk(a.Err)
	}
	for _, text := range texts {
		for _, secret := range []string{"MARKER", marked.SecretID, code, pin} { // in whatever form
			if strings.Contains(text, secret) {
				t.Errorf("%s is in %s", secret, text)
			}
		}
		if signature := hexOf64.FindString(text); signature != "" {
			t.Errorf("the signature %s is in %s", signature, text)
		}
	}
}

// Whatever the other side says, and wherever it quotes the request.
func TestSecretsThatAreQuoted(t *testing.T) {
	quote := func(r *http.Request) string {
		return r.Header.Get("Authorization") + " " + r.Header.Get("X-TC-Token") + " " + marked.SecretKey + " " +
			assertion + " " + url.QueryEscape(assertion) + " code=" + code + " pin " + pin
	}
	json := func(format string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, format, quote(r)) }
	}
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"message":     json(`{"Response":{"Error":{"Code":"C","Message":"you sent %s"},"RequestId":"r"}}`),
		"passing":     json(`{"Response":{"Error":{"Code":"InternalError","Message":"you sent %s"},"RequestId":"r"}}`),
		"code":        json(`{"Response":{"Error":{"Code":"%s","Message":"m"},"RequestId":"r"}}`),
		"request id":  json(`{"Response":{"Error":{"Code":"C","Message":"m"},"RequestId":"%s"}}`),
		"member name": json(`{"Response":{"RequestId":{"%s":`),
		"twice":       json(`{"Response":{"X":{"%[1]s":1,"%[1]s":2}}}`),
		"path":        json(`{"Response":{"X":{"%s":[{"y":nil}]}}}`),
		"text":        json(`%s`),
		"content type": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", quote(r))
			w.WriteHeader(http.StatusForbidden)
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://elsewhere.example/"+r.Header.Get("X-TC-Token"))
			w.WriteHeader(http.StatusFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			server, _ := serve(t, http.HandlerFunc(answer), false, false)
			tr := newTrial(t, server.URL, ownTransport(t, server), func(c *Config) {
				c.Credentials, c.MaxRetries, c.Secrets = Static(marked), 0, []string{assertion, "", code, pin}
			})
			got, _, err := tr.list(t.Context())
			keepsSecrets(t, failed(t, got, err), tr)
		})
	}
}

// The RequestId of a success is shown too.
func TestRequestIDThatQuotes(t *testing.T) {
	server, _ := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"Response":{"PushLogs":[],"RequestId":"id %s"}}`, r.Header.Get("X-TC-Token"))
	}), false, false)
	tr := newTrial(t, server.URL, ownTransport(t, server), func(c *Config) { c.Credentials = Static(marked) })
	_, requestID, err := tr.list(t.Context())
	if err != nil || requestID != "id (redacted)" || tr.attempts[0].RequestID != requestID {
		t.Errorf("got %s, %v, told %+v", requestID, err, tr.attempts)
	}
}

// The id of a permanent key is no secret: an error that names it says which key is
// meant.
func TestPermanentIDIsShown(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Faults: always(cdnsim.APIError("AuthFailure.SecretIdNotFound", "no "+cdnsim.DefaultSecretID))})
	got, _, err := newSimTrial(t, sim).list(t.Context())
	if e := failed(t, got, err); e.Message != "no "+cdnsim.DefaultSecretID {
		t.Errorf("got %v", e)
	}
}

// Nobody has to hand the passwords of proxies to the client.
func TestPasswordsOfProxiesAreRedacted(t *testing.T) {
	t.Setenv("http_proxy", "svc:other-MARKER@proxy.example:8080")
	basic := base64.StdEncoding.EncodeToString([]byte("svc:p@ss/MARKER"))
	t.Setenv("HTTPS_PROXY", "http://svc:p%40ss%2FMARKER@proxy.example:8080")
	message := "p@ss/MARKER other-MARKER " + basic
	sim := cdnsim.New(cdnsim.Options{Faults: always(cdnsim.APIError("C", message))})
	got, _, err := newTrial(t, "https://cdn.example", sim.Transport()).list(t.Context())
	if e := failed(t, got, err); e.Message != "(redacted) (redacted) (redacted)" {
		t.Errorf("got %v", e)
	}
}

// A server that repeats what it hears makes net/http quote it.
func TestSecretsThatAreEchoed(t *testing.T) {
	for name, before := range map[string]string{"as its status": "HTTP/1.1 ", "as a header": "HTTP/1.1 200 OK\r\n"} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = listener.Close() }()
			go func() {
				connection, err := listener.Accept()
				if err != nil {
					return
				}
				defer func() { _ = connection.Close() }()
				request, err := http.ReadRequest(bufio.NewReader(connection))
				if err != nil {
					return
				}
				fmt.Fprintf(connection, "%s%s %s\r\n\r\n", before, request.Header.Get("X-TC-Token"), request.Header.Get("Authorization"))
			}()
			tr := newTrial(t, "http://"+listener.Addr().String(), ownTransport(t, nil), func(c *Config) {
				c.Credentials, c.MaxRetries = Static(marked), 0
			})
			got, _, err := tr.list(t.Context())
			e := failed(t, got, err)
			if !strings.Contains(e.Error(), "(redacted)") {
				t.Errorf("the secret was not quoted: %v", e)
			}
			keepsSecrets(t, e, tr)
		})
	}
}

// The faults of a connection, of time and of the answer's form.
func TestSecretsInEveryKindOfError(t *testing.T) {
	for name, fault := range map[string]*cdnsim.Fault{
		"page": cdnsim.Page(502), "closed": cdnsim.Close(), "cut": cdnsim.Cut(), "empty": cdnsim.Empty(),
		"stalled": cdnsim.Stall(), "too large": cdnsim.Huge(2), "redirect": cdnsim.Redirect(302, "/"), "wrong token": nil,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second) // the second attempt meets it
				defer cancel()
				sim := cdnsim.New(cdnsim.Options{
					Accounts: []cdnsim.Account{{SecretID: marked.SecretID, SecretKey: marked.SecretKey}}, Faults: always(fault),
				})
				c := marked
				if fault != nil {
					c.Token = "" // a permanent credential has none
				}
				tr := newSimTrial(t, sim, func(config *Config) { config.Credentials, config.MaxRetries = Static(c), 2 })
				got, _, err := tr.list(ctx)
				keepsSecrets(t, failed(t, got, err), tr)
			})
		})
	}
	for name, cause := range map[string]error{
		"network": &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("refused")}, "header": http.ErrSchemeMismatch,
	} {
		tr := newTrial(t, "https://cdn.example", transportFunc(func(*http.Request) (*http.Response, error) { return nil, cause }),
			func(c *Config) { c.Credentials, c.MaxRetries = Static(marked), 0 })
		got, _, err := tr.list(t.Context())
		e := failed(t, got, err)
		if !errors.Is(e, cause) {
			t.Errorf("%s: got %v", name, e)
		}
		keepsSecrets(t, e, tr)
	}
}

// A credential does not print itself, nor does what holds one.
func TestCredentialIsHidden(t *testing.T) {
	source := Static(marked)
	client := NewClient(Config{Credentials: source})
	for _, v := range []any{marked, &marked, []Credential{marked}, source, client, Config{Credentials: source}} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			if text := fmt.Sprintf(format, v); strings.Contains(text, "MARKER") {
				t.Errorf("%s of %T: %s", format, v, text)
			}
		}
	}
}

func TestRedact(t *testing.T) {
	for _, c := range []struct {
		name, text string
		secrets    []string
		want       string
	}{
		{"none", "the key is the key", nil, "the key is the key"},
		{"empty", "the key", []string{"", ""}, "the key"},
		{"everywhere", "secret, asecretb, secretsecret", []string{"secret"}, "(redacted), a(redacted)b, (redacted)(redacted)"},
		{"a code of six digits", "TokenCode=123456, code123456", []string{"123456"}, "TokenCode=(redacted), code(redacted)"},
		{"a short one alone", "ExternalId ab: 'ab', ab=ab_ab.", []string{"ab"}, "ExternalId (redacted): '(redacted)', (redacted)=(redacted)_(redacted)."},
		{"a short one in words", "the table 1ab2 abab aba ábá abá", []string{"ab", "á"}, "the table 1ab2 abab aba ábá abá"},
		{"a short one that is all", "ab", []string{"ab"}, "(redacted)"},
		{"punctuation", "AuthFailure.TokenFailure: wrong.", []string{".", ":"}, "AuthFailure.TokenFailure: wrong."},
		{"a short one that is no word", "x #b #bc b# a#b", []string{"#b"}, "x (redacted) (redacted)c b# a(redacted)"},
		{"one within another", "outer-inner-outer and inner-", []string{"inner-", "outer-inner-outer"}, "(redacted) and (redacted)"},
		{"as a form has it", "SAMLAssertion=a%2Fb%2Bc%3D%3D", []string{"a/b+c=="}, "SAMLAssertion=(redacted)"},
		{"not UTF-8", "bad \xffpassword\xfe", []string{"\xffpassword"}, "bad (redacted)\xfe"},
	} {
		if got := Redact(c.text, c.secrets...); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// A service that repeats a short secret over and over costs no more than its text.
func TestRedactIsLinear(t *testing.T) {
	text := strings.Repeat("ab ", maxValue/3)
	if got := Redact(text, "ab"); strings.Contains(got, "ab") {
		t.Error("left something")
	}
}

// Secrets are redacted at every level of an error, which keeps its type where
// that is one of this package.
func TestRedactError(t *testing.T) {
	secret := "MARKER-OF-THE-KEY"
	original := &Error{
		Action: "A", Code: "C" + secret, Message: "M" + secret, RequestID: "R" + secret, Cause: &ResponseError{
			Kind: WebPage, Problem: "P" + secret, Cause: fmt.Errorf("because %w", errors.New(secret)),
		},
	}
	before := fmt.Sprintf("%v", original)
	err := original.redact([]string{secret})
	var bad *ResponseError
	if !errors.As(err, &bad) || bad.Kind != WebPage {
		t.Errorf("lost the type of %v", err)
	}
	if want := "A: C(redacted): M(redacted): P(redacted): because (redacted) (RequestId R(redacted))"; err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	keepsSecrets(t, err, &trial{})
	if fmt.Sprintf("%v", original) != before {
		t.Error("the original was changed")
	}
	for _, cause := range []error{io.EOF, nil, &HeaderError{"token"}, &TimeoutError{time.Second}} {
		if err := (&Error{Cause: cause}).redact([]string{"token"}); err.Cause != cause { //nolint:errorlint // the very same
			t.Errorf("%v became %v", cause, err.Cause)
		}
	}
}
