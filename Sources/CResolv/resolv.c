#include "CResolv.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

// Two rounds, of 2 s and then 4 s shared among the servers.
enum { first_round_seconds = 2, rounds = 2 };

static int use_server(res_state state, const char *server, uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, server, &address.sin_addr) != 1) return 0;
    state->nsaddr_list[0] = address;
    state->nscount = 1;
    return 1;
}

int parley_resolv_txt(const char *name, const char *server, uint16_t port, uint8_t *answer, size_t *count) {
    // A state of its own for each question: no thread shares one, and each sees the current configuration.
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (*count > INT_MAX || res_ninit(&state) != 0) return PARLEY_RESOLV_FAILED;
    state.retrans = first_round_seconds;
    state.retry = rounds;
    // Keys of 2,048 bits do not fit into the 512 bytes of plain DNS.
    state.options |= RES_USE_EDNS0;
    int length = -1, error = NETDB_INTERNAL;
    if (!server || use_server(&state, server, port)) {
        length = res_nquery(&state, name, ns_c_in, ns_t_txt, answer, (int)*count);
        error = state.res_h_errno;
    }
    res_nclose(&state);
    if (length < 0)
        return error == HOST_NOT_FOUND || error == NO_DATA ? PARLEY_RESOLV_NOTHING : PARLEY_RESOLV_FAILED;
    if ((size_t)length < *count) *count = (size_t)length;
    return PARLEY_RESOLV_ANSWER;
}
