package bench

import (
	"runtime"
	"syscall"
	"time"
)

// Spending is what this process has used since it began.
type Spending struct {
	CPU         time.Duration
	Allocations uint64
	Bytes       uint64 // allocated, whether freed since or not
}

// Spent tells what this process has used so far.
func Spent() Spending {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // the arguments are right
	}
	return Spending{
		CPU:         time.Duration(usage.Utime.Nano() + usage.Stime.Nano()),
		Allocations: memory.Mallocs,
		Bytes:       memory.TotalAlloc,
	}
}

// Less is what was used between an earlier moment and this one.
func (s Spending) Less(earlier Spending) Spending {
	return Spending{s.CPU - earlier.CPU, s.Allocations - earlier.Allocations, s.Bytes - earlier.Bytes}
}
