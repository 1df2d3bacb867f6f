// Command terraform-provider-tencentcdn is a Terraform provider that reads the status of prefetch tasks of Tencent Cloud's
// CDN. Terraform starts it; there is no need to run it by hand.
package main

import (
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/provider"
)

// version is set when a release is built.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve until interrupted, and print how Terraform can attach, for use with a debugger")
	flag.Parse()

	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	if err := tf6server.Serve(provider.Address, provider.NewServer(version), options...); err != nil {
		log.Fatal(err)
	}
}
