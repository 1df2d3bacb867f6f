// Package release tests a built release; `make release-check` builds one and runs the tests.
package release
