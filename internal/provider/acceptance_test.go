// The acceptance tests run the real CLI against the simulator, and look at both ends: what the CLI says and keeps, and
// what the service received. They need neither an account nor a network, and run without TF_ACC.
package provider_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/provider"
)

var (
	// cliPath is the terraform or tofu that the tests run; empty if there is none.
	cliPath string

	// temporary is a directory for the whole run, removed at its end.
	temporary string

	// original is the environment before isolate: that of the Go tools, and of the real service's test.
	original []string
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if temporary, err = os.MkdirTemp("", "tencentcdn-acceptance-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	original, cliPath = os.Environ(), findCLI()
	if err := errors.Join(isolate(filepath.Join(temporary, "home")), moreParallel()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// moreParallel runs more tests at once than there are processors, unless -parallel says how many: most of them wait most of
// the time.
func moreParallel() error {
	flag.Parse()
	parallel := flag.Lookup("test.parallel")
	if parallel.Value.String() != parallel.DefValue {
		return nil
	}
	return flag.Set(parallel.Name, "8")
}

// findCLI is the CLI that TF_ACC_TERRAFORM_PATH names, else terraform, else tofu.
func findCLI() string {
	for _, name := range []string{os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			if path, err = filepath.Abs(path); err == nil {
				return path
			}
		}
	}
	return ""
}

// isolate takes the user's settings out of the environment: they would change what the tests see.
func isolate(home string) error {
	var all []error
	for _, variable := range original {
		if name, _, _ := strings.Cut(variable, "="); isSetting(name) {
			all = append(all, os.Unsetenv(name))
		}
	}
	for name, value := range map[string]string{
		"HOME": home, "USERPROFILE": home, "CHECKPOINT_DISABLE": "1",
		// Where terraform-plugin-testing finds the CLI, and under which address the CLI finds the provider.
		"TF_ACC_TERRAFORM_PATH": cliPath, "TF_ACC_PROVIDER_HOST": defaultRegistry(), "TF_ACC_PROVIDER_NAMESPACE": "tencentcdn",
	} {
		all = append(all, os.Setenv(name, value))
	}
	return errors.Join(all...)
}

func isSetting(name string) bool {
	proxies := []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}
	if name == resource.EnvTfAcc || slices.Contains(proxies, strings.ToUpper(name)) {
		return name != resource.EnvTfAcc
	}
	return slices.ContainsFunc([]string{"TF_", "TOFU_", "TENCENTCLOUD_", "TENCENTCDN_", "TKE_"}, func(prefix string) bool {
		return strings.HasPrefix(name, prefix)
	})
}

// needCLI fails a test that has none to run.
func needCLI(t *testing.T) {
	t.Helper()
	// The go command caches a result by what tests read of the environment and the module, and not by what TestMain reads.
	_, _ = os.Getenv("TF_ACC_TERRAFORM_PATH"), os.Getenv("PATH")
	if cliPath == "" {
		t.Fatal("There is neither terraform nor tofu on the PATH. Run the tests by `make test`, which builds OpenTofu if it has to, " +
			"or name one by TF_ACC_TERRAFORM_PATH.")
	}
}

// cliVersion is the version of the CLI.
var cliVersion = sync.OnceValues(func() (string, error) {
	output, err := exec.Command(cliPath, "version", "-json").Output()
	if err != nil {
		return "", err
	}
	var answer struct {
		Version string `json:"terraform_version"`
	}
	err = json.Unmarshal(output, &answer)
	return answer.Version, err
})

// isOpenTofu tells the two CLIs apart, whatever the name of the file.
var isOpenTofu = sync.OnceValue(func() bool {
	output, err := exec.Command(cliPath, "version").Output()
	return err == nil && strings.Contains(string(output), "OpenTofu")
})

// defaultRegistry is where the CLI looks for a provider whose source names no registry.
func defaultRegistry() string {
	if isOpenTofu() {
		return "registry.opentofu.org"
	}
	return "registry.terraform.io"
}

// providerProgram is the provider as users have it, built once for the whole run; its directory.
var providerProgram = sync.OnceValues(func() (string, error) {
	directory := filepath.Join(temporary, "bin")
	build := exec.Command("go", "build", "-o", directory+string(filepath.Separator), ".")
	build.Dir, build.Env = filepath.Join("..", ".."), original
	if _, err := os.Stat(filepath.Join(build.Dir, "main.go")); err != nil { // for the cache, see needCLI
		return "", err
	}
	if err := os.Mkdir(directory, 0o700); err != nil {
		return "", err
	}
	if output, err := build.CombinedOutput(); err != nil {
		return "", errors.New(string(output))
	}
	return directory, nil
})

// steps runs a test case of terraform-plugin-testing, with the provider in this process.
func steps(t *testing.T, all ...resource.TestStep) {
	t.Helper()
	needCLI(t)
	// Its commands cannot be bounded one by one, nor ended from here.
	tooLong := time.AfterFunc(maxRun, func() { panic(fmt.Sprintf("%s has run for %v", t.Name(), maxRun)) })
	defer tooLong.Stop()
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: all})
}

var factories = map[string]func() (tfprotov6.ProviderServer, error){
	"tencentcdn": func() (tfprotov6.ProviderServer, error) { return provider.NewServer("test")(), nil },
}

// service is a simulator that serves until its test ends.
type service struct {
	*cdnsim.Server
	url     string
	arrived chan struct{} // closed by the first request
}

func simulate(t *testing.T, o cdnsim.Options) *service {
	t.Helper()
	if o.Before == nil {
		o.Before = startClock
	}
	s := &service{Server: cdnsim.New(o), arrived: make(chan struct{})}
	first := sync.OnceFunc(func() { close(s.arrived) })
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first()
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	s.url = web.URL
	return s
}

// later are tasks that the service takes in the moment of the first request: lag and progress count from then on, however
// long the CLI takes to start.
func later(tasks []cdnsim.Task) []cdnsim.Task {
	for i := range tasks {
		tasks[i].Added = notYet
	}
	return tasks
}

var notYet = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func startClock(s *cdnsim.Server, n int) {
	now := s.Now()
	if n == 1 {
		s.Update(func(t *cdnsim.Task) {
			if t.Added.Equal(notYet) {
				t.Added = now
			}
		})
	}
}

const (
	requiredProvider = `
terraform {
  required_providers {
    tencentcdn = {
      source = "tencentcdn/tencentcdn"
    }
  }
}
`
	keys = `
  secret_id  = "AKIDEXAMPLE"
  secret_key = "EXAMPLEKEY"
`
)

// config is a configuration of the simulator's default account.
func (s *service) config(body string) string { return s.block(keys) + body }

// block is the head of a configuration: its provider block has the service's endpoints and these arguments.
func (s *service) block(arguments string) string {
	return requiredProvider + s.providerBlock(arguments)
}

func (s *service) providerBlock(arguments string) string {
	return fmt.Sprintf(`
provider "tencentcdn" {
  endpoint          = %[1]q
  sts_endpoint      = %[1]q
  metadata_endpoint = %[1]q
%[2]s
}
`, s.url, arguments)
}

// asked are the requests of an action that the service received, in their order.
func (s *service) asked(action string) []cdnsim.Request {
	return slices.DeleteFunc(s.Requests(), func(r cdnsim.Request) bool { return r.Action != action })
}

func (s *service) pushTasks() []cdnsim.Request { return s.asked("DescribePushTasks") }

// received are the parameters of the requests for push tasks, as JSON with sorted names.
func (s *service) received() []string {
	var all []string
	for _, r := range s.pushTasks() {
		all = append(all, jsonText(r.Params))
	}
	return all
}

// expect compares what the service received with what it should have, in any order: reads run in parallel.
func (s *service) expect(t *testing.T, want ...string) {
	t.Helper()
	if got := slices.Sorted(slices.Values(s.received())); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("the service received\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// receivedOnce is expect for a step of terraform-plugin-testing, which calls it when the data source was read once.
func (s *service) receivedOnce(t *testing.T, want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		s.expect(t, want...)
		return nil
	}
}

func jsonText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// needVersion skips a test whose CLI is too old for a feature of Terraform's that it uses.
func needVersion(t *testing.T, oldest, feature string) {
	t.Helper()
	if olderThan(t, oldest) {
		t.Skipf("The CLI is older than %s, which introduced %s.", oldest, feature)
	}
}

// olderThan reports whether the CLI is older than a version.
func olderThan(t *testing.T, oldest string) bool {
	t.Helper()
	needCLI(t)
	text, err := cliVersion()
	if err != nil {
		t.Fatal(err)
	}
	return version.Must(version.NewVersion(text)).Core().LessThan(version.Must(version.NewVersion(oldest)))
}

// needEither is needVersion for what Terraform and OpenTofu introduced in different versions.
func needEither(t *testing.T, terraform, tofu, feature string) {
	t.Helper()
	needCLI(t)
	if isOpenTofu() {
		needVersion(t, tofu, feature)
		return
	}
	needVersion(t, terraform, feature)
}

func needMocks(t *testing.T) {
	t.Helper()
	needEither(t, "1.7.0", "1.8.0", "mock_provider")
}
