package cdn

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// Twelve processes that know nothing of each other share one quota. All succeed,
// and at least nine tenths of the quota does useful work.
func TestTwelveProcessesShareAQuota(t *testing.T) {
	for name, countsRefused := range map[string]bool{"refused requests are free": false, "refused requests count": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shareQuota(t, cdnsim.Options{QuotaPerSecond: 20, QuotaCountsRefused: countsRefused})
			})
		})
	}
}

func shareQuota(t *testing.T, o cdnsim.Options) {
	const processes, tasks = 12, 6000
	o.Tasks, o.MaxLimit, o.Latency = numbered(tasks-1), 100, 50*time.Millisecond
	sim := cdnsim.New(o)
	began := time.Now()
	var group sync.WaitGroup
	for range processes {
		group.Go(func() {
			client := clientOf(sim.Transport(), func(c *tencentcloud.Config) {
				c.Limiter, c.MaxRetries = tencentcloud.NewLimiter(20), 8
			})
			result, err := NewService(client, 20).PushTasks(t.Context(), month)
			if err != nil || len(result.Tasks) != tasks-1 {
				t.Errorf("%d rows, error %v", len(result.Tasks), err)
			}
		})
	}
	group.Wait()
	useful := sim.Counts().ByCode[""]
	quota := 20 * time.Since(began).Seconds()
	share := float64(useful) / quota
	t.Logf("%d useful of %d requests, %.0f %% of the quota of %v", useful, sim.Counts().Requests, 100*share, time.Since(began))
	if share < 0.9 {
		t.Errorf("%.0f %% of the quota does useful work", 100*share)
	}
}
