// Command measured stands in a provider's place, runs it, and notes what it
// used: Terraform starts a provider several times in a plan and tells nothing.
// The provider and the file to append to come from the environment.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	signal.Ignore(os.Interrupt)                                                                           // as providers do: Terraform decides when they end
	provider := exec.CommandContext(context.Background(), os.Getenv("MEASURED_PROVIDER"), os.Args[1:]...) //nolint:gosec // named by the command plan
	provider.Stdin, provider.Stdout, provider.Stderr = os.Stdin, os.Stdout, os.Stderr
	runErr := provider.Run()
	usage, ok := provider.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		log.Fatal(runErr)
	}
	if err := note(usage); err != nil {
		log.Fatal(err)
	}
	os.Exit(provider.ProcessState.ExitCode())
}

// note writes the peak resident memory in KiB and the CPU time in microseconds.
func note(usage *syscall.Rusage) error {
	file, err := os.OpenFile(os.Getenv("MEASURED_FILE"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // likewise
	if err != nil {
		return err
	}
	cpu := (usage.Utime.Nano() + usage.Stime.Nano()) / 1000
	if _, err := fmt.Fprintln(file, usage.Maxrss, cpu); err != nil {
		return err
	}
	return file.Close()
}
