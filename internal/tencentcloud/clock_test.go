package tencentcloud

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// A machine whose clock is off learns it from the first refusal, and from then
// on signs by the service's clock.
func TestClockIsCorrectedOnce(t *testing.T) {
	for _, skew := range []time.Duration{47 * time.Minute, -47 * time.Minute, 6 * time.Minute, 400 * 24 * time.Hour} {
		t.Run(skew.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := cdnsim.New(cdnsim.Options{Tasks: someTasks(), ClockSkew: skew})
				tr := newSimTrial(t, sim)
				for range 3 {
					got, _, err := tr.list(t.Context())
					whole(t, got, err)
				}
				if n := sim.Counts().ByCode; n["AuthFailure.SignatureExpire"] != 1 || n[""] != 3 {
					t.Errorf("answered %v", n)
				}
				moved := 0
				for _, a := range tr.attempts {
					if a.ClockMoved != 0 {
						moved++
						if off := (a.ClockMoved - skew).Abs(); off > 2*time.Second {
							t.Errorf("moved by %v, want %v", a.ClockMoved, skew)
						}
					}
				}
				if moved != 1 {
					t.Errorf("moved %d times", moved)
				}
			})
		})
	}
}

// Calls that are refused together are all asked again, and one of them tells.
func TestClockIsCorrectedForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := cdnsim.New(cdnsim.Options{Tasks: someTasks(), ClockSkew: -47 * time.Minute, NetworkLatency: 100 * time.Millisecond})
		tr := newSimTrial(t, sim)
		var calls sync.WaitGroup
		for range 10 {
			calls.Go(func() {
				if got, _, err := tr.list(t.Context()); err != nil || len(got.PushLogs.urls) != 3 {
					t.Errorf("got %+v, %v", got, err)
				}
			})
		}
		calls.Wait()
		moved, second := 0, 0
		for _, a := range tr.attempts {
			if a.ClockMoved != 0 {
				moved++
			}
			if a.Number == 2 {
				second++
			}
		}
		if moved != 1 || second != 10 || len(sim.Requests()) != 20 {
			t.Errorf("moved %d times, %d second attempts, %d requests", moved, second, len(sim.Requests()))
		}
	})
}

// A second refusal in one call is final, and so is one that the clock cannot explain.
func TestClockThatCannotBeCorrected(t *testing.T) {
	expired := cdnsim.APIError("AuthFailure.SignatureExpire", "expired")
	for _, c := range []struct {
		name     string
		skew     time.Duration
		date     bool
		requests int
	}{
		{"refused again", 47 * time.Minute, true, 2},
		{"no Date", 47 * time.Minute, false, 1},
		{"clocks agree", 0, true, 1},
		{"clocks nearly agree", 50 * time.Second, true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := cdnsim.New(cdnsim.Options{ClockSkew: c.skew, Faults: always(expired)})
				transport := transportFunc(func(r *http.Request) (*http.Response, error) {
					response, err := sim.Transport().RoundTrip(r)
					if err == nil && !c.date {
						response.Header.Del("Date")
					}
					return response, err
				})
				tr := newTrial(t, "https://cdn.example", transport)
				got, _, err := tr.list(t.Context())
				e := failed(t, got, err)
				if e.Code != "AuthFailure.SignatureExpire" || e.Attempts != c.requests || len(sim.Requests()) != c.requests || e.Passing {
					t.Errorf("got %v after %d requests, want %d", e, len(sim.Requests()), c.requests)
				}
			})
		})
	}
}

// renewable is a source of temporary credentials.
type renewable struct {
	mu      sync.Mutex
	tokens  []string // the first is the current one
	refused []string
}

func (r *renewable) Credential(context.Context) (Credential, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Credential{SecretID: cdnsim.DefaultSecretID, SecretKey: cdnsim.DefaultSecretKey, Token: r.tokens[0]}, nil
}

func (r *renewable) Refused(c Credential) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused = append(r.refused, c.Token)
	if len(r.tokens) == 1 {
		return false
	}
	r.tokens = r.tokens[1:]
	return true
}

// A refused token is replaced once in a call, if there is another.
func TestRefusedToken(t *testing.T) {
	for _, c := range []struct {
		name   string
		tokens []string // the empty one is the one that serves
		ok     bool
		asked  int
	}{
		{"renewed", []string{"old-token", ""}, true, 1},
		{"no other", []string{"old-token"}, false, 1},
		{"refused again", []string{"old-token", "also-old", ""}, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := cdnsim.New(cdnsim.Options{Tasks: someTasks()})
				source := &renewable{tokens: c.tokens}
				start := time.Now()
				got, _, err := newSimTrial(t, sim, func(config *Config) { config.Credentials = source }).list(t.Context())
				if c.ok {
					whole(t, got, err)
				} else if e := failed(t, got, err); e.Code != "AuthFailure.TokenFailure" || e.Passing {
					t.Errorf("got %v", e)
				}
				if len(source.refused) != c.asked || source.refused[0] != "old-token" {
					t.Errorf("asked about %q", source.refused)
				}
				if n, want := len(sim.Requests()), min(len(c.tokens), 2); n != want || time.Since(start) != 0 {
					t.Errorf("%d requests in %v, want %d at once", n, time.Since(start), want)
				}
			})
		})
	}
}
