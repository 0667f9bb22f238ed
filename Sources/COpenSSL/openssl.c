#include "COpenSSL.h"

#include <limits.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Fetching an algorithm by name costs more than hashing a small message, so each is fetched once for the life
// of the process (they are immutable and shared between threads by design).
static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static EVP_MD *sha256;
static EVP_MAC *hmac;
static EVP_CIPHER *aes128;

static EVP_KDF *hkdf;

static void fetch_all(void) {
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    aes128 = EVP_CIPHER_fetch(NULL, "AES-128-CBC", NULL);
    hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    ERR_clear_error();
}

int parley_ready(void) {
    return CRYPTO_THREAD_run_once(&once, fetch_all) && sha256 && hmac && aes128 && hkdf;
}

static int done(int good) {
    ERR_clear_error();
    return good ? 1 : 0;
}

static void must(int good) {
    if (good) return;
    fputs("parley: libcrypto cannot hash: out of memory, or its default provider is switched off\n", stderr);
    abort();
}

int parley_random(uint8_t *out, size_t count) {
    return done(count <= INT_MAX && RAND_bytes(out, (int)count) == 1);
}

int parley_equal(const uint8_t *left, const uint8_t *right, size_t count) {
    return CRYPTO_memcmp(left, right, count) == 0;
}

void parley_wipe(void *memory, size_t count) { OPENSSL_cleanse(memory, count); }

// SHA-256

void parley_sha256_digest(const uint8_t *data, size_t count, uint8_t out[32]) {
    must(parley_ready() && EVP_Digest(data, count, out, NULL, sha256, NULL));
}

parley_sha256 *parley_sha256_start(void) {
    EVP_MD_CTX *context = parley_ready() ? EVP_MD_CTX_new() : NULL;
    must(context && EVP_DigestInit_ex2(context, sha256, NULL));
    return (parley_sha256 *)context;
}

void parley_sha256_update(parley_sha256 *state, const uint8_t *data, size_t count) {
    must(EVP_DigestUpdate((EVP_MD_CTX *)state, data, count));
}

void parley_sha256_finish(parley_sha256 *state, uint8_t out[32]) {
    must(EVP_DigestFinal_ex((EVP_MD_CTX *)state, out, NULL));
}

void parley_sha256_free(parley_sha256 *state) { EVP_MD_CTX_free((EVP_MD_CTX *)state); }

// HMAC

parley_hmac *parley_hmac_start(const uint8_t *key, size_t key_count) {
    // A NULL key means "keep the previous one" to OpenSSL, so an empty key needs an address.
    static const uint8_t none = 0;
    EVP_MAC_CTX *context = parley_ready() ? EVP_MAC_CTX_new(hmac) : NULL;
    char name[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end()};
    must(context && EVP_MAC_init(context, key_count ? key : &none, key_count, parameters));
    return (parley_hmac *)context;
}

void parley_hmac_update(parley_hmac *state, const uint8_t *data, size_t count) {
    must(EVP_MAC_update((EVP_MAC_CTX *)state, data, count));
}

void parley_hmac_finish(parley_hmac *state, uint8_t out[32]) {
    size_t length = 0;
    must(EVP_MAC_final((EVP_MAC_CTX *)state, out, &length, 32) && length == 32);
}

void parley_hmac_free(parley_hmac *state) { EVP_MAC_CTX_free((EVP_MAC_CTX *)state); }

// HKDF

void parley_hkdf(
    const uint8_t *secret, size_t secret_count, const uint8_t *salt, size_t salt_count, const uint8_t *info,
    size_t info_count, uint8_t *out, size_t out_count) {
    EVP_KDF_CTX *context = parley_ready() ? EVP_KDF_CTX_new(hkdf) : NULL;
    char name[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret, secret_count),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_count),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_count),
        OSSL_PARAM_construct_end()};
    must(context && EVP_KDF_derive(context, out, out_count, parameters) == 1);
    EVP_KDF_CTX_free(context);
}

// AES

int parley_aes128_cbc(
    int encrypt, const uint8_t key[16], const uint8_t iv[16], const uint8_t *data, size_t count, uint8_t *out,
    size_t *out_count) {
    if (!parley_ready() || count > INT_MAX - 16) return done(0);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int first = 0, last = 0;
    int good = context && EVP_CipherInit_ex2(context, aes128, key, iv, encrypt ? 1 : 0, NULL) &&
               EVP_CipherUpdate(context, out, &first, data, (int)count) &&
               EVP_CipherFinal_ex(context, out + first, &last);
    EVP_CIPHER_CTX_free(context);
    *out_count = good ? (size_t)(first + last) : 0;
    return done(good);
}

// Public keys

// The key, unless it was followed by other bytes.
static parley_key *whole(EVP_PKEY *key, const uint8_t *cursor, const uint8_t *end) {
    if (key && cursor != end) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    ERR_clear_error();
    return (parley_key *)key;
}

parley_key *parley_key_from_spki(const uint8_t *der, size_t count) {
    if (count > LONG_MAX) return NULL;
    const unsigned char *cursor = der;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &cursor, (long)count);
    return whole(key, cursor, der + count);
}

parley_key *parley_key_from_rsa_der(const uint8_t *der, size_t count) {
    if (count > LONG_MAX) return NULL;
    const unsigned char *cursor = der;
    EVP_PKEY *key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &cursor, (long)count);
    return whole(key, cursor, der + count);
}

parley_key *parley_key_from_rsa(const uint8_t *n, size_t n_count, const uint8_t *e, size_t e_count) {
    if (n_count > 2048 || e_count > 8) return NULL;
    // OSSL_PARAM numbers are in native byte order; BN converts from big-endian, and the builder copies.
    uint8_t native_n[2048], native_e[8];
    BIGNUM *big_n = BN_bin2bn(n, (int)n_count, NULL), *big_e = BN_bin2bn(e, (int)e_count, NULL);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;
    if (big_n && big_e && context && BN_bn2nativepad(big_n, native_n, (int)n_count) >= 0 &&
        BN_bn2nativepad(big_e, native_e, (int)e_count) >= 0) {
        OSSL_PARAM parameters[] = {
            OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, native_n, n_count),
            OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, native_e, e_count), OSSL_PARAM_construct_end()};
        if (EVP_PKEY_fromdata_init(context) != 1 ||
            EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
            key = NULL;
    }
    BN_free(big_n);
    BN_free(big_e);
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return (parley_key *)key;
}

parley_key *parley_key_from_ed25519(const uint8_t raw[32]) {
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, raw, 32);
    ERR_clear_error();
    return (parley_key *)key;
}

static int seconds_since_1970(const ASN1_TIME *time, int64_t *out) {
    int days = 0, seconds = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int good = epoch && ASN1_TIME_diff(&days, &seconds, epoch, time);
    ASN1_TIME_free(epoch);
    if (good) *out = (int64_t)days * 86400 + seconds;
    return good;
}

parley_key *parley_key_from_certificate(
    const uint8_t *pem, size_t count, int64_t *not_before, int64_t *not_after) {
    if (count > INT_MAX) return NULL;
    BIO *memory = BIO_new_mem_buf(pem, (int)count);
    X509 *certificate = memory ? PEM_read_bio_X509(memory, NULL, NULL, NULL) : NULL;
    EVP_PKEY *key = NULL;
    if (certificate && seconds_since_1970(X509_get0_notBefore(certificate), not_before) &&
        seconds_since_1970(X509_get0_notAfter(certificate), not_after))
        key = X509_get_pubkey(certificate);
    X509_free(certificate);
    BIO_free(memory);
    ERR_clear_error();
    return (parley_key *)key;
}

void parley_key_free(parley_key *key) { EVP_PKEY_free((EVP_PKEY *)key); }

int parley_key_kind(const parley_key *key) {
    const EVP_PKEY *pkey = (const EVP_PKEY *)key;
    char group[32] = "";
    if (EVP_PKEY_is_a(pkey, "RSA")) return PARLEY_KEY_RSA;
    if (EVP_PKEY_is_a(pkey, "ED25519")) return PARLEY_KEY_ED25519;
    if (EVP_PKEY_is_a(pkey, "EC") && EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) == 1 &&
        strcmp(group, "prime256v1") == 0)
        return PARLEY_KEY_P256;
    ERR_clear_error();
    return PARLEY_KEY_OTHER;
}

int parley_key_bits(const parley_key *key) { return EVP_PKEY_get_bits((const EVP_PKEY *)key); }

// The name of the digest, or NULL for none; 0 if the kind of key does not take it.
static int digest_suits(const parley_key *key, int digest, const char **name) {
    int kind = parley_key_kind(key);
    *name = digest == PARLEY_DIGEST_SHA256 ? "SHA256" : digest == PARLEY_DIGEST_SHA1 ? "SHA1" : NULL;
    return kind != PARLEY_KEY_OTHER && (kind == PARLEY_KEY_ED25519) == (*name == NULL);
}

int parley_key_verify(
    const parley_key *key, int digest, const uint8_t *signature, size_t signature_count, const uint8_t *message,
    size_t message_count) {
    const char *name;
    if (!digest_suits(key, digest, &name)) return 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    // RSA keys default to PKCS #1 v1.5 here. The key is only read; OpenSSL takes it without const.
    int good = context &&
               EVP_DigestVerifyInit_ex(context, NULL, name, NULL, NULL, (EVP_PKEY *)key, NULL) == 1 &&
               EVP_DigestVerify(context, signature, signature_count, message, message_count) == 1;
    EVP_MD_CTX_free(context);
    return done(good);
}

// Private keys

// Refuses, where OpenSSL would ask on the terminal.
static int no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

parley_key *parley_key_from_private_pem(const uint8_t *pem, size_t count) {
    if (count > INT_MAX) return NULL;
    BIO *memory = BIO_new_mem_buf(pem, (int)count);
    EVP_PKEY *key = memory ? PEM_read_bio_PrivateKey(memory, NULL, no_passphrase, NULL) : NULL;
    BIO_free(memory);
    ERR_clear_error();
    return (parley_key *)key;
}

parley_key *parley_key_make_rsa(unsigned bits) {
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
    ERR_clear_error();
    return (parley_key *)key;
}

parley_key *parley_key_make_ed25519(void) {
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    ERR_clear_error();
    return (parley_key *)key;
}

int parley_key_sign(
    const parley_key *key, int digest, const uint8_t *message, size_t message_count, uint8_t *out,
    size_t *out_count) {
    const char *name;
    if (!digest_suits(key, digest, &name)) return 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int good = context &&
               EVP_DigestSignInit_ex(context, NULL, name, NULL, NULL, (EVP_PKEY *)key, NULL) == 1 &&
               EVP_DigestSign(context, out, out_count, message, message_count) == 1;
    EVP_MD_CTX_free(context);
    return done(good);
}

int parley_key_private_pem(const parley_key *key, uint8_t *out, size_t *out_count) {
    // Memory that is wiped when it is freed.
    BIO *memory = BIO_new(BIO_s_secmem());
    char *text = NULL;
    int written = memory && PEM_write_bio_PKCS8PrivateKey(
                                memory, (const EVP_PKEY *)key, NULL, NULL, 0, NULL, NULL) == 1;
    long count = written ? BIO_get_mem_data(memory, &text) : 0;
    int good = count > 0 && (size_t)count <= *out_count;
    if (good) {
        memcpy(out, text, (size_t)count);
        *out_count = (size_t)count;
    }
    BIO_free(memory);
    return done(good);
}

int parley_key_spki(const parley_key *key, uint8_t *out, size_t *out_count) {
    unsigned char *der = NULL;
    int count = i2d_PUBKEY((const EVP_PKEY *)key, &der);
    int good = count > 0 && (size_t)count <= *out_count;
    if (good) {
        memcpy(out, der, (size_t)count);
        *out_count = (size_t)count;
    }
    OPENSSL_free(der);
    return done(good);
}

int parley_key_ed25519_bytes(const parley_key *key, uint8_t *out, size_t *out_count) {
    return done(EVP_PKEY_get_raw_public_key((const EVP_PKEY *)key, out, out_count) == 1);
}
