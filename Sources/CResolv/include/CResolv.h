// The system's DNS resolver (res_nquery), which Swift's module of the C library does not show.
#ifndef PARLEY_CRESOLV_H
#define PARLEY_CRESOLV_H

#include <stddef.h>
#include <stdint.h>

enum parley_resolv_outcome {
    // `answer` holds a DNS message without an error.
    PARLEY_RESOLV_ANSWER = 0,
    // There is no such name, or it has no TXT record.
    PARLEY_RESOLV_NOTHING = 1,
    // No server answered, or one that it cannot.
    PARLEY_RESOLV_FAILED = 2,
};

// Asks for the TXT records of a name (NUL-terminated, absolute without a final dot) and writes the answer's DNS message.
// `count` holds the room there is, and receives the length. `server` is an IPv4 address to ask instead of the system's
// servers, at `port`, or NULL. Blocks the thread for seconds, or as long as a TCP connection hangs.
int parley_resolv_txt(const char *name, const char *server, uint16_t port, uint8_t *answer, size_t *count);

#endif
