//go:build !race

package paging

// defaultCases is how often each kind of world is read.
const defaultCases = 150
