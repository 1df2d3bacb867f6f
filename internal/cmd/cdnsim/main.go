// Command cdnsim runs the simulator of Tencent Cloud's CDN API, STS and instance metadata on a loopback address, so that
// you can try the provider without an account.
//
//	cdnsim [flags]                     print the environment variables to set, serve until SIGINT or SIGTERM
//	cdnsim [flags] -- command args...  run a command with these variables and return its exit code
//
// For example:
//
//	cdnsim -progress 30s -- terraform apply
//
// It serves a demo data set of a few hundred rows over the last 14 days, in which the outcome of these tasks is known:
//
//	1533031853231313311  all done
//	1602745231           in process; with -progress, done after that time
//	1602745198           one URL failed
//	1533031853231313398  one URL is invalid: the origin returned 404
//
// or, with -tasks, any number of generated rows. The variables are TENCENTCDN_ENDPOINT, TENCENTCDN_STS_ENDPOINT and
// TENCENTCDN_METADATA_ENDPOINT, all with the same address, and TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY with
// the simulator's example credential. The command does not get TENCENTCLOUD_SECURITY_TOKEN, which belongs to another
// credential. `cdnsim -h` lists the flags.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run returns the exit code: 0, that of the command, 2 for wrong flags, or 1.
func run(args []string, stdout, stderr io.Writer) int {
	// First of all: a signal that arrives while the simulator starts must not be lost.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)

	config, err := parseFlags(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "cdnsim:", err)
		return 2
	}
	listener, err := net.Listen("tcp", config.addr)
	if err != nil {
		fmt.Fprintln(stderr, "cdnsim:", err)
		return 1
	}
	stop := serve(listener, cdnsim.New(config.options(stderr)))
	defer stop()

	url := "http://" + listener.Addr().String()
	if len(config.command) > 0 {
		return runCommand(config.command, environment(url), signals, stderr)
	}
	fmt.Fprint(stdout, banner(url, config.tasks == 0))
	<-signals
	return 0
}

// serve serves requests until stop is called, which also ends those that get no response.
func serve(listener net.Listener, handler http.Handler) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(listener) //nolint:errcheck // it always ends with http.ErrServerClosed
	}()
	return func() {
		cancel()
		server.Close() //nolint:errcheck // the process ends
		<-done
	}
}
