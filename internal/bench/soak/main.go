// Command soak reads the data source again and again from a simulator that
// fails a fifth of all requests, and shows that no read fails and that memory
// stays as it is.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/bench"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/provider"
)

const (
	tasks   = 2000
	readers = 2 // at once, as two data sources of one configuration
	quota   = 20

	// growth is what the heap may have grown by from its first sample to its last,
	// in MiB. The framework keeps the context of every request, about 1 KiB each; a
	// read that left its rows behind would show a hundred times that.
	growth = 1
)

func main() {
	length := flag.Duration("for", 10*time.Minute, "how long to read")
	every := flag.Duration("every", time.Minute, "how often to look at the memory")
	flag.Parse()
	if err := run(context.Background(), *length, *every); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, length, every time.Duration) error {
	folder, err := os.MkdirTemp("", "bench-soak")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	binary := filepath.Join(folder, "cdnsim")
	if err := bench.Build(ctx, "internal/cmd/cdnsim", binary); err != nil {
		return err
	}
	requests := &requestLog{}
	simulator, err := bench.StartSimulator(ctx, binary, requests, "-log", "-fault-rate=0.2",
		fmt.Sprint("-tasks=", tasks), "-max-limit=100", fmt.Sprint("-quota=", quota))
	if err != nil {
		return err
	}
	defer simulator.Stop()
	p, err := bench.Configured(ctx, provider.NewServer("soak")(), simulator.Endpoint, quota, bench.Since())
	if err != nil {
		return err
	}
	s := &soak{provider: p, requests: requests, end: time.Now().Add(length)}
	return s.run(ctx, every)
}

// soak counts what happens until its end.
type soak struct {
	provider *bench.Provider
	requests *requestLog
	end      time.Time
	reading  sync.RWMutex // held for writing while the memory is looked at, so that no read is under way
	reads    atomic.Int64
	failed   atomic.Int64
}

func (s *soak) run(ctx context.Context, every time.Duration) error {
	group, ctx := errgroup.WithContext(ctx)
	for range readers {
		group.Go(func() error {
			for time.Now().Before(s.end) {
				s.read(ctx)
			}
			return nil
		})
	}
	var heaps []float64
	fmt.Print("| after | reads | failed | requests | of them answered in vain | heap in use | resident | goroutines |\n" +
		"|---|---|---|---|---|---|---|---|\n")
	for began := time.Now(); time.Until(s.end) >= every/2; {
		time.Sleep(every)
		s.reading.Lock()
		m, err := sample()
		s.reading.Unlock()
		if err != nil {
			return err
		}
		heaps = append(heaps, m.heap)
		fmt.Printf("| %v | %d | %d | %d | %d | %.2f MiB | %.1f MiB | %d |\n", time.Since(began).Round(time.Second),
			s.reads.Load(), s.failed.Load(), s.requests.all.Load(), s.requests.all.Load()-s.requests.rows.Load(),
			m.heap, m.resident, m.goroutines)
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if s.failed.Load() > 0 {
		return fmt.Errorf("%d of %d reads failed", s.failed.Load(), s.reads.Load())
	}
	if last := len(heaps) - 1; last > 0 && heaps[last] > heaps[0]+growth {
		return fmt.Errorf("the heap grew from %.2f to %.2f MiB", heaps[0], heaps[last])
	}
	return nil
}

// read reads once. A read that is not whole has failed.
func (s *soak) read(ctx context.Context) {
	s.reading.RLock()
	defer s.reading.RUnlock()
	state, err := s.provider.Read(ctx)
	if err == nil {
		var rows int
		if rows, err = bench.Rows(state); err == nil && rows != tasks {
			err = errors.New(fmt.Sprint(rows, " rows"))
		}
	}
	s.reads.Add(1)
	if err != nil {
		s.failed.Add(1)
		fmt.Fprintln(os.Stderr, err)
	}
}

// requestLog counts the lines of the simulator's log, one for each request.
type requestLog struct{ all, rows atomic.Int64 }

func (l *requestLog) Write(lines []byte) (int, error) {
	l.all.Add(int64(bytes.Count(lines, []byte("\n"))))
	l.rows.Add(int64(bytes.Count(lines, []byte(" rows "))))
	return len(lines), nil
}
