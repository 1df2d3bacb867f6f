package credentials

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"strings"
	"time"
)

// clockTolerance is how wrong this machine's clock may be before a time in an
// assertion is believed rather than left to the service: as much as the service
// allows for a signature.
const clockTolerance = 5 * time.Minute

// assertionEnd is the earliest NotOnOrAfter of a SAML assertion. It is unknown
// if there is none, or the assertion cannot be read: the service will say why.
func assertionEnd(assertion string) (time.Time, bool) {
	text := strings.Join(strings.Fields(assertion), "")
	document, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return time.Time{}, false
	}
	var end time.Time
	dec := xml.NewDecoder(bytes.NewReader(document))
	for {
		token, err := dec.Token()
		if err != nil {
			return end, !end.IsZero()
		}
		start, ok := token.(xml.StartElement)
		if !ok || (start.Name.Local != "Conditions" && start.Name.Local != "SubjectConfirmationData") {
			continue
		}
		for _, attr := range start.Attr {
			at, err := time.Parse(time.RFC3339, attr.Value)
			if attr.Name.Local == "NotOnOrAfter" && err == nil && (end.IsZero() || at.Before(end)) {
				end = at
			}
		}
	}
}
