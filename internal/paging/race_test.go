//go:build race

package paging

// defaultCases is how often each kind of world is read where the race detector
// makes it slow.
const defaultCases = 10
