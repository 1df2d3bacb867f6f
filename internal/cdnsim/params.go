package cdnsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// paramType is the type of a request parameter, as the documents name it.
type paramType int

const (
	stringParam paramType = iota
	integerParam
	listParam // an array of objects, not checked
)

// params are the parameters of one request, checked against the action's list.
type params struct {
	strings  map[string]string
	integers map[string]int64
}

func (p *params) has(name string) bool {
	_, isString := p.strings[name]
	_, isInteger := p.integers[name]
	return isString || isInteger
}

// integer is the parameter, or its default.
func (p *params) integer(name string, byDefault int64) int64 {
	if n, ok := p.integers[name]; ok {
		return n
	}
	return byDefault
}

// parseParams checks a body against the types of an action's parameters. It is strict on purpose: null is not a string,
// 1.0 not an integer, "taskid" not TaskId.
func parseParams(body []byte, types map[string]paramType) (*params, *apiError) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil || raw == nil {
		return nil, failure(codeInvalidParameter, "The request body is not a JSON object.")
	}
	p := &params{strings: map[string]string{}, integers: map[string]int64{}}
	for name, value := range raw {
		kind, known := types[name]
		if !known {
			return nil, failure(codeUnknownParameter, fmt.Sprintf("The parameter `%s` is not recognized.", name))
		}
		if !p.set(name, kind, value) {
			return nil, failure(codeInvalidParameter, fmt.Sprintf("The type of the parameter `%s` is not valid.", name))
		}
	}
	return p, nil
}

func (p *params) set(name string, kind paramType, value json.RawMessage) bool {
	switch kind {
	case stringParam:
		var text *string
		if json.Unmarshal(value, &text) != nil || text == nil {
			return false
		}
		p.strings[name] = *text
	case integerParam:
		n, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			return false
		}
		p.integers[name] = n
	case listParam:
		return bytes.HasPrefix(value, []byte("["))
	}
	return true
}

// looseParams is a body for the log: any fields, integers exact. nil if it is not a JSON object.
func looseParams(body []byte) map[string]any {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var m map[string]any
	if d.Decode(&m) != nil {
		return nil
	}
	return m
}
