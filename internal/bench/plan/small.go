package main

import (
	"context"
	"fmt"
	"os"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/bench"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

const lookup = `terraform {
  required_providers {
    tencentcdn = { source = "tencentcdn/tencentcdn" }
  }
}

data "tencentcdn_push_tasks" "one" {
  task_id = "` + cdnsim.DemoTaskDone + `"
}

output "done" {
  value = data.tencentcdn_push_tasks.one.all_done
}
`

const trivial = `terraform {
  required_providers {
    minimal = { source = "bench/minimal" }
  }
}

data "minimal_answer" "one" {}

output "done" {
  value = data.minimal_answer.one.value
}
`

const empty = `output "done" {
  value = true
}
`

// small measures what one small lookup adds to a plan.
func (s *stage) small(ctx context.Context, rounds int) error {
	simulator, err := bench.StartSimulator(ctx, s.simulator, os.Stderr, "-quota=0")
	if err != nil {
		return err
	}
	defer simulator.Stop()
	texts := []string{empty, trivial, lookup}
	folders := make([]string, len(texts))
	for i, text := range texts {
		if folders[i], err = s.configuration(fmt.Sprint("small", i), text); err != nil {
			return err
		}
	}
	used, err := s.plan(ctx, rounds, folders, simulator.Environment)
	if err != nil {
		return err
	}
	fmt.Print("| plan with | time | added to an empty plan | CPU | added | provider, peak memory | processes | binary |\n" +
		"|---|---|---|---|---|---|---|---|\n")
	fmt.Printf("| nothing | %.0f ms | | %.0f ms | | | | |\n", ms(used[0].wall), ms(used[0].cpu))
	for i, provider := range []string{minimal, ours} {
		memory, processes, err := s.peak(ctx, provider, folders[i+1], simulator.Environment...)
		if err != nil {
			return err
		}
		size, err := s.size(provider)
		if err != nil {
			return err
		}
		u := used[i+1]
		fmt.Printf("| %s | %.0f ms | %.0f ms | %.0f ms | %.0f ms | %.1f MiB | %d | %.1f MB |\n", provider,
			ms(u.wall), ms(u.wall-used[0].wall), ms(u.cpu), ms(u.cpu-used[0].cpu), memory, processes, size)
	}
	fmt.Printf("\nThe lookup adds %.2f times the time and %.2f times the CPU that the minimal provider adds.\n",
		ratio(used[2].wall-used[0].wall, used[1].wall-used[0].wall), ratio(used[2].cpu-used[0].cpu, used[1].cpu-used[0].cpu))
	return nil
}
