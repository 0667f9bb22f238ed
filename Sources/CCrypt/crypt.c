#include "CCrypt.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

int parley_crypt(const char *passphrase, const char *setting, char *out, size_t out_count) {
    struct crypt_data *data = calloc(1, sizeof *data);
    if (!data) return 0;
    const char *hash = crypt_r(passphrase, setting, data);
    // libcrypt answers `*0` or `*1` (or NULL) when it refuses.
    int good = hash && hash[0] != '*' && strlen(hash) < out_count;
    if (good) strcpy(out, hash);
    explicit_bzero(data, sizeof *data);
    free(data);
    return good;
}
