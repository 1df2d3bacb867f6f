// Command terraform-provider-tencentcdn is a Terraform provider that tells what became of the prefetch tasks of Tencent
// Cloud's CDN. Terraform starts it; a person has no need to.
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
	debug := flag.Bool("debug", false, "serve until interrupted, and print how Terraform, or a debugger, gets hold of it")
	flag.Parse()

	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	if err := tf6server.Serve(provider.Address, provider.NewServer(version), options...); err != nil {
		log.Fatal(err)
	}
}
