package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// memory is what this process holds at a moment, in MiB.
type memory struct {
	heap       float64 // what is in use after a garbage collection
	resident   float64
	goroutines int
}

func sample() (memory, error) {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	resident, err := resident()
	return memory{float64(stats.HeapAlloc) / (1 << 20), resident, runtime.NumGoroutine()}, err
}

// resident is the memory that the system has given to this process.
func resident() (float64, error) {
	status, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, err
	}
	defer func() { _ = status.Close() }()
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			var kib float64
			_, err := fmt.Sscan(value, &kib)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("%s has no VmRSS", status.Name())
}
