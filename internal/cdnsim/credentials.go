package cdnsim

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Credential is a temporary credential that the simulator issued.
type Credential struct {
	SecretID, SecretKey, Token string
	Expires                    time.Time // on the simulator's clock, whole seconds
}

// principal is who a secret id belongs to.
type principal struct {
	secretKey           string
	token               string // "" for a permanent credential
	expires             time.Time
	account             string
	arn, identity, kind string // identity is the uin of an account, or names a role's session
}

func permanent(a Account) *principal {
	account := cmp.Or(a.AccountID, DefaultAccountID)
	return &principal{
		secretKey: a.SecretKey, account: account, identity: account, kind: "RootAccount",
		arn: "qcs::cam::uin/" + account + ":uin/" + account,
	}
}

// Issue makes a temporary credential of the default account, as STS would.
func (s *Server) Issue(lifetime time.Duration) Credential {
	return s.issue(permanent(Account{}), lifetime)
}

// Issued are all temporary credentials made so far, oldest first.
func (s *Server) Issued() []Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.issued)
}

// Revoke makes the simulator forget a secret id, permanent or temporary.
func (s *Server) Revoke(secretID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.principals, secretID)
}

// issue registers a temporary credential for who. It expires at a whole second, since that is all ExpiredTime can express.
func (s *Server) issue(who *principal, lifetime time.Duration) Credential {
	c := Credential{
		SecretID: "AKIDtmp" + randomHex(16), SecretKey: randomHex(16), Token: "token-" + randomHex(32),
		Expires: s.Now().Add(lifetime).Truncate(time.Second),
	}
	issued := *who
	issued.secretKey, issued.token, issued.expires = c.SecretKey, c.Token, c.Expires
	s.mu.Lock()
	defer s.mu.Unlock()
	s.principals[c.SecretID] = &issued
	s.issued = append(s.issued, c)
	return c
}

// assumed is the identity of a role session.
func assumed(account, roleArn, session string) *principal {
	role := roleArn[strings.LastIndexAny(roleArn, "/:")+1:]
	return &principal{
		account: account, identity: role + ":" + session, kind: "AssumedRole",
		arn: "qcs::sts:" + account + ":assumed-role/" + role + "/" + session,
	}
}

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
