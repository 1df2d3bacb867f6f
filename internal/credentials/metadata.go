package credentials

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

const (
	// metadataTimeout is of all requests for one credential. On an instance the
	// service is next door; elsewhere it does not exist, and nobody should wait
	// to learn it.
	metadataTimeout = 2 * time.Second

	// maxMetadata is the most that is read of a response, in bytes.
	maxMetadata = 64 << 10

	// metadataLifetime is the longest that a credential is used if its own
	// expiry cannot be right by this machine's clock.
	metadataLifetime = 5 * time.Minute
)

// instanceRole is the name of the role of the instance that this runs on, whose
// metadata service issues credentials for it. Without a name, which is how a
// profile asks for it, it is the one that the instance has.
type instanceRole string

// instance is the source that cam_role_name declares.
func instance(role string) *candidate {
	if role == "" {
		return unset(fmt.Sprintf("cam_role_name (%s)", variableOf["cam_role_name"]))
	}
	return &candidate{
		name: fmt.Sprintf("instance role %q", role), alone: true,
		fetch: func(ctx context.Context, d *deps, _ tencentcloud.CredentialSource) (tencentcloud.Credential, error) {
			return instanceRole(role).fetch(ctx, d)
		},
	}
}

func (r instanceRole) fetch(ctx context.Context, d *deps) (tencentcloud.Credential, error) {
	ctx, cancel := context.WithTimeout(ctx, metadataTimeout)
	defer cancel()
	role := string(r)
	if role == "" {
		list, problem := r.get(ctx, d, "")
		if problem != nil {
			return tencentcloud.Credential{}, problem
		}
		role, _, _ = strings.Cut(strings.TrimSpace(string(list)), "\n")
		if role = strings.TrimSpace(role); role == "" {
			return tencentcloud.Credential{}, r.noRole()
		}
	}
	body, problem := r.get(ctx, d, role)
	if problem != nil {
		return tencentcloud.Credential{}, problem
	}
	var response struct {
		Code, TmpSecretId, TmpSecretKey, Token string
		ExpiredTime                            int64 // Unix, seconds
	}
	now := time.Now()
	check := "Check what responds at " + d.metadata.Host
	switch err := json.Unmarshal(body, &response); {
	case err != nil:
		return tencentcloud.Credential{}, r.fault("the metadata service did not return a JSON object", check)
	case response.Code != "Success":
		return tencentcloud.Credential{}, r.fault(fmt.Sprintf("the metadata service returned no credential, but the code %q", response.Code),
			"Check that the role exists and is attached to this instance")
	case response.TmpSecretId == "" || response.TmpSecretKey == "" || response.Token == "":
		return tencentcloud.Credential{}, r.fault("the metadata service returned no TmpSecretId, TmpSecretKey or Token", check)
	}
	expires := time.Unix(response.ExpiredTime, 0)
	if !expires.After(now) {
		expires = now.Add(metadataLifetime)
	}
	return tencentcloud.Credential{
		SecretID: response.TmpSecretId, SecretKey: response.TmpSecretKey, Token: response.Token, Expires: expires,
	}, nil
}

// get sends a request to the metadata service, for a role or, without a name,
// for the list of roles. It uses no proxy, since the service is on this
// machine's own link, and follows no redirect, since the service has none.
func (r instanceRole) get(ctx context.Context, d *deps, role string) ([]byte, *Error) {
	const roles = "/latest/meta-data/cam/security-credentials/"
	address := &url.URL{Scheme: d.metadata.Scheme, Host: d.metadata.Host, Path: roles + role, RawPath: roles + url.PathEscape(role)}
	request := &http.Request{Method: http.MethodGet, URL: address, Header: http.Header{}}
	response, err := d.metadataTransport.RoundTrip(request.WithContext(ctx))
	if err != nil {
		return nil, r.unreachable(d, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxMetadata))
	switch {
	case err != nil:
		return nil, r.unreachable(d, err)
	case response.StatusCode == http.StatusNotFound:
		return nil, r.noRole()
	case response.StatusCode != http.StatusOK:
		return nil, r.fault(fmt.Sprintf("the metadata service at %s returned HTTP status %d", d.metadata.Host, response.StatusCode),
			"Run again, or check what responds there")
	}
	return body, nil
}

func (r instanceRole) noRole() *Error {
	if r == "" {
		return r.fault("no role is attached to this instance", "Attach one in the CVM console, or use another profile")
	}
	return r.fault("no role of this name is attached to this instance",
		"Attach it in the CVM console, or correct cam_role_name or "+variableOf["cam_role_name"])
}

func (r instanceRole) unreachable(d *deps, err error) *Error {
	elsewhere := "use another profile"
	if r != "" {
		elsewhere = "remove cam_role_name and unset " + variableOf["cam_role_name"]
	}
	e := r.fault(fmt.Sprintf("the metadata service at %s did not respond", d.metadata.Host),
		"An instance role is available on a Tencent Cloud instance only. Elsewhere, "+elsewhere)
	e.Cause = err
	if errors.Is(err, context.DeadlineExceeded) {
		e.Problem += fmt.Sprintf(" within %v", metadataTimeout)
		e.Cause = nil // it is not the caller's deadline
	}
	return e
}

func (r instanceRole) fault(problem, remedy string) *Error {
	if r == "" {
		return &Error{Source: "profile of the type " + cvmRole, Problem: problem, Remedy: remedy}
	}
	return &Error{Source: fmt.Sprintf("instance role %q", string(r)), Argument: "cam_role_name", Problem: problem, Remedy: remedy}
}
