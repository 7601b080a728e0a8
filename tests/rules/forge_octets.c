/* SPDX-License-Identifier: MIT */
/* Octets that live as long as their party, and what is done to them. */
#include "rules/forge.h"

#include "unit/certificate.h"

struct mls_buf
keep(struct party *p, struct mls_buf b)
{
	struct mls_buf copy;

	must(mls__arena_copy(&copy, &p->arena, b));
	return copy;
}

struct mls_buf
keep_bytes(struct party *p, struct mls_bytes b)
{
	struct mls_buf copy = keep(p, octets(&b));

	mls_bytes_free(&b);
	return copy;
}

struct mls_buf
keep_writer(struct party *p, struct mls_writer *w)
{
	struct mls_buf b;

	must(mls__writer_take(&b, &p->arena, w));
	mls__writer_free(w);
	return b;
}

struct mls_buf
flipped(struct party *p, struct mls_buf b, long at)
{
	struct mls_buf copy = keep(p, b);
	size_t i = at >= 0 ? (size_t)at : b.len - (size_t)-at;

	((uint8_t *)(uintptr_t)copy.data)[i] ^= 1;
	return copy;
}

struct mls_buf
cut(struct mls_buf b, size_t n)
{
	return mls__buf(b.data, b.len - n);
}

struct mls_buf
longer(struct party *p, struct mls_buf b, size_t n)
{
	struct mls_writer w = { 0 };

	mls__write_bytes(&w, b);
	while (n-- > 0)
		mls__write_u8(&w, 0);
	return keep_writer(p, &w);
}

struct mls_buf
joined(struct party *p, struct mls_buf a, struct mls_buf b)
{
	struct mls_writer w = { 0 };

	mls__write_bytes(&w, a);
	mls__write_bytes(&w, b);
	return keep_writer(p, &w);
}

struct mls_buf
extension(struct party *p, uint16_t type, struct mls_buf data)
{
	struct mls_writer w = { 0 };

	mls__write_u16(&w, type);
	mls__write_opaque(&w, data);
	return keep_writer(p, &w);
}

struct mls_buf
nonce(struct party *p, uint8_t fill)
{
	uint8_t b[MLS_MAX_HASH];

	memset(b, fill, sizeof(b));
	return keep(p, mls__buf(b, p->s->nh));
}

struct mls_buf
fresh_key(struct party *p)
{
	struct mls_privkey *key;
	struct mls_buf b;

	must(mls__key_generate_kem(&key, p->s));
	b = keep(p, mls__key_public(key));
	mls__key_free(key);
	return b;
}

struct mls_buf
x509_chain(struct party *p, struct mls_buf key)
{
	struct mls_writer w = { 0 };
	uint8_t b[512];
	size_t at;

	mls__write_u16(&w, MLS_CRED_X509);
	at = mls__write_open(&w);
	mls__write_opaque(&w, mls__buf(b, certificate(b, key.data,
	    key.len)));
	mls__write_opaque(&w, mls__buf(b, certificate(b,
	    (const uint8_t *)"issuer", 6)));
	mls__write_close(&w, at);
	return keep_writer(p, &w);
}

struct mls_buf
hook_flip(struct party *p, struct mls_buf b)
{
	return flipped(p, b, -2);
}

struct mls_buf
hook_cut(struct party *p, struct mls_buf b)
{
	(void)p;
	return cut(b, 1);
}

struct mls_buf
hook_longer(struct party *p, struct mls_buf b)
{
	return longer(p, b, 1);
}

struct mls_buf
hook_empty(struct party *p, struct mls_buf b)
{
	(void)p;
	(void)b;
	return NO_OCTETS;
}
