package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// usage is what one plan took, the providers that it started included.
type usage struct{ wall, cpu time.Duration }

// terraform runs plans with providers from a directory instead of a registry.
type terraform struct {
	cli         string
	environment []string
}

// newTerraform makes the CLI take its two providers from a directory. Nothing
// of the user's own set-up gets in.
func newTerraform(folder, providers string) (*terraform, error) {
	cli, err := exec.LookPath("terraform")
	if err != nil {
		return nil, err
	}
	settings := filepath.Join(folder, filepath.Base(providers)+".tfrc")
	overrides := fmt.Sprintf(`provider_installation {
  dev_overrides {
    "tencentcdn/tencentcdn" = %[1]q
    "bench/minimal"         = %[1]q
  }
  direct {}
}
`, providers)
	if err := os.WriteFile(settings, []byte(overrides), 0o600); err != nil {
		return nil, err
	}
	environment := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "TF_") || strings.HasPrefix(variable, "TENCENTC")
	})
	return &terraform{cli, append(environment, "TF_CLI_CONFIG_FILE="+settings, "CHECKPOINT_DISABLE=1")}, nil
}

// plan plans a configuration in a folder of its own.
func (t *terraform) plan(ctx context.Context, folder string, environment ...string) (usage, error) {
	cmd := exec.CommandContext(ctx, t.cli, "plan", "-input=false", "-lock=false", "-no-color") //nolint:gosec // from the PATH
	cmd.Dir, cmd.Env = folder, append(slices.Clone(t.environment), environment...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return usage{}, fmt.Errorf("terraform plan in %s: %w\n%s", folder, err, &out)
	}
	// What the system counts for a process includes the children that it waited for.
	return usage{time.Since(start), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}, nil
}
