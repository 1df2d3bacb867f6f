package cdnsim

import "time"

// DefaultSecretID, DefaultSecretKey and DefaultAccountID are the account of every [Server]. They are example
// values, which no real service accepts.
const (
	DefaultSecretID  = "AKIDEXAMPLE"
	DefaultSecretKey = "EXAMPLEKEY"
	DefaultAccountID = "100000000001"
)

// Order is how DescribePushTasks orders its rows. Rows that tie stay in the order in which they were added.
type Order int

const (
	NewestFirst  Order = iota // by CreateTime, descending: what the document's examples suggest
	OldestFirst               // by CreateTime, ascending
	ByTaskID                  // by TaskId, as text, ascending
	ByURL                     // by Url, ascending
	ByUpdateTime              // by UpdateTime, descending: rows move while they are read
	AsInserted                // as they were added
	ByStatus                  // by Status, as text, ascending: rows move when their status changes
	OldestUpdate              // by UpdateTime, ascending: rows move while they are read
)

// LimitMode is what happens to a Limit larger than [Options.MaxLimit].
type LimitMode int

const (
	LimitCut     LimitMode = iota // MaxLimit rows are sent, without an error
	LimitRefused                  // the error is LimitCode
)

// KeywordMode is what the filter Keyword matches.
type KeywordMode int

const (
	KeywordExact     KeywordMode = iota // a domain: rows of that host; a URL: rows of that URL
	KeywordSubstring                    // rows whose URL contains it
)

// UpdateTimeMode is how a row shows its UpdateTime, a field that older documents do not have.
type UpdateTimeMode int

const (
	UpdateTimePresent UpdateTimeMode = iota
	UpdateTimeNull
	UpdateTimeMissing
)

// GlobalMode is what the filter Area=global matches.
type GlobalMode int

const (
	GlobalMeansAll  GlobalMode = iota // rows of every area
	GlobalMeansSelf                   // only rows that say global
)

// OutsideMode is the response for a TaskId whose rows are all outside the requested window.
type OutsideMode int

const (
	OutsideEmpty       OutsideMode = iota // no rows
	OutsideInvalidDate                    // InvalidParameter.CdnStatInvalidDate, as in the predecessor of this API
)

// DepthMode is what happens to a page beyond [Options.MaxDepth].
type DepthMode int

const (
	DepthEmpty           DepthMode = iota // no rows; a page across the depth is cut there
	DepthRefused                          // an Offset at or beyond it is refused; a page across it is cut there
	DepthRefusedCrossing                  // any page that reaches beyond it (Offset+Limit) is refused
)

// TotalMode is what TotalCount says.
type TotalMode int

const (
	TotalTrue   TotalMode = iota // the number of rows that match
	TotalNull                    // null
	TotalFixed                   // Options.FixedTotal, as the 20 beside a single row in the document's example
	TotalCapped                  // the number of rows that match, at most MaxDepth
)

// Options are the switches of a [Server]. The zero value is usable: the default account, no tasks, no faults, no quota.
type Options struct {
	// Tasks are listed from the start, as if passed to [Server.Add].
	Tasks []Task

	// Accounts are known in addition to the default one.
	Accounts []Account

	MaxLimit  int       // largest Limit; 0 means 1000
	LimitMode LimitMode // of a larger one
	LimitCode string    // the error of LimitRefused; "" means InvalidParameter.CdnParamError
	Order     Order

	ExcludeStart bool // rows created in the very second of StartTime do not match
	ExcludeEnd   bool // rows created in the very second of EndTime do not match

	Keyword       KeywordMode
	IgnoreStatus  bool // the Status filter is ignored
	CapitalStatus bool // rows say "Done", as in the document's example, instead of "done"
	NullLogs      bool // PushLogs is null instead of [] when there are no rows
	MissingLogs   bool // PushLogs is missing when there are no rows
	NullTotal     bool // TotalCount is null when there are no rows
	UpdateTime    UpdateTimeMode
	Global        GlobalMode
	RequireEnd    bool // StartTime without EndTime is refused with InvalidParameter.CdnParamError
	Outside       OutsideMode

	// RequestID is sent with each list of tasks; "" means a random one each time. For errors, [Fault] has one.
	RequestID string

	Lag       time.Duration // a task is listed this long after its Added, unless it has a ListedAfter
	Retention time.Duration // rows that were created longer ago are gone; 0 means never

	MaxDepth     int // rows that Offset can reach; 0 means all
	Depth        DepthMode
	Total        TotalMode
	FixedTotal   int  // for TotalFixed
	IgnoreOffset bool // every page is the first one

	// Replicas is how many replicas respond to DescribePushTasks; 0 means one. Each orders rows that tie in Order
	// differently, where times are compared to the second: replica 0 keeps the order in which they were added, replica 1
	// reverses it, the others shuffle it, always in the same way.
	Replicas int
	// ReplicaLag makes replica k serve the list as it was k*ReplicaLag changes ago, a change being a call of Add, Remove
	// or Update that altered something. Progress is not a change: every replica shows it at once.
	ReplicaLag int
	// Replica picks the replica for a request; n is the number that Before gets. nil means in turn, starting with 0.
	Replica func(n int, r Request) int

	// Progress is how long after its Added a task in process is done, unless it has a DoneAfter or Steps. 0 means that it
	// stays in process.
	Progress time.Duration

	// Before is called before the rows for a DescribePushTasks request are chosen, after signature, quota and faults. No
	// lock is held: it may add, remove and change tasks. n is 1 for the first request that gets this far.
	Before func(s *Server, n int)

	// QuotaPerSecond is how many requests of one action one account may send in any sliding second; more are refused
	// with RequestLimitExceeded. 0 means no limit; the document says 20.
	QuotaPerSecond     int
	QuotaCountsRefused bool // refused requests use up quota too

	// Delay is added to Latency for a DescribePushTasks request; n is the number that Before gets. The rows are chosen
	// before the delay, so responses that overtake each other each show the list as it was at one moment.
	Delay func(n int, r Request) time.Duration

	Latency        time.Duration // of a response, after quota is counted and rows are chosen
	NetworkLatency time.Duration // before the clock is compared and quota counted
	ClockSkew      time.Duration // the simulator's clock minus the real one

	// Faults is called for every request with a valid signature; n is its number, from 1, over all actions and metadata
	// requests. It must be safe for concurrent use. It returns nil for no fault.
	Faults func(n int, r Request) *Fault

	// Literal, if not nil, is the body of the response to every action with a valid signature, byte for byte.
	Literal []byte

	// LogLimit is how many requests the log keeps, the latest; 0 means all, -1 none. It does not affect the counters.
	LogLimit int
	// OnRequest is called for each request when its response is sent, one at a time.
	OnRequest func(Request)

	STS      STSOptions
	Metadata MetadataOptions
}

// Account is a permanent credential and the account that it belongs to.
type Account struct {
	SecretID, SecretKey string
	AccountID           string // the account's uin; "" means DefaultAccountID
}

// STSOptions are the switches of the STS actions. Zero values accept any well-formed request.
type STSOptions struct {
	// Lifetime, if not 0, is how long temporary credentials live, whatever DurationSeconds says. Whole seconds.
	Lifetime time.Duration

	// Roles are the roles that may be assumed; none means any.
	Roles []Role

	RequireRegion         bool   // the actions require X-TC-Region
	MFASerialNumber       string // expected by GetSessionToken; "" means any
	MFATokenCode          string // expected by GetSessionToken; "" means any
	SAMLAssertion         string // expected by AssumeRoleWithSAML; "" means any that is base64
	SAMLPrincipalArn      string // expected by AssumeRoleWithSAML; "" means any
	WebIdentityToken      string // expected by AssumeRoleWithWebIdentity; "" means any
	WebIdentityProviderID string // expected by AssumeRoleWithWebIdentity; "" means any
}

// Role is a role that AssumeRole and its siblings issue credentials for.
type Role struct {
	Arn          string // such as qcs::cam::uin/100000000001:roleName/reader
	ExternalID   string // required by AssumeRole; "" means not required
	SerialNumber string // of the MFA device that AssumeRole requires; "" means not required
	TokenCode    string // of that device
}

// MetadataOptions are the switches of the instance metadata.
type MetadataOptions struct {
	Roles    []string      // names of the instance's roles; if there are none, the list is a 404
	Lifetime time.Duration // of the credentials; 0 means two hours. Whole seconds
	Silent   bool          // no response ever, as outside of Tencent's network
}

func (o *Options) maxLimit() int {
	if o.MaxLimit > 0 {
		return o.MaxLimit
	}
	return 1000
}
