/* SPDX-License-Identifier: MIT */
/* RFC 9420 §10: key packages of ours. */
#include <stdlib.h>
#include <string.h>

#include "group/client.h"
#include "group/erase.h"
#include "group/last_resort.h"
#include "group/leaf.h"
#include "group/rules.h"

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
	struct mls_store_txn t = { 0 };
	struct mls_batch b = { .direct = &t };
	struct mls_writer value = { 0 };
	uint8_t ref[MLS_MAX_HASH];
	int rc;

	rc = mls__key_package_ref(ref, p->suite, p->package.raw);
	if (rc == 0)
		rc = mls__txn_begin(&t, &client->store, true);
	if (rc == 0 && issued)
		rc = claim_init_key(client, &t, p);
	if (rc == 0) {
		mls__package_key(&b.key, client, mls__buf(ref, p->suite->nh));
		mls__write_u16(&value, p->suite->row->number);
		mls__write_opaque(&value, p->package.raw);
		mls__batch_write_key(&b, &value, p->init);
		mls__batch_write_key(&b, &value, p->leaf);
		mls__batch_write_key(&b, &value, p->sign);
		if (value.error != 0)
			mls__writer_fail(&b.ops, value.error);
		mls__batch_put(&b, mls__writer_buf(&value));
		rc = mls__batch_error(&b);
	}
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	mls__writer_free(&value);
	mls__batch_free(&b);
	/* The client's signature key is another one by now: once more. */
	return rc == MLS_E_CHANGE_STALE ? MLS_E_STORE_BUSY : rc;
}

static int
list_ref(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct mls_own_refs *r = arg;
	void *v = r->v;
	int rc;

	(void)value;
	if (r->n == r->most) {
		r->more = true;
		return MLS_E_INTERNAL; /* an end to it */
	}
	rc = mls__array_grow(&v, &r->cap, r->n + 1, sizeof(*r->v));
	r->v = v;
	if (rc == 0)
		rc = mls__arena_copy(&r->v[r->n], &r->arena,
		    mls__buf(key.data + r->head, key.len - r->head));
	r->n += rc == 0;
	return rc;
}

int
mls__own_refs(struct mls_own_refs *out, mls_client *client,
    struct mls_store_txn *t, size_t most)
{
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	int rc;

	memset(out, 0, sizeof(*out));
	mls__arena_on(&out->arena, out->room, sizeof(out->room));
	out->most = most;
	mls__package_key(&key, client, mls__buf(NULL, 0));
	out->head = key.len;
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_scan(t, mls__writer_buf(&key), list_ref, out);
	mls__writer_free(&key);
	return out->more ? 0 : rc;
}

bool
mls__own_refs_has(const struct mls_own_refs *r, struct mls_buf ref)
{
	return r->more || (r->n != 0 && bsearch(&ref, r->v, r->n,
	    sizeof(*r->v), mls__buf_compare) != NULL);
}

void
mls__own_refs_free(struct mls_own_refs *r)
{
	free(r->v);
	mls__arena_free(&r->arena);
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
	kp.customs = &mls__customs_any;
	mls__key_package_read(&p.package, &kp);
	rc = mls__reader_end(&kp);
	if (rc == 0)
		rc = mls__key_read(&p.init, &r, p.suite);
	if (rc == 0)
		rc = mls__key_read(&p.leaf, &r, p.suite);
	if (rc == 0)
		rc = mls__key_read(&p.sign, &r, p.suite);
	mls__store_saw(t->store, p.init);
	mls__store_saw(t->store, p.leaf);
	mls__store_saw(t->store, p.sign);
	if (rc == 0 && mls__reader_end(&r) != 0)
		rc = MLS_E_STORED_STATE_MALFORMED;
out:
	if (rc != 0 || !*found)
		mls__own_package_free(&p);
	else
		*out = p;
	return rc;
}

/* What the package says beside its leaf. */
static int
package_extensions(struct mls_buf *out, struct mls_arena *arena,
    const struct mls_key_package_options *o, uint16_t grease)
{
	struct mls_writer w = { 0 };
	int rc;

	mls__write_bytes(&w, o->extensions);
	if (o->last_resort)
		mls__last_resort_write(&w);
	mls__grease_write(&w, grease);
	rc = mls__writer_take(out, arena, &w);
	mls__writer_free(&w);
	return rc;
}

static int
make_leaf(struct mls_node **out, struct mls_own_package *p,
    mls_client *client, const struct mls_key_package_options *o,
    uint16_t grease)
{
	const struct mls_leaf_parts parts = {
		.signature_key = mls__key_public(p->sign),
		.encryption_key = mls__key_public(p->leaf),
		.extensions = o->leaf_extensions,
		.package_type = o->last_resort ? mls__last_resort_type() : 0,
		.grease = grease,
	};
	uint64_t now = mls__now(client->context);
	uint64_t skew = client->context->policy.clock_skew;
	struct mls_leaf fields;
	int rc;

	rc = mls__own_leaf(&fields, &p->arena, client, p->suite, &parts);
	if (rc != 0)
		return rc;
	/* Others' clocks may be behind ours. */
	fields.source = MLS_LEAF_KEY_PACKAGE;
	fields.not_before = now > skew ? now - skew : 0;
	fields.not_after = now > UINT64_MAX - o->lifetime ? UINT64_MAX :
	    now + o->lifetime;
	return mls__leaf_sign(out, &fields, p->suite, p->sign,
	    mls__buf(NULL, 0), 0);
}

/* Sign the leaf and the package around it; keys are in p already. */
static int
sign_package(struct mls_own_package *p, mls_client *client,
    const struct mls_key_package_options *o)
{
	struct mls_key_package fields = { 0 };
	struct mls_writer w = { 0 };
	struct mls_node *leaf;
	struct mls_buf raw;
	struct mls_reader r;
	uint16_t grease;
	int rc;

	rc = mls__grease_draw(&grease, client->context, p->suite);
	if (rc == 0)
		rc = package_extensions(&fields.extensions, &p->arena, o,
		    grease);
	if (rc == 0)
		rc = make_leaf(&leaf, p, client, o, grease);
	if (rc != 0)
		return rc;
	fields.version = MLS_VERSION_MLS10;
	fields.suite = p->suite->row->number;
	fields.init_key = mls__key_public(p->init);
	fields.leaf = leaf->open->leaf;
	rc = mls__key_package_sign(&w, &fields, p->suite, p->sign);
	if (rc == 0)
		rc = mls__writer_take(&raw, &p->arena, &w);
	if (rc == 0) {
		mls__reader_init(&r, raw);
		r.customs = &client->context->customs;
		mls__key_package_read(&p->package, &r);
		rc = mls__reader_end(&r);
	}
	mls__node_free(leaf);
	mls__writer_free(&w);
	return rc;
}

static int
make_package(struct mls_own_package *p, mls_client *client,
    const struct mls_key_package_options *o)
{
	int rc;

	rc = mls__crypto_suite(&p->suite, client->context->crypto, o->suite);
	if (rc == 0)
		rc = mls__key_generate_kem(&p->init, p->suite);
	if (rc == 0)
		rc = mls__key_generate_kem(&p->leaf, p->suite);
	if (rc == 0)
		rc = mls__client_sign_key(&p->sign, client, NULL, p->suite);
	if (rc == 0)
		rc = sign_package(p, client, o);
	/* Sending is checked as strictly as receiving (KP-06, LEAF-17). */
	if (rc == 0)
		rc = mls__rule_own_package(client, p->suite, &p->package);
	return rc;
}

int
mls_key_package_new(struct mls_bytes *out, mls_client *client,
    const struct mls_key_package_options *options)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_own_package p;
	struct mls_writer w = { 0 };
	int rc;

	if (out == NULL || client == NULL)
		return MLS_E_ARGUMENT;
	memset(&p, 0, sizeof(p));
	if (options != NULL)
		memcpy(&o, options, options->size < sizeof(o) ?
		    options->size : sizeof(o));
	if (o.suite == 0)
		o.suite = 1;
	if (o.lifetime == 0)
		o.lifetime = mls__own_lifetime(client->context);
	rc = make_package(&p, client, &o);
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
    const mls_context *context, struct mls_buf in)
{
	struct mls_message m;
	struct mls_buf copy;
	int rc;

	rc = mls__arena_copy(&copy, arena, in);
	if (rc == 0)
		rc = mls__message_read(&m, arena, copy, &context->customs);
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
	rc = mls__package_read(&package, &arena, client->context,
	    key_package);
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
		rc = mls__holds_ask(&t);
	if (rc == 0)
		rc = mls__txn_del(&t, mls__writer_buf(&key));
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	mls__writer_free(&key);
	mls__arena_free(&arena);
	return mls__api(MLS_MAY_PACKAGE, rc);
}
