package tencentcloud

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tencentcdn/terraform-provider-tencentcdn/internal/cdnsim"
)

// TestMain makes sure that the tests leave no goroutine behind.
func TestMain(m *testing.M) {
	if endpoint, ok := os.LookupEnv(childVariable); ok {
		child(endpoint)
		return
	}
	code := m.Run()
	if left := leftBehind(); code == 0 && left != "" {
		fmt.Fprintf(os.Stderr, "goroutines were left behind:\n\n%s\n", left)
		code = 1
	}
	os.Exit(code)
}

// leftBehind is the stacks of the goroutines beside this one and the testing
// package's own, when those that are about to end have had their time.
func leftBehind() string {
	var left []string
	for range 100 {
		left = left[:0]
		buffer := make([]byte, 1<<20)
		stacks := strings.Split(string(buffer[:runtime.Stack(buffer, true)]), "\n\n")
		for _, stack := range stacks[1:] { // the first is this goroutine
			if !strings.Contains(stack, "os/signal.") && !strings.Contains(stack, "testing.(*F)") {
				left = append(left, stack)
			}
		}
		if len(left) == 0 {
			return ""
		}
		time.Sleep(20 * time.Millisecond)
	}
	return strings.Join(left, "\n\n")
}

// child is what the test binary does when it is started with childVariable: one
// call, whose outcome it prints. Go reads proxies and authorities from the
// environment once in a process.
func child(endpoint string) {
	at, err := url.Parse(endpoint)
	if err != nil {
		panic(err)
	}
	client := NewClient(Config{
		Endpoint: at, Service: "cdn", Version: "2018-06-06", MaxRetries: 1, RequestTimeout: 10 * time.Second,
		Credentials: Static(Credential{SecretID: cdnsim.DefaultSecretID, SecretKey: cdnsim.DefaultSecretKey}),
		Limiter:     NewLimiter(20), Transport: NewTransport(),
	})
	got, requestID, err := Call[listing](context.Background(), client, "DescribePushTasks", map[string]string{"TaskId": "1"})
	if err != nil {
		fmt.Print("error: ", err)
		return
	}
	fmt.Print(strings.Join(got.PushLogs.urls, " "), " ", requestID)
}

// childVariable names the endpoint that a child asks.
const childVariable = "TENCENTCLOUD_TEST_CHILD"
