/* SPDX-License-Identifier: MIT */
/* A member that joins and follows, by the public interface alone. */
#ifndef TESTS_VECTORS_PASSIVE_H
#define TESTS_VECTORS_PASSIVE_H

#include "histories/shelf.h"
#include "vectors.h"

/* Where the stores are: of the case's member, and of copies of it. */
#define PASSIVE_SLOT 0
#define PASSIVE_COPY 1

struct passive {
	struct vec *v;
	mls_context *context;
	unsigned slot;
	mls_client *client;
	mls_group *group;
	bool reload;    /* now and then */
	uint32_t state; /* of the draw when */
};

/* passive_copy(out, of, then): another one, opened from what the store of
 * `of` was then. */
void passive_copy(struct passive *out, const struct passive *of,
    struct shelf_version *then);
void passive_close(struct passive *p);

/* passive_join(p, in, welcome, tree): by fields of that object; an error is
 * no complaint. */
int passive_join(struct passive *p, const json_t *in, const char *welcome,
    const char *tree);

/* passive_take(p, kind, message): process and apply; what it was. */
int passive_take(struct passive *p, int *kind, struct mls_buf message);
void passive_receive(struct passive *p, struct mls_buf message, int kind,
    const char *where);

/* passive_compare(p, in, field): the epoch authenticator, if not null. */
void passive_compare(struct passive *p, const json_t *in, const char *field,
    const char *where);
void passive_maybe_reopen(struct passive *p);

/* passive_reject(p, epoch, index): all that has to be refused in the epoch;
 * p stays as it is. */
void passive_reject(struct passive *p, const json_t *epoch, size_t index);

/* passive_reject_welcome(p): what has to be refused before the join. */
void passive_reject_welcome(struct passive *p);

/* passive_messages(p, k): what --app has for the k-th epoch. */
void passive_messages(struct passive *p, size_t k);

#endif
