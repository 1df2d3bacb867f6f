package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/provider"
)

// terraform-plugin-testing runs a dozen commands for each step. Where one command tells all, a project runs just that.

// project is a directory with a configuration in it, and how the CLI gets hold of the provider there.
type project struct {
	t   *testing.T
	dir string
	env []string // beside that of the process
}

func newProject(t *testing.T, config string) *project {
	t.Helper()
	needCLI(t)
	p := &project{t: t, dir: t.TempDir()}
	p.write("main.tf", config)
	return p
}

// attached is a project whose provider runs in this process.
func attached(t *testing.T, config string) *project {
	t.Helper()
	p := newProject(t, config)
	p.env = []string{"TF_REATTACH_PROVIDERS=" + serve(t)}
	return p
}

// installed is a project whose provider is the program that users have; the CLI starts it.
func installed(t *testing.T, config string) *project {
	t.Helper()
	p := newProject(t, config)
	p.env = []string{"TF_CLI_CONFIG_FILE=" + p.override()}
	return p
}

// override writes a CLI configuration that finds the program.
func (p *project) override() string {
	p.t.Helper()
	program, err := providerProgram()
	if err != nil {
		p.t.Fatal(err)
	}
	return p.write("cli.tfrc", fmt.Sprintf(`provider_installation {
  dev_overrides {
    "tencentcdn/tencentcdn" = %q
  }
  direct {}
}
`, program))
}

func (p *project) write(name, content string) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

// serve serves the provider until the test ends. It returns what TF_REATTACH_PROVIDERS says of it.
func serve(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reattach, closed := make(chan *plugin.ReattachConfig, 1), make(chan struct{})
	go func() {
		_ = tf6server.Serve(provider.Address, provider.NewServer("test"), tf6server.WithDebug(ctx, reattach, closed),
			tf6server.WithGoPluginLogger(hclog.NewNullLogger()), tf6server.WithLoggingSink(t))
	}()
	t.Cleanup(func() {
		cancel()
		<-closed
	})
	select {
	case r := <-reattach:
		return jsonText(map[string]any{defaultRegistry() + "/tencentcdn/tencentcdn": map[string]any{
			"Protocol": r.Protocol, "ProtocolVersion": r.ProtocolVersion, "Pid": r.Pid, "Test": true,
			"Addr": map[string]string{"Network": r.Addr.Network(), "String": r.Addr.String()},
		}})
	case <-closed:
		t.Fatal("the provider cannot be served")
	}
	return ""
}

// maxRun is how long one command of the CLI may run, and maxClose how long after that its output may stay open: no test
// waits longer than two minutes for a CLI.
const (
	maxRun   = 110 * time.Second
	maxClose = 10 * time.Second
)

// command is the CLI with these arguments, not started yet. A command that runs for longer than maxRun is killed, and
// fails the test.
func (p *project) command(args ...string) *exec.Cmd {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), maxRun)
	p.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, cliPath, args...)
	cmd.Cancel = func() error {
		p.t.Errorf("%s %s was killed after %v", cliPath, strings.Join(args, " "), maxRun)
		return cmd.Process.Kill()
	}
	cmd.Dir, cmd.Env = p.dir, append(os.Environ(), "TF_IN_AUTOMATION=1", "TF_INPUT=0")
	cmd.Env = append(cmd.Env, p.env...)
	cmd.WaitDelay = maxClose
	return cmd
}

// run runs the CLI to its end.
func (p *project) run(args ...string) outcome {
	p.t.Helper()
	return p.finish(p.command(args...))
}

func (p *project) finish(cmd *exec.Cmd) outcome {
	p.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	return outcome{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
}

func (p *project) plan(args ...string) outcome {
	p.t.Helper()
	return p.run(slices.Concat([]string{"plan", "-json"}, args)...)
}

func (p *project) apply(args ...string) outcome {
	p.t.Helper()
	return p.run(slices.Concat([]string{"apply", "-auto-approve", "-json"}, args)...)
}

// state is what the CLI keeps.
type state struct {
	Outputs   map[string]struct{ Value json.RawMessage }
	Resources []struct {
		Type, Name string
		Instances  []struct {
			Key        string `json:"index_key"`
			Attributes map[string]json.RawMessage
		}
	}
}

func (p *project) state() state {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "terraform.tfstate"))
	if err != nil {
		p.t.Fatal(err)
	}
	var s state
	if err := json.Unmarshal(text, &s); err != nil {
		p.t.Fatal(err)
	}
	return s
}

// output is the value of an output in the state.
func (p *project) output(name string) json.RawMessage {
	p.t.Helper()
	output, ok := p.state().Outputs[name]
	if !ok {
		p.t.Fatalf("the state has no output %s", name)
	}
	return output.Value
}

// attributes are those of a data source in the state, by its address.
func (p *project) attributes(address string) map[string]json.RawMessage {
	p.t.Helper()
	for _, r := range p.state().Resources {
		for _, instance := range r.Instances {
			name := "data." + r.Type + "." + r.Name
			if instance.Key != "" {
				name += fmt.Sprintf("[%q]", instance.Key)
			}
			if name == address {
				return instance.Attributes
			}
		}
	}
	p.t.Fatalf("the state has no %s", address)
	return nil
}

// outcome is what one run of the CLI gave.
type outcome struct {
	code           int
	stdout, stderr string
}

// diagnostic is an error or a warning, as -json has it.
type diagnostic struct {
	Severity, Summary, Detail, Address string
	Snippet                            *struct{ Context, Code string }
}

// code is the line of the configuration that the diagnostic points at.
func (d diagnostic) code() string {
	if d.Snippet == nil {
		return ""
	}
	return strings.TrimSpace(d.Snippet.Code)
}

// diagnostics are all of a severity.
func (o outcome) diagnostics(severity string) []diagnostic {
	var all []diagnostic
	for line := range strings.Lines(o.stdout) {
		var message struct {
			Type       string
			Diagnostic diagnostic
		}
		if json.Unmarshal([]byte(line), &message) == nil && message.Type == "diagnostic" && message.Diagnostic.Severity == severity {
			all = append(all, message.Diagnostic)
		}
	}
	return all
}

// must fails the test if the run failed.
func (o outcome) must(t *testing.T) outcome {
	t.Helper()
	if o.code != 0 {
		t.Fatalf("exit code %d\n%s%s", o.code, o.stdout, o.stderr)
	}
	return o
}

// failure is the one error of a run that must have failed.
func (o outcome) failure(t *testing.T) diagnostic {
	t.Helper()
	errors := o.diagnostics("error")
	if o.code != 1 || len(errors) != 1 {
		t.Fatalf("exit code %d and %d errors, want code 1 and one error\n%s%s", o.code, len(errors), o.stdout, o.stderr)
	}
	return errors[0]
}

// says checks that a text has all the parts.
func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}

// equal compares JSON, whatever its order and white space.
func equal(t *testing.T, what string, got json.RawMessage, want string) {
	t.Helper()
	if a, b := canonical(t, got), canonical(t, []byte(want)); a != b {
		t.Errorf("%s is\n  %s\nwant\n  %s", what, a, b)
	}
}

func canonical(t *testing.T, text []byte) string {
	t.Helper()
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%v: %q", err, text)
	}
	return jsonText(value)
}

// decoded is JSON as a value of a type.
func decoded[T any](t *testing.T, text json.RawMessage) (value T) {
	t.Helper()
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v: %q", err, text)
	}
	return value
}
