package cdn

import "time"

// Query is what DescribePushTasks can be asked for, as it is sent. An empty
// filter is not.
type Query struct {
	TaskID    string `json:"TaskId,omitzero"`
	StartTime string `json:",omitzero"` // in the service's form and zone, as TimeLayout
	EndTime   string `json:",omitzero"` // the same
	Keyword   string `json:",omitzero"` // a domain name, or a URL beginning with http:// or https://
	Area      string `json:",omitzero"` // mainland, overseas or global
	Status    string `json:",omitzero"` // fail, done, process or invalid
	Offset    int64  `json:",omitzero"` // rows to skip
	Limit     int64  // at most this many rows; 0 means all, which PushTasks sends as pages
}

// TimeLayout is how the service writes a time, without a zone.
const TimeLayout = time.DateTime

// Zone is the zone of the service's times: UTC+8 all year.
var Zone = time.FixedZone("UTC+8", 8*60*60)
