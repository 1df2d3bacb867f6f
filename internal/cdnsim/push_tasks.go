package cdnsim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const timeLayout = "2006-01-02 15:04:05"

// beijing is the zone of the API's times, which name none.
var beijing = time.FixedZone("UTC+8", 8*60*60)

var pushTasksParams = map[string]paramType{
	"StartTime": stringParam, "EndTime": stringParam, "TaskId": stringParam, "Keyword": stringParam,
	"Offset": integerParam, "Limit": integerParam, "Area": stringParam, "Status": stringParam,
}

// pushTasksQuery is what selects rows. It is comparable: it keys what was found before.
type pushTasksQuery struct {
	start, end            int64 // Unix seconds, inclusive
	hasWindow             bool
	taskID, keyword, host string // host is set where keyword is a domain
	area, status          string
}

// foundKey is what finding rows depends on, beside the rows.
type foundKey struct {
	query   pushTasksQuery
	replica int
}

// page is what selects a part of the rows found.
type page struct{ offset, limit int64 }

func (s *Server) describePushTasks(o *Options, p *params, replica int) (*response, *apiError) {
	q, err := parsePushTasksQuery(o, p)
	if err != nil {
		return nil, err
	}
	pg, err := parsePage(o, p)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(now)
	rows := s.find(o, q, replica, now)
	if len(rows) == 0 && o.Outside == OutsideInvalidDate && s.outside(o, q, replica, now) {
		return nil, badDate("The task is outside of the time range.")
	}
	part := pg.of(o, rows)
	id := cmp.Or(o.RequestID, newRequestID())
	return &response{
		body: encodePage(o, part, len(rows), id), rows: len(part), total: len(rows), requestID: id,
	}, nil
}

func parsePushTasksQuery(o *Options, p *params) (q pushTasksQuery, err *apiError) {
	q = pushTasksQuery{
		start: math.MinInt64, end: math.MaxInt64,
		taskID: p.strings["TaskId"], area: p.strings["Area"], status: p.strings["Status"],
	}
	if q.taskID == "" && !p.has("StartTime") {
		return q, badParam("You must specify either a task ID or a starting time.")
	}
	if err := q.parseWindow(o, p); err != nil {
		return q, err
	}
	switch q.area {
	case "", AreaMainland, AreaOverseas, AreaGlobal:
	default:
		return q, badParam("Area must be mainland, overseas or global.")
	}
	switch q.status {
	case "", StatusFail, StatusDone, StatusProcess, StatusInvalid:
	default:
		return q, badParam("Status must be fail, done, process or invalid.")
	}
	if o.IgnoreStatus {
		q.status = ""
	}
	return q, q.parseKeyword(o, p.strings["Keyword"])
}

func (q *pushTasksQuery) parseWindow(o *Options, p *params) *apiError {
	for name, at := range map[string]*int64{"StartTime": &q.start, "EndTime": &q.end} {
		text, given := p.strings[name]
		if !given {
			continue
		}
		t, err := time.ParseInLocation(timeLayout, text, beijing)
		// time.Parse lets fractions and single digits pass; the API's format has neither.
		if err != nil || t.Format(timeLayout) != text {
			return badDate(name + " is not of the form YYYY-MM-DD HH:MM:SS.")
		}
		*at, q.hasWindow = t.Unix(), true
	}
	if q.start > q.end {
		return badDate("EndTime is before StartTime.")
	}
	if o.RequireEnd && p.has("StartTime") && !p.has("EndTime") {
		return badParam("EndTime is missing.")
	}
	if o.ExcludeStart && p.has("StartTime") {
		q.start++
	}
	if o.ExcludeEnd && p.has("EndTime") {
		q.end--
	}
	return nil
}

func (q *pushTasksQuery) parseKeyword(o *Options, keyword string) *apiError {
	q.keyword = keyword
	if keyword == "" || o.Keyword == KeywordSubstring {
		return nil
	}
	if strings.HasPrefix(keyword, "http://") || strings.HasPrefix(keyword, "https://") {
		return nil
	}
	if strings.ContainsAny(keyword, "/ \t") {
		return failure(codeCdnHostInvalidParam, "Invalid domain name format. Please check and try again.")
	}
	q.host = strings.ToLower(keyword)
	return nil
}

func parsePage(o *Options, p *params) (page, *apiError) {
	pg := page{p.integer("Offset", 0), p.integer("Limit", 20)}
	if pg.offset < 0 || pg.limit < 1 {
		return pg, badParam("Offset or Limit is out of range.")
	}
	if largest := int64(o.maxLimit()); pg.limit > largest {
		if o.LimitMode == LimitRefused {
			return pg, failure(cmp.Or(o.LimitCode, codeCdnParamError), fmt.Sprintf("Parameter error. Limit is larger than %d.", largest))
		}
		pg.limit = largest
	}
	depth := int64(o.MaxDepth)
	refused := o.Depth == DepthRefused && pg.offset >= depth ||
		o.Depth == DepthRefusedCrossing && pg.offset > depth-pg.limit
	if depth > 0 && refused {
		return pg, badParam(fmt.Sprintf("Only the first %d records can be queried.", depth))
	}
	if o.IgnoreOffset {
		pg.offset = 0
	}
	return pg, nil
}

// of is the page's part of the rows.
func (pg page) of(o *Options, rows []*row) []*row {
	reach := int64(len(rows))
	if o.MaxDepth > 0 {
		reach = min(reach, int64(o.MaxDepth))
	}
	from := min(pg.offset, reach)
	return rows[from:min(reach, from+pg.limit)]
}

// find selects the rows of a query in the order of a replica. The result is cached until the rows change, so that not
// every page of a long list needs a search. s.mu is held.
func (s *Server) find(o *Options, q pushTasksQuery, replica int, now time.Time) []*row {
	key := foundKey{q, replica}
	moving := o.Lag > 0 || o.Retention > 0 || s.appearing // what matches depends on the clock
	if rows, ok := s.found[key]; ok && !moving {
		return rows
	}
	var rows []*row
	for _, r := range s.listOf(o, replica) {
		if q.matches(o, r) && visible(o, r, now) {
			rows = append(rows, r)
		}
	}
	if replica > 0 {
		slices.SortFunc(rows, o.Order.compareOn(replica))
	}
	const enough = 64 // queries remembered
	if !moving {
		if len(s.found) >= enough {
			clear(s.found)
		}
		s.found[key] = rows
	}
	return rows
}

func visible(o *Options, r *row, now time.Time) bool {
	if now.Sub(r.Added) < cmp.Or(r.ListedAfter, o.Lag) {
		return false
	}
	return o.Retention <= 0 || now.Sub(r.CreateTime) <= o.Retention
}

// outside reports whether the requested task exists, but has no row inside the window.
func (s *Server) outside(o *Options, q pushTasksQuery, replica int, now time.Time) bool {
	if q.taskID == "" || !q.hasWindow {
		return false
	}
	task := pushTasksQuery{start: math.MinInt64, end: math.MaxInt64, taskID: q.taskID}
	windowed := task
	windowed.start, windowed.end = q.start, q.end
	return len(s.find(o, task, replica, now)) > 0 && len(s.find(o, windowed, replica, now)) == 0
}

func (q *pushTasksQuery) matches(o *Options, r *row) bool {
	switch {
	case r.created < q.start || r.created > q.end,
		q.taskID != "" && r.TaskID != q.taskID,
		q.status != "" && r.Status != q.status,
		q.area != "" && r.Area != q.area && !(q.area == AreaGlobal && o.Global == GlobalMeansAll):
		return false
	case q.keyword == "":
		return true
	case q.host != "":
		return hostOf(r.URL) == q.host
	case o.Keyword == KeywordSubstring:
		return strings.Contains(r.URL, q.keyword)
	default:
		return r.URL == q.keyword
	}
}

// hostOf is the host of a URL. Unlike net/url it accepts any path: a literal "%", bytes that are not UTF-8.
func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	host, _, _ := strings.Cut(rest[strings.LastIndexByte(rest, '@')+1:], ":")
	return strings.ToLower(host)
}

// encodePage writes a response. Each row is encoded once and cached, so that a page costs little more than a copy.
func encodePage(o *Options, rows []*row, total int, requestID string) []byte {
	size := 128
	for _, r := range rows {
		if r.encoded == nil {
			r.encoded = encodeRow(o, &r.Task)
		}
		size += len(r.encoded) + 1
	}
	b := append(make([]byte, 0, size), `{"Response":{`...)
	b = appendLogs(b, o, rows)
	b = append(append(b, `"TotalCount":`...), totalCount(o, len(rows), total)...)
	b = append(append(b, `,"RequestId":`...), quote(requestID)...)
	return append(b, `}}`...)
}

// appendLogs writes the field PushLogs and a comma. The rows are encoded already.
func appendLogs(b []byte, o *Options, rows []*row) []byte {
	switch {
	case len(rows) == 0 && o.MissingLogs:
		return b
	case len(rows) == 0 && o.NullLogs:
		return append(b, `"PushLogs":null,`...)
	}
	b = append(b, `"PushLogs":[`...)
	for i, r := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, r.encoded...)
	}
	return append(b, `],`...)
}

func totalCount(o *Options, rows, total int) string {
	switch {
	case o.Total == TotalNull, o.NullTotal && rows == 0:
		return "null"
	case o.Total == TotalFixed:
		return strconv.Itoa(o.FixedTotal)
	case o.Total == TotalCapped && o.MaxDepth > 0:
		return strconv.Itoa(min(total, o.MaxDepth))
	}
	return strconv.Itoa(total)
}

func encodeRow(o *Options, t *Task) []byte {
	status := t.Status
	if o.CapitalStatus && status != "" {
		status = strings.ToUpper(status[:1]) + status[1:]
	}
	b := append([]byte(`{"TaskId":`), quote(t.TaskID)...)
	b = append(b, `,"Url":`...)
	if t.RawURL != "" {
		b = append(b, t.RawURL...)
	} else {
		b = append(b, quote(t.URL)...)
	}
	b = append(append(b, `,"Status":`...), quote(status)...)
	b = strconv.AppendInt(append(b, `,"Percent":`...), int64(t.Percent), 10)
	b = append(t.CreateTime.In(beijing).AppendFormat(append(b, `,"CreateTime":"`...), timeLayout), '"')
	b = append(append(b, `,"Area":`...), quote(t.Area)...)
	switch {
	case o.UpdateTime == UpdateTimeMissing:
	case o.UpdateTime == UpdateTimeNull, t.UpdateTime.IsZero():
		b = append(b, `,"UpdateTime":null`...)
	default:
		b = append(t.UpdateTime.In(beijing).AppendFormat(append(b, `,"UpdateTime":"`...), timeLayout), '"')
	}
	return append(b, '}')
}

// quote makes a JSON string of a text. Unlike json.Marshal it keeps bytes that are not UTF-8.
func quote(text string) []byte {
	b := []byte{'"'}
	for text != "" {
		valid := validPrefix(text)
		encoded, _ := json.Marshal(valid) // a string always encodes
		b = append(b, encoded[1:len(encoded)-1]...)
		if text = text[len(valid):]; text != "" {
			b = append(b, text[0])
			text = text[1:]
		}
	}
	return append(b, '"')
}

// validPrefix is what comes before the first byte that is not UTF-8.
func validPrefix(text string) string {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			return text[:i]
		}
		i += size
	}
	return text
}
