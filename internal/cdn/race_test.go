//go:build race

package cdn

// cases is how often each property is tried where the race detector makes it
// slow. There are eight of them.
const cases = "150"
