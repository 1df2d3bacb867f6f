package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// configuration holds the values of the flags.
type configuration struct {
	addr                            string
	tasks, maxLimit, quota, depth   int
	replicas                        int
	limitRefused, depthRefused, log bool
	order, role                     string
	latency, progress, lag, appear  time.Duration
	retention, credentialLifetime   time.Duration
	faultRate                       float64
	faultSeed                       uint64
	command                         []string
}

var orders = map[string]cdnsim.Order{
	"newest": cdnsim.NewestFirst, "oldest": cdnsim.OldestFirst, "task-id": cdnsim.ByTaskID, "url": cdnsim.ByURL,
	"update-time": cdnsim.ByUpdateTime, "inserted": cdnsim.AsInserted, "status": cdnsim.ByStatus,
	"oldest-update": cdnsim.OldestUpdate,
}

func parseFlags(args []string, stderr io.Writer) (*configuration, error) {
	c := &configuration{}
	f := flag.NewFlagSet("cdnsim", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, "Usage: cdnsim [flags] [-- command args...]\n\n")
		f.PrintDefaults()
	}
	f.StringVar(&c.addr, "addr", "127.0.0.1:0", "loopback `address` to listen on; port 0 means any free port")
	f.IntVar(&c.tasks, "tasks", 0, "generate this `number` of rows instead of the demo data set")
	f.IntVar(&c.maxLimit, "max-limit", 1000, "largest Limit of a page, in `rows`")
	f.BoolVar(&c.limitRefused, "limit-refused", false, "refuse a larger Limit instead of returning fewer rows")
	f.StringVar(&c.order, "order", "newest", "`order` of the rows: "+strings.Join(slices.Sorted(maps.Keys(orders)), ", "))
	f.IntVar(&c.depth, "depth", 0, "`rows` that Offset can reach; 0 means all")
	f.BoolVar(&c.depthRefused, "depth-refused", false, "refuse an Offset past -depth instead of returning no rows")
	f.IntVar(&c.replicas, "replicas", 1, "`number` of replicas that respond in turn and order rows of the same second differently")
	f.DurationVar(&c.latency, "latency", 0, "`time` that each response takes")
	f.IntVar(&c.quota, "quota", 20, "`requests` per second and account; 0 means no limit")
	f.DurationVar(&c.progress, "progress", 0, "`time` until tasks in process are done; 0 means never")
	f.DurationVar(&c.lag, "lag", 0, "`time` after the start until tasks are listed")
	f.DurationVar(&c.appear, "appear", 0, "`time` after the start in which the rows of each task appear one by one")
	f.DurationVar(&c.retention, "retention", 0, "`time` for which rows are kept; 0 means forever")
	f.Float64Var(&c.faultRate, "fault-rate", 0, "`share` of requests, 0 to 1, that fail in a way that can be retried")
	f.Uint64Var(&c.faultSeed, "fault-seed", 1, "`seed` that determines which requests fail, and how")
	f.StringVar(&c.role, "role", "cdnsim", "`name` of the instance's role in the metadata; empty means none")
	f.DurationVar(&c.credentialLifetime, "credential-lifetime", 0, "`time` until temporary credentials expire; 0 means as requested")
	f.BoolVar(&c.log, "log", false, "print a line for each request to standard error")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	c.command = f.Args()
	return c, c.check()
}

func (c *configuration) check() error {
	host, _, err := net.SplitHostPort(c.addr)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	// The simulator issues credentials over plain HTTP, which no network should see.
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("-addr: %q is not a loopback address", host)
	}
	if _, ok := orders[c.order]; !ok {
		return fmt.Errorf("-order: %q is not one of %s", c.order, strings.Join(slices.Sorted(maps.Keys(orders)), ", "))
	}
	if !(c.faultRate >= 0 && c.faultRate <= 1) {
		return fmt.Errorf("-fault-rate: %v is not between 0 and 1", c.faultRate)
	}
	if c.maxLimit < 1 {
		return fmt.Errorf("-max-limit: %d is not positive", c.maxLimit)
	}
	if c.replicas < 1 {
		return fmt.Errorf("-replicas: %d is not positive", c.replicas)
	}
	if min(c.tasks, c.depth, c.quota) < 0 {
		return fmt.Errorf("-tasks, -depth and -quota cannot be negative")
	}
	if min(c.latency, c.progress, c.lag, c.appear, c.retention, c.credentialLifetime) < 0 {
		return fmt.Errorf("a time cannot be negative")
	}
	return nil
}

// options are the switches of the simulator.
func (c *configuration) options(stderr io.Writer) cdnsim.Options {
	o := cdnsim.Options{
		MaxLimit: c.maxLimit, Order: orders[c.order], MaxDepth: c.depth, Latency: c.latency, QuotaPerSecond: c.quota,
		Progress: c.progress, Lag: c.lag, Retention: c.retention, Replicas: c.replicas,
		LogLimit: -1, // a simulator that runs for days must not grow
		STS:      cdnsim.STSOptions{Lifetime: c.credentialLifetime},
		Metadata: cdnsim.MetadataOptions{Lifetime: c.credentialLifetime},
		Tasks:    cdnsim.Demo(time.Now()),
	}
	if c.tasks > 0 {
		o.Tasks = cdnsim.Generate(c.tasks, time.Now())
	}
	if c.appear > 0 {
		appearOneByOne(o.Tasks, c.appear)
	}
	if c.limitRefused {
		o.LimitMode = cdnsim.LimitRefused
	}
	if c.depthRefused {
		o.Depth = cdnsim.DepthRefused
	}
	if c.role != "" {
		o.Metadata.Roles = []string{c.role}
	}
	if c.faultRate > 0 {
		o.Faults = cdnsim.RandomFaults(c.faultRate, c.faultSeed)
	}
	if c.log {
		o.OnRequest = func(r cdnsim.Request) { fmt.Fprintln(stderr, logLine(r)) }
	}
	return o
}

// appearOneByOne spreads the moments at which the rows of each task are listed evenly over a time.
func appearOneByOne(tasks []cdnsim.Task, over time.Duration) {
	rows, listed := map[string]int{}, map[string]int{}
	for _, t := range tasks {
		rows[t.TaskID]++
	}
	for i := range tasks {
		id := tasks[i].TaskID
		listed[id]++
		tasks[i].ListedAfter = over * time.Duration(listed[id]) / time.Duration(rows[id])
	}
}

// logLine describes a request and its response. Of credentials it has only the secret id.
func logLine(r cdnsim.Request) string {
	what := r.Action
	if what == "" {
		what = r.Method + " " + r.Path
	}
	outcome := r.Answer.Code
	switch {
	case r.Answer.Fault != "" && outcome == "":
		outcome = "fault " + string(r.Answer.Fault)
	case outcome == "" && r.Action != "DescribePushTasks":
		outcome = "ok"
	case outcome == "":
		outcome = fmt.Sprintf("%d of %d rows", r.Answer.Rows, r.Answer.Total)
	}
	params := ""
	if r.Version == "2018-06-06" { // the parameters of STS are secret
		params = " " + string(r.Body)
	}
	return fmt.Sprintf("cdnsim: %d %s %s%s -> %d %s %s", r.Number, r.SecretID, what, params, r.Answer.Status, outcome,
		r.Answer.RequestID)
}
