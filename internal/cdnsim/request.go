package cdnsim

import (
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	maxRequestSize  = 10 << 20 // bytes of a request's body
	maxTimestampOff = 5 * time.Minute

	actionPushTasks = "DescribePushTasks"
)

// requestClient is the documented form of X-TC-RequestClient.
var requestClient = regexp.MustCompile(`^[0-9a-zA-Z-_ ,;.]{1,128}$`)

// call is an authentic request with its parameters.
type call struct {
	who    *principal // nil where no signature was needed
	params *params
	region string

	replica int // that serves the request
}

// action is one action of the API.
type action struct {
	service, version string
	unsigned         bool // "Authorization: SKIP" is accepted
	params           map[string]paramType
	serve            func(*Server, *Options, call) (*response, *apiError)
}

func actions(name string) *action {
	if name == actionPushTasks {
		return &action{service: "cdn", version: "2018-06-06", params: pushTasksParams,
			serve: func(s *Server, o *Options, c call) (*response, *apiError) {
				return s.describePushTasks(o, c.params, c.replica)
			}}
	}
	return stsActions[name]
}

// checkForm checks the common parameters of API 3.0.
func checkForm(r *http.Request, req *Request) *apiError {
	if r.Method != http.MethodPost {
		return failure(codeUnsupportedProtocol, "Only POST is supported here.")
	}
	if len(req.Body) > maxRequestSize {
		return failure(codeRequestSize, "The size of the request exceeds 10 MB.")
	}
	media, parameters, err := mime.ParseMediaType(req.ContentType)
	if err != nil || media != "application/json" || !strings.EqualFold(parameters["charset"], "utf-8") && len(parameters) > 0 {
		return failure(codeInvalidRequest, "The Content-Type is not application/json.")
	}
	for _, name := range []string{"X-TC-Action", "X-TC-Version", "X-TC-Timestamp"} {
		if len(r.Header.Values(name)) != 1 {
			return failure(codeMissingParameter, "The request header `"+name+"` is missing or repeated.")
		}
	}
	if _, err := strconv.ParseInt(r.Header.Get("X-TC-Timestamp"), 10, 64); err != nil {
		return failure(codeInvalidParameter, "X-TC-Timestamp is not a Unix time.")
	}
	if len(r.Header.Values("X-TC-RequestClient")) > 0 && !requestClient.MatchString(req.RequestClient) {
		return failure(codeInvalidParameter, "X-TC-RequestClient is not valid.")
	}
	if len(r.Header.Values("X-TC-Language")) > 0 && req.Language != "zh-CN" && req.Language != "en-US" {
		return failure(codeInvalidParameter, "X-TC-Language is neither zh-CN nor en-US.")
	}
	return nil
}

// authenticate finds who signed a request; nil for an action that needs no signature.
func (s *Server) authenticate(r *http.Request, req *Request) (*principal, *apiError) {
	now := s.Now()
	if off := now.Sub(time.Unix(req.Timestamp, 0)); off > maxTimestampOff || off < -maxTimestampOff {
		return nil, failure(codeSignatureExpire, "The signature has expired: X-TC-Timestamp and the server's time differ by more than five minutes.")
	}
	header := r.Header.Get("Authorization")
	if act := actions(req.Action); header == "SKIP" && act != nil && act.unsigned {
		return nil, nil
	}
	auth, err := parseAuthorization(header)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	who := s.principals[auth.secretID]
	s.mu.Unlock()
	if who == nil {
		return nil, failure(codeSecretIDNotFound, "The SecretId is not found.")
	}
	if err := auth.verify(who.secretKey, r, req.Timestamp, req.Body); err != nil {
		return nil, err
	}
	return who, who.checkToken(req.Token, now)
}

// checkToken requires the token of a temporary credential that has not expired, and no token of a permanent one.
func (p *principal) checkToken(token string, now time.Time) *apiError {
	if token != p.token {
		return failure(codeTokenFailure, "The token is missing or wrong.")
	}
	if p.token != "" && !now.Before(p.expires) {
		return failure(codeTokenFailure, "The token has expired.")
	}
	return nil
}

// findAction finds the action of a request and checks that it belongs to the product in the signature's scope.
func findAction(req *Request) (*action, *apiError) {
	act := actions(req.Action)
	skipped := act != nil && act.unsigned && req.Service == ""
	if req.Service != "cdn" && req.Service != "sts" && !skipped {
		return nil, failure(codeNoSuchProduct, "There is no product `"+req.Service+"`.")
	}
	if act == nil || !skipped && act.service != req.Service {
		return nil, failure(codeInvalidAction, "The action `"+req.Action+"` does not exist.")
	}
	if act.version != req.Version {
		return nil, failure(codeNoSuchVersion, "There is no version `"+req.Version+"`.")
	}
	return act, nil
}
