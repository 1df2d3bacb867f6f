// Package cdnsim simulates the parts of Tencent Cloud that a reader of CDN prefetch tasks talks to: DescribePushTasks
// of the CDN API, the actions of STS that issue temporary credentials, and the instance metadata that an instance role
// is read from. A [Server] is an http.Handler; all three are served by the same handler, whatever the host.
//
// It is written from the public API documents alone and shares no code with any client: a simulator that signs with
// the client's signer agrees with the client's bugs. Whatever the documents leave open is a switch in [Options], whose
// zero value is the most plausible service.
//
// A test over a real connection:
//
//	sim := cdnsim.New(cdnsim.Options{Tasks: cdnsim.Demo(time.Now())})
//	srv := httptest.NewServer(sim)
//	defer srv.Close()
//	// endpoint srv.URL, cdnsim.DefaultSecretID, cdnsim.DefaultSecretKey
//
// and one in memory, which works inside a testing/synctest bubble since it starts no goroutine:
//
//	client := &http.Client{Transport: sim.Transport()}
//
// All methods of a Server are safe for concurrent use.
package cdnsim
