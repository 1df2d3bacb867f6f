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
// and while they compete nine tenths of the quota do useful work. Where refused
// requests use up quota too, those by which each finds its share cost what they
// are: then it is half at least, and the default number of retries can be too few.
func TestTwelveProcessesShareAQuota(t *testing.T) {
	for _, c := range []struct {
		countsRefused bool
		retries       int
		least         float64
	}{{false, 8, 0.9}, {true, 40, 0.5}} {
		synctest.Test(t, func(t *testing.T) {
			share := shareQuota(t, cdnsim.Options{QuotaPerSecond: 20, QuotaCountsRefused: c.countsRefused}, c.retries)
			if share < c.least {
				t.Errorf("refused requests count: %v: %.0f %% of the quota do useful work", c.countsRefused, 100*share)
			}
		})
	}
}

// shareQuota is the part of a quota that does useful work.
func shareQuota(t *testing.T, o cdnsim.Options, retries int) float64 {
	t.Helper()
	const processes, tasks = 12, 6000
	o.Tasks, o.MaxLimit, o.Latency = numbered(tasks-1), 100, 50*time.Millisecond
	sim := cdnsim.New(o)
	began := time.Now()
	var first sync.Once
	var ended time.Time // when the first process has what it wants, and leaves the quota to the others
	var group sync.WaitGroup
	for range processes {
		group.Go(func() {
			client := clientOf(sim.Transport(), func(c *tencentcloud.Config) {
				c.Limiter, c.MaxRetries = tencentcloud.NewLimiter(20), retries
			})
			result, err := NewService(client, 20).PushTasks(t.Context(), month)
			if err != nil || len(result.Tasks) != tasks-1 {
				t.Errorf("%d rows, error %v", len(result.Tasks), err)
			}
			first.Do(func() { ended = time.Now() })
		})
	}
	group.Wait()
	useful := 0
	began = began.Add(3 * time.Second) // they all begin at full speed
	for _, r := range sim.Requests() {
		if r.Answer.Code == "" && r.Time.After(began) && r.Time.Before(ended) {
			useful++
		}
	}
	return float64(useful) / (20 * ended.Sub(began).Seconds())
}
