package cdn

import (
	"testing"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// BenchmarkPushTasks reads 10 000 tasks in pages of 1000, in memory. What the
// simulator allocates is a few times per page.
func BenchmarkPushTasks(b *testing.B) {
	const tasks = 10_000
	sim := cdnsim.New(cdnsim.Options{Tasks: numbered(tasks), LogLimit: -1})
	service := NewService(clientOf(sim.Transport(), func(c *tencentcloud.Config) {
		c.Limiter = tencentcloud.NewLimiter(1_000_000)
	}), 4)
	read(b, service, month)
	b.ReportAllocs()
	for b.Loop() {
		if got := len(read(b, service, month).Tasks); got != tasks {
			b.Fatal(got)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/tasks, "ns/task")
}
