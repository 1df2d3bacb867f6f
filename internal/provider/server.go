package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// NewServer returns what tf6server.Serve serves.
func NewServer(version string) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		framework := providerserver.NewProtocol6(New(version))()
		actions, _ := framework.(tfprotov6.ActionServer) // it is one, though it does not say so
		return server{framework, actions}
	}
}

// server is the framework's server but for the rows of push_logs, see carrier, and for the validation of actions.
type server struct {
	tfprotov6.ProviderServer
	tfprotov6.ActionServer
}

func (s server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	var c carrier
	resp, err := s.ProviderServer.ReadDataSource(c.in(ctx), req)
	if err != nil {
		return nil, err
	}
	return resp, c.deliver(resp.State)
}

func (s server) OpenEphemeralResource(ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	var c carrier
	resp, err := s.ProviderServer.OpenEphemeralResource(c.in(ctx), req)
	if err != nil {
		return nil, err
	}
	return resp, c.deliver(resp.Result)
}

// InvokeAction validates first. Terraform validates an action's configuration only before anything is known that comes from
// a resource, unlike that of a data source.
func (s server) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	valid, err := s.ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: req.ActionType, Config: req.Config})
	if err != nil {
		return nil, err
	}
	isError := func(d *tfprotov6.Diagnostic) bool { return d.Severity == tfprotov6.DiagnosticSeverityError }
	if !slices.ContainsFunc(valid.Diagnostics, isError) {
		return s.ActionServer.InvokeAction(ctx, req)
	}
	return &tfprotov6.InvokeActionServerStream{Events: func(push func(tfprotov6.InvokeActionEvent) bool) {
		push(tfprotov6.InvokeActionEvent{Type: tfprotov6.CompletedInvokeActionEventType{Diagnostics: valid.Diagnostics}})
	}}, nil
}
