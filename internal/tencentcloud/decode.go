package tencentcloud

import (
	"errors"
	"fmt"
	"hash/maphash"
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

// envelope is what every response of API 3.0 has around the fields of its action.
type envelope[T any] struct {
	Response *struct {
		Error     *apiError
		RequestID string `json:"RequestId"`
		Fields    T      `json:",embed"`
	}
}

type apiError struct{ Code, Message string }

// reply is the part of a response that every action has.
type reply struct {
	requestID string
	apiError  *apiError
}

// readResponse reads {"Response":{…}} to its end. The fields are complete
// unless the service reported an error.
func readResponse[T any](body io.Reader) (*T, reply, error) {
	var e envelope[T]
	err := decode(body, &e)
	r := e.Response
	if r == nil {
		if err == nil {
			err = malformed(`the response has no "Response"`, nil)
		}
		return nil, reply{}, err
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
	return &r.Fields, reply{requestID: r.RequestID, apiError: r.Error}, err
}

// decode reads one JSON value and makes sure that nothing follows it. A name
// that comes twice is an error, since either value would be a guess; what is
// not UTF-8 becomes U+FFFD, since one odd URL must not spoil a list.
func decode(body io.Reader, into any) error {
	reader := &cappedReader{from: body}
	dec := jsontext.NewDecoder(reader, jsontext.AllowInvalidUTF8(true))
	reader.consumed = dec.InputOffset
	err := json.UnmarshalDecode(dec, into, json.WithUnmarshalers(new(texts).unmarshalers()))
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

// located writes the decoder's error with the place in the document, such as
// Response.PushLogs[1].Url, and without Go's types.
func located(err error) error {
	var (
		semantic *json.SemanticError
		syntax   *jsontext.SyntacticError
		at       jsontext.Pointer
	)
	switch {
	case errors.As(err, &semantic):
		at, err = semantic.JSONPointer, semantic.Err
		if err == nil {
			err = fmt.Errorf("unexpected JSON %v", semantic.JSONKind)
		}
	case errors.As(err, &syntax):
		at, err = syntax.JSONPointer, syntax.Err
	case errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	}
	var path strings.Builder
	for name := range at.Tokens() {
		if _, notIndex := strconv.Atoi(name); notIndex == nil {
			name = "[" + name + "]"
		} else if path.Len() > 0 {
			name = "." + name
		}
		path.WriteString(name)
	}
	if path.Len() == 0 {
		return err
	}
	return fmt.Errorf("%s: %w", path.String(), err)
}

// texts decodes the strings and integers of one response leniently, since
// services send numbers as strings and the other way round. It keeps one copy
// of a text that recent values repeat: rows share task ids, times and states,
// and without that 100 000 of them would take two thirds more memory.
type texts struct {
	buffer []byte
	recent [256]*string // by hash
}

var textSeed = maphash.MakeSeed()

func (t *texts) unmarshalers() *json.Unmarshalers {
	return json.JoinUnmarshalers(
		json.UnmarshalFromFunc(t.pointer), json.UnmarshalFromFunc(t.value), json.UnmarshalFromFunc(t.integer))
}

func (t *texts) pointer(dec *jsontext.Decoder, into **string) error {
	ok, err := t.read(dec)
	if err != nil || !ok {
		*into = nil
		return err
	}
	slot := &t.recent[maphash.Bytes(textSeed, t.buffer)%uint64(len(t.recent))]
	if *slot == nil || **slot != string(t.buffer) {
		text := string(t.buffer)
		*slot = &text
	}
	*into = *slot
	return nil
}

func (t *texts) value(dec *jsontext.Decoder, into *string) error {
	_, err := t.read(dec)
	*into = string(t.buffer)
	return err
}

func (t *texts) integer(dec *jsontext.Decoder, into *int64) error {
	ok, err := t.read(dec)
	if err != nil || !ok {
		return err
	}
	if n, err := strconv.ParseInt(string(t.buffer), 10, 64); err == nil {
		*into = n
		return nil
	}
	// 100.0 and 1e2 are integers too; beyond 2^53 a float is no longer exact.
	f, err := strconv.ParseFloat(string(t.buffer), 64)
	if err != nil || f != float64(int64(f)) || f > 1<<53 || f < -(1<<53) {
		return errors.New("not an integer that fits 64 bits")
	}
	*into = int64(f)
	return nil
}

// read puts the next string, or the digits of the next number, into the buffer.
// For null it reports false.
func (t *texts) read(dec *jsontext.Decoder) (bool, error) {
	t.buffer = t.buffer[:0]
	value, err := dec.ReadValue()
	if err != nil {
		return false, err
	}
	switch value.Kind() {
	case 'n':
		return false, nil
	case '0':
		t.buffer = append(t.buffer, value...)
	case '"':
		// The error could only be of invalid UTF-8, which has been replaced.
		t.buffer, _ = jsontext.AppendUnquote(t.buffer, value)
	default:
		return false, fmt.Errorf("unexpected JSON %v where a string or number is required", value.Kind())
	}
	return true, nil
}

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
	n, err := r.from.Read(p[:min(int64(len(p)), maxResponse+1-r.read)])
	r.read += int64(n)
	if r.read > maxResponse {
		return 0, errTooLarge
	}
	return n, err
}
