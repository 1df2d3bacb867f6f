package cdn

import (
	"strings"
	"testing"
)

// sameURL are spellings that mean the same, the canonical one first.
var sameURL = [][]string{
	{"http://www.example.com/", "http://www.example.com", "HTTP://WWW.Example.COM", "http://www.example.com:80", "http://www.example.com:80/", "http://www.example.com:"},
	{"https://www.example.com/", "https://www.example.com:443/", "Https://www.example.com"},
	{"https://www.example.com:80/", "https://www.EXAMPLE.com:80"},
	{"http://www.example.com:443/a", "HTTP://www.example.com:443/a"},
	{"https://www.example.com/?a=1", "https://www.example.com?a=1", "https://www.example.com:443?%61=1"},
	{"https://www.example.com/#top", "https://www.example.com#top", "https://www.example.com/#%74op"},
	{"https://www.example.com/~user/a-b_c.d", "https://www.example.com/%7Euser/a%2Db%5fc%2ed", "https://www.example.com/%7euser/a-b_c.d"},
	{"https://www.example.com/a%2Fb", "https://www.example.com/a%2fb"},
	{"https://www.example.com/release%20notes.pdf", "https://www.example.com/release notes.pdf"},
	{"https://www.example.com/sale-50%25.png", "https://www.example.com/sale-50%.png"},
	{"https://www.example.com/%25zz%25", "https://www.example.com/%zz%", "https://www.example.com/%25zz%25"},
	{"https://www.example.com/%25%25", "https://www.example.com/%%25"},
	{"https://www.example.com/%252F", "https://www.example.com/%25%32%46"},
	{"https://www.example.com/%E5%B0%81%E9%9D%A2.jpg", "https://www.example.com/封面.jpg", "https://www.example.com/%e5%b0%81面.jpg"},
	{"https://www.example.com/%C3%A9?q=%C3%A9#%C3%A9", "https://www.example.com/é?q=é#é", "https://www.example.com/e\u0301?q=e%CC%81#%65%cc%81"},
	{"https://www.example.com/%B7%E2.jpg", "https://www.example.com/\xb7\xe2.jpg", "https://www.example.com/%b7%E2.jpg"},
	{"https://www.example.com/%5B1%5D%7Ca%22", "https://www.example.com/[1]|a\"", "https://www.example.com/%5b1%5d%7ca%22"},
	{"https://www.example.com/#a%23b", "https://www.example.com/#a#b"},
	{"https://www.example.com/%2C%CC%A7", "https://www.example.com/%2C\u0327", "https://www.example.com/%2c%cc%a7"}, // the cedilla does not join the digit C
	{"https://www.example.com/%00%0A%7F", "https://www.example.com/\x00\n\x7f"},
	{"https://User:Pa%20ss@www.example.com/", "https://User:Pa ss@WWW.example.com:443"},
	{"https://xn--fsqu00a.xn--fiqs8s/%E5%9B%BE", "https://例子.中国/图", "https://%E4%BE%8B%e5%ad%90.中国:443/图", "https://XN--FSQU00A.xn--fiqs8s/图", "https://例子。中国/图"},
	{"https://xn--bcher-kva.example/", "https://BÜCHER.example", "https://bu\u0308cher.example/"},
	{"https://%5b2001:db8::1%5d/", "https://[2001:DB8::1]", "https://[2001:db8::1]:443/"},
	{"https://%5b2001:db8::443%5d:8443/", "https://[2001:db8::443]:8443"},
	{"/only/a%20path", "/only/a path", "/only/%61%20path"},
	{"ftp://Www.example.com:80", "ftp://Www.example.com:80"},
	{"", ""},
	{"https:///", "https://", "HTTPS://:443"},
}

func TestCanonicalURL(t *testing.T) {
	of := map[string]string{}
	for _, spellings := range sameURL {
		want := spellings[0]
		if other, ok := of[want]; ok {
			t.Errorf("%q is listed twice, beside %q", want, other)
		}
		of[want] = want
		for _, url := range spellings {
			if got := canonicalURL(url); got != want {
				t.Errorf("%q: got %q, want %q", url, got, want)
			}
		}
	}
}

// What only resembles each other stays distinct.
func TestCanonicalURLDistinguishes(t *testing.T) {
	for _, urls := range [][]string{
		{"https://a.example/", "http://a.example/", "https://b.example/", "https://a.example./", "https://a.example:8443/", "https://a.example:80/"},
		{"https://a.example/a/b", "https://a.example/a%2Fb", "https://a.example/a//b", "https://a.example/A/b", "https://a.example/a/b/", "https://a.example/a/./b"},
		{"https://a.example/?a=1&b=2", "https://a.example/?b=2&a=1", "https://a.example/?a=1%26b=2", "https://a.example/?a=1&b=2#", "https://a.example/?a=1&b=2&"},
		{"https://a.example/?q=a+b", "https://a.example/?q=a%2Bb", "https://a.example/?q=a b"},
		{"https://a.example/x", "https://a.example/x?", "https://a.example/x#", "https://a.example/x%3F", "https://a.example/x%23"},
		{"https://a.example/50%", "https://a.example/50%2525", "https://a.example/50"},
		{"https://a.example/%zz", "https://a.example/zz", "https://a.example/%ZZ"},
		{"https://a.example/é", "https://a.example/É", "https://a.example/e", "https://a.example/%E9"},
		{"https://a.example/K", "https://a.example/k"},
		{"https://me@a.example/", "https://Me@a.example/", "https://a.example/", "https://me%40a.example/"},
	} {
		of := map[string]string{}
		for _, url := range urls {
			if other, ok := of[canonicalURL(url)]; ok {
				t.Errorf("%q and %q: both are %q", other, url, canonicalURL(url))
			}
			of[canonicalURL(url)] = url
		}
	}
}

// A canonical URL is ASCII, stays what it is, and does not depend on how much
// of it was encoded before.
func FuzzCanonicalURL(f *testing.F) {
	for _, spellings := range sameURL {
		for _, url := range spellings {
			f.Add(url)
		}
	}
	f.Fuzz(func(t *testing.T, url string) {
		canonical := canonicalURL(url)
		if again := canonicalURL(canonical); again != canonical {
			t.Errorf("%q: %q, then %q", url, canonical, again)
		}
		if strings.ContainsFunc(canonical, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("%q: %q", url, canonical)
		}
		if slow := canonicalize(url); slow != canonical {
			t.Errorf("%q: %q, without the shortcut %q", url, canonical, slow)
		}
		head, tail, ok := strings.Cut(url, "/x")
		if !ok || !strings.Contains(head, "://") {
			return
		}
		var encoded []byte
		for _, c := range []byte(tail) {
			if c >= 0x80 || strings.IndexByte(unreserved, c) >= 0 && !strings.Contains(tail, "%") {
				encoded = appendEscape(encoded, c)
			} else {
				encoded = append(encoded, c)
			}
		}
		if got := canonicalURL(head + "/x" + string(encoded)); got != canonical {
			t.Errorf("%q: %q, but encoded %q", url, canonical, got)
		}
	})
}
