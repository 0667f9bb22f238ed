// The few functions of OpenSSL 3 (libcrypto, EVP only) that the Secrets room needs, with plain bytes in and out,
// so that no OpenSSL header reaches Swift.
//
// Functions that return int return 1 on success and 0 on failure. Those that return void (hash, HMAC, HKDF)
// cannot fail for a reason that lies in their arguments: they end the process when memory is out, as Swift's own
// allocations do. Ask parley_ready() once at start, so that a libcrypto without these algorithms is an error
// message and not an abort. Each function leaves OpenSSL's error queue empty. Lengths are in bytes.
#ifndef PARLEY_COPENSSL_H
#define PARLEY_COPENSSL_H

#include <stddef.h>
#include <stdint.h>

typedef struct parley_sha256 parley_sha256;
typedef struct parley_hmac parley_hmac;
typedef struct parley_key parley_key;

// 1 if this libcrypto provides every algorithm that is used here.
int parley_ready(void);

// Random bytes from RAND_bytes.
int parley_random(uint8_t *out, size_t count);

// 1 if both are the same; the time does not depend on the contents.
int parley_equal(const uint8_t *left, const uint8_t *right, size_t count);

// Overwrites memory in a way that the compiler does not remove.
void parley_wipe(void *memory, size_t count);

// SHA-256 at once.
void parley_sha256_digest(const uint8_t *data, size_t count, uint8_t out[32]);
// SHA-256 piece by piece.
parley_sha256 *parley_sha256_start(void);
void parley_sha256_update(parley_sha256 *state, const uint8_t *data, size_t count);
void parley_sha256_finish(parley_sha256 *state, uint8_t out[32]);
void parley_sha256_free(parley_sha256 *state);

// HMAC-SHA256 piece by piece.
parley_hmac *parley_hmac_start(const uint8_t *key, size_t key_count);
void parley_hmac_update(parley_hmac *state, const uint8_t *data, size_t count);
void parley_hmac_finish(parley_hmac *state, uint8_t out[32]);
void parley_hmac_free(parley_hmac *state);

// HKDF-SHA256 (RFC 5869), extract and expand.
void parley_hkdf(
    const uint8_t *secret, size_t secret_count, const uint8_t *salt, size_t salt_count, const uint8_t *info,
    size_t info_count, uint8_t *out, size_t out_count);

// AES-128-CBC with PKCS #7 padding. `out` has room for count + 16; `out_count` receives the length.
int parley_aes128_cbc(
    int encrypt, const uint8_t key[16], const uint8_t iv[16], const uint8_t *data, size_t count, uint8_t *out,
    size_t *out_count);

enum parley_key_kind {
    PARLEY_KEY_OTHER = 0,
    PARLEY_KEY_RSA = 1,
    PARLEY_KEY_P256 = 2,
    PARLEY_KEY_ED25519 = 3,
};

enum parley_digest {
    PARLEY_DIGEST_NONE = 0,
    PARLEY_DIGEST_SHA1 = 1,
    PARLEY_DIGEST_SHA256 = 2,
};

// Public keys; NULL when the bytes are none. DER must be exactly one SubjectPublicKeyInfo.
parley_key *parley_key_from_spki(const uint8_t *der, size_t count);
parley_key *parley_key_from_rsa(const uint8_t *n, size_t n_count, const uint8_t *e, size_t e_count);
parley_key *parley_key_from_ed25519(const uint8_t raw[32]);
// DER must be exactly one RSAPublicKey (RFC 8017, A.1.1).
parley_key *parley_key_from_rsa_der(const uint8_t *der, size_t count);
// The key of the first certificate in a PEM text, and the certificate's validity in seconds since 1970.
parley_key *parley_key_from_certificate(
    const uint8_t *pem, size_t count, int64_t *not_before, int64_t *not_after);
void parley_key_free(parley_key *key);
int parley_key_kind(const parley_key *key);
int parley_key_bits(const parley_key *key);

// 1 if the signature is good, 0 if it is not. RSA is PKCS #1 v1.5, ECDSA signatures are DER, Ed25519 takes
// PARLEY_DIGEST_NONE. A digest that the kind of key does not take is a bad signature.
int parley_key_verify(
    const parley_key *key, int digest, const uint8_t *signature, size_t signature_count, const uint8_t *message,
    size_t message_count);

// Private keys; NULL when the PEM holds none, or one behind a passphrase. PKCS #8, and PKCS #1 for RSA.
parley_key *parley_key_from_private_pem(const uint8_t *pem, size_t count);
// A new private key; NULL when there is no randomness.
parley_key *parley_key_make_rsa(unsigned bits);
parley_key *parley_key_make_ed25519(void);
// What follows writes to `out`; `out_count` holds the room there is, and receives the length. 0 when it is too small.
// Signs as parley_key_verify verifies.
int parley_key_sign(
    const parley_key *key, int digest, const uint8_t *message, size_t message_count, uint8_t *out,
    size_t *out_count);
// The private key as PKCS #8 in PEM, and the public one as SubjectPublicKeyInfo in DER or as Ed25519's 32 bytes.
int parley_key_private_pem(const parley_key *key, uint8_t *out, size_t *out_count);
int parley_key_spki(const parley_key *key, uint8_t *out, size_t *out_count);
int parley_key_ed25519_bytes(const parley_key *key, uint8_t *out, size_t *out_count);

#endif
