package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// NewServer returns what tf6server.Serve serves.
func NewServer(version string) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		return server{providerserver.NewProtocol6(New(version))()}
	}
}

// server is the framework's server but for the rows of push_logs: see carrier.
type server struct{ tfprotov6.ProviderServer }

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
