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

// configuration is what the flags say.
type configuration struct {
	addr                            string
	tasks, maxLimit, quota, depth   int
	limitRefused, depthRefused, log bool
	order, role                     string
	latency, progress, lag          time.Duration
	retention, credentialLifetime   time.Duration
	faultRate                       float64
	faultSeed                       uint64
	command                         []string
}

var orders = map[string]cdnsim.Order{
	"newest": cdnsim.NewestFirst, "oldest": cdnsim.OldestFirst, "task-id": cdnsim.ByTaskID, "url": cdnsim.ByURL,
	"update-time": cdnsim.ByUpdateTime, "inserted": cdnsim.AsInserted,
}

func parseFlags(args []string, stderr io.Writer) (*configuration, error) {
	c := &configuration{}
	f := flag.NewFlagSet("cdnsim", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, "Usage: cdnsim [flags] [-- command args...]\n\n")
		f.PrintDefaults()
	}
	f.StringVar(&c.addr, "addr", "127.0.0.1:0", "loopback `address` to listen on; port 0 means any free one")
	f.IntVar(&c.tasks, "tasks", 0, "generate this `number` of rows instead of the demo data set")
	f.IntVar(&c.maxLimit, "max-limit", 1000, "largest Limit of a page, in `rows`")
	f.BoolVar(&c.limitRefused, "limit-refused", false, "refuse a larger Limit instead of cutting it silently")
	f.StringVar(&c.order, "order", "newest", "`order` of the rows: "+strings.Join(slices.Sorted(maps.Keys(orders)), ", "))
	f.IntVar(&c.depth, "depth", 0, "`rows` that can be reached by Offset; 0 means all")
	f.BoolVar(&c.depthRefused, "depth-refused", false, "refuse an Offset beyond -depth instead of answering no rows")
	f.DurationVar(&c.latency, "latency", 0, "`time` that each answer takes")
	f.IntVar(&c.quota, "quota", 20, "`requests` per second and account; 0 means any number")
	f.DurationVar(&c.progress, "progress", 0, "`time` that tasks in process take to finish; 0 means that they never do")
	f.DurationVar(&c.lag, "lag", 0, "list tasks only this `time` after the start")
	f.DurationVar(&c.retention, "retention", 0, "forget rows older than this `time`; 0 means never")
	f.Float64Var(&c.faultRate, "fault-rate", 0, "`share` of requests, 0 to 1, that fail in a way worth another try")
	f.Uint64Var(&c.faultSeed, "fault-seed", 1, "`seed` that decides which requests fail, and how")
	f.StringVar(&c.role, "role", "cdnsim", "`name` of the instance's role in the metadata; empty means none")
	f.DurationVar(&c.credentialLifetime, "credential-lifetime", 0, "`time` that temporary credentials live; 0 means as asked for")
	f.BoolVar(&c.log, "log", false, "print each request as one line to standard error")
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
	// The simulator hands out credentials and speaks plain HTTP: nothing for a network to see.
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("-addr: %q is not a loopback address", host)
	}
	if _, ok := orders[c.order]; !ok {
		return fmt.Errorf("-order: %q is none of %s", c.order, strings.Join(slices.Sorted(maps.Keys(orders)), ", "))
	}
	if !(c.faultRate >= 0 && c.faultRate <= 1) {
		return fmt.Errorf("-fault-rate: %v is not within 0 and 1", c.faultRate)
	}
	if c.maxLimit < 1 {
		return fmt.Errorf("-max-limit: %d is not positive", c.maxLimit)
	}
	if min(c.tasks, c.depth, c.quota) < 0 {
		return fmt.Errorf("-tasks, -depth and -quota cannot be negative")
	}
	if min(c.latency, c.progress, c.lag, c.retention, c.credentialLifetime) < 0 {
		return fmt.Errorf("a time cannot be negative")
	}
	return nil
}

// options are the simulator's switches.
func (c *configuration) options(stderr io.Writer) cdnsim.Options {
	o := cdnsim.Options{
		MaxLimit: c.maxLimit, Order: orders[c.order], MaxDepth: c.depth, Latency: c.latency, QuotaPerSecond: c.quota,
		Progress: c.progress, Lag: c.lag, Retention: c.retention,
		LogLimit: -1, // a simulator that runs for days must not grow
		STS:      cdnsim.STSOptions{Lifetime: c.credentialLifetime},
		Metadata: cdnsim.MetadataOptions{Lifetime: c.credentialLifetime},
		Tasks:    cdnsim.Demo(time.Now()),
	}
	if c.tasks > 0 {
		o.Tasks = cdnsim.Generate(c.tasks, time.Now())
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

// logLine says what was asked and answered; no credential is in it but the secret id.
func logLine(r cdnsim.Request) string {
	what := r.Action
	if what == "" {
		what = r.Method + " " + r.Path
	}
	answer := r.Answer.Code
	switch {
	case r.Answer.Fault != "" && answer == "":
		answer = "fault " + string(r.Answer.Fault)
	case answer == "" && r.Action != "DescribePushTasks":
		answer = "ok"
	case answer == "":
		answer = fmt.Sprintf("%d of %d rows", r.Answer.Rows, r.Answer.Total)
	}
	params := ""
	if r.Version == "2018-06-06" { // those of STS are secret
		params = " " + string(r.Body)
	}
	return fmt.Sprintf("cdnsim: %d %s %s%s -> %d %s %s", r.Number, r.SecretID, what, params, r.Answer.Status, answer,
		r.Answer.RequestID)
}
