//go:build release

package release

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// TestInstall installs the release from a filesystem mirror, as in a network without access to the registry, and runs a
// plan.
func TestInstall(t *testing.T) {
	for cli, registry := range map[string]string{"terraform": "registry.terraform.io", "tofu": "registry.opentofu.org"} {
		t.Run(cli, func(t *testing.T) {
			path, err := exec.LookPath(cli)
			if err != nil {
				t.Logf("%s was not found", cli)
				return
			}
			sim := cdnsim.New(cdnsim.Options{Tasks: cdnsim.Demo(time.Now())})
			service := httptest.NewServer(sim)
			defer service.Close()

			dir := t.TempDir()
			write(t, filepath.Join(dir, "main.tf"), configuration(version(t)))
			write(t, filepath.Join(dir, "cli.tfrc"), fmt.Sprintf(
				"provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror(t, registry)))
			run := func(args ...string) string {
				t.Helper()
				cmd := exec.Command(path, args...)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(dir, "cli.tfrc"),
					"TENCENTCDN_ENDPOINT="+service.URL, "TENCENTCLOUD_SECRET_ID="+cdnsim.DefaultSecretID,
					"TENCENTCLOUD_SECRET_KEY="+cdnsim.DefaultSecretKey)
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("%s %q: %v\n%s", cli, args, err, out)
				}
				return string(out)
			}

			run("init", "-no-color")
			lock, err := os.ReadFile(filepath.Join(dir, ".terraform.lock.hcl"))
			if err != nil || !strings.Contains(string(lock), registry+"/tencentcdn/tencentcdn") ||
				!strings.Contains(string(lock), "h1:") {
				t.Errorf("lock file %q, %v", lock, err)
			}
			run("init", "-no-color", "-lockfile=readonly")
			if out := run("plan", "-no-color"); !strings.Contains(out, `done = "5 of 5"`) {
				t.Errorf("plan:\n%s", out)
			}
			if n := len(sim.Requests()); n == 0 {
				t.Error("the simulator received no request")
			}
		})
	}
}

// configuration looks up the finished task of the demo.
func configuration(version string) string {
	return fmt.Sprintf(`
terraform {
  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = %q
    }
  }
}

data "tencentcdn_push_tasks" "this" {
  task_id = %q
}

output "done" {
  value = "${data.tencentcdn_push_tasks.this.status_counts["done"]} of ${data.tencentcdn_push_tasks.this.total_count}"
}
`, version, cdnsim.DemoTaskDone)
}

// mirror returns a filesystem mirror of that registry with the archive for this platform.
func mirror(t *testing.T, registry string) string {
	t.Helper()
	dir := t.TempDir()
	content, err := os.ReadFile(file(t, "DIST", runtime.GOOS+"_"+runtime.GOARCH+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	provider := filepath.Join(dir, registry, "tencentcdn", "tencentcdn")
	if err := os.MkdirAll(provider, 0o755); err != nil {
		t.Fatal(err)
	}
	archive := fmt.Sprintf("%s_%s_%s_%s.zip", project, version(t), runtime.GOOS, runtime.GOARCH)
	write(t, filepath.Join(provider, archive), string(content))
	return dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
