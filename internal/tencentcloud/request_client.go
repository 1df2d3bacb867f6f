package tencentcloud

import (
	"regexp"
	"strings"
)

// requestClient gives a User-Agent the form that the API accepts for
// X-TC-RequestClient, ^[0-9a-zA-Z-_ ,;.]{1,128}$: anything else becomes an
// underscore, and what is too long is cut.
func requestClient(userAgent string) string {
	accepted := strings.TrimSpace(rejected.ReplaceAllString(userAgent, "_"))
	return strings.TrimSpace(accepted[:min(len(accepted), 128)])
}

var rejected = regexp.MustCompile(`[^-0-9a-zA-Z_ ,;.]`)
