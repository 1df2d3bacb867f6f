package tencentcloud

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

// vector is one entry of testdata/tc3_vectors.json: signatures that the API
// document publishes, and others computed from it by an independent calculator.
type vector struct {
	Name   string
	Inputs struct {
		SecretID      string `json:"secret_id"`
		SecretKey     string `json:"secret_key"`
		Service       string
		Timestamp     int64
		Method        string
		SignedHeaders [][2]string `json:"signed_headers"`
		Payload       string
		Token         string
	}
	CanonicalRequest       string `json:"canonical_request"`
	HashedPayload          string `json:"hashed_payload"`
	HashedCanonicalRequest string `json:"hashed_canonical_request"`
	StringToSign           string `json:"string_to_sign"`
	Signature              string
	Authorization          string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/tc3_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vs []vector
	if err := json.Unmarshal(raw, &vs); err != nil {
		t.Fatal(err)
	}
	if len(vs) < 9 {
		t.Fatalf("%d vectors, expected at least 9", len(vs))
	}
	return vs
}

func TestSignatureStepByStep(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			var headers []header
			for _, h := range v.Inputs.SignedHeaders {
				headers = append(headers, header{h[0], h[1]})
			}
			at := time.Unix(v.Inputs.Timestamp, 0)
			payload := []byte(v.Inputs.Payload)
			credential := Credential{SecretID: v.Inputs.SecretID, SecretKey: v.Inputs.SecretKey, Token: v.Inputs.Token}

			canonical := canonicalRequest(v.Inputs.Method, headers, payload)
			toSign := stringToSign(at, v.Inputs.Service, canonical)
			for _, step := range []struct{ name, got, want string }{
				{"hashed payload", hexSHA256(payload), v.HashedPayload},
				{"canonical request", canonical, v.CanonicalRequest},
				{"hashed canonical request", hexSHA256([]byte(canonical)), v.HashedCanonicalRequest},
				{"string to sign", toSign, v.StringToSign},
				{"signature", signature(credential.SecretKey, at, v.Inputs.Service, toSign), v.Signature},
				{"authorization", authorization(credential, at, v.Inputs.Service, headers, payload), v.Authorization},
			} {
				if step.got != step.want {
					t.Fatalf("%s:\n got %q\nwant %q", step.name, step.got, step.want)
				}
			}
		})
	}
}

// The date of the scope is that of UTC wherever the machine stands.
func TestCredentialScopeIsInUTC(t *testing.T) {
	beijing := time.FixedZone("UTC+8", 8*60*60)
	at := time.Date(2019, 2, 26, 7, 59, 59, 0, beijing)
	if got, want := credentialScope(at, "cdn"), "2019-02-25/cdn/tc3_request"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}
