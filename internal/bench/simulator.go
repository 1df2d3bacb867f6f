package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

const root = "github.com/tencentcdn/terraform-provider-tencentcdn"

// Build compiles a package of the provider's module or of this one, named from
// the root of the former, as a release does.
func Build(ctx context.Context, pkg, output string) error {
	arguments := []string{"build", "-trimpath", "-ldflags=-s -w", "-o", output, strings.TrimSuffix(root+"/"+pkg, "/")}
	build := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // the packages are ours
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", build.Args, err, out)
	}
	return nil
}

// Simulator is the simulator as a process of its own, so that what it costs is
// not counted among what the reader costs.
type Simulator struct {
	Endpoint    *url.URL
	Environment []string // for a provider that is to talk to it
	process     *exec.Cmd
}

// StartSimulator runs a binary of internal/cmd/cdnsim. Its log, which it writes
// with the flag -log, and its complaints go to errors.
func StartSimulator(ctx context.Context, binary string, errors io.Writer, flags ...string) (*Simulator, error) {
	s := &Simulator{process: exec.CommandContext(ctx, binary, flags...)} //nolint:gosec // which Build has made
	s.process.Stderr = errors
	out, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	// The variables stand one below the other, the two of the credential last.
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		variable, ok := strings.CutPrefix(lines.Text(), "export ")
		if !ok {
			continue
		}
		s.Environment = append(s.Environment, variable)
		if address, ok := strings.CutPrefix(variable, "TENCENTCDN_ENDPOINT="); ok {
			s.Endpoint, err = url.Parse(address)
		}
		if strings.HasPrefix(variable, "TENCENTCLOUD_SECRET_KEY=") {
			return s, err
		}
	}
	return nil, fmt.Errorf("%s ended early: %w", binary, s.process.Wait())
}

// Stop ends the process.
func (s *Simulator) Stop() {
	_ = s.process.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	_ = s.process.Wait()
}
