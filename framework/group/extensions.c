/* SPDX-License-Identifier: MIT */
/* RFC 9420 §13.4: extension lists, their places and their data. */
#include "group/extensions.h"

#include <string.h>

#include "crypto/kem.h"
#include "group/rules.h"

/* §13.4: the data of a known extension is exactly one object. */
static int
check_required(struct mls_reader *r)
{
	struct mls_reader list;
	int i;

	for (i = 0; i < 3; i++) {
		list = mls__read_vector(r);
		while (mls__reader_more(&list))
			mls__read_u16(&list);
		mls__reader_join(r, &list);
	}
	return mls__reader_end(r);
}

bool
mls__sender_next(struct mls_leaf *out, struct mls_reader *list)
{
	if (!mls__reader_more(list))
		return false;
	memset(out, 0, sizeof(*out));
	out->signature_key = mls__read_short(list);
	mls__credential_read(&out->credential, list);
	return list->error == 0;
}

bool
mls__senders_open(struct mls_reader *list, const mls_context *context,
    struct mls_buf extensions)
{
	struct mls_buf data;
	struct mls_reader r;

	if (!mls__extension_find(&data, extensions, MLS_EXT_EXTERNAL_SENDERS))
		return false;
	mls__reader_init(&r, data);
	r.customs = &context->customs;
	*list = mls__read_vector(&r);
	return true;
}

int
mls__rule_sender_types(const mls_context *context, struct mls_tree *t,
    struct mls_buf extensions)
{
	const struct mls_capset *set;
	struct mls_reader list;
	struct mls_leaf sender;
	size_t i;

	if (!mls__senders_open(&list, context, extensions))
		return 0;
	while (mls__sender_next(&sender, &list))
		for (i = 0; (set = mls__tree_capset(t, i)) != NULL; i++)
			if (!mls__list16_has(set->capabilities.credentials,
			    sender.credential.type))
				return MLS_E_EXTERNAL_SENDER_CREDENTIAL_TYPE;
	return mls__tree_error(t);
}

static int
check_senders(struct mls_reader *r)
{
	struct mls_reader list = mls__read_vector(r);
	struct mls_leaf sender;

	while (mls__sender_next(&sender, &list))
		;
	mls__reader_join(r, &list);
	return mls__reader_end(r);
}

static int
check_data(const mls_context *context, const struct mls_extension *e,
    int place)
{
	const struct mls_policy *p = &context->policy;
	struct mls_reader r;

	mls__reader_init(&r, e->data);
	r.customs = &context->customs;
	switch (e->type) {
	case MLS_EXT_REQUIRED_CAPABILITIES:
		return check_required(&r);
	case MLS_EXT_EXTERNAL_SENDERS:
		return check_senders(&r);
	case MLS_EXT_APPLICATION_ID:
	case MLS_EXT_EXTERNAL_PUB:
	case MLS_EXT_RATCHET_TREE:
		mls__read_opaque(&r);
		return mls__reader_end(&r);
	default:
		/* Those of the application are the application's to read. */
		return p->extension != NULL && mls__understands(p, e->type) ?
		    p->extension(p->payload, e->type, place, e->data) :
		    0;
	}
}

static unsigned
places_of(uint16_t type)
{
	switch (type) {
	case MLS_EXT_APPLICATION_ID:
		return MLS_IN_LEAF;
	case MLS_EXT_RATCHET_TREE:
	case MLS_EXT_EXTERNAL_PUB:
		return MLS_IN_GROUP_INFO;
	case MLS_EXT_REQUIRED_CAPABILITIES:
	case MLS_EXT_EXTERNAL_SENDERS:
		return MLS_IN_GROUP_CONTEXT;
	default:
		return ~0u;
	}
}

int
mls__rule_extensions(const mls_context *context, struct mls_buf list,
    int place)
{
	struct mls_extension e;
	struct mls_reader r;

	mls__reader_init(&r, list);
	while (mls__extension_next(&e, &r)) {
		if ((places_of(e.type) & (unsigned)place) == 0)
			return MLS_E_EXTENSION_WRONG_PLACE;
		if (check_data(context, &e, place) != 0)
			return MLS_E_EXTENSION_DATA_MALFORMED;
	}
	return r.error;
}

/* CRYPT-04; CRED-03: each sender is asked about as a newcomer is. */
static int
judge_senders(const mls_context *context, const struct mls_suite *s,
    struct mls_buf extensions)
{
	struct mls_leaf sender;
	struct mls_reader list;
	int rc = 0;

	if (!mls__senders_open(&list, context, extensions))
		return 0;
	while (rc == 0 && mls__sender_next(&sender, &list)) {
		rc = mls__check_signature_key(s, sender.signature_key);
		if (rc == 0)
			rc = mls__x509_check(&sender); /* CRED-06, CRED-07 */
		if (rc == 0)
			rc = mls__ask_credential(context,
			    MLS_AT_EXTERNAL_SENDER, &sender, NULL);
	}
	if (rc == 0)
		rc = list.error;
	return rc == MLS_E_CREDENTIAL_REJECTED ?
	    MLS_E_EXTERNAL_SENDER_CREDENTIAL_REJECTED : rc;
}

int
mls__rule_group_extensions(const mls_context *context,
    const struct mls_suite *s, struct mls_buf list, struct mls_buf old)
{
	struct mls_buf senders, before = { NULL, 0 };
	int rc = mls__rule_extensions(context, list, MLS_IN_GROUP_CONTEXT);

	if (rc != 0 || !mls__extension_find(&senders, list,
	    MLS_EXT_EXTERNAL_SENDERS))
		return rc;
	if (mls__extension_find(&before, old, MLS_EXT_EXTERNAL_SENDERS) &&
	    mls__equal(before, senders))
		return 0;
	return judge_senders(context, s, list);
}

int
mls__rule_info_extensions(const mls_context *context,
    const struct mls_suite *s, struct mls_buf list)
{
	struct mls_buf data;
	struct mls_reader r;
	int rc = mls__rule_extensions(context, list, MLS_IN_GROUP_INFO);

	if (rc != 0 || !mls__extension_find(&data, list,
	    MLS_EXT_EXTERNAL_PUB))
		return rc;
	mls__reader_init(&r, data);
	return mls__kem_check_public(s, mls__read_opaque(&r));
}

/* RFC 9420 §13.5 */
bool
mls__is_grease(uint16_t type)
{
	return (type & 0x0f0f) == 0x0a0a && type >> 8 == (type & 0xff) &&
	    type != 0xfafa;
}

int
mls__rule_no_grease(struct mls_buf extensions)
{
	struct mls_extension e;
	struct mls_reader r;

	mls__reader_init(&r, extensions);
	while (mls__extension_next(&e, &r))
		if (mls__is_grease(e.type))
			return MLS_E_GREASE_IN_CLOSED_FIELD;
	return r.error;
}

bool
mls__understands(const struct mls_policy *p, uint16_t type)
{
	size_t i;

	for (i = 0; i < p->n_extensions; i++)
		if (p->extensions[i] == type)
			return true;
	return mls__extension_is_default(type);
}

bool
mls__understood(const mls_context *context, struct mls_buf extensions)
{
	struct mls_extension e;
	struct mls_reader r;

	mls__reader_init(&r, extensions);
	while (mls__extension_next(&e, &r))
		if (!mls__understands(&context->policy, e.type))
			return false;
	return true;
}
