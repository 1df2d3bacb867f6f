// Package release holds the tests of a built release; `make release-check` builds one and runs them.
package release
