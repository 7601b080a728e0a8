/* SPDX-License-Identifier: MIT */
#include "rules/forge.h"

#include <stdarg.h>

uint16_t
suite_asked(void)
{
	const char *number = getenv("MLS_TEST_SUITE");

	return number != NULL ? (uint16_t)atoi(number) : 1;
}

static void
choose_suite(struct party *p)
{
	const struct mls_suite *s;
	uint16_t i;

	p->suite = suite_asked();
	must(mls__crypto_suite(&p->s, p->context->crypto, p->suite));
	for (i = 7; i > 0 && p->other == 0; i--)
		if (i != p->suite && mls__crypto_suite(&s, p->context->crypto,
		    i) == 0)
			p->other = i;
}

void
party_new(struct party *p, const struct mls_policy *policy, size_t n)
{
	static const char *const names[] = { "alice", "bob", "carol", "dave",
		"erin", "frank" };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_commit_options path = MLS_COMMIT_OPTIONS_INIT;
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	struct mls_intent add[5];
	struct mls_bytes kp[5], message, welcome;
	struct mls_policy quiet = MLS_POLICY_INIT;
	size_t i, k;

	memset(p, 0, sizeof(*p));
	memset(add, 0, sizeof(add));
	if (policy != NULL)
		quiet = *policy;
	/* What a forger leaves out must not be missed by chance. */
	quiet.no_grease = 1;
	p->context = open_context(&quiet);
	choose_suite(p);
	p->n = n;
	for (i = 0; i <= n; i++)
		p->m[i] = make_member(p->context, names[i]);
	make_group(&p->m[0], p->suite, "rules");
	for (i = 1; i < n; i++) {
		kp[i] = make_package(&p->m[i], p->suite);
		add[i - 1].type = MLS_EFFECT_ADD;
		add[i - 1].key_package = octets(&kp[i]);
	}
	o.intents = add;
	o.n_intents = n - 1;
	must(mls_group_commit(&message, &welcome, p->m[0].group, &o));
	must(mls_group_settle(p->m[0].group, 1));
	mls_bytes_free(&message);
	for (i = 1; i < n; i++) {
		join(&p->m[i], octets(&welcome));
		mls_bytes_free(&kp[i]);
	}
	mls_bytes_free(&welcome);
	if (policy == NULL || policy->receive_framing != MLS_FRAMING_PRIVATE)
		send.framing = MLS_FRAMING_PUBLIC;
	path.send = &send;
	watch_begin(p, &p->m[0]);
	for (i = n; i-- > 0; ) {
		must(mls_group_commit(&message, NULL, p->m[i].group, &path));
		must(mls_group_settle(p->m[i].group, 1));
		for (k = 0; k < n; k++)
			if (k != i)
				take(&p->m[k], octets(&message));
		watch_take(p, octets(&message));
		mls_bytes_free(&message);
	}
}

void
party_free(struct party *p)
{
	size_t i;

	mls_observer_close(p->watch);
	for (i = 0; i <= p->n; i++)
		close_member(&p->m[i]);
	mls__key_free(p->stranger_key);
	mls_context_free(p->context);
	mls__arena_free(&p->arena);
}

static int
gather(void *arg, struct mls_buf key, struct mls_buf value)
{
	mls__write_opaque(arg, key);
	mls__write_opaque(arg, value);
	return 0;
}

struct mls_buf
party_store(struct party *p, struct member *m)
{
	struct mls_store_txn t = { 0 };
	struct mls_writer w = { 0 };

	must(mls__txn_begin(&t, &m->client->store, false));
	must(mls__txn_scan(&t, NO_OCTETS, gather, &w));
	mls__txn_end(&t);
	return keep_writer(p, &w);
}

void
forge_new(struct forge *f, struct party *p, size_t by, uint8_t type)
{
	struct mls_state *s = p->m[by].group->state;

	memset(f, 0, sizeof(*f));
	f->p = p;
	f->by = &p->m[by];
	f->g = f->by->group;
	f->wire_format = MLS_WIRE_PUBLIC_MESSAGE;
	f->head.group_id = keep(p, s->context.group_id);
	f->head.epoch = f->g->header.epoch;
	f->head.sender.type = MLS_SENDER_MEMBER;
	f->head.sender.index = s->keys.leaf;
	f->head.type = type;
	f->context = keep(p, s->context.raw);
	f->key = s->sign_key;
	f->membership = s->epoch.membership;
	f->outer_type = type;
	f->ratchet_leaf = s->keys.leaf;
	f->ratchet_kind = type == MLS_CONTENT_APPLICATION ?
	    MLS_RATCHET_APPLICATION : MLS_RATCHET_HANDSHAKE;
	f->sender_data.leaf = s->keys.leaf;
}

void
forge_private(struct forge *f)
{
	struct mls_ratchet_at at = { f->head.epoch, f->g->state->width,
		f->ratchet_leaf, f->ratchet_kind };

	f->wire_format = MLS_WIRE_PRIVATE_MESSAGE;
	must(mls__group_enter(f->g));
	must(mls__ratchet_next(&f->sender_data.generation, f->g, &f->g->txn,
	    &at));
	mls__group_leave(f->g);
}

void
forge_sign(struct forge *f)
{
	uint8_t sig[256];
	size_t len = sizeof(sig);
	struct mls_writer w = { 0 };

	mls__content_write(&w, &f->head, f->body);
	f->content = keep_writer(f->p, &w);
	mls__content_tbs(&w, f->wire_format, f->content, f->head.sender.type,
	    f->context);
	must(mls__sign_with_label(sig, &len, f->g->suite, f->key,
	    "FramedContentTBS", mls__writer_buf(&w)));
	mls__writer_free(&w);
	f->signature = keep(f->p, mls__buf(sig, len));
	if (f->on_signature != NULL)
		f->signature = f->on_signature(f->p, f->signature);
}

static struct mls_buf
seal_public(struct forge *f, struct mls_buf auth)
{
	struct mls_writer w = { 0 }, tbs = { 0 };
	struct mls_secret tag;
	struct mls_buf membership;

	mls__content_tbs(&tbs, f->wire_format, f->content,
	    f->head.sender.type, f->context);
	must(mls__membership_tag(&tag, f->g->suite, &f->membership,
	    mls__writer_buf(&tbs), auth));
	mls__writer_free(&tbs);
	membership = keep(f->p, mls__secret_buf(&tag));
	if (f->on_membership != NULL)
		membership = f->on_membership(f->p, membership);
	mls__message_head(&w, f->wire_format);
	mls__public_message_write(&w, f->content, auth, f->head.sender.type,
	    membership);
	return keep_writer(f->p, &w);
}

/* Seal with the nonce of a message key. */
static struct mls_buf
seal(struct forge *f, const struct mls_message_key *key, const uint8_t *guard,
    struct mls_buf aad, struct mls_buf pt)
{
	const struct mls_suite *s = f->g->suite;
	uint8_t *ct = mls__arena_alloc(&f->p->arena, pt.len + s->nt);
	uint8_t nonce[sizeof(key->nonce)];
	size_t i;

	memcpy(nonce, key->nonce, sizeof(nonce));
	for (i = 0; guard != NULL && i < 4; i++)
		nonce[i] ^= guard[i];
	must(mls__aead_seal(ct, s, key->key, nonce, aad, pt));
	return mls__buf(ct, pt.len + s->nt);
}

static struct mls_buf
apply_hook(struct forge *f, struct mls_buf (*hook)(struct party *,
    struct mls_buf), struct mls_buf b)
{
	return hook != NULL ? hook(f->p, b) : b;
}

static void
take_key(struct mls_message_key *key, struct forge *f)
{
	struct mls_ratchet_at at = { f->head.epoch, f->g->state->width,
		f->ratchet_leaf, f->ratchet_kind };
	struct mls_batch batch = { .direct = NULL };
	int rc;

	must(mls__group_enter(f->g));
	rc = mls__ratchet_take(key, &batch, f->g, &f->g->txn, &at,
	    f->sender_data.generation);
	mls__group_leave(f->g);
	/* Whom nobody can be gets some key. */
	if (rc != 0)
		memset(key, 7, sizeof(*key));
	mls__batch_free(&batch);
}

static struct mls_buf
seal_private(struct forge *f, struct mls_buf auth)
{
	struct mls_buf plain, head_aad, aad, ct, sd;
	struct mls_message_key key;
	struct mls_writer w = { 0 };

	if (f->head.type == MLS_CONTENT_APPLICATION)
		mls__write_opaque(&w, f->body);
	else
		mls__write_bytes(&w, f->body);
	mls__write_bytes(&w, auth);
	mls__write_bytes(&w, f->padding);
	plain = apply_hook(f, f->on_plain, keep_writer(f->p, &w));
	mls__write_opaque(&w, f->head.group_id);
	mls__write_u64(&w, f->head.epoch);
	mls__write_u8(&w, f->outer_type);
	head_aad = keep(f->p, mls__writer_buf(&w));
	mls__write_opaque(&w, f->outer_aad.data != NULL ? f->outer_aad :
	    f->head.aad);
	aad = keep_writer(f->p, &w);
	take_key(&key, f);
	ct = seal(f, &key, f->sender_data.reuse_guard, aad, plain);
	ct = apply_hook(f, f->on_ciphertext, ct);
	mls__write_u32(&w, f->sender_data.leaf);
	mls__write_u32(&w, f->sender_data.generation);
	mls__write_bytes(&w, mls__buf(f->sender_data.reuse_guard, 4));
	sd = apply_hook(f, f->on_sender_plain, keep_writer(f->p, &w));
	must(mls__sender_data_key(&key, f->g->suite,
	    &f->g->state->epoch.sender_data, ct));
	sd = apply_hook(f, f->on_sender_data, seal(f, &key, NULL, head_aad,
	    sd));
	mls__message_head(&w, f->wire_format);
	mls__write_bytes(&w, aad);
	mls__write_opaque(&w, sd);
	mls__write_opaque(&w, ct);
	return keep_writer(f->p, &w);
}

struct mls_buf
forge_seal(struct forge *f, struct mls_buf confirmation_tag)
{
	struct mls_writer w = { 0 };
	struct mls_buf auth;

	mls__auth_write(&w, f->signature, f->head.type,
	    apply_hook(f, f->on_confirmation, confirmation_tag));
	auth = keep_writer(f->p, &w);
	return f->wire_format == MLS_WIRE_PUBLIC_MESSAGE ?
	    seal_public(f, auth) : seal_private(f, auth);
}

struct mls_buf
forge_message(struct forge *f, struct mls_buf body)
{
	f->body = body;
	forge_sign(f);
	return forge_seal(f, NO_OCTETS);
}

struct mls_buf
proposal_of(struct party *p, size_t by, struct mls_buf value)
{
	struct forge f;

	forge_new(&f, p, by, MLS_CONTENT_PROPOSAL);
	return forge_message(&f, value);
}

struct mls_buf
commit_of(struct party *p, size_t by, size_t n, ...)
{
	struct commit_spec spec = { .n = n };
	struct forge f;
	va_list ap;
	size_t i;

	va_start(ap, n);
	for (i = 0; i < n; i++)
		spec.values[i] = va_arg(ap, struct mls_buf);
	va_end(ap);
	forge_new(&f, p, by, MLS_CONTENT_COMMIT);
	return forge_commit(&f, &spec);
}

void
take(struct member *m, struct mls_buf message)
{
	must(mls_group_receive(m->group, message, NULL, NULL));
}

struct mls_buf
last_ref(const struct member *m)
{
	const struct mls_cached *c = m->group->cache;

	cr_assert_not_null(c);
	while (c->next != NULL)
		c = c->next;
	return c->ref;
}

static void
same_store(int line, struct party *p, struct member *m, struct mls_buf before)
{
	struct mls_buf after = party_store(p, m);

	cr_assert(mls__equal(before, after), "line %d: the store changed",
	    line);
}

void
refused_at(int line, struct party *p, struct member *m,
    struct mls_buf message, int error, const char *name)
{
	struct mls_buf before = party_store(p, m);
	mls_change *c = NULL;
	int rc = mls_group_process(&c, m->group, message);
	const struct mls_error_info *e = mls_error_info(rc);

	cr_assert_eq(rc, error, "line %d: %s, not %s", line, rc == 0 ?
	    "accepted" : e != NULL ? e->name : "?", name);
	cr_assert_null(c);
	same_store(line, p, m, before);
	watch_ask(line, p, m, message, rc);
}

void
accepted_at(int line, struct party *p, struct member *m,
    struct mls_buf message)
{
	struct mls_buf before = party_store(p, m);
	mls_change *c = NULL;
	int rc = mls_group_process(&c, m->group, message);
	const struct mls_error_info *e = mls_error_info(rc);

	cr_assert_eq(rc, 0, "line %d: %s", line, e != NULL ? e->name : "?");
	mls_change_drop(c);
	same_store(line, p, m, before);
	watch_ask(line, p, m, message, rc);
}
