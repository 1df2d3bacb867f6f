package provider

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// maxPrintable is the most characters of a text of the service's that a diagnostic or a log line shows.
const maxPrintable = 2000

// printable is a text from outside in a form that cannot pass for ours, and cannot drive a terminal: on one line, cut, and
// with an escape for each control character, line separator, change of the writing direction, or other character that does
// not show.
func printable(text string) string {
	var b strings.Builder
	length := 0
	for i, r := range text {
		shown := string(r)
		if !strconv.IsPrint(r) && !unicode.Is(unicode.Zs, r) {
			shown = strings.Trim(strconv.QuoteRune(r), "'")
		}
		if length += len([]rune(shown)); length > maxPrintable {
			fmt.Fprintf(&b, "… (%d more bytes)", len(text)-i)
			break
		}
		b.WriteString(shown)
	}
	return b.String()
}
