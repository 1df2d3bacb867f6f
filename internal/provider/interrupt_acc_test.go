//go:build unix

package provider_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// An interrupt ends a read at once, in whatever it is: the pause between two looks, a request that hangs, or the wait
// before another attempt.
func TestAccInterrupt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options cdnsim.Options
		data    string
	}{
		"between looks": {cdnsim.Options{Tasks: pending(2, 0, "")}, strings.Replace(gate(""), `"1s"`, `"60s"`, 1)},
		"in a request":  {cdnsim.Options{Faults: always(cdnsim.Stall())}, lookUp},
		"before another attempt": {cdnsim.Options{Faults: always(&cdnsim.Fault{Kind: cdnsim.FaultPage, Status: 503, RetryAfter: "60"})},
			lookUp},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, c.options)
			p := installed(t, s.config(c.data))
			cmd := p.command("plan", "-json")
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			s.awaitRequest(t)
			time.Sleep(300 * time.Millisecond) // into what comes after the request
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			signalled := time.Now()
			_ = cmd.Wait() // its exit code follows
			took := time.Since(signalled)
			t.Logf("the CLI ended %v after the signal", took)
			if took > 5*time.Second {
				t.Errorf("the CLI ended %v after the signal", took)
			}
			o := outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
			if o.code != 1 {
				t.Errorf("exit code %d", o.code)
			}
			says(t, o.stdout, "Reading push tasks was interrupted")
			if n := len(s.pushTasks()); n > 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

// awaitRequest returns when the service has received a request, answered or not.
func (s *service) awaitRequest(t *testing.T) {
	t.Helper()
	select {
	case <-s.arrived:
	case <-time.After(time.Minute):
		t.Fatal("the service received no request")
	}
}
