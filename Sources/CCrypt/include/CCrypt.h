// libcrypt's crypt_r, which computes bcrypt, with its 32 KB of working memory kept inside.
#ifndef PARLEY_CCRYPT_H
#define PARLEY_CCRYPT_H

#include <stddef.h>

// Hashes `passphrase` (NUL-terminated) as `setting` says (a salt such as `$2b$12$…`, or a whole hash) and writes
// the NUL-terminated result. Returns 1, or 0 when libcrypt refused the setting, had no memory, or `out` is too
// small. Blocks the thread for as long as the cost in `setting` demands.
int parley_crypt(const char *passphrase, const char *setting, char *out, size_t out_count);

#endif
