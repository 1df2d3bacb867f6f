package tencentcloud

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The maximum size of a response, and of what is held of it undecoded at a
// time: a value is a string, a number or a bracket. No text of the API comes
// close.
const (
	maxResponse = 64 << 20 // bytes
	maxValue    = 1 << 20  // bytes
)

// response is what every response of API 3.0 has around the fields of its action.
type response[T any] struct {
	Error     *apiError
	RequestID string `json:"RequestId"`
	Fields    T      `json:",embed"`
}

type apiError struct{ Code, Message string }

// readResponse reads {"Response":{…}} to its end. The fields are complete
// unless the service reported an error. Of a response that is cut, it returns
// what came.
func readResponse[T any](body io.Reader) (*response[T], error) {
	var envelope struct{ Response *response[T] }
	err := decode(body, &envelope)
	r := envelope.Response
	if r == nil {
		return new(response[T]), cmp.Or(err, error(malformed(`the response has no "Response"`, nil)))
	}
	validator, validates := any(&r.Fields).(interface{ Validate() error })
	switch {
	case err != nil:
	case r.Error != nil && r.Error.Code == "":
		err = malformed(`the "Error" of the response has no "Code"`, nil)
	case r.Error != nil:
	case r.RequestID == "":
		err = malformed(`the response has no "RequestId"`, nil)
	case validates:
		if problem := validator.Validate(); problem != nil {
			err = malformed("the response is incomplete", problem)
		}
	}
	return r, err
}

// decode reads one JSON value and makes sure that nothing follows it. A name
// that comes twice is an error, since either value would be a guess; what is
// not UTF-8 becomes U+FFFD, since one odd URL must not spoil a list.
func decode(body io.Reader, into any) error {
	reader := &cappedReader{from: body}
	dec := jsontext.NewDecoder(reader, jsontext.AllowInvalidUTF8(true))
	reader.consumed = dec.InputOffset
	err := json.UnmarshalDecode(dec, into, lenient)
	if err == nil {
		if _, err = dec.ReadToken(); errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = errors.New("more data follows the end of the JSON")
		}
	}
	if errors.Is(err, errTooLarge) {
		return errTooLarge
	}
	return malformed("the response could not be parsed", located(err))
}

// located writes the decoder's error with its place in the document, as a JSON
// pointer such as /Response/PushLogs/1/Url, and without Go's types.
func located(err error) error {
	var at jsontext.Pointer
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		at, err = semantic.JSONPointer, semantic.Err
		if err == nil {
			err = fmt.Errorf("unexpected JSON %v", semantic.JSONKind)
		}
	} else if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at, err = syntax.JSONPointer, syntax.Err
	} else if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if at == "" {
		return err
	}
	// Unescaped, so that a secret in it is recognized.
	return fmt.Errorf("%s: %w", strings.NewReplacer("~1", "/", "~0", "~").Replace(string(at)), err)
}

// lenient accepts numbers as strings and strings as integers, since services
// send either.
var lenient = json.WithUnmarshalers(json.JoinUnmarshalers(
	json.UnmarshalFromFunc(func(dec *jsontext.Decoder, into *string) error {
		if dec.PeekKind() != '0' {
			return errors.ErrUnsupported // as usual
		}
		digits, err := dec.ReadValue()
		*into = string(digits)
		return err
	}),
	json.UnmarshalFromFunc(func(dec *jsontext.Decoder, into *int64) error {
		value, err := dec.ReadValue()
		if err != nil || value.Kind() == 'n' {
			return err
		}
		text := strings.Trim(string(value), `"`)
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			*into = n
			return nil
		}
		// 100.0 and 1e2 are integers too; beyond 2^53 a float is no longer exact.
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || f != float64(int64(f)) || f > 1<<53 || f < -(1<<53) {
			return errors.New("not an integer that fits 64 bits")
		}
		*into = int64(f)
		return nil
	}),
))

// cappedReader gives errTooLarge where io.LimitedReader would feign an end.
type cappedReader struct {
	from     io.Reader
	read     int64
	consumed func() int64 // bytes that the decoder needs no longer
}

func (r *cappedReader) Read(p []byte) (int, error) {
	if r.read-r.consumed() > maxValue {
		return 0, errTooLarge
	}
	n, err := r.from.Read(p)
	r.read += int64(n)
	if r.read > maxResponse {
		return 0, errTooLarge
	}
	return n, err
}
