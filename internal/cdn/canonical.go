package cdn

import (
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// defaultPorts are the schemes that a row's URL can have.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// canonicalURL gives the same text for spellings of a URL that mean the same
// (RFC 3986, section 6.2): case of scheme and host, the default port, an empty
// path, percent-encoding of what needs none or needs it, Unicode NFC, and a
// host in Unicode or in punycode. What is reserved stays distinct from its
// percent-encoding (%2F is not a slash), a percent sign that begins no encoding
// stands for %25, and nothing is reordered or resolved. Any text will do; the
// result is a key, not a URL to request.
func canonicalURL(url string) string {
	if isCanonical(url) {
		return url
	}
	return canonicalize(url)
}

// canonicalize is canonicalURL without the shortcut.
func canonicalize(url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	scheme = strings.ToLower(scheme)
	defaultPort, ok := defaultPorts[scheme]
	if !ok {
		return string(appendEncoded(nil, url))
	}
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	b := make([]byte, 0, len(url)+len(url)/2)
	b = append(append(b, scheme...), "://"...)
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		b = append(appendEncoded(b, authority[:i]), '@')
		authority = authority[i+1:]
	}
	b = append(b, canonicalAuthority(authority, defaultPort)...)
	if !strings.HasPrefix(tail, "/") {
		b = append(b, '/')
	}
	before, fragment, found := strings.Cut(tail, "#")
	b = appendEncoded(b, before)
	if found {
		b = appendEncoded(append(b, '#'), fragment)
	}
	return string(b)
}

// isCanonical recognizes what canonicalURL would not change, as most URLs are,
// without allocating.
func isCanonical(url string) bool {
	rest, ok := strings.CutPrefix(url, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(url, "http://"); !ok {
			return false
		}
	}
	slash := strings.IndexByte(rest, '/')
	if slash < 0 {
		return false
	}
	for _, c := range []byte(rest[:slash]) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' {
			return false
		}
	}
	for _, c := range []byte(rest[slash:]) {
		if !allowed[c] {
			return false
		}
	}
	return true
}

// canonicalAuthority is a host and its port, if that is not the default one.
func canonicalAuthority(authority, defaultPort string) string {
	host, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && isPort(authority[:i], authority[i+1:]) {
		host, port = authority[:i], authority[i+1:]
	}
	host = strings.ToLower(string(appendEncoded(nil, host)))
	if text := decoded(host); text != host {
		// The profile of browsers and of net/http; what it refuses stays as it is.
		if ascii, err := idna.Lookup.ToASCII(text); err == nil {
			host = ascii
		}
	}
	if port == "" || port == defaultPort {
		return host
	}
	return host + ":" + port
}

// isPort reports whether a colon between these two separates a host from a
// port. The colons of an IPv6 address are between brackets.
func isPort(host, port string) bool {
	return strings.Trim(port, "0123456789") == "" && (!strings.Contains(host, ":") || strings.HasSuffix(host, "]"))
}

const (
	letters    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	unreserved = letters + "0123456789-._~"
	subDelims  = "!$&'()*+,;="
)

var (
	// allowed are the bytes that stand for themselves in a path, a query or a
	// fragment; any other is percent-encoded.
	allowed = bytesOf(unreserved + subDelims + ":@/?")
	// kept are the bytes whose percent-encoding means something else than they
	// themselves, so that it is never undone.
	kept = bytesOf("%" + subDelims + ":@/?#[]")
)

func bytesOf(text string) (set [256]bool) {
	for _, c := range []byte(text) {
		set[c] = true
	}
	return set
}

// appendEncoded appends a text with everything encoded that needs it, and
// nothing else.
func appendEncoded(b []byte, text string) []byte {
	run := make([]byte, 0, len(text)) // what lies between two encodings that are kept
	for i := 0; i < len(text); i++ {
		c, escaped := text[i], false
		if c == '%' {
			if c, escaped = unhex(text[i+1:]); escaped {
				i += 2
			}
		}
		if kept[c] && (escaped || c == '%') {
			b = appendEscape(appendRun(b, run), c)
			run = run[:0]
			continue
		}
		run = append(run, c)
	}
	return appendRun(b, run)
}

// appendRun normalizes and encodes a text that has no encodings. Between those,
// since a letter behind a mark must not join the last digit of an encoding.
func appendRun(b, run []byte) []byte {
	for _, c := range norm.NFC.Bytes(run) {
		if allowed[c] {
			b = append(b, c)
		} else {
			b = appendEscape(b, c)
		}
	}
	return b
}

func appendEscape(b []byte, c byte) []byte {
	const digits = "0123456789ABCDEF"
	return append(b, '%', digits[c>>4], digits[c&15])
}

// unhex reads the two digits of an encoding. Without them it gives a percent
// sign, which then stands for itself.
func unhex(text string) (c byte, ok bool) {
	if len(text) < 2 {
		return '%', false
	}
	high, ok1 := hexDigit(text[0])
	low, ok2 := hexDigit(text[1])
	if !ok1 || !ok2 {
		return '%', false
	}
	return high<<4 | low, true
}

func hexDigit(c byte) (value byte, ok bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// decoded undoes every encoding of what appendEncoded has made.
func decoded(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '%' {
			c, _ = unhex(text[i+1:])
			i += 2
		}
		b = append(b, c)
	}
	return string(b)
}
