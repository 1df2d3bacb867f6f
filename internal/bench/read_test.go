package bench

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/provider"
	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/tencentcloud"
)

// most is the highest requests_per_second that the provider takes.
const most = 1000

// BenchmarkRead measures a read of the data source from Terraform's request to
// the provider's answer, the simulator being another process, in four ways:
// the client alone, which is what fetching and decoding cost; the provider's data
// source; its ephemeral resource; and the same data source without the fast path,
// as the framework alone serves it.
func BenchmarkRead(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "cdnsim")
	if err := Build(b.Context(), "internal/cmd/cdnsim", binary); err != nil {
		b.Fatal(err)
	}
	ways := []struct {
		name string
		way  func(context.Context, *url.URL) (func(context.Context) (int, error), error)
	}{
		{"client", func(_ context.Context, endpoint *url.URL) (func(context.Context) (int, error), error) {
			service := Service(endpoint, tencentcloud.NewTransport(), most)
			return func(ctx context.Context) (int, error) {
				result, err := service.PushTasks(ctx, everything)
				return len(result.Tasks), err
			}, nil
		}},
		{"provider", throughProvider(provider.NewServer("bench"), (*Provider).Read)},
		{"ephemeral", throughProvider(provider.NewServer("bench"), (*Provider).Open)},
		{"framework", throughProvider(providerserver.NewProtocol6(provider.New("bench")), (*Provider).Read)},
	}
	for _, size := range []int{10_000, 100_000} {
		simulator, err := StartSimulator(b.Context(), binary, os.Stderr, "-quota=0", "-tasks="+strconv.Itoa(size))
		if err != nil {
			b.Fatal(err)
		}
		for _, w := range ways {
			b.Run(fmt.Sprintf("tasks=%d/way=%s", size, w.name), func(b *testing.B) {
				read, err := w.way(b.Context(), simulator.Endpoint)
				if err != nil {
					b.Fatal(err)
				}
				perTask(b, size, read)
			})
		}
		simulator.Stop()
	}
}

func throughProvider(server func() tfprotov6.ProviderServer, call func(*Provider, context.Context) ([]byte, error)) func(context.Context, *url.URL) (func(context.Context) (int, error), error) {
	return func(ctx context.Context, endpoint *url.URL) (func(context.Context) (int, error), error) {
		p, err := Configured(ctx, server(), endpoint, most, Since())
		return func(ctx context.Context) (int, error) {
			state, err := call(p, ctx)
			if err != nil {
				return 0, err
			}
			return Rows(state)
		}, err
	}
}
