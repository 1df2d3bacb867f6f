package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/bench"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdn"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

const since = "1999-01-01 00:00:00"

const listed = `terraform {
  required_providers {
    tencentcdn = { source = "tencentcdn/tencentcdn" }
  }
}

provider "tencentcdn" {
  requests_per_second = 1000
}

data "tencentcdn_push_tasks" "all" {
  start_time = "` + since + `"
}

output "failed" {
  value = [for row in data.tencentcdn_push_tasks.all.push_logs : row.url if row.status != "done"]
}
`

const decoded = `locals {
  push_logs = jsondecode(file("${path.module}/rows.json"))
}

output "failed" {
  value = [for row in local.push_logs : row.url if row.status != "done"]
}
`

// large measures a plan over a long list beside one that takes the same rows
// from a file.
func (s *stage) large(ctx context.Context, tasks, rounds int) error {
	simulator, err := bench.StartSimulator(ctx, s.simulator, os.Stderr, "-quota=0", "-tasks="+strconv.Itoa(tasks))
	if err != nil {
		return err
	}
	defer simulator.Stop()
	service := bench.Service(simulator.Endpoint, tencentcloud.NewTransport(), bench.NoQuota)
	result, err := service.PushTasks(ctx, cdn.Query{StartTime: since})
	if err != nil {
		return err
	}
	folders := make([]string, 2)
	for i, text := range []string{listed, decoded} {
		if folders[i], err = s.configuration(fmt.Sprint("large", i), text); err != nil {
			return err
		}
	}
	if err := writeRows(filepath.Join(folders[1], "rows.json"), result.Tasks); err != nil {
		return err
	}
	used, err := s.plan(ctx, rounds, folders, simulator.Environment)
	if err != nil {
		return err
	}
	memory, _, err := s.peak(ctx, ours, folders[0], simulator.Environment...)
	if err != nil {
		return err
	}
	fmt.Printf("| %d | %.2f s | %.2f s | %.2f | %.2f s | %.2f s | %.0f MiB |\n", tasks,
		used[0].cpu.Seconds(), used[1].cpu.Seconds(), ratio(used[0].cpu, used[1].cpu),
		used[0].wall.Seconds(), used[1].wall.Seconds(), memory)
	return nil
}

// writeRows writes tasks as a JSON array with the names of the data source.
func writeRows(file string, tasks []cdn.Task) error {
	rows := make([]map[string]any, len(tasks))
	for i, t := range tasks {
		rows[i] = map[string]any{
			"task_id": t.TaskID, "url": t.URL, "status": t.Status, "percent": t.Percent,
			"create_time": t.CreateTime, "area": t.Area, "update_time": t.UpdateTime,
		}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// plan plans every folder in turn, so that a busy machine is unfair to none,
// and returns the median of each.
func (s *stage) plan(ctx context.Context, rounds int, folders, environment []string) ([]usage, error) {
	walls, cpus := make([][]time.Duration, len(folders)), make([][]time.Duration, len(folders))
	for range rounds {
		for i, folder := range folders {
			u, err := s.plain.plan(ctx, folder, environment...)
			if err != nil {
				return nil, err
			}
			walls[i], cpus[i] = append(walls[i], u.wall), append(cpus[i], u.cpu)
		}
	}
	medians := make([]usage, len(folders))
	for i := range folders {
		medians[i] = usage{median(walls[i]), median(cpus[i])}
	}
	return medians, nil
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

func ratio(a, b time.Duration) float64 { return a.Seconds() / b.Seconds() }
