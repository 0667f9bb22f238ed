/*
 * How Parley sends an email to a vendor, and how it takes the vendor's answer: two gateways on one database.
 *
 * README.md beside this file says what stands for what in Sources/, and how to run and read one case;
 * deploy/test.d/models runs all of them. One atomic { } is one transaction of the database, or one step that the
 * operating system does not divide. Between two of them anything may happen: others run, this process is stopped for
 * hours (SIGSTOP, a laptop that sleeps) or killed. Nobody is ever obliged to be quick, so every lease may run out.
 */
#ifndef CRASHES
#define CRASHES 1       /* gateways killed, in all */
#endif
#ifndef RESTARTS
#define RESTARTS 1      /* restarts of the database: whoever held an advisory lock has lost it */
#endif
#ifndef ATTEMPTS
#define ATTEMPTS 2      /* attempts at the email */
#endif
#ifndef ASKS
#define ASKS 2          /* times that somebody is asked to approve it */
#endif
#ifdef RESUMES          /* times that the lease of a claim runs out; as often as it likes where nothing is said */
#define COUNT_RESUMING resumed++
#else
#define RESUMES 1
#define COUNT_RESUMING skip
#endif
#ifdef ONE_WORKER       /* both are two jobs of one process and bear the same name; they fail, but do not die, alone */
#define NAME(g) 0
#define MAKING (working[0] || working[1])
#else
#define NAME(g) g
#define MAKING working[me]
#endif

mtype = { DRAFT, PENDING, APPROVED, CLAIMED, SENDING, SENT, UNCERTAIN, FAILED, CANCELLED,   /* emails.status */
          YES, NOT_NOW, NEVER, SILENCE };                           /* what a sender hears: 250, 4xx, 5xx, nothing */

/* ---- in the database ---- */
#ifdef AUTOMATIC        /* a follow-up: it needs no approval, and any answer takes its reason away */
mtype status = APPROVED;
bool due = 1;
#else
mtype status = DRAFT;
bool due = 0;           /* the time in which an approval can be taken back is over */
#endif
bit  version = 0;       /* of the content; stands for the digest of envelope and MIME bytes */
bool granted[2];        /* approval_grants: insert-only, one for each digest that was approved */
byte asked = 0;         /* the newest approval request */
bit  askedAbout = 0;    /* its version */
bool open = 0;          /* it is pending */
bool moved = 0;         /* the vendor has answered since it was made */
bit  claimer = 0;       /* emails.claim_worker */
byte resumed = 0;
byte attempts = 0;      /* send_attempts.number of the last */
bit  owner = 0;         /* its worker */
bool ended = 0;         /* that process has died; a new one has another name */
bool closed = 0;        /* the negotiation is over */
byte turn = 0;          /* negotiations.version */
bool replied = 0;       /* negotiations.last_vendor_response_at */
#ifdef MAILBOX
byte stored = 0;        /* arrivals */
#else
byte stored = 1;
#endif
bool settled = 0;       /* the arrival has been read, with all that follows from it */
bool cursor = 0;        /* mailboxes.cursor is beyond it */
bool lock[2];           /* a gateway's advisory lock, its sign of life */

/* ---- outside ---- */
chan wire[2] = [1] of { bit, byte };    /* a message with its final dot on the way to the vendor's server, or in it */
chan answer[2] = [1] of { mtype };
byte session[2];        /* for which attempt this gateway waits for the server */
bool working[2];        /* AttemptsInFlight: this very process is making an attempt */
byte age[ATTEMPTS + 1]; /* of each attempt: at 0 it may begin to hand the message over, at 1 it may not any more, at 2
                           servers have ended all that had begun */
byte taken = 0;         /* how often the vendor's server has taken the email */
bool copied = 0;        /* it lies in the folder for what was sent */
bool delivered = 0;     /* the vendor's answer is in our mailbox */
byte crashes = 0;
byte restarts = 0;

/* ---- what people did and were told ---- */
bool seen[2];           /* an approver has said yes to this very content */
bool calledOff = 0;     /* "cancelled, and nothing of it has left" */
bool takenBack = 0;     /* "the approval is taken back" */
byte again = 0;         /* how often a person had it sent again */
byte effects = 0;       /* how often the vendor's answer took effect */

#ifdef BUG_EDIT_KEEPS_APPROVAL
#define GRANTED(content) true       /* the word "approved" is all that is looked at */
#else
#define GRANTED(content) granted[content]
#endif
#define REVOCABLE(s) (s == PENDING || s == APPROVED || s == CLAIMED)
#ifdef BUG_RESOLVE_EARLY
#define QUIET true
#else
#ifdef BUG_QUIET_TOO_SHORT
#define QUIET (age[attempts] >= 1)
#else
#define QUIET (age[attempts] == 2)
#endif
#endif
#define MAY_DIE(label) if :: atomic { crashes < CRASHES -> crashes++; goto label } :: skip fi

/* One gateway, working on the jobs of the email: Sources/Desk/Sending. */
proctype gateway(bit me) {
  byte mine, checked; bit content; mtype heard;
idle:
  atomic {
    mine = 0; checked = 0; content = 0; heard = 0; session[me] = 0; working[me] = 0;
    if :: nempty(answer[me]) -> answer[me]?heard; heard = 0 :: empty(answer[me]) fi
  };
end_idle:
  if
  /* An approved email, whose time has come, is taken: claimEmail. */
#ifdef BUG_DELAY_IN_JOB
  :: atomic { status == APPROVED && (due || asked > 1) && attempts < ATTEMPTS && empty(wire[me]) ->
       /* the job of an earlier approval comes first, and nobody asks the email whether it is due */
#else
  :: atomic { status == APPROVED && due && attempts < ATTEMPTS && empty(wire[me]) ->
#endif
       assert(due); status = CLAIMED; claimer = NAME(me); content = version }
#ifndef BUG_NO_RECOVERY
  /* A claim whose lease has run out: resume. */
  :: atomic { status == CLAIMED && resumed < RESUMES -> COUNT_RESUMING; status = APPROVED; goto idle }
  /* An attempt whose sender has ended, as far as can be seen: recover. */
  :: atomic { status == SENDING && (ended || (owner == NAME(me) && !MAKING) || (owner != NAME(me) && !lock[owner])) ->
       if
       :: copied -> assert(taken > 0); status = SENT; turn++
#ifdef BUG_ABSENCE_PROVES
       :: !copied -> status = APPROVED
#else
       :: !copied -> status = UNCERTAIN; turn++
#endif
       fi; goto idle }
#endif
  /* The sign of life was lost with the connection, and is shown anew: WorkerLife. */
  :: atomic { !lock[NAME(me)] -> lock[NAME(me)] = 1; goto idle }
  fi;
  MAY_DIE(dead);
  /* Whether anything speaks against it now: obstacle, and hold. */
  atomic {
    checked = turn;
#ifndef BUG_NO_SECOND_LOOK
    if
    :: closed -> if :: status == CLAIMED -> status = CANCELLED; turn++ :: else fi; goto idle
#ifdef AUTOMATIC
    :: !closed && replied -> if :: status == CLAIMED -> status = CANCELLED; turn++ :: else fi; goto idle
#else
    :: !closed && (moved || !GRANTED(content)) ->
         if :: status == CLAIMED -> status = DRAFT; turn++ :: else fi; goto idle
#endif
    :: else
    fi
#endif
  };
  mine = attempts + 1;
  /* The point of no return: beginAttempt. Whoever cannot make it has lost the claim, or has looked too early. */
#ifdef BUG_ATTEMPT_NOT_ON_RECORD
  atomic { mine <= ATTEMPTS -> working[me] = 1; owner = NAME(me) };
#else
  atomic {
    if
#ifdef BUG_UNFENCED_BEGIN
    :: attempts < ATTEMPTS -> mine = attempts + 1;
#else
#ifdef BUG_STALE_LOOK
    :: status == CLAIMED && claimer == NAME(me) && version == content && mine == attempts + 1 ->
#else
    :: status == CLAIMED && claimer == NAME(me) && version == content && mine == attempts + 1 && turn == checked ->
#endif
#endif
       assert(!closed); assert(!takenBack);
#ifdef AUTOMATIC
       assert(!replied);
#else
       assert(!moved);
#endif
       status = SENDING; attempts = mine; owner = NAME(me); ended = 0; working[me] = 1; checked = 0
    :: else -> goto idle
    fi };
#endif
  /* Connect, sign in, MAIL, RCPT, DATA. The server wants the message, or not, or is not there. */
  MAY_DIE(dead);
  session[me] = mine;
  if
  :: heard = NOT_NOW
  :: heard = NEVER
#ifdef BUG_NO_DEADLINE
  :: skip
#else
  :: age[mine] > 0 -> heard = NOT_NOW                     /* nothing has been handed over, and nothing will be */
  :: age[mine] == 0                                 /* says a clock that goes on while the process is stopped */
#endif
  fi;
  if
  :: heard != 0
  :: heard == 0 ->
#ifdef BUG_CONTENT_READ_LATE
     content = version;
#endif
     if
#ifdef BUG_NO_DEADLINE
     :: wire[me]!content,mine
#else
     :: atomic { age[mine] < 2 -> wire[me]!content,mine } /* at 2 the server has ended the session */
#endif
     :: heard = SILENCE                             /* the connection breaks before the final dot */
     fi;
     MAY_DIE(dead);
     if
     :: heard == 0 -> if :: answer[me]?heard :: heard = SILENCE fi
     :: else
     fi
  fi;
  session[me] = 0;
  if :: heard == YES -> if :: copied = 1 :: skip fi :: else fi;     /* the copy may fail: nothing waits for it */
  MAY_DIE(dead);
  /* What came of it: record. Or the database is away for longer than anybody waits, and it is forgotten. */
  if
  :: restarts > 0
  :: atomic {
       if
#ifdef BUG_ATTEMPT_NOT_ON_RECORD
       :: heard == YES -> status = SENT
       :: heard == NEVER -> status = FAILED
       :: heard == NOT_NOW || heard == SILENCE -> status = APPROVED
#else
#ifdef BUG_RESULT_OF_ANOTHER
       :: status == SENDING || (status == UNCERTAIN && heard == YES) ->
#else
       :: mine == attempts && (status == SENDING || (status == UNCERTAIN && heard == YES)) ->
#endif
          if
          :: heard == YES -> assert(taken > 0); status = SENT; turn++
          :: heard == NOT_NOW -> status = APPROVED
          :: heard == NEVER -> status = FAILED; turn++
#ifdef BUG_SILENCE_IS_NO
          :: heard == SILENCE -> status = APPROVED
#else
          :: heard == SILENCE -> status = UNCERTAIN; turn++
#endif
          fi
       :: else                                      /* somebody else has settled it: stale */
#endif
       fi }
  fi;
  goto idle;
dead:
#ifndef ONE_WORKER
  atomic { lock[me] = 0; if :: attempts > 0 && owner == me -> ended = 1 :: else fi };
#endif
  goto idle
}

/* The vendor's mail server: it may drop what it got, take it after the client has gone, or have its 250 get lost. */
proctype server() {
  bit content, from; byte attempt;
end_server:
  do
  :: atomic {
       if
       :: wire[0]?content,attempt -> from = 0
       :: wire[1]?content,attempt -> from = 1
       fi;
       if
       :: taken++;
          assert(taken <= 1);                       /* P2 */
          assert(!calledOff);                       /* nothing leaves after "cancelled" */
#ifndef AUTOMATIC
          assert(seen[content]);                    /* P1 */
#endif
          if :: session[from] == attempt && empty(answer[from]) -> answer[from]!YES :: skip fi
       :: skip
       :: session[from] == attempt && empty(answer[from]) -> answer[from]!NOT_NOW
       :: session[from] == attempt && empty(answer[from]) -> answer[from]!NEVER
       fi; content = 0; from = 0; attempt = 0 }
  od
}

/* Time, as far as it decides anything. Clocks may jump: nothing but the deadline of an attempt is measured by it. */
proctype time() {
end_time:
  do
  :: atomic { status == APPROVED && !due -> due = 1 }
  :: atomic { age[attempts] == 0 && (status == SENDING || status == UNCERTAIN) -> age[attempts] = 1 }
  :: atomic { age[attempts] == 1 && empty(wire[0]) && empty(wire[1]) -> age[attempts] = 2 }
  :: atomic { restarts < RESTARTS -> restarts++; lock[0] = 0; lock[1] = 0 }
  od
}

/* AskForApproval, EditEmail, and taking an approval back. */
proctype author() {
end_author:
  do
  :: atomic { status == DRAFT && !closed && asked < ASKS ->
       status = PENDING; asked++; askedAbout = version; open = 1; moved = 0; turn++ }
#ifdef BUG_EDIT_KEEPS_APPROVAL
  :: atomic { (status == PENDING || status == APPROVED) && version == 0 -> version = 1 }
#else
#ifdef EDITS
  :: atomic { (status == DRAFT || status == PENDING) && !closed && version == 0 && asked < ASKS ->
       if :: status == DRAFT -> turn++ :: else fi;
       version = 1; status = PENDING; asked++; askedAbout = version; open = 1; moved = 0 }
#endif
#endif
#ifdef BUG_CONTENT_READ_LATE
  :: atomic { status == SENDING && version == 0 -> version = 1 }
#endif
#ifdef TAKES_BACK
#ifdef BUG_TAKES_BACK_BLINDLY
  :: atomic { (status == APPROVED || status == CLAIMED || status == SENDING) && !takenBack ->
       status = DRAFT; takenBack = 1 }
#else
  :: atomic { (status == APPROVED || status == CLAIMED) && !takenBack -> status = DRAFT; takenBack = 1; turn++ }
#endif
#endif
  od
}

/* DecideApproval: an approver looks, thinks, and answers about what was looked at. */
proctype approver() {
  byte request; bit about;
end_approver:
  do
  :: atomic { open -> request = asked; about = askedAbout };
     atomic {
       seen[about] = 1;
       if
#ifdef BUG_APPROVES_WHAT_IS_THERE_NOW
       :: open && status == PENDING -> granted[version] = 1;
#else
       :: open && request == asked && status == PENDING && version == about -> granted[about] = 1;
#endif
          open = 0; status = APPROVED; due = 0; takenBack = 0
       :: else
       fi; request = 0; about = 0 }
  od
}

/* CloseNegotiation: reads, decides, commits if the negotiation is still the same, else begins again. */
proctype canceller() {
  byte read; mtype was;
  atomic { read = turn; was = status };
  atomic {
    if
#ifdef BUG_CANCELS_BLINDLY
    :: status != SENT -> closed = 1; open = 0; status = CANCELLED; calledOff = 1
    :: status == SENT -> closed = 1
#else
    :: turn == read && REVOCABLE(was) && status == was ->
         closed = 1; turn++; open = 0; status = CANCELLED; calledOff = 1
    :: turn == read && was == DRAFT -> closed = 1; turn++; calledOff = 1
    :: turn == read && !REVOCABLE(was) && was != DRAFT -> closed = 1; turn++            /* "it is under way" */
    :: else                                         /* stale: to read again is to begin later */
#endif
    fi; read = 0; was = 0 }
}

/* ResolveUncertain, and evidence: what was found has been sent; what was not found proves nothing before all is quiet. */
proctype person() {
end_person:
  do
  :: atomic { status == UNCERTAIN && taken > 0 -> status = SENT; turn++ }
  :: atomic { status == UNCERTAIN && QUIET && taken == 0 && again < 1 -> again++; status = APPROVED }
  :: atomic { status == UNCERTAIN && QUIET && taken == 0 -> status = CANCELLED; calledOff = 1; turn++ }
  od
}

proctype vendor() { delivered = 1 }

/* One gateway's reading of the mailbox: Intake, then SettleReply. */
proctype reader() {
  byte read; mtype was;
again_:
  read = 0; was = 0;
end_reader:
  if
#ifdef MAILBOX
  :: delivered && !cursor ->
#ifdef BUG_CURSOR_FIRST
     cursor = 1;
     MAY_DIE(again_);
     stored = 1
#else
#ifdef BUG_ARRIVALS_NOT_UNIQUE
     stored++;
#else
     stored = 1;                                    /* ON CONFLICT DO NOTHING */
#endif
     MAY_DIE(again_);
     cursor = 1
#endif
#endif
  :: atomic { stored > 0 && !settled -> read = turn; was = status };
     MAY_DIE(again_);
#ifdef BUG_DONE_APART
     atomic { !settled -> effects++; assert(effects <= 1) };
     MAY_DIE(again_);
     settled = 1
#else
     atomic {
       if
       :: settled || turn != read || (REVOCABLE(was) && status != was)      /* stale: read again */
       :: else ->
          settled = 1; effects = effects + stored; assert(effects <= 1);
          if
          :: closed                                 /* filed and announced */
          :: !closed ->
             replied = 1; turn++;
             if :: asked > 0 -> moved = 1 :: else fi;
             if
             :: REVOCABLE(was) -> open = 0;
#ifdef AUTOMATIC
                status = CANCELLED
#else
                status = DRAFT
#endif
             :: else
             fi
          fi
       fi }
#endif
  fi;
  goto again_
}

#ifdef BUG_ASYNCHRONOUS_STANDBY
proctype failover() {           /* the standby that takes over has not got the last commit */
  atomic { status == SENDING -> status = APPROVED; attempts-- }
}
#endif

init {
  atomic {
    lock[0] = 1; lock[1] = 1;
    run gateway(0); run server(); run time(); run person();
#ifndef ONE_GATEWAY
    run gateway(1);
#endif
#ifndef AUTOMATIC
    run author(); run approver();
#endif
#ifdef CANCELS
    run canceller();
#endif
#ifdef REPLIES
    run reader();
#ifdef MAILBOX
    run vendor(); run reader();
#endif
#endif
#ifdef BUG_ASYNCHRONOUS_STANDBY
    run failover();
#endif
  }
}

ltl answered { [] (delivered -> <> settled) }
ltl unstuck { [] ((status == CLAIMED || status == SENDING) -> <> (status != CLAIMED && status != SENDING)) }
