/* SPDX-License-Identifier: MIT */
/* PSK: pre-shared keys in proposals and commits (RFC 9420 §8.4, §12.1.4). */
#include "rules/forge.h"

#define PARTY(p) \
	struct party p; \
	party_new(&p, NULL, 4)

/* An external PSK that all hold. */
static struct mls_buf
psk_proposal(struct party *p, const char *id, uint8_t fill, size_t len)
{
	struct mls_psk_id psk = { .type = MLS_PSK_EXTERNAL, .id = text(id) };

	psk.nonce = longer(p, nonce(p, fill), 1);
	psk.nonce.len = len;
	return propose_psk(p, &psk);
}

static void
share_psk(struct party *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		must(mls_psk_put(p->m[i].client, text("shared"),
		    text("value")));
}

Test(psk, PROP_19_PSK_09_duplicate_psk_id)
{
	struct mls_buf a, b;
	PARTY(p);

	share_psk(&p);
	a = psk_proposal(&p, "shared", 1, p.s->nh);
	b = psk_proposal(&p, "shared", 2, p.s->nh);
	refused(&p, &p.m[0], commit_of(&p, 1, 2, a, a),
	    MLS_E_DUPLICATE_PSK_ID);
	accepted(&p, &p.m[0], commit_of(&p, 1, 2, a, b)); /* PSK-09 */
	refused(&p, &p.m[0], commit_mixed(&p, cache(&p, 2, a), a),
	    MLS_E_DUPLICATE_PSK_ID);
	party_free(&p);
}

Test(psk, PSK_01_nonce_length)
{
	PARTY(p);

	share_psk(&p);
	refused_both(&p, psk_proposal(&p, "shared", 1, 0),
	    MLS_E_PSK_NONCE_LENGTH);
	refused_both(&p, psk_proposal(&p, "shared", 1, p.s->nh - 1),
	    MLS_E_PSK_NONCE_LENGTH);
	refused_both(&p, psk_proposal(&p, "shared", 1, p.s->nh + 1),
	    MLS_E_PSK_NONCE_LENGTH);
	accepted_both(&p, psk_proposal(&p, "shared", 1, p.s->nh));
	party_free(&p);
}

Test(psk, PSK_03_04_06_resumption)
{
	struct mls_psk_id id = { .type = MLS_PSK_RESUMPTION,
		.usage = MLS_PSK_REINIT, .group_id = text("rules") };
	PARTY(p);

	id.nonce = nonce(&p, 3);
	id.epoch = info(&p.m[0]).epoch;
	refused_both(&p, propose_psk(&p, &id), MLS_E_PSK_USAGE_REINIT);
	id.usage = MLS_PSK_BRANCH;
	refused_both(&p, propose_psk(&p, &id), MLS_E_PSK_USAGE_BRANCH);
	id.usage = MLS_PSK_APPLICATION;
	accepted_both(&p, propose_psk(&p, &id));
	id.epoch++;
	accepted(&p, &p.m[0], proposal_of(&p, 1, propose_psk(&p, &id)));
	refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_psk(&p, &id)),
	    MLS_E_RESUMPTION_PSK_UNAVAILABLE);
	id.epoch--;
	id.group_id = text("another");
	refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_psk(&p, &id)),
	    MLS_E_RESUMPTION_PSK_UNAVAILABLE);
	party_free(&p);
}

Test(psk, PROP_32_PSK_05_unavailable)
{
	struct mls_buf a, ref;
	PARTY(p);

	a = psk_proposal(&p, "nobody's", 1, p.s->nh);
	refused(&p, &p.m[0], commit_of(&p, 1, 1, a), MLS_E_PSK_UNAVAILABLE);
	ref = cache(&p, 2, a);
	refused(&p, &p.m[0], commit_refs(&p, 1, ref, NO_OCTETS),
	    MLS_E_PSK_UNAVAILABLE);
	party_free(&p);
}

Test(psk, PSK_06_LIMIT_08_dropped_epoch)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_psk_id id = { .type = MLS_PSK_RESUMPTION,
		.usage = MLS_PSK_APPLICATION, .group_id = text("rules") };
	struct party p;

	policy.max_resumption = 2;
	party_new(&p, &policy, 4);
	id.nonce = nonce(&p, 3);
	/* two past ones beside the current */
	id.epoch = info(&p.m[0]).epoch - 2;
	accepted(&p, &p.m[0], commit_of(&p, 1, 1, propose_psk(&p, &id)));
	id.epoch--;
	refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_psk(&p, &id)),
	    MLS_E_RESUMPTION_PSK_UNAVAILABLE);
	party_free(&p);
}

/* PSKs that nobody holds, n of them, in a commit without path. */
static struct mls_buf
many_psks(struct party *p, size_t n)
{
	struct mls_psk_id psk = { .type = MLS_PSK_EXTERNAL,
		.id = text("not held") };
	struct mls_writer w = { 0 };
	uint8_t nonce[MLS_MAX_HASH] = { 0 };
	size_t nh = p->s->nh;
	struct forge f;
	size_t at;
	uint32_t i;

	psk.nonce = mls__buf(nonce, nh);
	at = mls__write_open(&w);
	for (i = 0; i < n; i++) {
		memcpy(nonce, &i, sizeof(i));
		mls__write_u8(&w, MLS_BY_VALUE);
		mls__proposal_write_psk(&w, &psk);
	}
	mls__write_close(&w, at);
	mls__write_u8(&w, 0);
	forge_new(&f, p, 1, MLS_CONTENT_COMMIT);
	f.body = keep_writer(p, &w);
	forge_sign(&f);
	return forge_seal(&f, mls__buf(nonce, nh));
}

/* They are numbered by a uint16. */
Test(psk, PSK_08_too_many)
{
	PARTY(p);

	refused(&p, &p.m[0], many_psks(&p, 65536), MLS_E_PSK_TOO_MANY);
	refused(&p, &p.m[0], many_psks(&p, 65535), MLS_E_PSK_UNAVAILABLE);
	party_free(&p);
}
