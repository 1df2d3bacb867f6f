package cdn

import "time"

// Query is what DescribePushTasks can be asked for. An empty filter is not sent.
type Query struct {
	TaskID    string
	StartTime string // in the service's form and zone, as TimeLayout
	EndTime   string // the same
	Keyword   string // a domain name, or a URL beginning with http:// or https://
	Area      string // mainland, overseas or global
	Status    string // fail, done, process or invalid
	Offset    int64  // rows to skip
	Limit     int64  // at most this many rows; 0 means all
}

// TimeLayout is how the service writes a time, without a zone.
const TimeLayout = time.DateTime

// Zone is the zone of the service's times: UTC+8 all year.
var Zone = time.FixedZone("UTC+8", 8*60*60)

// parameters is the body of a request for one page.
type parameters struct {
	TaskID    string `json:"TaskId,omitempty"`
	StartTime string `json:",omitempty"`
	EndTime   string `json:",omitempty"`
	Keyword   string `json:",omitempty"`
	Area      string `json:",omitempty"`
	Status    string `json:",omitempty"`
	Offset    int64  `json:",omitempty"`
	Limit     int64
}

// page gives the parameters for the rows from offset on.
func (q Query) page(offset, limit int64) parameters {
	return parameters{
		TaskID: q.TaskID, StartTime: q.StartTime, EndTime: q.EndTime,
		Keyword: q.Keyword, Area: q.Area, Status: q.Status,
		Offset: offset, Limit: limit,
	}
}
