package cdnsim

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
)

// Transport reaches the Server in memory, whatever host a request names: no socket and no goroutine, so that it works in
// a testing/synctest bubble. Faults are the same as over a connection: io.EOF if it closes before the response,
// io.ErrUnexpectedEOF if it closes within it, the context's error if the client gives up.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close() //nolint:errcheck // nothing to do about it
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.WroteRequest != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{}) // what follows are the way to the server and the response
	}
	w := &recorder{header: http.Header{}}
	aborted := w.serve(t.server, serverRequest(r))
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if w.status == 0 && aborted {
		return nil, io.EOF
	}
	return w.response(r, aborted)
}

// serverRequest is a client's request as a handler gets it from net/http.
func serverRequest(r *http.Request) *http.Request {
	in := r.Clone(r.Context())
	in.URL = &url.URL{Path: cmp.Or(r.URL.Path, "/"), RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	in.RequestURI = in.URL.RequestURI()
	in.Host = cmp.Or(r.Host, r.URL.Host)
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if in.Header.Get("User-Agent") == "" {
		in.Header.Set("User-Agent", "Go-http-client/1.1")
	}
	return in
}

// recorder is the http.ResponseWriter that Transport hands to the Server.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }
func (w *recorder) Flush()              {}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
		w.header = w.header.Clone() // as over a connection, later changes have no effect
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// serve reports whether the handler closed the connection.
func (w *recorder) serve(h http.Handler, r *http.Request) (aborted bool) {
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			aborted = true
		}
	}()
	h.ServeHTTP(w, r)
	return false
}

func (w *recorder) response(r *http.Request, aborted bool) (*http.Response, error) {
	var body io.Reader = &w.body
	if aborted {
		body = io.MultiReader(body, broken{})
	}
	length := int64(-1)
	if n, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64); err == nil {
		length = n
	}
	response := &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.header, ContentLength: length, Request: r,
	}
	// net/http's transport accepts gzip and decodes it by itself, unless the request has the header.
	if strings.EqualFold(w.header.Get("Content-Encoding"), "gzip") && r.Header.Get("Accept-Encoding") == "" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		body, response.ContentLength, response.Uncompressed = unzipped, -1, true
		w.header.Del("Content-Encoding")
		w.header.Del("Content-Length")
	}
	response.Body = io.NopCloser(body)
	return response, nil
}

// broken is the rest of a connection that closed too early.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
