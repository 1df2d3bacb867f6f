package cdnsim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const algorithm = "TC3-HMAC-SHA256"

// authorization is a parsed Authorization header.
type authorization struct {
	secretID, date, service string
	signedHeaders           []string
	signature               string
}

// parseAuthorization reads
// "TC3-HMAC-SHA256 Credential=<id>/<date>/<service>/tc3_request, SignedHeaders=<a;b>, Signature=<hex>". It is strict: to
// accept what the service might accept would hide mistakes of a client.
func parseAuthorization(header string) (*authorization, *apiError) {
	bad := func(why string) (*authorization, *apiError) {
		return nil, failure(codeInvalidAuthorization, "The Authorization header is invalid: "+why+".")
	}
	rest, ok := strings.CutPrefix(header, algorithm+" ")
	if !ok {
		return bad("the algorithm is not " + algorithm)
	}
	fields := strings.Split(rest, ", ")
	if len(fields) != 3 {
		return bad("it does not consist of Credential, SignedHeaders and Signature")
	}
	credential, okC := strings.CutPrefix(fields[0], "Credential=")
	signed, okH := strings.CutPrefix(fields[1], "SignedHeaders=")
	signature, okS := strings.CutPrefix(fields[2], "Signature=")
	if !okC || !okH || !okS {
		return bad("it does not consist of Credential, SignedHeaders and Signature")
	}
	scope := strings.Split(credential, "/")
	if len(scope) != 4 || scope[0] == "" || scope[3] != "tc3_request" {
		return bad("the credential scope is not <id>/<date>/<service>/tc3_request")
	}
	names := strings.Split(signed, ";")
	if why := checkSignedHeaders(names); why != "" {
		return bad(why)
	}
	return &authorization{scope[0], scope[1], scope[2], names, signature}, nil
}

// checkSignedHeaders checks what the document requires: lower case, ascending, content-type and host among them.
func checkSignedHeaders(names []string) string {
	for i, name := range names {
		if name == "" || name != strings.ToLower(name) {
			return "a signed header is not in lower case"
		}
		if i > 0 && names[i-1] >= name {
			return "the signed headers are not in ascending order"
		}
	}
	for _, name := range []string{"content-type", "host"} {
		if !slices.Contains(names, name) {
			return name + " is not signed"
		}
	}
	return ""
}

// canonicalRequest is the first step of the signature: method, URI, query, headers, their names, hashed payload. Header
// names and values are in lower case there.
func canonicalRequest(method, query string, header func(name string) string, names []string, payload []byte) string {
	var b strings.Builder
	b.WriteString(method + "\n/\n" + query + "\n")
	for _, name := range names {
		b.WriteString(name + ":" + strings.ToLower(strings.TrimSpace(header(name))) + "\n")
	}
	b.WriteString("\n" + strings.Join(names, ";") + "\n" + hexSHA256(payload))
	return b.String()
}

// stringToSign is the second step: algorithm, timestamp, scope, hashed canonical request.
func stringToSign(timestamp int64, date, service, canonical string) string {
	return algorithm + "\n" + strconv.FormatInt(timestamp, 10) + "\n" + date + "/" + service + "/tc3_request\n" +
		hexSHA256([]byte(canonical))
}

// signatureOf is the third step: keys derived from the secret by date and service sign the string.
func signatureOf(secretKey, date, service, toSign string) string {
	key := []byte("TC3" + secretKey)
	for _, part := range []string{date, service, "tc3_request"} {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, toSign))
}

func mac(key []byte, data string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(data))
	return h.Sum(nil)
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// verify checks scope and signature of a request that claims to come from the holder of secretKey.
func (a *authorization) verify(secretKey string, r *http.Request, timestamp int64, payload []byte) *apiError {
	if date := time.Unix(timestamp, 0).UTC().Format(time.DateOnly); a.date != date {
		return failure(codeSignatureFailure, "The date of the credential scope is not the UTC date of X-TC-Timestamp.")
	}
	missing := ""
	header := func(name string) string {
		if name == "host" {
			return r.Host // net/http keeps it apart from the header
		}
		values := r.Header.Values(name)
		if len(values) == 0 {
			missing = name
		}
		return strings.Join(values, ",")
	}
	canonical := canonicalRequest(r.Method, r.URL.RawQuery, header, a.signedHeaders, payload)
	if missing != "" {
		return failure(codeInvalidAuthorization, "The signed header "+missing+" was not sent.")
	}
	want := signatureOf(secretKey, a.date, a.service, stringToSign(timestamp, a.date, a.service, canonical))
	if !hmac.Equal([]byte(want), []byte(a.signature)) {
		return failure(codeSignatureFailure, "The provided credentials could not be validated. Please check your signature is correct.")
	}
	return nil
}
