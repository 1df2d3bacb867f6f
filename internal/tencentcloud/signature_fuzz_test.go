package tencentcloud_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// body is sent as it is.
type body string

func (b body) MarshalJSON() ([]byte, error) { return []byte(b), nil }

// sendable reports what can stand in a request: a header holds no control
// character, an id no separator of the Authorization header.
func sendable(id, key, token, payload string) bool {
	control := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 })
	}
	return id != "" && key != "" && !control(id) && !control(token) && strings.TrimSpace(token) == token &&
		!strings.ContainsAny(id, "/,") && strings.TrimSpace(id) == id && id != cdnsim.DefaultSecretID && jsontext.Value(payload).IsValid()
}

// FuzzSignature has our signer and the simulator's verifier, which share no
// code, agree over a real connection. The verifier refuses another key.
func FuzzSignature(f *testing.F) {
	f.Add("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", "", `{"TaskId":"1"}`)
	f.Add("id", "k", "a token/with+base64==", `{"Keyword":"https://www.example.com/?a=1&b=<2>","Limit":20}`)
	f.Add("ÄÖ with spaces", "密钥 \x00\n", "令牌", `{"Keyword":"\u5c01 封"}`)
	f.Add("id", "key", "", `[]`)
	f.Fuzz(func(t *testing.T, id, key, token, payload string) {
		if !sendable(id, key, token, payload) {
			t.Skip()
		}
		sim := cdnsim.New(cdnsim.Options{
			Literal:  []byte(`{"Response":{"RequestId":"r"}}`),
			Accounts: []cdnsim.Account{{SecretID: id, SecretKey: key}},
		})
		server := httptest.NewServer(sim)
		defer server.Close()
		if err := call(t, server, tencentcloud.Credential{SecretID: id, SecretKey: key}, payload); err != nil {
			t.Fatalf("refused: %v", err)
		}
		sent := sim.Requests()[0]
		if want, err := json.Marshal(body(payload)); err != nil || !bytes.Equal(sent.Body, want) || sent.SecretID != id {
			t.Fatalf("sent %q as %q", sent.Body, sent.SecretID)
		}
		err := call(t, server, tencentcloud.Credential{SecretID: id, SecretKey: key + "x"}, payload)
		if !tencentcloud.IsCode(err, "AuthFailure.SignatureFailure") {
			t.Fatalf("another key: %v", err)
		}
		if token == "" {
			return
		}
		err = call(t, server, tencentcloud.Credential{SecretID: id, SecretKey: key, Token: token}, payload)
		if requests := sim.Requests(); !tencentcloud.IsCode(err, "AuthFailure.TokenFailure") || requests[2].Token != token {
			t.Fatalf("with a token that the account has not: %v, received %q", err, requests[2].Token)
		}
	})
}

func call(t *testing.T, server *httptest.Server, c tencentcloud.Credential, payload string) error {
	t.Helper()
	endpoint, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := tencentcloud.NewClient(tencentcloud.Config{
		Endpoint: endpoint, Service: "cdn", Version: "2018-06-06", Credentials: tencentcloud.Static(c),
		RequestTimeout: 10 * time.Second, Limiter: tencentcloud.NewLimiter(20), Transport: server.Client().Transport,
	})
	_, _, err = tencentcloud.Call[struct{}](context.Background(), client, "DescribePushTasks", body(payload))
	return err
}
