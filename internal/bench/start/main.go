// Command start shows what runs before a provider serves: how long it takes
// from the start of the process to the handshake with Terraform, and what each
// package's initialisation has in it, ours beside the least provider there can be.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/bench"
)

// packages is how many of the most expensive packages are shown.
const packages = 15

func main() {
	rounds := flag.Int("rounds", 41, "starts of each provider")
	flag.Parse()
	if err := run(context.Background(), *rounds); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, rounds int) error {
	folder, err := os.MkdirTemp("", "bench-start")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	binaries := []string{filepath.Join(folder, "minimal"), filepath.Join(folder, "tencentcdn")}
	for i, pkg := range []string{"internal/bench/minimal", ""} {
		if err := bench.Build(ctx, pkg, binaries[i]); err != nil {
			return err
		}
	}
	handshakes, traces := make([][]time.Duration, 2), make([][][]initialisation, 2)
	for range rounds {
		for i, binary := range binaries {
			took, err := handshake(ctx, binary)
			if err != nil {
				return err
			}
			trace, err := initialisations(ctx, binary)
			if err != nil {
				return err
			}
			handshakes[i], traces[i] = append(handshakes[i], took), append(traces[i], trace)
		}
	}
	fmt.Println("| provider | start to handshake | initialisation | allocated by it |\n|---|---|---|---|")
	for i, binary := range binaries {
		inits := medians(traces[i])
		var total initialisation
		for _, init := range inits {
			total.clock += init.clock
			total.bytes += init.bytes
		}
		slices.Sort(handshakes[i])
		fmt.Printf("| %s | %.1f ms | %.2f ms | %d KiB |\n", filepath.Base(binary),
			handshakes[i][rounds/2].Seconds()*1000, total.clock, total.bytes/1024)
	}
	fmt.Printf("\nThe most expensive packages of ours:\n\n| package | time | allocated |\n|---|---|---|\n")
	for _, init := range medians(traces[1])[:packages] {
		fmt.Printf("| %s | %.3f ms | %d KiB |\n", init.name, init.clock, init.bytes/1024)
	}
	return nil
}

// handshake starts a provider as Terraform does, waits for the line that tells
// where it serves, and ends it.
func handshake(ctx context.Context, binary string) (time.Duration, error) {
	provider := exec.CommandContext(ctx, binary)
	provider.Env = append(os.Environ(), "PLUGIN_PROTOCOL_VERSIONS=6",
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
	out, err := provider.StdoutPipe()
	if err != nil {
		return 0, err
	}
	start := time.Now()
	if err := provider.Start(); err != nil {
		return 0, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	took := time.Since(start)
	_ = provider.Process.Kill() // it may have ended, which the error tells
	_ = provider.Wait()
	if err != nil {
		return 0, fmt.Errorf("%s said %q: %w", binary, line, err)
	}
	return took, nil
}

// initialisation is what one package did before main.
type initialisation struct {
	name  string
	clock float64 // ms
	bytes int
}

var traceLine = regexp.MustCompile(`(?m)^init (\S+) @\S+ ms, (\S+) ms clock, (\d+) bytes, \d+ allocs$`)

// initialisations lets a provider print what its packages do. Without the
// environment of a plugin it ends by itself, with an error.
func initialisations(ctx context.Context, binary string) ([]initialisation, error) {
	provider := exec.CommandContext(ctx, binary)
	provider.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var stderr bytes.Buffer
	provider.Stderr = &stderr
	err := provider.Run()
	var inits []initialisation
	for _, match := range traceLine.FindAllStringSubmatch(stderr.String(), -1) {
		clock, clockErr := strconv.ParseFloat(match[2], 64)
		size, sizeErr := strconv.Atoi(match[3])
		if err := cmp.Or(clockErr, sizeErr); err != nil {
			return nil, err
		}
		inits = append(inits, initialisation{match[1], clock, size})
	}
	if len(inits) == 0 {
		return nil, fmt.Errorf("%s printed no trace: %w", binary, err)
	}
	return inits, nil
}

// medians takes the middle time of each package, the most expensive one first.
func medians(runs [][]initialisation) []initialisation {
	clocks := map[string][]float64{}
	for _, run := range runs {
		for _, init := range run {
			clocks[init.name] = append(clocks[init.name], init.clock)
		}
	}
	inits := slices.Clone(runs[0])
	for i := range inits {
		times := clocks[inits[i].name]
		slices.Sort(times)
		inits[i].clock = times[len(times)/2]
	}
	slices.SortFunc(inits, func(a, b initialisation) int { return cmp.Compare(b.clock, a.clock) })
	return inits
}
