package credentials

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Clean drops what a value collects on its way through files, shells and
// secret stores, and what no key, name or path begins or ends with: white
// space, quotes (docker --env-file keeps them), a zero-width space, a byte
// order mark.
func Clean(value string) string {
	return strings.TrimFunc(value, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("\"'\u200b\ufeff", r)
	})
}

// Variables gives the environment variable of each argument of a provider
// block, by the path of the argument, such as assume_role.role_arn. The block
// is a struct with the tags of [Config].
func Variables(block any) map[string]string {
	all := map[string]string{}
	var walk func(t reflect.Type, prefix string)
	walk = func(t reflect.Type, prefix string) {
		for field := range t.Fields() {
			path := prefix + field.Tag.Get("tfsdk")
			variables := strings.Fields(field.Tag.Get("env"))
			switch {
			case field.Anonymous:
				walk(field.Type, prefix)
			case field.Type.Kind() == reflect.Pointer:
				walk(field.Type.Elem(), path+".")
			case len(variables) > 0:
				all[path] = variables[0]
			}
		}
	}
	walk(reflect.TypeOf(block), "")
	return all
}

// variableOf has the variables of the arguments for credentials.
var variableOf = Variables(Config{})

// env is the environment. It collects the secrets that it meets.
type env struct {
	lookup  func(string) (string, bool)
	secrets []string
}

// first is the first of the variables that is not empty, and its name.
func (e *env) first(names ...string) (value, name string) {
	for _, name := range names {
		value, _ := e.lookup(name)
		if value = Clean(value); value != "" {
			return value, name
		}
	}
	return "", ""
}

// given is what is known of a block once the environment has completed it.
type given struct {
	source   string            // for errors
	block    string            // empty for the top of the provider block
	declared bool              // the block is there, rather than its variables alone
	from     map[string]string // by argument that is set: the variable that it came from, empty if the argument itself is set
	missing  []string          // required arguments that are not set
	problems []*Error
}

// complete fills in from the environment what a struct with the tags of
// [Config] leaves open: an argument takes precedence over its variables.
func (e *env) complete(g given, target any) *given {
	g.from = map[string]string{}
	for field, value := range reflect.ValueOf(target).Elem().Fields() {
		if !field.IsExported() {
			continue
		}
		argument, is := field.Tag.Get("tfsdk"), field.Tag.Get("is")
		text, variable := e.first(strings.Fields(field.Tag.Get("env"))...)
		switch p := value.Addr().Interface().(type) {
		case *string:
			own := Clean(*p)
			if strings.Contains(is, "secret") {
				e.secrets = append(e.secrets, own, text)
			}
			*p = cmp.Or(own, text, field.Tag.Get("default"))
			switch {
			case own != "":
				g.from[argument] = ""
			case text != "":
				g.from[argument] = variable
			case strings.Contains(is, "required"):
				g.missing = append(g.missing, argument)
			}
			if strings.Contains(is, "path") {
				*p = e.expand(*p)
			}
		case *int64:
			g.seconds(p, field.Tag, text, variable)
		}
	}
	return &g
}

// completed is a block, or what its variables alone say if it is nil.
func completed[T any](e *env, source, name string, block *T) (*given, *T) {
	target := new(T)
	if block != nil {
		*target = *block
	}
	return e.complete(given{source: source, block: name, declared: block != nil}, target), target
}

// seconds completes a duration. Zero counts as not set.
func (g *given) seconds(p *int64, tag reflect.StructTag, text, variable string) {
	argument := tag.Get("tfsdk")
	limit, _ := strconv.ParseInt(tag.Get("max"), 10, 64)
	named := argument
	if *p == 0 && text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			n = -1
		}
		*p, named = n, variable
	}
	switch {
	case *p < 0 || *p > limit:
		g.fail(argument, fmt.Sprintf("%s must be a whole number of seconds from 1 to %d", named, limit), "")
	case *p == 0:
		*p, _ = strconv.ParseInt(tag.Get("default"), 10, 64)
	}
}

// either settles an argument that may be given as text or in a file. What the
// block gives takes precedence over the environment, and then text over a file.
func (g *given) either(argument string, text, file *string) {
	inText, textSet := g.from[argument]
	inFile, fileSet := g.from[argument+"_file"]
	switch {
	case textSet && fileSet && inText != "" && inFile == "":
		*text = ""
	case textSet:
		*file = ""
	case !fileSet:
		g.missing = append(g.missing, argument)
	}
}

// sets reports whether one of the arguments is set.
func (g *given) sets(arguments ...string) bool {
	return slices.ContainsFunc(arguments, func(argument string) bool { _, ok := g.from[argument]; return ok })
}

// origin says where each argument that is set came from.
func (g *given) origin(arguments ...string) string {
	var parts []string
	for _, argument := range arguments {
		if variable, ok := g.from[argument]; ok {
			parts = append(parts, argument+" from "+cmp.Or(variable, "the provider block"))
		}
	}
	return strings.Join(parts, ", ")
}

func (g *given) fail(argument, problem, remedy string) {
	e := &Error{Source: g.source, Argument: g.path(argument), Problem: problem, Remedy: remedy}
	if !g.declared {
		e.Argument = ""
	}
	g.problems = append(g.problems, e)
}

func (g *given) path(argument string) string { return g.block + "." + argument }

// variable is that of an argument.
func (g *given) variable(argument string) string { return variableOf[g.path(argument)] }

// required reports what is missing of a block, each at its argument.
func (g *given) required() {
	for _, argument := range g.missing {
		problem, remedy := argument+" is not set", fmt.Sprintf("Set %s or %s", g.path(argument), g.variable(argument))
		if inFile := g.variable(argument + "_file"); inFile != "" {
			problem = fmt.Sprintf("neither %s nor %s_file is set", argument, argument)
			remedy = fmt.Sprintf("Set one of them, or %s or %s", g.variable(argument), inFile)
		}
		g.fail(argument, problem, remedy)
	}
}

// incomplete says which variables are missing of those that belong together.
func (g *given) incomplete() *Error {
	var missing []string
	for _, argument := range g.missing {
		name := g.variable(argument)
		if inFile := g.variable(argument + "_file"); inFile != "" {
			name += " (or " + inFile + ")"
		}
		missing = append(missing, name)
	}
	return &Error{
		Source:  g.source,
		Problem: "ignored because it is incomplete; not set: " + strings.Join(missing, ", "),
		Remedy:  "Set what is missing, or unset " + strings.Join(slices.Sorted(maps.Values(g.from)), ", "),
	}
}
