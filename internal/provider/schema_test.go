package provider

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const schemaFile = "testdata/schema.json"

// TestSchemaIsCompatible holds the schema to the published one: what a configuration relies on neither goes nor changes.
// What is added on purpose is written down with UPDATE_SCHEMA=1.
func TestSchemaIsCompatible(t *testing.T) {
	got := map[string]string{}
	for at, block := range schemas(t) {
		flatten(got, at, block)
	}
	if os.Getenv("UPDATE_SCHEMA") != "" {
		text, err := json.MarshalIndent(got, "", "  ")
		if err == nil {
			err = os.WriteFile(schemaFile, append(text, '\n'), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var published map[string]string
	if err := json.Unmarshal(text, &published); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(published)) {
		switch kind, ok := got[name]; {
		case !ok:
			t.Errorf("%s is gone, and configurations that name it no longer work", name)
		case kind != published[name]:
			t.Errorf("%s was %s and is %s", name, published[name], kind)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := published[name]; !ok {
			t.Errorf("%s is new: run the test with UPDATE_SCHEMA=1 to publish it", name)
		}
	}
}

// schemas are all that the provider has, by kind and name.
func schemas(t *testing.T) map[string]*tfprotov6.SchemaBlock {
	t.Helper()
	resp, err := NewServer("test")().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatal(err, resp.Diagnostics)
	}
	all := map[string]*tfprotov6.SchemaBlock{"provider": resp.Provider.Block}
	for name, s := range resp.DataSourceSchemas {
		all["data."+name] = s.Block
	}
	for name, s := range resp.EphemeralResourceSchemas {
		all["ephemeral."+name] = s.Block
	}
	for name, s := range resp.ActionSchemas {
		all["action."+name] = s.Schema.Block
	}
	return all
}

// flatten writes each attribute and block below a path, with its type and what may be done with it.
func flatten(into map[string]string, at string, block *tfprotov6.SchemaBlock) {
	attributes(into, at, block.Attributes)
	for _, nested := range block.BlockTypes {
		into[at+"."+nested.TypeName] = "block " + nested.Nesting.String()
		flatten(into, at+"."+nested.TypeName, nested.Block)
	}
}

func attributes(into map[string]string, at string, all []*tfprotov6.SchemaAttribute) {
	for _, a := range all {
		var words []string
		for word, set := range map[string]bool{"required": a.Required, "optional": a.Optional, "computed": a.Computed, "sensitive": a.Sensitive} {
			if set {
				words = append(words, word)
			}
		}
		slices.Sort(words)
		name := at + "." + a.Name
		if a.NestedType != nil {
			into[name] = strings.Join(append(words, "nested "+a.NestedType.Nesting.String()), " ")
			attributes(into, name, a.NestedType.Attributes)
			continue
		}
		into[name] = strings.Join(append(words, a.Type.String()), " ")
	}
}

// TestDescriptions has a description for everything a configuration can name.
func TestDescriptions(t *testing.T) {
	var check func(at string, block *tfprotov6.SchemaBlock)
	described := func(at string, all []*tfprotov6.SchemaAttribute) {
		for _, a := range all {
			if a.Description == "" {
				t.Errorf("%s.%s has no description", at, a.Name)
			}
		}
	}
	check = func(at string, block *tfprotov6.SchemaBlock) {
		described(at, block.Attributes)
		for _, a := range block.Attributes {
			if a.NestedType != nil {
				described(at+"."+a.Name, a.NestedType.Attributes)
			}
		}
		for _, nested := range block.BlockTypes {
			check(at+"."+nested.TypeName, nested.Block)
		}
	}
	for at, block := range schemas(t) {
		if check(at, block); at != "provider" && block.Description == "" {
			t.Errorf("%s has no description", at)
		}
	}
}
