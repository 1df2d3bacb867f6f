package tencentcloud

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// The most that is read of one answer, and that is held of it at a time: a
// value is a string, a number or a bracket. No text of the API comes near.
const (
	maxAnswer = 64 << 20 // bytes
	maxValue  = 1 << 20  // bytes
)

// Answer takes the fields of one answer as they arrive. The envelope, the
// RequestId and the service's errors are read before or beside it.
//
// The decoder is strict: a name that comes twice and invalid UTF-8 are errors,
// since whichever value were taken would be a guess.
type Answer interface {
	// DecodeField reads exactly one value, that of the named field. Unknown
	// names are passed over with dec.SkipValue.
	DecodeField(name string, dec *jsontext.Decoder) error

	// Complete reports what is missing when all fields have been read.
	Complete() error
}

// apiError is the Error member of an answer.
type apiError struct{ code, message string }

// envelope is what every answer of API 3.0 has around its own fields.
type envelope struct {
	requestID string
	err       *apiError
}

// decodeAnswer reads {"Response":{…}} to its end. Unless the service reported
// an error, everything in between has gone to answer.
func decodeAnswer(body io.Reader, answer Answer) (envelope, error) {
	var e envelope
	found := false
	reader := &cappedReader{from: body}
	dec := jsontext.NewDecoder(reader)
	reader.used = dec.InputOffset
	err := Object(dec, func(name string) error {
		if name != "Response" {
			return dec.SkipValue()
		}
		found = true
		return e.decode(dec, answer)
	})
	if err == nil {
		err = atEnd(dec)
	}
	switch {
	case errors.Is(err, errTooLarge):
		return e, errTooLarge
	case err != nil:
		return e, &AnswerError{Problem: "the answer cannot be read", Cause: err}
	case !found:
		return e, &AnswerError{Problem: `the answer has no "Response"`}
	case e.err != nil:
		return e, nil
	case e.requestID == "":
		return e, &AnswerError{Problem: `the answer has no "RequestId"`}
	}
	if err := answer.Complete(); err != nil {
		return e, &AnswerError{Problem: "the answer is not whole", Cause: err}
	}
	return e, nil
}

func (e *envelope) decode(dec *jsontext.Decoder, answer Answer) error {
	return Object(dec, func(name string) (err error) {
		switch name {
		case "RequestId":
			e.requestID, _, err = String(dec)
		case "Error":
			if dec.PeekKind() == 'n' {
				return dec.SkipValue()
			}
			e.err = &apiError{}
			err = e.err.decode(dec)
		default:
			err = answer.DecodeField(name, dec)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

func (e *apiError) decode(dec *jsontext.Decoder) error {
	err := Object(dec, func(name string) (err error) {
		switch name {
		case "Code":
			e.code, _, err = String(dec)
		case "Message":
			e.message, _, err = String(dec)
		default:
			err = dec.SkipValue()
		}
		return err
	})
	if err == nil && e.code == "" {
		err = errors.New(`no "Code"`)
	}
	return err
}

// atEnd makes sure that nothing but white space follows the answer.
func atEnd(dec *jsontext.Decoder) error {
	_, err := dec.ReadToken()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil:
		return errors.New("something follows the end of the JSON")
	}
	return err
}

// Object reads a JSON object and calls member for every name in it, to read
// the value.
func Object(dec *jsontext.Decoder, member func(name string) error) error {
	return enclosed(dec, '{', func() error {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		return member(name.String())
	})
}

// Array reads a JSON array, or null, and calls element for every value in it.
// It reports whether there was an array.
func Array(dec *jsontext.Decoder, element func() error) (bool, error) {
	if dec.PeekKind() == 'n' {
		return false, dec.SkipValue()
	}
	return true, enclosed(dec, '[', element)
}

func enclosed(dec *jsontext.Decoder, open jsontext.Kind, item func() error) error {
	token, err := dec.ReadToken()
	if err != nil {
		return noEOF(err)
	}
	if token.Kind() != open {
		return fmt.Errorf("a JSON %v where %v was expected", token.Kind(), open)
	}
	for dec.PeekKind() != open+2 { // in ASCII, } is { + 2 and ] is [ + 2
		if err := item(); err != nil {
			return noEOF(err)
		}
	}
	_, err = dec.ReadToken()
	return noEOF(err)
}

// noEOF keeps an answer that is cut between two values from looking as if it
// had ended there.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// String reads a string. A number is taken as its digits, however many there
// are; for null it reports false.
func String(dec *jsontext.Decoder) (string, bool, error) {
	text, ok, err := AppendString(nil, dec)
	return string(text), ok, err
}

// AppendString is String for a caller that has a buffer.
func AppendString(buffer []byte, dec *jsontext.Decoder) ([]byte, bool, error) {
	value, err := dec.ReadValue()
	if err != nil {
		return buffer, false, err
	}
	switch value.Kind() {
	case 'n':
		return buffer, false, nil
	case '0':
		return append(buffer, value...), true, nil
	case '"':
		buffer, err = jsontext.AppendUnquote(buffer, value)
		return buffer, true, err
	}
	return buffer, false, fmt.Errorf("a JSON %v where a string was expected", value.Kind())
}

// Integer reads a whole number, as a number or as a string of digits. For null
// it reports false.
func Integer(dec *jsontext.Decoder) (int64, bool, error) {
	var digits [24]byte
	text, ok, err := AppendString(digits[:0], dec)
	if err != nil || !ok {
		return 0, false, err
	}
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return n, true, nil
	}
	// 100.0 and 1e2 are whole numbers too; beyond 2^53 a float is no longer exact.
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || f != float64(int64(f)) || f > 1<<53 || f < -(1<<53) {
		return 0, false, errors.New("not a whole number that fits 64 bits")
	}
	return int64(f), true, nil
}

// cappedReader gives errTooLarge where io.LimitedReader would feign an end.
type cappedReader struct {
	from io.Reader
	read int64
	used func() int64 // bytes that the decoder needs no longer
}

func (r *cappedReader) Read(p []byte) (int, error) {
	if r.read-r.used() > maxValue {
		return 0, errTooLarge
	}
	n, err := r.from.Read(p[:min(int64(len(p)), maxAnswer+1-r.read)])
	r.read += int64(n)
	if r.read > maxAnswer {
		return 0, errTooLarge
	}
	return n, err
}
