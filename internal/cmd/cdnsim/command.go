package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

const tokenVariable = "TENCENTCLOUD_SECURITY_TOKEN"

// environment is what a client needs to reach the simulator at url, as NAME=value.
func environment(url string) []string {
	return []string{
		"TENCENTCDN_ENDPOINT=" + url,
		"TENCENTCDN_STS_ENDPOINT=" + url,
		"TENCENTCDN_METADATA_ENDPOINT=" + url,
		"TENCENTCLOUD_SECRET_ID=" + cdnsim.DefaultSecretID,
		"TENCENTCLOUD_SECRET_KEY=" + cdnsim.DefaultSecretKey,
	}
}

// banner is what the simulator prints when it runs no command. A shell can evaluate it.
func banner(url string, demo bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# cdnsim serves at %s; stop it with Ctrl-C\n", url)
	for _, variable := range environment(url) {
		b.WriteString("export " + variable + "\n")
	}
	if demo {
		fmt.Fprintf(&b, "# tasks: %s done, %s in process, %s failed, %s invalid\n",
			cdnsim.DemoTaskDone, cdnsim.DemoTaskProcess, cdnsim.DemoTaskFailed, cdnsim.DemoTaskInvalid)
	}
	return b.String()
}

// runCommand runs a command with variables added, forwards signals to it, and returns its exit code: as in a shell, 128
// plus the signal's number if a signal ended it.
func runCommand(command, variables []string, signals <-chan os.Signal, stderr io.Writer) int {
	cmd := exec.Command(command[0], command[1:]...) //nolint:gosec // to run the user's command is the purpose
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, tokenVariable+"=")
	}), variables...)
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(stderr, "cdnsim:", err)
		return 1
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			// A terminal sends Ctrl-C to the command too, and a second one makes Terraform abort.
			if s == os.Interrupt && onTerminal() {
				continue
			}
			cmd.Process.Signal(s) //nolint:errcheck // it may just have ended
		case err := <-ended:
			return exitCode(err, stderr)
		}
	}
}

func exitCode(err error, stderr io.Writer) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case !errors.As(err, &exit):
		fmt.Fprintln(stderr, "cdnsim:", err)
		return 1
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}

// onTerminal reports whether standard input is a terminal: a character device that is not the null device.
func onTerminal() bool {
	input, err := os.Stdin.Stat()
	if err != nil || input.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(input, null)
}
