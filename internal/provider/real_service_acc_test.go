package provider_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// The one test of the real service: with TF_ACC set, and credentials where the provider finds them, it reads the tasks of
// the last day and changes nothing. It runs before those that are parallel, and alone has the user's environment.
func TestAccRealService(t *testing.T) {
	needCLI(t)
	if os.Getenv(resource.EnvTfAcc) != "" {
		for _, variable := range original {
			name, value, _ := strings.Cut(variable, "=")
			if name == "HOME" || name == "USERPROFILE" || isSetting(name) && !strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "TOFU_") {
				t.Setenv(name, value)
			}
		}
	}
	end := time.Now().UTC().Truncate(time.Second)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: requiredProvider + fmt.Sprintf(`
data "tencentcdn_push_tasks" "t" {
  start_time = %q
  end_time   = %q
}
`, end.Add(-24*time.Hour).Format(time.RFC3339), end.Format(time.RFC3339)),
		ConfigStateChecks: []statecheck.StateCheck{
			attribute("push_logs", knownvalue.NotNull()),
			attribute("request_id", knownvalue.StringRegexp(regexp.MustCompile(`.`))),
			attribute("status_counts", knownvalue.MapPartial(map[string]knownvalue.Check{
				"done": knownvalue.NotNull(), "fail": knownvalue.NotNull(), "invalid": knownvalue.NotNull(), "process": knownvalue.NotNull(),
			})),
		},
	}}})
}
