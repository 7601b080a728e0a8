/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.3.1: the Welcome of a commit of ours. */
#include <stdlib.h>
#include <string.h>

#include "group/making.h"

/* The seals of a Welcome, one a newcomer. */
struct sealing {
	struct mls_making *m;
	const struct mls_suite *s;
	struct mls_arena *arena;
	struct mls_arena plain; /* of secrets: gone once they are sealed */
	struct mls_welcome *welcome;
	struct mls_hpke_job *jobs;
};

static int
seal_info(struct mls_buf *out, struct mls_making *m,
    const struct mls_suite *s, struct mls_arena *arena)
{
	uint8_t key[MLS_MAX_HASH], nonce[MLS_MAX_HASH];
	uint8_t *ct;
	int rc;

	ct = mls__arena_alloc(arena, m->group_info.len + s->nt);
	if (ct == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = mls__epoch_welcome(key, nonce, s, &m->joiner, &m->psk);
	if (rc == 0)
		rc = mls__aead_seal(ct, s, key, nonce, mls__buf(NULL, 0),
		    m->group_info);
	if (rc == 0)
		*out = mls__buf(ct, m->group_info.len + s->nt);
	mls__wipe(key, sizeof(key));
	mls__wipe(nonce, sizeof(nonce));
	return rc;
}

/* The GroupSecrets of one newcomer and where its seal goes. */
static int
prepare(struct sealing *sealing, size_t i)
{
	struct mls_newcomer *n = &sealing->m->newcomers[i];
	struct mls_welcome_entry *entry = &sealing->welcome->entries[i];
	struct mls_hpke_job *job = &sealing->jobs[i];
	struct mls_group_secrets secrets;
	struct mls_writer w = { 0 };
	size_t len;
	uint8_t *p;
	int rc;

	memset(&secrets, 0, sizeof(secrets));
	secrets.joiner_secret = mls__secret_buf(&sealing->m->joiner);
	secrets.has_path_secret = n->path.len != 0;
	secrets.path_secret = mls__secret_buf(&n->path);
	secrets.n = sealing->m->n_psks;
	secrets.psks = sealing->m->psks;
	mls__group_secrets_write(&w, &secrets);
	rc = mls__writer_take(&job->plaintext, &sealing->plain, &w);
	mls__writer_free(&w);
	if (rc != 0)
		return rc;
	len = job->plaintext.len + sealing->s->nt;
	p = mls__arena_alloc(sealing->arena, sealing->s->nenc + len);
	if (p == NULL)
		return MLS_E_OUT_OF_MEMORY;
	job->pub = n->init_key;
	job->seed = sealing->m->seeds + i * sealing->s->seed_len;
	job->enc = p;
	job->ct = p + sealing->s->nenc;
	entry->new_member = n->ref;
	entry->secrets.enc = mls__buf(job->enc, sealing->s->nenc);
	entry->secrets.ct = mls__buf(job->ct, len);
	return 0;
}

static int
seal_all(struct sealing *sealing)
{
	struct mls_hpke_info info;
	size_t i, n = sealing->welcome->n;
	int rc = 0;

	/* The randomness was drawn before; the info hash is made once. */
	for (i = 0; rc == 0 && i < n; i++)
		rc = prepare(sealing, i);
	if (rc == 0)
		rc = mls__hpke_prepare_label(&info, sealing->s, "Welcome",
		    sealing->welcome->group_info);
	if (rc == 0)
		rc = mls__hpke_seal_many(&info, sealing->jobs, n);
	return rc;
}

int
mls__welcome_make(struct mls_buf *out, mls_change *c)
{
	struct mls_making *m = c->making;
	const struct mls_suite *s = c->group->suite;
	struct mls_welcome welcome;
	struct sealing sealing = { m, s, &c->arena, { 0 }, &welcome, NULL };
	struct mls_writer w = { 0 };
	size_t n = m->n_newcomers;
	int rc;

	memset(&welcome, 0, sizeof(welcome));
	welcome.suite = s->row->number;
	welcome.n = n;
	welcome.entries = mls__arena_array(&c->arena, n,
	    sizeof(*welcome.entries));
	sealing.jobs = mls__array_alloc(n, sizeof(*sealing.jobs));
	if (welcome.entries == NULL || sealing.jobs == NULL)
		rc = MLS_E_OUT_OF_MEMORY;
	else
		rc = seal_info(&welcome.group_info, m, s, &c->arena);
	if (rc == 0)
		rc = seal_all(&sealing);
	if (rc == 0) {
		mls__message_head(&w, MLS_WIRE_WELCOME);
		mls__welcome_write(&w, &welcome);
		rc = mls__writer_take(out, &c->arena, &w);
	}
	mls__writer_free(&w);
	mls__wipe(m->seeds, n * s->seed_len);
	mls__arena_free(&sealing.plain); /* ST-05 */
	free(sealing.jobs);
	return rc;
}
