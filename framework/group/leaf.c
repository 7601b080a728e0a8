/* SPDX-License-Identifier: MIT */
#include "group/leaf.h"

#include <string.h>

#include "group/customs.h"
#include "group/extensions.h"

#define DEFAULT_LIFETIME (90ull * 24 * 3600)
#define GREASES 15

/* What others under the same policy take (LEAF-17): it counts from a skew
 * before now. */
uint64_t
mls__own_lifetime(const mls_context *context)
{
	const struct mls_policy *p = &context->policy;
	uint64_t most = p->max_lifetime > p->clock_skew ?
	    p->max_lifetime - p->clock_skew : 0;

	return most < DEFAULT_LIFETIME ? most : DEFAULT_LIFETIME;
}

int
mls__grease_draw(uint16_t *out, const mls_context *context,
    const struct mls_suite *s)
{
	uint8_t drawn;
	int rc;

	*out = 0;
	if (context->policy.no_grease)
		return 0;
	rc = mls__random(&drawn, 1, s);
	/* 0x0a0a to 0xeaea */
	if (rc == 0)
		*out = (uint16_t)(0x0a0a + drawn % GREASES * 0x1010);
	return rc;
}

void
mls__grease_write(struct mls_writer *w, uint16_t type)
{
	if (type == 0)
		return;
	mls__write_u16(w, type);
	mls__write_opaque(w, mls__buf(NULL, 0));
}

static void
write_one(struct mls_writer *w, uint16_t value)
{
	if (value != 0)
		mls__write_u16(w, value);
}

/* One value in all lists, so that a group of many has few different sets of
 * capabilities. */
static void
write_capabilities(struct mls_writer *w, const mls_client *client,
    const struct mls_suite *s, const struct mls_leaf_parts *parts)
{
	const struct mls_policy *p = &client->context->policy;
	size_t at, i;

	at = mls__write_open(w);
	mls__write_u16(w, MLS_VERSION_MLS10);
	mls__write_close(w, at);
	at = mls__write_open(w);
	mls__write_u16(w, s->row->number);
	write_one(w, parts->grease);
	mls__write_close(w, at);
	at = mls__write_open(w);
	/* The default types are not listed (LEAF-05). */
	for (i = 0; i < p->n_extensions; i++)
		if (!mls__extension_is_default(p->extensions[i]))
			mls__write_u16(w, p->extensions[i]);
	write_one(w, parts->package_type);
	write_one(w, parts->grease);
	mls__write_close(w, at);
	at = mls__write_open(w);
	mls__customs_write(w, client->context);
	write_one(w, parts->grease);
	mls__write_close(w, at);
	at = mls__write_open(w);
	mls__write_u16(w, MLS_CRED_BASIC);
	for (i = 0; i < p->n_credentials; i++)
		mls__write_u16(w, p->credentials[i]);
	write_one(w, parts->grease);
	mls__write_close(w, at);
}

static int
take(struct mls_reader *r, struct mls_arena *arena, struct mls_writer *w)
{
	struct mls_buf raw;
	int rc = mls__writer_take(&raw, arena, w);

	mls__reader_init(r, raw);
	r->customs = &mls__customs_any;
	return rc;
}

int
mls__own_leaf(struct mls_leaf *out, struct mls_arena *arena,
    const mls_client *client, const struct mls_suite *s,
    const struct mls_leaf_parts *parts)
{
	struct mls_writer w = { 0 };
	struct mls_reader r;
	int rc;

	memset(out, 0, sizeof(*out));
	mls__write_bytes(&w, mls__buf(client->credential.data,
	    client->credential.len));
	rc = take(&r, arena, &w);
	if (rc == 0) {
		mls__credential_read(&out->credential, &r);
		rc = mls__reader_end(&r);
	}
	if (rc == 0) {
		write_capabilities(&w, client, s, parts);
		rc = take(&r, arena, &w);
	}
	if (rc == 0) {
		mls__capabilities_read(&out->capabilities, &r);
		rc = mls__reader_end(&r);
	}
	if (rc == 0) {
		mls__write_bytes(&w, parts->extensions);
		mls__grease_write(&w, parts->grease);
		rc = mls__writer_take(&out->extensions, arena, &w);
	}
	if (rc == 0)
		rc = mls__arena_copy(&out->signature_key, arena,
		    parts->signature_key);
	if (rc == 0)
		rc = mls__arena_copy(&out->encryption_key, arena,
		    parts->encryption_key);
	mls__writer_free(&w);
	return rc;
}
