//go:build unix

package provider_test

import (
	"bytes"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// An interrupt ends a read at once, wherever it is: in the pause between two polls, in a request that hangs, or in the
// pause before a retry.
func TestAccInterrupt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options cdnsim.Options
		data    string
		paused  bool // interrupt after the first response, not while it is awaited
	}{
		"between polls": {cdnsim.Options{Tasks: pending(2, 0, "")}, strings.Replace(gate(""), `"1s"`, `"60s"`, 1), true},
		"in a request":  {cdnsim.Options{Faults: always(cdnsim.Stall())}, lookUp, false},
		"before a retry": {cdnsim.Options{Faults: always(&cdnsim.Fault{Kind: cdnsim.FaultPage, Status: 503, RetryAfter: "60"})},
			lookUp, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, c.options)
			p := installed(t, s.config(c.data))
			o := p.interrupt(s, c.paused, "plan", "-json")
			says(t, o.stdout, "Reading push tasks was interrupted")
			if n := len(s.pushTasks()); n > 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

// An interrupt ends an ephemeral resource that waits, too.
func TestAccInterrupt_ephemeral(t *testing.T) {
	t.Parallel()
	needEphemeral(t)
	s := simulate(t, cdnsim.Options{Tasks: pending(2, 0, "")})
	p := installed(t, s.config(ephemeralGate(exampleTask+"\nwait_for_completion = true\npoll_interval = \"1h\"")))
	says(t, p.interrupt(s, true, "plan", "-json").stdout, "Reading push tasks was interrupted")
}

// An interrupt ends an action, and what it guards is not created. What the action says of it may come too late to be shown.
func TestAccInterrupt_action(t *testing.T) {
	t.Parallel()
	needActions(t)
	s := simulate(t, cdnsim.Options{Tasks: pending(2, 0, "")})
	p := installed(t, s.config(strings.Replace(actionGate(""), `"1s"`, `"1h"`, 1)))
	says(t, p.interrupt(s, true, "apply", "-auto-approve", "-json").stdout, "execution halted")
	p.released(false)
}

// interrupt runs the CLI and interrupts it when the service has received a request, or when the response has come.
func (p *project) interrupt(s *service, paused bool, args ...string) outcome {
	p.t.Helper()
	p.env = append(p.env, "TF_LOG_PROVIDER=DEBUG", "TF_LOG_PATH=log")
	cmd := p.command(args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	inGroup(cmd)
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	s.awaitRequest(p.t)
	if paused {
		p.awaitLog("http_status=") // ends the line that is written when a request has ended
	}
	if err := signalGroup(cmd, syscall.SIGINT); err != nil {
		p.t.Fatal(err)
	}
	signalled := time.Now()
	_ = cmd.Wait() // its exit code follows
	took := time.Since(signalled)
	p.t.Logf("the CLI ended %v after the signal", took)
	if took > 5*time.Second {
		p.t.Errorf("the CLI ended %v after the signal", took)
	}
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		p.t.Errorf("exit code %d", code)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// inGroup gives a command a process group of its own, which Ctrl-C in a terminal would reach as a whole. Terraform 1.0
// is two processes, and the outer one relies on the inner one getting the signal too.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	tooLong := cmd.Cancel
	cmd.Cancel = func() error {
		_ = signalGroup(cmd, syscall.SIGKILL)
		return tooLong()
	}
}

func signalGroup(cmd *exec.Cmd, signal syscall.Signal) error {
	return syscall.Kill(-cmd.Process.Pid, signal)
}

// awaitRequest returns when the service has received a request, before or after the response.
func (s *service) awaitRequest(t *testing.T) {
	t.Helper()
	select {
	case <-s.arrived:
	case <-time.After(maxRun):
		t.Fatal("the service received no request")
	}
}

// awaitLog returns when a line of the log has this text.
func (p *project) awaitLog(text string) {
	p.t.Helper()
	tooLong, tick := time.After(maxRun), time.Tick(10*time.Millisecond)
	for len(p.log(text)) == 0 {
		select {
		case <-tick:
		case <-tooLong:
			p.t.Fatalf("the log has no %q", text)
		}
	}
}
