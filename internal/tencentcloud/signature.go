package tencentcloud

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// The functions of this file are the steps that the signature document of
// API 3.0 names, one each, for the method TC3-HMAC-SHA256. They are pure:
// what they need comes in, what they make goes out.

const algorithm = "TC3-HMAC-SHA256"

// header is one signed header. The name is in lower case, and the list that it
// stands in is sorted by it, as the canonical form wants.
type header struct{ name, value string }

// canonicalRequest is the first step: the request to "/" without a query, in
// the form that both sides hash. Values of headers are in lower case too.
func canonicalRequest(method string, headers []header, payload []byte) string {
	var b strings.Builder
	b.WriteString(method + "\n/\n\n")
	for _, h := range headers {
		b.WriteString(h.name + ":" + strings.ToLower(strings.TrimSpace(h.value)) + "\n")
	}
	b.WriteString("\n" + signedHeaders(headers) + "\n" + hexSHA256(payload))
	return b.String()
}

// signedHeaders lists the names of the headers that the signature covers.
func signedHeaders(headers []header) string {
	names := make([]string, len(headers))
	for i, h := range headers {
		names[i] = h.name
	}
	return strings.Join(names, ";")
}

// credentialScope is the UTC date of the timestamp with the product's name.
func credentialScope(at time.Time, service string) string {
	return utcDate(at) + "/" + service + "/tc3_request"
}

// stringToSign is the second step.
func stringToSign(at time.Time, service, canonical string) string {
	return strings.Join([]string{
		algorithm, timestamp(at), credentialScope(at, service), hexSHA256([]byte(canonical)),
	}, "\n")
}

// signature is the third step: the key is derived for the date and the product,
// so that a leaked derived key is worth one day of one product.
func signature(secretKey string, at time.Time, service, toSign string) string {
	key := hmacSHA256([]byte("TC3"+secretKey), utcDate(at))
	key = hmacSHA256(key, service)
	key = hmacSHA256(key, "tc3_request")
	return hex.EncodeToString(hmacSHA256(key, toSign))
}

// authorization is the last step: the value of the Authorization header.
func authorization(c Credential, at time.Time, service string, headers []header, payload []byte) string {
	toSign := stringToSign(at, service, canonicalRequest("POST", headers, payload))
	return algorithm +
		" Credential=" + c.SecretID + "/" + credentialScope(at, service) +
		", SignedHeaders=" + signedHeaders(headers) +
		", Signature=" + signature(c.SecretKey, at, service, toSign)
}

func timestamp(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

func utcDate(at time.Time) string { return at.UTC().Format(time.DateOnly) }

func hexSHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func hmacSHA256(key []byte, message string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(message))
	return mac.Sum(nil)
}
