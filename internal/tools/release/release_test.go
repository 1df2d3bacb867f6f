//go:build release

package release

import (
	"archive/zip"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const project = "terraform-provider-tencentcdn"

var platforms = []string{
	"darwin_amd64", "darwin_arm64",
	"freebsd_386", "freebsd_amd64", "freebsd_arm", "freebsd_arm64",
	"linux_386", "linux_amd64", "linux_arm", "linux_arm64",
	"windows_386", "windows_amd64", "windows_arm64",
}

// dist is the directory of the release or of its second build, as named by the variable.
func dist(t *testing.T, variable string) string {
	t.Helper()
	dir := os.Getenv(variable)
	if dir == "" {
		t.Fatalf("%s is not set: run `make release-check`", variable)
	}
	return dir
}

// version is the version of the release, taken from the name of its checksum file.
func version(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dist(t, "DIST"), project+"_*_SHA256SUMS"))
	if err != nil || len(found) != 1 {
		t.Fatalf("checksums: %q, %v", found, err)
	}
	return strings.TrimSuffix(strings.TrimPrefix(filepath.Base(found[0]), project+"_"), "_SHA256SUMS")
}

// file is the path of the release's file whose name has this ending.
func file(t *testing.T, variable, ending string) string {
	t.Helper()
	return filepath.Join(dist(t, variable), project+"_"+version(t)+"_"+ending)
}

func hash(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// checksums are the entries of SHA256SUMS by the ending of the file's name.
func checksums(t *testing.T, variable string) map[string]string {
	t.Helper()
	f, err := os.Open(file(t, variable, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sums := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		sum, name, _ := strings.Cut(lines.Text(), "  ")
		sums[strings.TrimPrefix(name, project+"_"+version(t)+"_")] = sum
	}
	return sums
}

func TestChecksums(t *testing.T) {
	want := []string{"manifest.json", "sbom.cdx.json"}
	for _, platform := range platforms {
		want = append(want, platform+".zip")
	}
	sums := checksums(t, "DIST")
	if len(sums) != len(want) {
		t.Errorf("%d checksums, want %d", len(sums), len(want))
	}
	for _, ending := range want {
		path := file(t, "DIST", ending)
		if ending == "manifest.json" { // published under this name, with the content of the file in the repository
			path = filepath.Join("..", "..", "..", "terraform-registry-manifest.json")
		}
		if got := hash(t, path); got != sums[ending] {
			t.Errorf("%s: checksum %q, the file's is %q", ending, sums[ending], got)
		}
	}
}

// TestReproducible compares everything that is published, including the SBOM and the manifest.
func TestReproducible(t *testing.T) {
	first, second := checksums(t, "DIST"), checksums(t, "AGAIN")
	for ending, sum := range first {
		if second[ending] != sum {
			t.Errorf("%s differs in a second build", ending)
		}
	}
}

func TestSignature(t *testing.T) {
	gpg, err := exec.LookPath("gpg")
	if err != nil {
		t.Log("gpg was not found")
		return
	}
	sums := file(t, "DIST", "SHA256SUMS")
	if out, err := exec.Command(gpg, "--batch", "--verify", sums+".sig", sums).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestManifest(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "terraform-registry-manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Version  int
		Metadata struct {
			Protocols []string `json:"protocol_versions"`
		}
	}
	if err := json.Unmarshal(content, &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Version != 1 || !slices.Equal(manifest.Metadata.Protocols, []string{"6.0"}) {
		t.Errorf("manifest %+v", manifest)
	}
}

func TestBillOfMaterials(t *testing.T) {
	content, err := os.ReadFile(file(t, "DIST", "sbom.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var bill struct {
		Components []struct{ Name string }
	}
	if err := json.Unmarshal(content, &bill); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, c := range bill.Components {
		names[c.Name] = true
	}
	for _, want := range []string{"std", "github.com/hashicorp/terraform-plugin-framework"} {
		if !names[want] {
			t.Errorf("%s is not among %d components", want, len(names))
		}
	}
}

func TestArchives(t *testing.T) {
	for _, platform := range platforms {
		t.Run(platform, func(t *testing.T) {
			archive, err := zip.OpenReader(file(t, "DIST", platform+".zip"))
			if err != nil {
				t.Fatal(err)
			}
			defer archive.Close()
			want := project + "_v" + version(t)
			if strings.HasPrefix(platform, "windows") {
				want += ".exe"
			}
			var names []string
			for _, f := range archive.File {
				names = append(names, f.Name)
				if f.Name == want && f.Mode().Perm() != 0o755 {
					t.Errorf("%s has mode %v", f.Name, f.Mode())
				}
			}
			slices.Sort(names)
			if !slices.Equal(names, []string{"LICENSE", want}) {
				t.Errorf("holds %q", names)
			}
		})
	}
}

// TestStarts runs the binary for this platform, which says what it is when it is not started by Terraform.
func TestStarts(t *testing.T) {
	archive, err := zip.OpenReader(file(t, "DIST", runtime.GOOS+"_"+runtime.GOARCH+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	name := project + "_v" + version(t)
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	packed, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(binary, content, 0o755); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(binary).CombinedOutput()
	if !strings.Contains(string(out), "This binary is a plugin") {
		t.Errorf("says %q", out)
	}
}
