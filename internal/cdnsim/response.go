package cdnsim

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// response is what is sent for a request, good or faulty.
type response struct {
	status      int    // 0 means 200
	contentType string // "" means application/json
	body        []byte
	retryAfter  string
	location    string

	delay                   time.Duration // in addition to the latency
	close, cut, stall, gzip bool
	hugeMiB                 int

	code, requestID string // for the log
	rows, total     int
	fault           FaultKind
}

// newRequestID is a random UUID, version 4.
func newRequestID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// successResponse wraps fields as {"Response":{...,"RequestId":"..."}}.
func successResponse(fields map[string]any) *response { return wrap(newRequestID(), fields) }

func wrap(id string, fields map[string]any) *response {
	fields["RequestId"] = json.RawMessage(quote(id))
	body, err := json.Marshal(map[string]any{"Response": fields})
	if err != nil {
		panic("cdnsim: cannot encode a response: " + err.Error())
	}
	return &response{body: body, requestID: id}
}

func errorResponse(err *apiError) *response { return errorResponseWith(newRequestID(), err) }

func errorResponseWith(id string, err *apiError) *response {
	a := wrap(id, map[string]any{"Error": map[string]json.RawMessage{"Code": quote(err.code), "Message": quote(err.message)}})
	a.code = err.code
	return a
}

func gatewayPage(status int) []byte {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return fmt.Appendf(nil, "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n"+
		"<hr><center>stgw</center>\r\n</body>\r\n</html>\r\n", title, title)
}

// send writes the response and records it in req. Once it is logged, it may panic with http.ErrAbortHandler, which is
// how a handler of net/http closes the connection.
func (s *Server) send(ctx context.Context, w http.ResponseWriter, o *Options, req *Request, a *response) {
	if a.stall {
		<-ctx.Done()
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	req.Answer = Answer{
		Status: a.status, Code: a.code, Rows: a.rows, Total: a.total, RequestID: a.requestID, Fault: a.fault,
		Bytes: int64(len(a.body)),
	}
	abandoned := a.stall || a.close || ctx.Err() != nil
	if abandoned {
		req.Answer = Answer{Fault: a.fault}
	}
	if a.hugeMiB > 0 {
		req.Answer.Bytes = int64(a.hugeMiB) << 20
	}
	s.record(o, req)
	if abandoned {
		panic(http.ErrAbortHandler)
	}
	s.writeHeader(w, a)
	switch {
	case a.hugeMiB > 0:
		writeHuge(ctx, w, a)
	case a.cut:
		w.Write(a.body[:len(a.body)/2])       //nolint:errcheck // the client may be gone
		http.NewResponseController(w).Flush() //nolint:errcheck // likewise
		panic(http.ErrAbortHandler)
	default:
		w.Write(a.body) //nolint:errcheck // likewise
	}
}

func (s *Server) writeHeader(w http.ResponseWriter, a *response) {
	h := w.Header()
	h.Set("Date", s.Now().UTC().Format(http.TimeFormat))
	h.Set("Content-Type", a.contentType)
	if a.contentType == "" {
		h.Set("Content-Type", "application/json")
	}
	for name, value := range map[string]string{"Retry-After": a.retryAfter, "Location": a.location} {
		if value != "" {
			h.Set(name, value)
		}
	}
	if a.gzip {
		h.Set("Content-Encoding", "gzip")
	}
	if a.hugeMiB == 0 {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
}

// writeHuge streams valid JSON of at least the requested size, with one MiB of it in memory.
func writeHuge(ctx context.Context, w http.ResponseWriter, a *response) {
	fmt.Fprintf(w, `{"Response":{"PushLogs":[],"TotalCount":0,"RequestId":"%s","Padding":"`, a.requestID)
	mib := []byte(strings.Repeat("x", 1<<20))
	for range a.hugeMiB {
		if _, err := w.Write(mib); err != nil || ctx.Err() != nil {
			return
		}
	}
	w.Write([]byte(`"}}`)) //nolint:errcheck // the client may be gone
}

// sleep waits for d, or until the client gives up.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
