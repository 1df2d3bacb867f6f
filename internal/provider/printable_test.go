package provider

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		`plain "text", 系统错误, \x1b as written`:        `plain "text", 系统错误, \x1b as written`,
		"blanks: \u00a0\u3000.":                      "blanks: \u00a0\u3000.",
		"\x1b[2J\r\nApply complete!":                 `\x1b[2J\r\nApply complete!`,
		"\x00\t\v\x7f":                               `\x00\t\v\x7f`,
		"\u0085\u009b31m":                            `\u0085\u009b31m`,
		"\u2028\u2029":                               `\u2028\u2029`,
		"\u202agnp.\u202egpj\u202c":                  `\u202agnp.\u202egpj\u202c`,
		"\u2066\u2067\u2068\u2069\u200e\u200f\u061c": `\u2066\u2067\u2068\u2069\u200e\u200f\u061c`,
		"\ufeffid\u200b":                             `\ufeffid\u200b`,
		"\xb7\xe2.jpg":                               "\ufffd\ufffd.jpg",
		strings.Repeat("長", 2000):                    strings.Repeat("長", 2000),
		strings.Repeat("長", 2001):                    strings.Repeat("長", 2000) + "… (3 more bytes)",
		strings.Repeat("a", 1<<20):                   strings.Repeat("a", 2000) + "… (1046576 more bytes)",
		strings.Repeat("\x1b", 600):                  strings.Repeat(`\x1b`, 500) + "… (100 more bytes)",
	} {
		if got := printable(text); got != want {
			t.Errorf("%.40q becomes %q, want %q", text, got, want)
		}
	}
}

// TestPrintableHoldsNothingThatActs is about every text.
func TestPrintableHoldsNothingThatActs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		got := printable(rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(r, "text"))
		if acts := strings.IndexFunc(got, func(c rune) bool {
			return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
		}); acts >= 0 || !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxPrintable+40 {
			r.Errorf("%q", got)
		}
	})
}
