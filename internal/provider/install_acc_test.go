package provider_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// What the README says works in a home that holds nothing: `make install`, then its configuration, without a registry or
// a CLI configuration, beside another provider. `make uninstall` leaves the other provider alone.
func TestAccInstall(t *testing.T) {
	t.Parallel()
	s := simulate(t, cdnsim.Options{Tasks: rows(3)})
	p := newProject(t, readmeConfiguration(t)+`
module "other" {
  source = "./other"
}
`)
	home := filepath.Join(p.dir, "home")
	p.env = slices.Concat(accountKeys, []string{"HOME=" + home, "USERPROFILE=" + home, "APPDATA=" + home, "XDG_DATA_HOME=", "XDG_CONFIG_HOME="})
	p.at(s)
	programs := p.installs("install")
	if len(programs) != 2 {
		t.Fatalf("it installed %q, want one program for each registry", programs)
	}
	other := p.otherProvider(programs[0])

	p.run("init", "-no-color").must(t)
	p.plan().must(t)
	if n := len(s.pushTasks()); n != 2 {
		t.Errorf("%d requests, want one from each provider", n)
	}

	p.installs("uninstall")
	for _, path := range append(programs, pluginType(programs[0]), pluginType(programs[1])) {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", path, err)
		}
	}
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
}

// readmeConfiguration is the README's first complete configuration, as it is; without the postcondition for a CLI that
// does not know any.
func readmeConfiguration(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```terraform\n(.*?)```").FindAllStringSubmatch(string(content), -1) {
		if !strings.Contains(block[1], "required_providers") || !strings.Contains(block[1], "\ndata ") {
			continue
		}
		if olderThan(t, "1.2.0") {
			return regexp.MustCompile(`(?s)\n  lifecycle \{.*?\n  \}\n`).ReplaceAllString(block[1], "\n")
		}
		return block[1]
	}
	t.Fatal("the README has no complete configuration")
	return ""
}

// installs runs one of make's two targets in the project's home. It returns the paths that it says it wrote.
func (p *project) installs(target string) (paths []string) {
	p.t.Helper()
	command := exec.CommandContext(p.t.Context(), "make", "--no-print-directory", target)
	command.Dir = filepath.Join("..", "..")
	for _, variable := range original { // where a make that runs this test put its own settings
		if !strings.HasPrefix(variable, "MAKE") && !strings.HasPrefix(variable, "MFLAGS=") {
			command.Env = append(command.Env, variable)
		}
	}
	command.Env = append(append(command.Env, goSettings(p.t)...), p.env...)
	output, err := command.CombinedOutput()
	if err != nil {
		p.t.Fatalf("make %s: %v\n%s", target, err, output)
	}
	for _, line := range regexp.MustCompile(`(?m)^installed (.*)$`).FindAllStringSubmatch(string(output), -1) {
		paths = append(paths, line[1])
	}
	return paths
}

// goSettings are those that depend on the home directory.
func goSettings(t *testing.T) (settings []string) {
	t.Helper()
	for _, name := range []string{"GOCACHE", "GOENV", "GOMODCACHE", "GOPATH"} {
		command := exec.CommandContext(t.Context(), "go", "env", name)
		command.Env = original
		value, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		settings = append(settings, name+"="+strings.TrimSpace(string(value)))
	}
	return settings
}

// pluginType is the folder of a provider's type, which has those of its versions: type/version/platform/program.
func pluginType(program string) string {
	return filepath.Dir(filepath.Dir(filepath.Dir(program)))
}

// otherProvider installs another provider where a program is installed, and writes a module that uses it. It has to come
// from the file system too, and so it is this program by another name.
func (p *project) otherProvider(program string) string {
	p.t.Helper()
	content, err := os.ReadFile(program)
	if err != nil {
		p.t.Fatal(err)
	}
	plugins := filepath.Dir(filepath.Dir(filepath.Dir(pluginType(program)))) // plugins/registry/namespace/type
	folder := filepath.Join(plugins, "registry.example.com", "example", "other", "2.0.0", filepath.Base(filepath.Dir(program)))
	other := filepath.Join(folder, "terraform-provider-other_v2.0.0")
	for _, directory := range []string{folder, filepath.Join(p.dir, "other")} {
		if err := os.MkdirAll(directory, 0o700); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := os.WriteFile(other, content, 0o700); err != nil {
		p.t.Fatal(err)
	}
	p.write(filepath.Join("other", "main.tf"), `
terraform {
  required_providers {
    other = {
      source  = "registry.example.com/example/other"
      version = "~> 2.0"
    }
  }
}

data "tencentcdn_push_tasks" "other" {
  provider = other
  task_id  = "1533031853231313311"
}
`)
	return other
}
