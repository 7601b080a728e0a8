/* SPDX-License-Identifier: MIT */
/* RFC 9420 §10: key packages of ours. */
#include <stdlib.h>
#include <string.h>

#include "group/client.h"
#include "group/rules.h"

#define DEFAULT_LIFETIME (90ull * 24 * 3600)

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

static void
write_list16(struct mls_writer *w, const uint16_t *list, size_t n)
{
	size_t at = mls__write_open(w), i;

	for (i = 0; i < n; i++)
		mls__write_u16(w, list[i]);
	mls__write_close(w, at);
}

/* The application's extension types without the defaults (LEAF-05), GREASE
 * included or not as it says. */
static void
write_extensions(struct mls_writer *w, const struct mls_policy *p)
{
	size_t at = mls__write_open(w), i;

	for (i = 0; i < p->n_extensions; i++)
		if (!mls__extension_is_default(p->extensions[i]))
			mls__write_u16(w, p->extensions[i]);
	mls__write_close(w, at);
}

int
mls__own_leaf(struct mls_leaf *out, struct mls_arena *arena,
    const mls_client *client, const struct mls_suite *s,
    struct mls_buf signature_key, struct mls_buf encryption_key)
{
	const uint16_t version = MLS_VERSION_MLS10;
	const uint16_t basic = MLS_CRED_BASIC;
	struct mls_writer w = { 0 };
	struct mls_reader r;
	struct mls_buf raw;
	int rc;

	memset(out, 0, sizeof(*out));
	mls__write_u16(&w, MLS_CRED_BASIC);
	mls__write_opaque(&w, mls_client_identity(client));
	rc = mls__writer_take(&raw, arena, &w);
	if (rc != 0)
		goto out;
	mls__reader_init(&r, raw);
	mls__credential_read(&out->credential, &r);
	rc = mls__reader_end(&r);
	if (rc != 0)
		goto out;

	write_list16(&w, &version, 1);
	write_list16(&w, &s->row->number, 1);
	write_extensions(&w, &client->context->policy);
	write_list16(&w, NULL, 0);
	write_list16(&w, &basic, 1);
	rc = mls__writer_take(&raw, arena, &w);
	if (rc != 0)
		goto out;
	mls__reader_init(&r, raw);
	mls__capabilities_read(&out->capabilities, &r);
	rc = mls__reader_end(&r);
	if (rc == 0)
		rc = mls__arena_copy(&out->signature_key, arena,
		    signature_key);
	if (rc == 0)
		rc = mls__arena_copy(&out->encryption_key, arena,
		    encryption_key);
out:
	mls__writer_free(&w);
	return rc;
}

void
mls__own_package_free(struct mls_own_package *p)
{
	mls__key_free(p->init);
	mls__key_free(p->leaf);
	mls__key_free(p->sign);
	mls__arena_free(&p->arena);
	memset(p, 0, sizeof(*p));
}

/* KP-11: an init key that was issued once is remembered for good. */
static int
claim_init_key(mls_client *client, struct mls_store_txn *t,
    const struct mls_own_package *p)
{
	struct mls_writer key = { 0 };
	struct mls_arena arena = { 0 };
	uint8_t hash[MLS_MAX_HASH];
	struct mls_buf record;
	bool found;
	int rc;

	rc = mls__hash(hash, p->suite, &p->package.init_key, 1);
	if (rc != 0)
		return rc;
	mls__init_key_key(&key, client, mls__buf(hash, 32));
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_get(&record, &found, &arena, t,
		    mls__writer_buf(&key));
	if (rc == 0 && found)
		rc = MLS_E_INIT_KEY_REUSED;
	if (rc == 0)
		rc = mls__txn_put(t, mls__writer_buf(&key),
		    mls__buf(NULL, 0));
	mls__writer_free(&key);
	mls__arena_free(&arena);
	return rc;
}

int
mls__package_store(mls_client *client, const struct mls_own_package *p,
    bool issued)
{
	struct mls_writer key = { 0 }, value = { 0 };
	struct mls_store_txn t = { 0 };
	uint8_t ref[MLS_MAX_HASH];
	int rc;

	rc = mls__key_package_ref(ref, p->suite, p->package.raw);
	if (rc != 0)
		return rc;
	mls__package_key(&key, client, mls__buf(ref, p->suite->nh));
	mls__write_u16(&value, p->suite->row->number);
	mls__write_opaque(&value, p->package.raw);
	mls__key_write(&value, p->init);
	mls__key_write(&value, p->leaf);
	mls__key_write(&value, p->sign);
	rc = key.error != 0 ? key.error : value.error;
	if (rc == 0)
		rc = mls__txn_begin(&t, &client->store, true);
	if (rc == 0 && issued)
		rc = claim_init_key(client, &t, p);
	if (rc == 0)
		rc = mls__txn_put(&t, mls__writer_buf(&key),
		    mls__writer_buf(&value));
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	mls__writer_free(&key);
	mls__writer_free(&value);
	return rc;
}

int
mls__own_package_find(struct mls_own_package *out, bool *found,
    mls_client *client, struct mls_store_txn *t, struct mls_buf ref)
{
	struct mls_own_package p = { 0 };
	struct mls_writer key = { 0 };
	struct mls_buf record;
	struct mls_reader r, kp;
	int rc;

	mls__package_key(&key, client, ref);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_get(&record, found, &p.arena, t,
		    mls__writer_buf(&key));
	mls__writer_free(&key);
	if (rc == 0 && *found && record.len == 0)
		rc = MLS_E_KEY_PACKAGE_CONSUMED; /* KP-13 */
	if (rc != 0 || !*found)
		goto out;
	mls__reader_init(&r, record);
	rc = mls__crypto_suite(&p.suite, client->context->crypto,
	    mls__read_u16(&r));
	if (rc != 0)
		goto out;
	mls__reader_init(&kp, mls__read_opaque(&r));
	mls__key_package_read(&p.package, &kp);
	rc = mls__reader_end(&kp);
	if (rc == 0)
		rc = mls__key_read(&p.init, &r, p.suite);
	if (rc == 0)
		rc = mls__key_read(&p.leaf, &r, p.suite);
	if (rc == 0)
		rc = mls__key_read(&p.sign, &r, p.suite);
	if (rc == 0 && mls__reader_end(&r) != 0)
		rc = MLS_E_STORED_STATE_MALFORMED;
out:
	if (rc != 0 || !*found)
		mls__own_package_free(&p);
	else
		*out = p;
	return rc;
}

/* Sign the leaf and the package around it; keys are in p already. */
static int
sign_package(struct mls_own_package *p, mls_client *client,
    uint64_t lifetime)
{
	uint64_t now = mls__now(client->context);
	uint64_t skew = client->context->policy.clock_skew;
	struct mls_key_package fields = { 0 };
	struct mls_writer w = { 0 };
	struct mls_node *leaf = NULL;
	struct mls_buf raw;
	struct mls_reader r;
	int rc;

	rc = mls__own_leaf(&fields.leaf, &p->arena, client, p->suite,
	    mls__key_public(p->sign), mls__key_public(p->leaf));
	if (rc != 0)
		return rc;
	/* Others' clocks may be behind ours. */
	fields.leaf.source = MLS_LEAF_KEY_PACKAGE;
	fields.leaf.not_before = now > skew ? now - skew : 0;
	fields.leaf.not_after = now > UINT64_MAX - lifetime ? UINT64_MAX :
	    now + lifetime;
	rc = mls__leaf_sign(&leaf, &fields.leaf, p->suite, p->sign,
	    mls__buf(NULL, 0), 0);
	if (rc != 0)
		return rc;
	fields.version = MLS_VERSION_MLS10;
	fields.suite = p->suite->row->number;
	fields.init_key = mls__key_public(p->init);
	fields.leaf = leaf->u.leaf;
	rc = mls__key_package_sign(&w, &fields, p->suite, p->sign);
	if (rc == 0)
		rc = mls__writer_take(&raw, &p->arena, &w);
	if (rc == 0) {
		mls__reader_init(&r, raw);
		mls__key_package_read(&p->package, &r);
		rc = mls__reader_end(&r);
	}
	mls__node_free(leaf);
	mls__writer_free(&w);
	return rc;
}

int
mls_key_package_new(struct mls_bytes *out, mls_client *client,
    const struct mls_key_package_options *options)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_own_package p = { 0 };
	struct mls_writer w = { 0 };
	int rc;

	if (out == NULL || client == NULL)
		return MLS_E_ARGUMENT;
	if (options != NULL)
		memcpy(&o, options, options->size < sizeof(o) ?
		    options->size : sizeof(o));
	if (o.suite == 0)
		o.suite = 1;
	if (o.lifetime == 0)
		o.lifetime = mls__own_lifetime(client->context);
	rc = mls__crypto_suite(&p.suite, client->context->crypto, o.suite);
	if (rc == 0)
		rc = mls__key_generate_kem(&p.init, p.suite);
	if (rc == 0)
		rc = mls__key_generate_kem(&p.leaf, p.suite);
	if (rc == 0)
		rc = mls__key_generate_sign(&p.sign, p.suite);
	if (rc == 0)
		rc = sign_package(&p, client, o.lifetime);
	/* Sending is checked as strictly as receiving (KP-06, LEAF-17). */
	if (rc == 0)
		rc = mls__rule_own_package(client, p.suite, &p.package);
	if (rc == 0) {
		mls__message_head(&w, MLS_WIRE_KEY_PACKAGE);
		mls__write_bytes(&w, p.package.raw);
		rc = w.error;
	}
	if (rc == 0)
		rc = mls__package_store(client, &p, true);
	mls__own_package_free(&p);
	return mls__api(MLS_MAY_PACKAGE, mls__give(out, &w, rc));
}

int
mls__package_read(struct mls_key_package *out, struct mls_arena *arena,
    struct mls_buf in)
{
	struct mls_message m;
	struct mls_buf copy;
	int rc;

	rc = mls__arena_copy(&copy, arena, in);
	if (rc == 0)
		rc = mls__message_read(&m, arena, copy);
	if (rc == 0 && m.wire_format != MLS_WIRE_KEY_PACKAGE)
		rc = MLS_E_UNEXPECTED_WIRE_FORMAT;
	if (rc == 0)
		*out = m.u.key_package;
	return rc;
}

int
mls_key_package_delete(mls_client *client, struct mls_buf key_package)
{
	struct mls_store_txn t = { 0 };
	struct mls_key_package package;
	struct mls_arena arena = { 0 };
	const struct mls_suite *s;
	struct mls_writer key = { 0 };
	uint8_t ref[MLS_MAX_HASH];
	int rc;

	if (client == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__package_read(&package, &arena, key_package);
	if (rc == 0)
		rc = mls__crypto_suite(&s, client->context->crypto,
		    package.suite);
	if (rc == 0)
		rc = mls__key_package_ref(ref, s, package.raw);
	if (rc == 0) {
		mls__package_key(&key, client, mls__buf(ref, s->nh));
		rc = key.error;
	}
	if (rc == 0)
		rc = mls__txn_begin(&t, &client->store, true);
	if (rc == 0)
		rc = mls__txn_del(&t, mls__writer_buf(&key));
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	mls__writer_free(&key);
	mls__arena_free(&arena);
	return mls__api(MLS_MAY_PACKAGE, rc);
}
