//go:build !race

package cdn

// cases is how often each property is tried. There are eight of them.
const cases = "1500"
