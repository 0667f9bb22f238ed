/* GMime behind typed functions: its own casts are macros, and its objects are released through GObject. */
#ifndef PARLEY_CGMIME_SHIM_H
#define PARLEY_CGMIME_SHIM_H

#include <errno.h>
#include <gmime/gmime.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

enum { CGM_PART = 0, CGM_MULTIPART = 1, CGM_MESSAGE = 2, CGM_OTHER = 3 };

static inline void cgm_start(void) { g_mime_init(); }

/* NULL when GMime gives up. The result is released by cgm_release. */
static inline GMimeMessage *cgm_parse(const uint8_t *bytes, size_t count) {
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer((const char *)bytes, count);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_object_unref(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
    g_mime_parser_set_persist_stream(parser, TRUE);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    return message;
}

static inline void cgm_release(GMimeMessage *message) { g_object_unref(message); }

static inline GMimeObject *cgm_root(GMimeMessage *message) { return g_mime_message_get_mime_part(message); }

static inline int cgm_kind(GMimeObject *object) {
    if (GMIME_IS_MULTIPART(object)) return CGM_MULTIPART;
    if (GMIME_IS_MESSAGE_PART(object)) return CGM_MESSAGE;
    if (GMIME_IS_PART(object)) return CGM_PART;
    return CGM_OTHER;
}

static inline int cgm_child_count(GMimeObject *multipart) {
    return g_mime_multipart_get_count((GMimeMultipart *)multipart);
}

static inline GMimeObject *cgm_child(GMimeObject *multipart, int index) {
    return g_mime_multipart_get_part((GMimeMultipart *)multipart, index);
}

static inline const char *cgm_boundary(GMimeObject *multipart) {
    return g_mime_multipart_get_boundary((GMimeMultipart *)multipart);
}

static inline const char *cgm_type(GMimeObject *object) {
    GMimeContentType *type = g_mime_object_get_content_type(object);
    return type ? g_mime_content_type_get_media_type(type) : NULL;
}

static inline const char *cgm_subtype(GMimeObject *object) {
    GMimeContentType *type = g_mime_object_get_content_type(object);
    return type ? g_mime_content_type_get_media_subtype(type) : NULL;
}

static inline const char *cgm_type_parameter(GMimeObject *object, const char *name) {
    GMimeContentType *type = g_mime_object_get_content_type(object);
    return type ? g_mime_content_type_get_parameter(type, name) : NULL;
}

static inline const char *cgm_disposition(GMimeObject *object) { return g_mime_object_get_disposition(object); }

static inline const char *cgm_disposition_parameter(GMimeObject *object, const char *name) {
    return g_mime_object_get_content_disposition_parameter(object, name);
}

static inline const char *cgm_header(GMimeObject *object, const char *name) {
    return g_mime_object_get_header(object, name);
}

/* The decoded octets; NULL without any. Released by cgm_release_octets. */
static inline GByteArray *cgm_octets(GMimeObject *part) {
    GMimeDataWrapper *content = g_mime_part_get_content((GMimePart *)part);
    if (!content) return NULL;
    GMimeStream *stream = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, stream);
    GByteArray *octets = g_mime_stream_mem_get_byte_array((GMimeStreamMem *)stream);
    g_mime_stream_mem_set_owner((GMimeStreamMem *)stream, FALSE);
    g_object_unref(stream);
    return octets;
}

static inline void cgm_release_octets(GByteArray *octets) { g_byte_array_free(octets, TRUE); }

/* Where the message inside a message/rfc822 part begins in the stream; -1 when it has no headers. */
static inline int64_t cgm_inner_offset(GMimeObject *message_part) {
    GMimeMessage *inner = g_mime_message_part_get_message((GMimeMessagePart *)message_part);
    if (!inner) return -1;
    int64_t least = -1;
    GMimeHeaderList *lists[2] = {g_mime_object_get_header_list((GMimeObject *)inner), NULL};
    GMimeObject *root = g_mime_message_get_mime_part(inner);
    if (root) lists[1] = g_mime_object_get_header_list(root);
    for (int list = 0; list < 2; list++) {
        int count = lists[list] ? g_mime_header_list_get_count(lists[list]) : 0;
        for (int index = 0; index < count; index++) {
            int64_t offset = g_mime_header_get_offset(g_mime_header_list_get_header_at(lists[list], index));
            if (offset >= 0 && (least < 0 || offset < least)) least = offset;
        }
    }
    return least;
}


static inline void cgm_release_text(char *text) { g_free(text); }

/* Seconds since 1970; 0 in *valid when it is no date. */
static inline int64_t cgm_date(const char *raw, int *valid) {
    GDateTime *date = g_mime_utils_header_decode_date(raw);
    *valid = date != NULL;
    if (!date) return 0;
    int64_t seconds = g_date_time_to_unix(date);
    g_date_time_unref(date);
    return seconds;
}

static inline void *cgm_addresses(const char *raw) { return internet_address_list_parse(NULL, raw); }

static inline void cgm_release_addresses(void *list) { g_object_unref(list); }

static inline int cgm_address_count(void *list) { return internet_address_list_length((InternetAddressList *)list); }

/* The mailbox's address; NULL for a group, whose members are then in *members. */
static inline const char *cgm_address(void *list, int index, const char **name, void **members) {
    InternetAddress *address = internet_address_list_get_address((InternetAddressList *)list, index);
    *name = internet_address_get_name(address);
    *members = NULL;
    if (INTERNET_ADDRESS_IS_MAILBOX(address)) {
        return internet_address_mailbox_get_addr((InternetAddressMailbox *)address);
    }
    *members = internet_address_group_get_members((InternetAddressGroup *)address);
    return NULL;
}

/* Undoes base64, quoted-printable or uuencode; returns the number of octets written. `output` must have room for
 * cgm_decoded_bound(count). */
static inline size_t cgm_decoded_bound(size_t count) { return count + 64; }

static inline size_t cgm_decode(const char *encoding, const uint8_t *input, size_t count, uint8_t *output) {
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, g_mime_content_encoding_from_string(encoding));
    size_t written = g_mime_encoding_step(&state, (const char *)input, count, (char *)output);
    return written + g_mime_encoding_flush(&state, "", 0, (char *)output + written);
}

/* 64 lower-case hexadecimal digits. Released by cgm_release_text. */
static inline char *cgm_sha256(const uint8_t *bytes, size_t count) {
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, count);
}

/* Text in a charset as UTF-8; what is not valid becomes U+FFFD and is counted. NULL for an unknown charset.
 * Released by cgm_release_octets. */
static inline GByteArray *cgm_utf8(const char *charset, const uint8_t *bytes, size_t count, size_t *invalid) {
    iconv_t converter = iconv_open("UTF-8", charset);
    *invalid = 0;
    if (converter == (iconv_t)-1) return NULL;
    GByteArray *result = g_byte_array_sized_new((guint)(count + count / 2 + 16));
    char *input = (char *)bytes;
    size_t left = count;
    char buffer[4096];
    int flushing = 0;
    while (1) {
        char *output = buffer;
        size_t room = sizeof buffer;
        size_t outcome = iconv(converter, flushing ? NULL : &input, flushing ? NULL : &left, &output, &room);
        int error = errno;
        g_byte_array_append(result, (const guint8 *)buffer, (guint)(sizeof buffer - room));
        if (outcome == (size_t)-1 && error == E2BIG) continue;
        if (outcome == (size_t)-1 && !flushing && left > 0) {
            g_byte_array_append(result, (const guint8 *)"\xEF\xBF\xBD", 3);
            input++;
            left--;
            (*invalid)++;
            if (left > 0) continue;
        }
        if (flushing) break;
        flushing = 1;
    }
    iconv_close(converter);
    return result;
}

/* How often an ASCII word in lower case occurs, in any case; counting stops at `most`. */
static inline int cgm_count(const uint8_t *bytes, size_t count, const char *word, int most) {
    size_t length = strlen(word);
    int found = 0;
    if (count < length) return 0;
    for (size_t index = 0; index + length <= count && found < most; index++) {
        if ((bytes[index] | 0x20) != (uint8_t)word[0]) continue;
        size_t offset = 1;
        while (offset < length && (bytes[index + offset] == (uint8_t)word[offset] ||
                                   (bytes[index + offset] | 0x20) == (uint8_t)word[offset])) offset++;
        if (offset == length) found++;
    }
    return found;
}

/* Whether an address header, of the message or of one inside it, nests groups or comments more than `most` times:
 * GMime reads them by recursion. */
static inline int cgm_nests_addresses(const uint8_t *bytes, size_t count, int most) {
    static const char *const names[] = {"to", "cc", "bcc", "from", "sender", "reply-to"};
    size_t index = 0;
    while (index < count) {
        size_t colon = index;
        while (colon < count && colon - index < 40 && bytes[colon] != ':' && bytes[colon] != '\n') colon++;
        size_t name_end = colon;
        while (name_end > index && (bytes[name_end - 1] == ' ' || bytes[name_end - 1] == '\t')) name_end--;
        size_t length = name_end - index;
        int is_address = 0;
        if (length >= 9 && g_ascii_strncasecmp((const char *)bytes + index, "resent-", 7) == 0) {
            index += 7;
            length -= 7;
        }
        for (size_t name = 0; colon < count && bytes[colon] == ':' && name < sizeof names / sizeof *names; name++) {
            is_address |= strlen(names[name]) == length &&
                          g_ascii_strncasecmp((const char *)bytes + index, names[name], length) == 0;
        }
        int nested = 0;
        while (index < count) {
            if (bytes[index] == '\n' && !(index + 1 < count && (bytes[index + 1] == ' ' || bytes[index + 1] == '\t'))) break;
            nested += bytes[index] == ':' || bytes[index] == '(';
            index++;
        }
        if (is_address && nested > most) return 1;
        index++;
    }
    return 0;
}

#endif
