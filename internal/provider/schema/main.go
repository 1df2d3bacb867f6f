// Command schema prints the provider's schema as `terraform providers schema -json` does, whatever that CLI knows: one that
// is older than a kind, such as actions, leaves it out.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/provider"
)

func main() {
	if err := write(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(out io.Writer) error {
	s, err := provider.NewServer("dev")().GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return err
	}
	actions := map[string]object{}
	for name, action := range s.ActionSchemas {
		actions[name] = object{"block": block(action.Schema.Block)}
	}
	all := object{"format_version": "1.0", "provider_schemas": object{"tencentcdn": object{
		"provider": schema(s.Provider), "data_source_schemas": schemas(s.DataSourceSchemas),
		"ephemeral_resource_schemas": schemas(s.EphemeralResourceSchemas), "action_schemas": actions,
	}}}
	return json.NewEncoder(out).Encode(all)
}

type object map[string]any

func schemas(all map[string]*tfprotov6.Schema) map[string]object {
	out := map[string]object{}
	for name, s := range all {
		out[name] = schema(s)
	}
	return out
}

func schema(s *tfprotov6.Schema) object { return object{"version": s.Version, "block": block(s.Block)} }

func block(b *tfprotov6.SchemaBlock) object {
	nested := object{}
	for _, n := range b.BlockTypes {
		nested[n.TypeName] = object{"nesting_mode": nesting(n.Nesting), "block": block(n.Block)}
	}
	return object{"attributes": attributes(b.Attributes), "block_types": nested, "description": b.Description, "description_kind": kind(b.DescriptionKind)}
}

func attributes(all []*tfprotov6.SchemaAttribute) object {
	out := object{}
	for _, a := range all {
		described := object{
			"description": a.Description, "description_kind": kind(a.DescriptionKind),
			"required": a.Required, "optional": a.Optional, "computed": a.Computed, "sensitive": a.Sensitive,
		}
		if a.NestedType == nil {
			described["type"] = a.Type
		} else {
			described["nested_type"] = object{"attributes": attributes(a.NestedType.Attributes), "nesting_mode": nesting(a.NestedType.Nesting)}
		}
		out[a.Name] = described
	}
	return out
}

func nesting(mode fmt.Stringer) string { return strings.ToLower(mode.String()) }

func kind(k tfprotov6.StringKind) string {
	if k == tfprotov6.StringKindMarkdown {
		return "markdown"
	}
	return "plain"
}
