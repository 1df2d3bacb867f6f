package main

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// figures are the values of all benchmarks, by name and unit.
type figures struct {
	names  []string // in the order of the runs
	values map[string]map[string][]float64
}

// processors is what go test puts behind a benchmark's name.
var processors = regexp.MustCompile(`-\d+$`)

// parse reads the lines of go test that begin with a benchmark's name: the
// number of iterations follows, and pairs of value and unit.
func parse(output io.Reader) (*figures, error) {
	f := &figures{values: map[string]map[string][]float64{}}
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := processors.ReplaceAllString(strings.TrimPrefix(fields[0], "Benchmark"), "")
		if f.values[name] == nil {
			f.names = append(f.names, name)
			f.values[name] = map[string][]float64{}
		}
		for i := 2; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", lines.Text(), err)
			}
			f.values[name][fields[i+1]] = append(f.values[name][fields[i+1]], value)
		}
	}
	return f, lines.Err()
}

// median of one figure.
func (f *figures) median(name, unit string) float64 {
	values := slices.Clone(f.values[name][unit])
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// cases lists what a benchmark was run on, without the last part of each name,
// which says by whom. Each comes with its own parts, such as tasks=2000.
func (f *figures) cases(benchmark string) (cases []string, parts [][]string) {
	for _, name := range f.names {
		what, _, _ := cut(name)
		if strings.HasPrefix(name, benchmark+"/") && !slices.Contains(cases, what) {
			cases = append(cases, what)
			var values []string
			for part := range strings.SplitSeq(strings.TrimPrefix(what, benchmark+"/"), "/") {
				_, value, _ := strings.Cut(part, "=")
				values = append(values, value)
			}
			parts = append(parts, values)
		}
	}
	return cases, parts
}

func cut(name string) (what, by string, ok bool) {
	i := strings.LastIndex(name, "/")
	if i < 0 {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}
