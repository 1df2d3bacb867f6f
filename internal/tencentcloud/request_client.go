package tencentcloud

import "strings"

// maxRequestClient is the most bytes that X-TC-RequestClient may have.
const maxRequestClient = 128

// RequestClient gives a User-Agent the form that the API accepts for
// X-TC-RequestClient, ^[0-9a-zA-Z-_ ,;.]{1,128}$: anything else becomes an
// underscore, and what is too long is cut.
func RequestClient(userAgent string) string {
	accepted := strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', strings.ContainsRune("-_ ,;.", r):
			return r
		}
		return '_'
	}, userAgent)
	accepted = strings.TrimSpace(accepted)
	return strings.TrimSpace(accepted[:min(len(accepted), maxRequestClient)])
}
