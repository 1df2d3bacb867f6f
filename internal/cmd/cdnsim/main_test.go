package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "cdnsim")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "cdnsim")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// start runs cdnsim with its standard output to read from.
func start(t *testing.T, args ...string) (*exec.Cmd, *bufio.Reader, *bytes.Buffer) {
	t.Helper()
	cmd := exec.Command(binary, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Env = append(os.Environ(), tokenVariable+"=of-another-credential")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() }) //nolint:errcheck // ended by then, unless the test failed
	return cmd, bufio.NewReader(out), &stderr
}

func wait(cmd *exec.Cmd, out *bufio.Reader) (string, int) {
	rest, _ := io.ReadAll(out)
	err := cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(rest), exit.ExitCode()
	}
	if err != nil {
		return string(rest), -1
	}
	return string(rest), 0
}

func line(t *testing.T, out *bufio.Reader) string {
	t.Helper()
	text, err := out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(text, "\n")
}

func TestServes(t *testing.T) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(s.String(), func(t *testing.T) {
			cmd, out, stderr := start(t, "-log", "-role", "reader")
			line(t, out)
			url, ok := strings.CutPrefix(line(t, out), "export TENCENTCDN_ENDPOINT=")
			if !ok || !strings.HasPrefix(url, "http://127.0.0.1:") {
				t.Fatalf("endpoint %q", url)
			}
			for _, want := range []string{
				"export TENCENTCDN_STS_ENDPOINT=" + url, "export TENCENTCDN_METADATA_ENDPOINT=" + url,
				"export TENCENTCLOUD_SECRET_ID=AKIDEXAMPLE", "export TENCENTCLOUD_SECRET_KEY=EXAMPLEKEY",
				"# tasks: 1533031853231313311 done, 1602745231 in process, 1602745198 failed, 1533031853231313398 invalid",
			} {
				if got := line(t, out); got != want {
					t.Errorf("%q, want %q", got, want)
				}
			}
			response, err := http.Get(url + "/latest/meta-data/cam/security-credentials/")
			if err != nil {
				t.Fatal(err)
			}
			if body, _ := io.ReadAll(response.Body); string(body) != "reader" {
				t.Errorf("roles %q", body)
			}
			if err := cmd.Process.Signal(s); err != nil {
				t.Fatal(err)
			}
			if rest, code := wait(cmd, out); rest != "" || code != 0 {
				t.Errorf("exit code %d, output %q", code, rest)
			}
			if !strings.Contains(stderr.String(), "1  GET /latest/meta-data/cam/security-credentials/ -> 200 ok") {
				t.Errorf("log: %s", stderr)
			}
		})
	}
}

func TestCommand(t *testing.T) {
	cmd, out, _ := start(t, "--", "sh", "-c", `echo "$TENCENTCDN_ENDPOINT|$TENCENTCDN_STS_ENDPOINT|$TENCENTCDN_METADATA_ENDPOINT"
		echo "$TENCENTCLOUD_SECRET_ID|$TENCENTCLOUD_SECRET_KEY|$TENCENTCLOUD_SECURITY_TOKEN|$1"; exit 7`, "-", "argument")
	rest, code := wait(cmd, out)
	lines := strings.Split(rest, "\n")
	urls := strings.Split(lines[0], "|")
	if code != 7 || !strings.HasPrefix(urls[0], "http://127.0.0.1:") || urls[1] != urls[0] || urls[2] != urls[0] {
		t.Errorf("exit code %d, endpoints %q", code, urls)
	}
	if len(lines) != 3 || lines[1] != "AKIDEXAMPLE|EXAMPLEKEY||argument" {
		t.Errorf("output %q", lines)
	}
}

func TestCommandGetsSignals(t *testing.T) {
	for name, s := range map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM} {
		cmd, out, _ := start(t, "--", "sh", "-c",
			"trap 'echo told; exit 5' "+name+"; echo ready; while :; do sleep 0.01; done")
		if got := line(t, out); got != "ready" {
			t.Fatal(got)
		}
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		if rest, code := wait(cmd, out); rest != "told\n" || code != 5 {
			t.Errorf("%s: exit code %d, output %q", name, code, rest)
		}
	}
}

func TestCommandEndedBySignal(t *testing.T) {
	cmd, out, _ := start(t, "--", "sh", "-c", "kill -KILL $$")
	if _, code := wait(cmd, out); code != 128+9 {
		t.Errorf("exit code %d", code)
	}
}

func TestRefused(t *testing.T) {
	for want, args := range map[string][]string{
		"is not a loopback address":        {"-addr", "0.0.0.0:0"},
		"-addr: ":                          {"-addr", "127.0.0.1"},
		"-order: \"random\" is not one of": {"-order", "random"},
		"not between 0 and 1":              {"-fault-rate", "1.5"},
		"-max-limit: 0 is not positive":    {"-max-limit", "0"},
		"-replicas: 0 is not positive":     {"-replicas", "0"},
		"-quota cannot be negative":        {"-tasks", "-1"},
		"a time cannot be negative":        {"-appear", "-1s"},
		"flag provided but not defined":    {"-nothing"},
	} {
		cmd, out, stderr := start(t, args...)
		if _, code := wait(cmd, out); code != 2 || !strings.Contains(stderr.String(), want) {
			t.Errorf("%v: exit code %d, %s", args, code, stderr)
		}
	}
	cmd, out, stderr := start(t, "--", "/does/not/exist")
	if _, code := wait(cmd, out); code != 1 || !strings.Contains(stderr.String(), "cdnsim: ") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

func TestOptions(t *testing.T) {
	c, err := parseFlags([]string{
		"-tasks", "50", "-max-limit", "7", "-limit-refused", "-order", "url", "-latency", "1s", "-quota", "3", "-depth", "9",
		"-depth-refused", "-progress", "2s", "-lag", "3s", "-retention", "4h", "-fault-rate", "1", "-credential-lifetime", "5s",
		"-role", "", "-replicas", "2", "-appear", "20s",
	}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	o := c.options(io.Discard)
	if len(o.Tasks) != 50 || o.Faults == nil || len(o.Metadata.Roles) != 0 || o.OnRequest != nil {
		t.Errorf("%+v", o)
	}
	got := []any{o.MaxLimit, int(o.LimitMode), int(o.Order), o.Latency.String(), o.QuotaPerSecond, o.MaxDepth, int(o.Depth),
		o.Progress.String(), o.Lag.String(), o.Retention.String(), o.STS.Lifetime.String(), o.Metadata.Lifetime.String(),
		o.Replicas, o.Tasks[0].ListedAfter.String(), o.Tasks[19].ListedAfter.String(), o.Tasks[20].ListedAfter.String(),
		o.Tasks[49].ListedAfter.String()}
	want := []any{7, 1, 3, "1s", 3, 9, 1, "2s", "3s", "4h0m0s", "5s", "5s", 2, "1s", "20s", "1s", "20s"}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("option %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestOrders(t *testing.T) {
	for name, want := range map[string]cdnsim.Order{
		"newest": cdnsim.NewestFirst, "status": cdnsim.ByStatus, "update-time": cdnsim.ByUpdateTime, "oldest-update": cdnsim.OldestUpdate,
	} {
		c, err := parseFlags([]string{"-order", name}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if o := c.options(io.Discard); o.Order != want || o.Tasks[0].ListedAfter != 0 {
			t.Errorf("%s: order %d", name, o.Order)
		}
	}
}
