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
// a testing/synctest bubble. Faults look as they do on a connection: io.EOF where it ends before the answer,
// io.ErrUnexpectedEOF where it ends within, the context's error where the client gives up.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close() //nolint:errcheck // nothing to do about it
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.WroteRequest != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{}) // what follows is the way to the server, and the answer
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

// serverRequest is a client's request as a handler sees it after net/http's client and server had it.
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
		w.header = w.header.Clone() // as on a connection, later changes come too late
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// serve tells whether the handler ended the connection.
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
	// net/http's transport asks for gzip by itself and undoes it, unless the request speaks of it.
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

// broken is what reading from a connection that ended too early says.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
