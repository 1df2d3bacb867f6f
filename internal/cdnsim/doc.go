// Package cdnsim simulates the parts of Tencent Cloud that a client which reads CDN prefetch tasks uses: DescribePushTasks
// of the CDN API, the actions of STS that issue temporary credentials, and the instance metadata that provides the
// credentials of an instance role. A [Server] is an http.Handler, which serves all three, whatever the host.
//
// It is written from the public API documents alone and shares no code with any client: a simulator that signs with
// the client's signer has the client's bugs. Whatever the documents leave open is a switch in [Options], whose
// zero value is the most plausible service.
//
// A test over a real connection:
//
//	sim := cdnsim.New(cdnsim.Options{Tasks: cdnsim.Demo(time.Now())})
//	srv := httptest.NewServer(sim)
//	defer srv.Close()
//	// endpoint srv.URL, cdnsim.DefaultSecretID, cdnsim.DefaultSecretKey
//
// A test in memory, which works inside a testing/synctest bubble because it starts no goroutine:
//
//	client := &http.Client{Transport: sim.Transport()}
//
// All methods of a Server are safe for concurrent use.
package cdnsim
