// Command plan measures whole runs of `terraform plan`: over long lists beside
// Terraform's own jsondecode of the same rows, and with one small lookup beside
// the least provider that there can be.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/bench"
)

func main() {
	rounds := flag.Int("rounds", 5, "plans of each kind over a long list; five times as many small ones")
	onlySmall := flag.Bool("small", false, "measure the small lookup alone")
	flag.Parse()
	if err := run(context.Background(), *rounds, *onlySmall); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, rounds int, onlySmall bool) error {
	folder, err := os.MkdirTemp("", "bench-plan")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	s, err := newStage(ctx, folder)
	if err != nil {
		return err
	}
	if err := s.small(ctx, 5*rounds); err != nil || onlySmall {
		return err
	}
	fmt.Print("\n| tasks | plan, CPU | `jsondecode(file())`, CPU | ratio | plan, time | `jsondecode(file())`, time | provider, peak memory |\n" +
		"|---|---|---|---|---|---|---|\n")
	for _, tasks := range []int{10_000, 100_000} {
		if err := s.large(ctx, tasks, rounds); err != nil {
			return err
		}
	}
	return nil
}

// stage holds what all measurements share.
type stage struct {
	folder    string
	simulator string     // binary
	plain     *terraform // starts the providers themselves
	measured  *terraform // starts them through the command measured
}

const ours, minimal = "terraform-provider-tencentcdn", "terraform-provider-minimal"

func newStage(ctx context.Context, folder string) (*stage, error) {
	s := &stage{folder: folder, simulator: filepath.Join(folder, "cdnsim")}
	for output, pkg := range map[string]string{
		"cdnsim":           "internal/cmd/cdnsim",
		"plain/" + ours:    "",
		"plain/" + minimal: "internal/bench/minimal",
		"measured/" + ours: "internal/bench/measured",
	} {
		if err := bench.Build(ctx, pkg, filepath.Join(folder, output)); err != nil {
			return nil, err
		}
	}
	err := os.Symlink(filepath.Join(folder, "measured", ours), filepath.Join(folder, "measured", minimal))
	if err != nil {
		return nil, err
	}
	if s.plain, err = newTerraform(folder, filepath.Join(folder, "plain")); err != nil {
		return nil, err
	}
	s.measured, err = newTerraform(folder, filepath.Join(folder, "measured"))
	return s, err
}

// configuration writes a configuration into a folder of its own.
func (s *stage) configuration(name, text string) (string, error) {
	folder := filepath.Join(s.folder, name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	return folder, os.WriteFile(filepath.Join(folder, "main.tf"), []byte(text), 0o600)
}

// peak plans once with a provider under observation, and returns the most
// memory that one of its processes had resident, in MiB, and the number of
// processes.
func (s *stage) peak(ctx context.Context, provider, folder string, environment ...string) (float64, int, error) {
	notes := filepath.Join(folder, "measured")
	if err := os.RemoveAll(notes); err != nil {
		return 0, 0, err
	}
	environment = append(environment, "MEASURED_FILE="+notes, "MEASURED_PROVIDER="+filepath.Join(s.folder, "plain", provider))
	if _, err := s.measured.plan(ctx, folder, environment...); err != nil {
		return 0, 0, err
	}
	text, err := os.ReadFile(notes) //nolint:gosec // in a folder of our own
	if err != nil {
		return 0, 0, err
	}
	var most float64
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range lines {
		kib, err := strconv.ParseFloat(strings.Fields(line)[0], 64)
		if err != nil {
			return 0, 0, err
		}
		most = max(most, kib/1024)
	}
	return most, len(lines), nil
}

// size is that of a provider's binary, in millions of bytes.
func (s *stage) size(provider string) (float64, error) {
	info, err := os.Stat(filepath.Join(s.folder, "plain", provider))
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / 1e6, nil
}
