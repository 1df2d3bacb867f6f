package main

import (
	"fmt"
	"io"
	"strings"
)

// pagingTime is the table of times under an enforced quota.
func (f *figures) pagingTime(w io.Writer) {
	fmt.Fprint(w, "\n| latency | tasks | page | SDK: requests, time | ours: requests, time | times faster | "+
		"least for our requests | ours / least | fewest requests, least |\n|---|---|---|---|---|---|---|---|---|\n")
	cases, parts := f.cases("PagingTime")
	for i, c := range cases {
		sdk, ours := c+"/client=sdk", c+"/client=ours"
		took, theirs, least := f.median(ours, "virtual-s/op"), f.median(sdk, "virtual-s/op"), f.median(ours, "bound-s/op")
		fmt.Fprintf(w, "| %s | %.0f, %.2f s | %.0f, %.2f s | %s | %.2f s | %s | %.0f, %.2f s |\n", strings.Join(parts[i], " | "),
			f.median(sdk, "requests/op"), theirs, f.median(ours, "requests/op"), took, quotient(theirs, took),
			least, quotient(took, least), f.median(ours, "fewest-requests/op"), f.median(ours, "fewest-bound-s/op"))
	}
}

// pagingCost is the table of what reading costs the process that reads.
func (f *figures) pagingCost(w io.Writer) {
	fmt.Fprint(w, "\n| tasks | page | SDK: CPU, allocations, bytes per task | ours | ours / SDK: CPU, allocations |\n|---|---|---|---|---|\n")
	cases, parts := f.cases("Paging")
	for i, c := range cases {
		sdk, ours := c+"/client=sdk", c+"/client=ours"
		fmt.Fprintf(w, "| %s | %s | %s | %s, %s |\n", strings.Join(parts[i], " | "), f.cost(sdk, ""), f.cost(ours, ""),
			quotient(f.median(ours, cpu), f.median(sdk, cpu)), quotient(f.median(ours, allocations), f.median(sdk, allocations)))
	}
}

// readCost is the table of what the provider adds to fetching and decoding.
func (f *figures) readCost(w io.Writer) {
	fmt.Fprint(w, "\n| tasks | client alone: CPU, allocations, bytes per task | the provider adds | the framework's own way adds |\n|---|---|---|---|\n")
	cases, parts := f.cases("Read")
	for i, c := range cases {
		client := c + "/way=client"
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", strings.Join(parts[i], " | "),
			f.cost(client, ""), f.cost(c+"/way=provider", client), f.cost(c+"/way=framework", client))
	}
}

const cpu, allocations, size = "cpu-ns/task", "allocs/task", "B/task"

// cost is what one row costs, beyond what it costs another.
func (f *figures) cost(name, beyond string) string {
	figure := func(unit string) float64 { return f.median(name, unit) - f.median(beyond, unit) }
	return fmt.Sprintf("%.1f µs, %.1f, %.0f", figure(cpu)/1000, figure(allocations), figure(size))
}

// quotient is empty where there is nothing to divide by.
func quotient(a, b float64) string {
	if b == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", a/b)
}
