#ifndef PARLEY_CLIBCURL_SHIM_H
#define PARLEY_CLIBCURL_SHIM_H

#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* libcurl's setters and getters take variable arguments, which Swift cannot pass: one typed function for each kind. */

static inline CURLcode parley_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode parley_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode parley_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode parley_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode parley_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

/* Called with data that goes or comes; a read function fills `buffer`, a write function takes from it. */
typedef size_t (*parley_curl_transfer)(char *buffer, size_t size, size_t count, void *context);

static inline CURLcode parley_curl_set_transfer(CURL *handle, CURLoption option, parley_curl_transfer function) {
    return curl_easy_setopt(handle, option, function);
}

/* Called with every line of a dialogue, and with what libcurl has to say about it. */
typedef int (*parley_curl_trace)(CURL *handle, curl_infotype kind, char *data, size_t size, void *context);

static inline CURLcode parley_curl_set_trace(CURL *handle, parley_curl_trace function) {
    return curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, function);
}

static inline CURLcode parley_curl_get_socket(CURL *handle, curl_socket_t *socket) {
    return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, socket);
}

/* Called before a connection is made, with the address that the name was resolved to; gives its socket, or
 * CURL_SOCKET_BAD. */
typedef curl_socket_t (*parley_curl_open)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

static inline CURLcode parley_curl_set_open(CURL *handle, parley_curl_open function) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, function);
}

/* The socket that libcurl would open itself, closed to programs that this one starts. */
static inline curl_socket_t parley_curl_open_socket(const struct curl_sockaddr *address) {
    int type = address->socktype;
#ifdef SOCK_CLOEXEC
    type |= SOCK_CLOEXEC;
#endif
    return socket(address->family, type, address->protocol);
}

/* The octets of an address in network order, and its port: how many octets there are, 0 for what is neither IPv4 nor
 * IPv6. The address is longer than its declaration says: libcurl keeps room for any kind. */
static inline int parley_curl_octets(const struct curl_sockaddr *address, unsigned char octets[16], int *port) {
    const void *whole = &address->addr;
    if (address->family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)whole;
        memcpy(octets, &four->sin_addr, 4);
        *port = ntohs(four->sin_port);
        return 4;
    }
    if (address->family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)whole;
        memcpy(octets, &six->sin6_addr, 16);
        *port = ntohs(six->sin6_port);
        return 16;
    }
    return 0;
}

static const curl_socket_t parley_curl_no_socket = CURL_SOCKET_BAD;

/* The macros of libcurl whose values are casts, which Swift does not import. */
static const long parley_curl_ssl_none = (long)CURLUSESSL_NONE;
static const long parley_curl_ssl_all = (long)CURLUSESSL_ALL;

static inline CURLcode parley_curl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

#endif
