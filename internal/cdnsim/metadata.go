package cdnsim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	metadataPrefix = "/latest/meta-data/"
	rolesPath      = metadataPrefix + "cam/security-credentials"
)

// metadata serves /latest/meta-data/: the names of the instance's roles, and a new credential of one of them.
func (s *Server) metadata(o *Options, r *http.Request) *response {
	if o.Metadata.Silent {
		return &response{stall: true}
	}
	role, ok := strings.CutPrefix(r.URL.Path, rolesPath)
	role = strings.TrimPrefix(role, "/")
	switch {
	case !ok || r.Method != http.MethodGet || len(o.Metadata.Roles) == 0:
		return metadataNotFound()
	case role == "":
		return &response{contentType: "text/plain", body: []byte(strings.Join(o.Metadata.Roles, "\n"))}
	case !slices.Contains(o.Metadata.Roles, role):
		return metadataNotFound()
	}
	lifetime := o.Metadata.Lifetime
	if lifetime <= 0 {
		lifetime = defaultLifetime * time.Second
	}
	c := s.issue(assumed(DefaultAccountID, "qcs::cam::uin/"+DefaultAccountID+":roleName/"+role, "instance"), lifetime)
	body, err := json.Marshal(map[string]any{
		"TmpSecretId": c.SecretID, "TmpSecretKey": c.SecretKey, "Token": c.Token, "ExpiredTime": c.Expires.Unix(),
		"Expiration": c.Expires.UTC().Format(time.RFC3339), "Code": "Success",
	})
	if err != nil {
		panic("cdnsim: cannot encode a response: " + err.Error())
	}
	return &response{body: body}
}

func metadataNotFound() *response {
	return &response{status: http.StatusNotFound, contentType: "text/html", body: gatewayPage(http.StatusNotFound)}
}
