package credentials

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

const (
	// metadataTimeout is of the whole exchange. On an instance the service is
	// next door; elsewhere it does not exist, and nobody should wait to learn it.
	metadataTimeout = 2 * time.Second

	// maxMetadata is the most that is read of an answer, in bytes.
	maxMetadata = 64 << 10

	// metadataLifetime is how long a credential is used at most if its own end
	// cannot be right by this machine's clock.
	metadataLifetime = 5 * time.Minute
)

// instanceRole is the role of the instance that this runs on, as its metadata
// service gives it out.
type instanceRole struct{ name string }

func (r instanceRole) String() string { return fmt.Sprintf("instance role %q", r.name) }
func (instanceRole) block() string    { return "cam_role_name" }
func (instanceRole) anonymous() bool  { return true }
func (instanceRole) single() bool     { return false }

func (r instanceRole) fetch(ctx context.Context, w *world, _ tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
	body, problem := r.get(ctx, w)
	if problem != nil {
		return tencentcloud.Credential{}, problem
	}
	var answer struct {
		Code, TmpSecretId, TmpSecretKey, Token string
		ExpiredTime                            int64 // Unix, seconds
	}
	now := time.Now()
	switch err := json.Unmarshal(body, &answer); {
	case err != nil:
		return tencentcloud.Credential{}, r.fault("the metadata service's answer is not the JSON it should be", "See what answers at "+w.metadata.Host)
	case answer.Code != "Success":
		return tencentcloud.Credential{}, r.fault(fmt.Sprintf("the metadata service gave no credential, but the code %q", answer.Code),
			"See whether the role still exists and is attached to this instance")
	case answer.TmpSecretId == "" || answer.TmpSecretKey == "" || answer.Token == "":
		return tencentcloud.Credential{}, r.fault("the metadata service's answer has no TmpSecretId, TmpSecretKey or Token", "See what answers at "+w.metadata.Host)
	}
	expires := time.Unix(answer.ExpiredTime, 0)
	if !expires.After(now) {
		expires = now.Add(metadataLifetime)
	}
	return tencentcloud.Credential{
		SecretID: answer.TmpSecretId, SecretKey: answer.TmpSecretKey, Token: answer.Token, Expires: expires,
	}, nil
}

// get asks the metadata service, without a proxy, since it is on this machine's
// own link, and without following redirects, since it has none.
func (r instanceRole) get(ctx context.Context, w *world) ([]byte, *Error) {
	ctx, cancel := context.WithTimeout(ctx, metadataTimeout)
	defer cancel()
	address := w.metadata.JoinPath("latest/meta-data/cam/security-credentials", url.PathEscape(r.name))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, r.fault("the address of the metadata service is not valid", "Correct metadata_endpoint or TENCENTCDN_METADATA_ENDPOINT")
	}
	client := http.Client{
		Transport:     w.metadataTransport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, r.unreachable(w, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxMetadata))
	switch {
	case err != nil:
		return nil, r.unreachable(w, err)
	case response.StatusCode == http.StatusNotFound:
		return nil, r.fault("no role of this name is attached to this instance",
			"Attach it in the CVM console, or correct cam_role_name or "+envCAMRoleName)
	case response.StatusCode != http.StatusOK:
		return nil, r.fault(fmt.Sprintf("the metadata service at %s answered with HTTP status %d", w.metadata.Host, response.StatusCode),
			"Try again, or see what answers there")
	}
	return body, nil
}

func (r instanceRole) unreachable(w *world, err error) *Error {
	e := r.fault(fmt.Sprintf("the metadata service at %s does not answer", w.metadata.Host),
		"An instance role is to be had on a Tencent Cloud instance only. Elsewhere, leave out cam_role_name and unset "+envCAMRoleName)
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the method and address
	}
	e.Cause = err
	if errors.Is(err, context.DeadlineExceeded) {
		e.Problem += fmt.Sprintf(" within %v", metadataTimeout)
		e.Cause = nil // it is not the caller's deadline
	}
	return e
}

func (r instanceRole) fault(problem, remedy string) *Error {
	return &Error{Source: r.String(), Argument: "cam_role_name", Variable: envCAMRoleName, Problem: problem, Remedy: remedy}
}
