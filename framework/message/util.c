/* SPDX-License-Identifier: MIT */
#include "message/util.h"

#include <stdlib.h>
#include <string.h>

#include "libmls/errors.h"

void *
mls__list_push(struct mls_list *list, struct mls_arena *arena, size_t size)
{
	size_t cap = list->cap != 0 ? 2 * list->cap : 4;
	void *p;

	if (list->n == list->cap) {
		p = mls__arena_array(arena, cap, size);
		if (p == NULL)
			return NULL;
		if (list->n != 0)
			memcpy(p, list->items, list->n * size);
		list->items = p;
		list->cap = cap;
	}
	return (uint8_t *)list->items + list->n++ * size;
}

void
mls__writer_cut(struct mls_writer *w, size_t len)
{
	if (w->len <= len)
		return;
	mls__wipe(w->data + len, w->len - len);
	w->len = len;
}

int
mls__write_signature(struct mls_writer *w, size_t at,
    const struct mls_suite *s, const struct mls_privkey *key,
    const char *label)
{
	size_t len = s->max_sig;
	uint8_t *sig = mls__alloc(len);
	int rc = w->error;

	if (rc == 0 && sig == NULL)
		rc = MLS_E_OUT_OF_MEMORY;
	if (rc == 0)
		rc = mls__sign_with_label(sig, &len, s, key, label,
		    mls__buf(w->data + at, w->len - at));
	if (rc == 0) {
		mls__write_opaque(w, mls__buf(sig, len));
		rc = w->error;
	}
	if (rc != 0)
		mls__writer_cut(w, at);
	free(sig);
	return rc;
}
