// Command report runs the benchmarks of this module and prints their figures as
// the tables of the README: medians of several runs.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
)

func main() {
	count := flag.Int("count", 3, "runs of each benchmark")
	raw := flag.String("raw", "", "`file` that gets the output of go test, for benchstat")
	flag.Parse()
	if err := run(context.Background(), *count, *raw); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, count int, raw string) error {
	arguments := []string{"test", "-v", "-timeout=2h", "-run=^TestPagingTime$", "-bench=.", fmt.Sprint("-count=", count), "."}
	test := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // all but a number is fixed
	var output bytes.Buffer
	test.Stdout, test.Stderr = io.MultiWriter(&output, os.Stderr), os.Stderr
	if err := test.Run(); err != nil {
		return err
	}
	if raw != "" {
		if err := os.WriteFile(raw, output.Bytes(), 0o600); err != nil {
			return err
		}
	}
	f, err := parse(&output)
	if err != nil {
		return err
	}
	f.pagingTime(os.Stdout)
	f.pagingCost(os.Stdout)
	f.readCost(os.Stdout)
	return nil
}
