#ifndef PARLEY_CLIBPQ_SHIM_H
#define PARLEY_CLIBPQ_SHIM_H

#include <libpq-fe.h>
#include <sys/eventfd.h>

/* The PG_DIAG_… codes are character literals, whose imported type differs between compilers: name them as functions. */

static inline const char *parley_pq_sqlstate(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

static inline const char *parley_pq_message(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}

static inline const char *parley_pq_detail(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
}

static inline const char *parley_pq_hint(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
}

static inline const char *parley_pq_table(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_TABLE_NAME);
}

static inline const char *parley_pq_column(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_COLUMN_NAME);
}

static inline const char *parley_pq_constraint(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
}

static inline const char *parley_pq_position(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
}

/* libpq prints notices to stderr unless told otherwise. Parley has no use for "… already exists, skipping". */
static inline void parley_pq_swallow_notice(void *context, const PGresult *result) {
    (void)context;
    (void)result;
}

static inline void parley_pq_silence(PGconn *connection) {
    PQsetNoticeReceiver(connection, parley_pq_swallow_notice, 0);
}

/* The C library's module for Swift leaves eventfd(2) out. */
static inline int parley_pq_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

#endif
