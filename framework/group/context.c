/* SPDX-License-Identifier: MIT */
/* Contexts: configuration, providers, policy. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "group/customs.h"
#include "group/extensions.h"
#include "group/self_remove.h"

#define DEFAULT_MAX_LIFETIME (366ull * 24 * 3600)
#define DEFAULT_SKEW 3600
#define DEFAULT_FORWARD 1000
#define DEFAULT_SKIPPED 1000
#define DEFAULT_SKIPPED_HANDSHAKE 32
#define DEFAULT_PAST_EPOCHS 3
#define DEFAULT_RESUMPTION 32
#define DEFAULT_MEMBERS (1u << 17)
#define DEFAULT_PROPOSALS 4096

static void
default32(uint32_t *value, uint32_t otherwise)
{
	if (*value == 0)
		*value = otherwise;
}

/* copy_list(list, n, size): *list becomes a copy, for the context to free. */
static void *
copy_list(const void *list, size_t *n, size_t size)
{
	void *copy;

	if (list == NULL)
		*n = 0;
	copy = mls__array_alloc(*n, size);
	if (copy != NULL && *n != 0)
		memcpy(copy, list, *n * size);
	return copy;
}

static int
copy_lists(mls_context *c)
{
	struct mls_policy *p = &c->policy;
	size_t i;

	p->extensions = c->extensions = copy_list(p->extensions,
	    &p->n_extensions, sizeof(*p->extensions));
	p->proposals = c->proposals = copy_list(p->proposals,
	    &p->n_proposals, sizeof(*p->proposals));
	p->credentials = c->credentials = copy_list(p->credentials,
	    &p->n_credentials, sizeof(*p->credentials));
	if (p->extensions == NULL || p->proposals == NULL ||
	    p->credentials == NULL)
		return MLS_E_OUT_OF_MEMORY;
	/* The default types are ours, and GREASE is nobody's (WIRE-29). */
	for (i = 0; i < p->n_proposals; i++)
		if (p->proposals[i].type == 0 ||
		    mls__proposal_is_default(p->proposals[i].type) ||
		    mls__self_remove_enabled(c, p->proposals[i].type))
			return MLS_E_ARGUMENT;
		else if (mls__is_grease(p->proposals[i].type))
			return MLS_E_GREASE_IN_CLOSED_FIELD;
	for (i = 0; i < p->n_credentials; i++)
		if (p->credentials[i] <= MLS_CRED_BASIC)
			return MLS_E_ARGUMENT;
		else if (mls__is_grease(p->credentials[i]))
			return MLS_E_GREASE_IN_CLOSED_FIELD;
	return 0;
}

static int
take_policy(mls_context *c, const struct mls_policy *in)
{
	struct mls_policy *p = &c->policy;

	/* An older application's struct is shorter: the rest is default. */
	if (in != NULL)
		memcpy(p, in, in->size < sizeof(*p) ? in->size : sizeof(*p));
	p->size = sizeof(*p);
	if (p->max_lifetime == 0)
		p->max_lifetime = DEFAULT_MAX_LIFETIME;
	if (p->clock_skew == 0)
		p->clock_skew = DEFAULT_SKEW;
	default32(&p->receive_framing,
	    MLS_FRAMING_PUBLIC | MLS_FRAMING_PRIVATE);
	default32(&p->send_framing, MLS_FRAMING_PRIVATE);
	c->max_skipped[MLS_RATCHET_APPLICATION] =
	    p->max_skipped != 0 ? p->max_skipped : DEFAULT_SKIPPED;
	c->max_skipped[MLS_RATCHET_HANDSHAKE] =
	    p->max_skipped != 0 ? p->max_skipped : DEFAULT_SKIPPED_HANDSHAKE;
	default32(&p->past_epochs, DEFAULT_PAST_EPOCHS);
	if (p->past_epochs == UINT32_MAX)
		p->past_epochs = 0;
	default32(&p->max_forward, DEFAULT_FORWARD);
	default32(&p->max_resumption, DEFAULT_RESUMPTION);
	default32(&p->max_members, DEFAULT_MEMBERS);
	if (p->max_members > MLS_MAX_LEAVES)
		p->max_members = MLS_MAX_LEAVES;
	default32(&p->max_proposals, DEFAULT_PROPOSALS);

	return copy_lists(c);
}

int
mls_context_new(mls_context **out, const struct mls_context_options *options)
{
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_plugins_options po = { 0 };
	mls_context *c;
	int rc;

	if (out == NULL)
		return MLS_E_ARGUMENT;
	if (options != NULL)
		memcpy(&o, options, options->size < sizeof(o) ?
		    options->size : sizeof(o));
	po.config_file = o.config_file;
	po.no_files = o.no_files != 0;
	po.config_text = o.config_text;
	po.provider_dir = o.provider_dir;
	po.statics = o.providers;
	po.log = o.log;
	po.payload = o.log_payload;

	c = mls__alloc(sizeof(*c));
	if (c == NULL)
		return MLS_E_OUT_OF_MEMORY;
	mls__customs_init(c);
	rc = take_policy(c, o.policy);
	if (rc == 0)
		rc = mls__plugins_new(&c->plugins, &po);
	if (rc == 0)
		rc = mls__crypto_new(&c->crypto, c->plugins);
	if (rc != 0) {
		mls_context_free(c);
		return mls__api(MLS_MAY_CONTEXT, rc);
	}
	*out = c;
	return 0;
}

void
mls_context_free(mls_context *c)
{
	if (c == NULL)
		return;
	mls__crypto_free(c->crypto);
	mls__plugins_free(c->plugins);
	free(c->extensions);
	free(c->proposals);
	free(c->credentials);
	free(c);
}

void
mls_context_cause(char *out, size_t size, const mls_context *context)
{
	if (out == NULL || size == 0)
		return;
	out[0] = '\0';
	if (context != NULL)
		mls__plugins_cause(context->plugins, out, size);
}

const char *
mls_suite_name(mls_context *context, uint16_t suite)
{
	const struct mls_suite_row *row;

	row = mls__plugins_row(context->plugins, suite);
	return row != NULL ? row->name : NULL;
}

uint64_t
mls__now(const mls_context *c)
{
	if (c->policy.now != NULL)
		return c->policy.now(c->policy.payload);
	return (uint64_t)time(NULL);
}

int
mls__bytes_copy(struct mls_bytes *out, struct mls_buf in)
{
	uint8_t *p = mls__octets_alloc(in.len);

	if (p == NULL)
		return MLS_E_OUT_OF_MEMORY;
	if (in.len != 0)
		memcpy(p, in.data, in.len);
	out->data = p;
	out->len = in.len;
	return 0;
}

void
mls_bytes_free(struct mls_bytes *b)
{
	if (b == NULL)
		return;
	mls__free_wiped(b->data, b->len);
	b->data = NULL;
	b->len = 0;
}

int
mls__give(struct mls_bytes *out, struct mls_writer *w, int rc)
{
	if (rc == 0)
		rc = w->error;
	if (rc != 0) {
		mls__writer_free(w);
		return rc;
	}
	out->data = w->data;
	out->len = w->len;
	return 0;
}

const char *
mls_version(void)
{
	return "0.1.0";
}
