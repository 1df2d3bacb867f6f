package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"
)

// level is a block, or a nested attribute.
type level struct {
	Attributes map[string]struct {
		Description string
		Kind        string `json:"description_kind"`
		Type        json.RawMessage
		NestedType  *level `json:"nested_type"`
		Optional    bool
		Computed    bool
	}
	BlockTypes map[string]struct {
		Nesting string `json:"nesting_mode"`
		Block   level
	} `json:"block_types"`
}

func (l *level) names(at string, into map[string]bool) {
	for name, a := range l.Attributes {
		into[at+"."+name] = a.Description != "" && a.Kind == "markdown" && (a.Optional || a.Computed) && (a.Type == nil) != (a.NestedType == nil)
		if a.NestedType != nil {
			a.NestedType.names(at+"."+name, into)
		}
	}
	for name, b := range l.BlockTypes {
		into[at+"."+name] = b.Nesting == "single"
		b.Block.names(at+"."+name, into)
	}
}

// TestWrite writes all that the published schema has, and each with what the documentation says of it.
func TestWrite(t *testing.T) {
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	type kind map[string]struct{ Block level }
	var printed struct {
		Providers map[string]struct {
			Provider  struct{ Block level }
			Data      kind `json:"data_source_schemas"`
			Ephemeral kind `json:"ephemeral_resource_schemas"`
			Action    kind `json:"action_schemas"`
		} `json:"provider_schemas"`
	}
	if err := json.Unmarshal(out.Bytes(), &printed); err != nil {
		t.Fatal(err)
	}
	provider := printed.Providers["tencentcdn"]
	got := map[string]bool{}
	provider.Provider.Block.names("provider", got)
	for prefix, all := range map[string]kind{"data": provider.Data, "ephemeral": provider.Ephemeral, "action": provider.Action} {
		for name, s := range all {
			s.Block.names(prefix+"."+name, got)
		}
	}
	for name, described := range got {
		if !described {
			t.Errorf("%s is not described", name)
		}
	}
	text, err := os.ReadFile("../testdata/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var published map[string]string
	if err := json.Unmarshal(text, &published); err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(published)); !slices.Equal(got, want) {
		t.Errorf("printed %v\npublished %v", got, want)
	}
}
