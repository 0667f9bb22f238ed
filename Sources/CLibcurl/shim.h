#ifndef PARLEY_CLIBCURL_SHIM_H
#define PARLEY_CLIBCURL_SHIM_H

#include <curl/curl.h>

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

/* The macros of libcurl whose values are casts, which Swift does not import. */
static const long parley_curl_ssl_none = (long)CURLUSESSL_NONE;
static const long parley_curl_ssl_all = (long)CURLUSESSL_ALL;

static inline CURLcode parley_curl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

#endif
